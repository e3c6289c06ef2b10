"""A run that was recorded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from .results import Arrays, to_dataset

if TYPE_CHECKING:
    import xarray


@dataclass(frozen=True, repr=False)
class Recording:
    """What was recorded of a run, in single precision as it was computed.

    Attributes
    ----------
    arrays
        By name, with axes and units.
    interval
        Time between two samples, in units of the neuronal time constant.
    parameters
        Of network and run, seeds among them.
    provenance
        Versions that it was made with.
    """

    arrays: Arrays
    interval: float
    parameters: dict[str, Any]
    provenance: dict[str, Any]

    @property
    def t(self) -> npt.NDArray[np.float64]:
        """Times of the samples since the start of the network: shape (T,), in neuronal time constants."""
        return self.arrays["t"]

    @property
    def phi(self) -> npt.NDArray[np.float32]:
        """Rates phi(x): shape (T, N)."""
        return self._recorded("phi")

    @property
    def x(self) -> npt.NDArray[np.float32]:
        """States x: shape (T, N)."""
        return self._recorded("x")

    @property
    def speed(self) -> npt.NDArray[np.float32]:
        """Root mean square over all neurons of dx/dt: shape (T,), in 1/time."""
        return self._recorded("speed")

    @property
    def A(self) -> npt.NDArray[np.float32]:
        """Plastic couplings A_ij, from j on i: shape (T, N, N)."""
        return self._recorded("A")

    def _recorded(self, name: str) -> npt.NDArray[np.float32]:
        if name not in self.arrays:
            raise AttributeError(f"{name} was not recorded: ask for it by record=({name!r},)")
        return self.arrays[name]

    def to_dict(self) -> dict[str, Any]:
        """Everything in plain values and arrays."""
        return {
            "arrays": dict(self.arrays),
            "interval": self.interval,
            "params": self.parameters,
            "provenance": self.provenance,
        }

    def to_xarray(self) -> xarray.Dataset:
        """The arrays as an xarray data set; needs the package xarray."""
        return to_dataset(self.arrays, {"params": self.parameters, "provenance": self.provenance})

    def __repr__(self) -> str:
        t = self.t
        times = f"t = {t[0]:g} to {t[-1]:g}" if len(t) else "none"
        shapes = ", ".join(f"{name} {self.arrays[name].shape}" for name in self.arrays if name != "t")
        return f"Recording({len(t)} samples, {times}, every {self.interval:g}; {shapes or 'nothing else'})"
