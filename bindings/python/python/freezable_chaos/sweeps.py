"""Phase diagrams: what becomes of networks over a grid of gains and strengths of the plasticity."""

from __future__ import annotations

from typing import Any, SupportsFloat, SupportsIndex

import numpy as np
import numpy.typing as npt

from . import _native
from ._arguments import name_of, real, single, whole
from ._machine import available_memory
from .network import Progress, _callback
from .results import Result


class Sweep(Result):
    """A phase diagram over gain g and strength k of the plasticity.

    ``arrays`` has grids of shape (len(g), len(k)) and the lines of the theory over ``boundary_g``; :meth:`to_xarray` names
    their axes. ``summary["points"]`` has every run.
    """

    @property
    def g(self) -> npt.NDArray[np.float32]:
        """Gains: shape (G,)."""
        return self.arrays["g"]

    @property
    def k(self) -> npt.NDArray[np.float32]:
        """Strengths of the plasticity: shape (K,)."""
        return self.arrays["k"]

    @property
    def classes(self) -> npt.NDArray[np.str_]:
        """Class of each point by name: shape (G, K). "quiescent", "fixed-point", "oscillating", "chaotic", "freezable",
        "coexisting", "induced-chaos" or "undecided"."""
        names = [point["class"] for point in self.summary["points"]]
        return np.array(names).reshape(len(self.g), len(self.k))

    @property
    def freeze_success(self) -> npt.NDArray[np.float64]:
        """Share of freezes that succeed: shape (G, K); NaN where nothing is chaotic."""
        return self.arrays["freeze_success"]

    @property
    def lyapunov_max(self) -> npt.NDArray[np.float64]:
        """Largest exponent of neurons and synapses from the small start: shape (G, K), in 1/time; NaN where nothing moves."""
        return self.arrays["lyapunov_max_small"]

    @property
    def freezability(self) -> npt.NDArray[np.float64]:
        """Theory: k above which freezing succeeds, at each of ``arrays["boundary_g"]``; NaN where there is none."""
        return self.arrays["boundary_freezability"]


def sweep(
    g: npt.ArrayLike,
    k: npt.ArrayLike,
    *,
    n: SupportsIndex,
    p: SupportsFloat = 2.5,
    model: str = "exact",
    dt: SupportsFloat = 0.05,
    transfer: str = "tanh",
    seed: SupportsIndex = 1,
    networks: SupportsIndex = 4,
    burn_in: SupportsFloat = 200.0,
    duration: SupportsFloat = 1000.0,
    trials: SupportsIndex = 10,
    exponent_duration: SupportsFloat = 1000.0,
    exponent_tolerance: SupportsFloat = 0.003,
    boundaries: bool = True,
    boundary_g: npt.ArrayLike = (),
    threads: SupportsIndex = 0,
    progress: Progress | None = None,
) -> Sweep:
    """The phase diagram, as ``host-sim sweep`` computes it, with the same numbers.

    Parameters
    ----------
    g, k
        Gains and strengths of the plasticity, ascending: shapes (G,) and (K,).
    n, p, dt, transfer, seed
        Of the networks, as of :class:`Network`.
    model
        "exact" or "compact", with its default couplings and history.
    networks
        From each of the two starts, small and large, at each point.
    burn_in
        Time before anything is measured, in neuronal time constants as all times here.
    duration
        Time over which activity is watched and networks are frozen, at least 100.
    trials
        Freezes of each network, evenly spread over the duration.
    exponent_duration
        Longest time over which the largest exponent is measured, after the duration.
    exponent_tolerance
        Split-half error at which the exponent's measurement ends early; 0 goes on.
    boundaries
        Whether to solve the mean-field theory for its boundaries, which takes seconds at each gain.
    boundary_g
        Gains at which to solve it beside ``g``, ascending.
    threads
        As many points are measured at a time; 0 takes all processors. The numbers are the same.
    progress
        Called with steps done and steps in all at most.

    Examples
    --------
    >>> import freezable_chaos as fc
    >>> found = fc.sweep([0.5, 2], [0, 2], n=40, networks=1, burn_in=20, duration=100, trials=2, exponent_duration=200,
    ...                  boundaries=False)
    >>> found.classes.shape, str(found.classes[0, 0])
    ((2, 2), 'quiescent')
    """
    settings: dict[str, Any] = {
        "g": _axis("g", g),
        "k": _axis("k", k),
        "p": real("p", p),
        "model": name_of("model", model),
        "n": whole("n", n),
        "dt": real("dt", dt),
        "transfer": name_of("transfer", transfer),
        "seed": whole("seed", seed),
        "networks": whole("networks", networks, most=2**32 - 1),
        "burn_in": real("burn_in", burn_in),
        "duration": real("duration", duration),
        "trials": whole("trials", trials, most=2**32 - 1),
        "exponent_duration": real("exponent_duration", exponent_duration),
        "exponent_tolerance": real("exponent_tolerance", exponent_tolerance),
        "boundaries": bool(boundaries),
        "boundary_g": _axis("boundary_g", boundary_g),
    }
    return Sweep._of(_native.sweep(settings, whole("threads", threads), available_memory(), _callback(progress)))


def _axis(name: str, values: npt.ArrayLike) -> list[float]:
    numbers = np.asarray(values, dtype=float) if np.size(values) == 0 else values
    return [float(value) for value in single(name, np.atleast_1d(numbers), (1,))]
