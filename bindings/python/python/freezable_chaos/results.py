"""What measurements give: averages with errors, named arrays, and what they were made of."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import numpy.typing as npt

from ._machine import provenance

if TYPE_CHECKING:
    import xarray

Named = tuple[str, str, str, list[str], npt.NDArray[Any]]
Self = TypeVar("Self", bound="Result")


@dataclass(frozen=True)
class Mean:
    """A mean over networks, or over the starts of the mean field's iteration.

    Attributes
    ----------
    mean
        The mean.
    sem
        Its standard error over networks, never over time bins; none of a single network.
    count
        Number of networks.
    """

    mean: float
    sem: float | None
    count: int

    def __float__(self) -> float:
        return self.mean

    def __repr__(self) -> str:
        error = "" if self.sem is None else f" +- {self.sem:.2g}"
        return f"{self.mean:.5g}{error} ({self.count})"


class Arrays(Mapping[str, npt.NDArray[Any]]):
    """Arrays by name, each with its axes, its unit and what it holds."""

    def __init__(self, named: list[Named]) -> None:
        self._named = {named[0]: named[1:] for named in named}

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        return self._named[name][3]

    def __iter__(self) -> Iterator[str]:
        return iter(self._named)

    def __len__(self) -> int:
        return len(self._named)

    def about(self, name: str) -> str:
        """What the array holds, in a sentence."""
        return self._named[name][0]

    def unit(self, name: str) -> str:
        """Its unit: "time" is the neuronal time constant, "1/time" an exponent's; "" has none."""
        return self._named[name][1]

    def axes(self, name: str) -> tuple[str, ...]:
        """Names of its axes, the last running fastest."""
        return tuple(self._named[name][2])

    def __repr__(self) -> str:
        lines = [
            f"  {name}: {self[name].dtype}{list(self[name].shape)} ({', '.join(self.axes(name))}), {self.about(name)}"
            for name in self
        ]
        return "\n".join(["Arrays", *lines])


def to_dataset(arrays: Arrays, attributes: Mapping[str, Any]) -> xarray.Dataset:
    """The arrays as an xarray data set with their axes and units; needs the package xarray."""
    import xarray

    variables = {
        name: xarray.Variable(arrays.axes(name), values, {"long_name": arrays.about(name), "units": arrays.unit(name)})
        for name, values in arrays.items()
    }
    # An array along one axis of its own name is the coordinate of that axis.
    return xarray.Dataset(variables, attrs={name: json.dumps(value) for name, value in attributes.items()})


@dataclass(frozen=True, repr=False)
class Result:
    """A measurement.

    Attributes
    ----------
    kind
        What was measured, as the program calls it.
    parameters
        Of networks and measurement, seeds among them.
    summary
        Averages over networks, by the names that the program's JSON has.
    arrays
        Of the single networks.
    provenance
        Versions that it was made with.
    """

    kind: str
    parameters: dict[str, Any]
    summary: dict[str, Any]
    arrays: Arrays
    provenance: dict[str, Any]

    @classmethod
    def _of(cls: type[Self], native: tuple[str, list[Named]]) -> Self:
        stated = json.loads(native[0])
        return cls(stated["kind"], stated["params"], stated["summary"], Arrays(native[1]), provenance())

    def _mean(self, name: str) -> Mean | None:
        return mean_of(self.summary[name])

    def to_dict(self) -> dict[str, Any]:
        """Everything in plain values and arrays."""
        return {
            "kind": self.kind,
            "params": self.parameters,
            "summary": self.summary,
            "arrays": dict(self.arrays),
            "provenance": self.provenance,
        }

    def to_xarray(self) -> xarray.Dataset:
        """The arrays as an xarray data set; needs the package xarray."""
        attributes = {"params": self.parameters, "summary": self.summary, "provenance": self.provenance}
        return to_dataset(self.arrays, attributes)

    def __repr__(self) -> str:
        lines = [f"  {name} = {_short(value)}" for name, value in self.summary.items()]
        return "\n".join([f"{type(self).__name__} of {self.parameters.get('networks', 'no')} networks", *lines])


def mean_of(value: dict[str, Any] | None) -> Mean | None:
    """An average as JSON states it; an exponent of minus infinity is a string there."""
    if value is None:
        return None
    return Mean(float(value["mean"]), value["sem"], value["count"])


def _short(value: Any) -> str:
    if isinstance(value, dict) and value.keys() == {"mean", "sem", "count"}:
        return repr(mean_of(value))
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
