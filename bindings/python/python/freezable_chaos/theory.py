"""The dynamic mean field of infinitely many neurons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import SupportsFloat, SupportsIndex

import numpy as np
import numpy.typing as npt

from . import _native
from ._arguments import name_of, real, whole
from .network import Progress, _callback
from .results import Mean, Result, mean_of


@dataclass(frozen=True)
class MeanFieldSolution:
    """A self-consistent solution.

    Attributes
    ----------
    c_phi_0
        Mean square rate, averaged over the starts of the iteration.
    c_x_0
        Variance of x.
    half_width
        Of C_phi, in neuronal time constants (with slow synapses, in units of p).
    lyapunov_max
        Largest exponent in 1/time; only known at k = 0.
    residual
        Of the iteration, the largest over the starts.
    kind
        Rest, chaos or a fixed point, as the program's JSON says it; none where the library does not tell them apart.
    """

    c_phi_0: Mean | None
    c_x_0: Mean | None
    half_width: Mean | None
    lyapunov_max: float | None
    residual: float
    kind: str | None = None


class MeanField(Result):
    """The mean field solved.

    ``arrays`` has C_phi(tau) from each start of the iteration, or the exact one at k = 0.
    """

    @property
    def solutions(self) -> tuple[MeanFieldSolution, ...]:
        """What was found, the most active first; one where the solution is exact."""
        found = self.summary.get("solutions") or [self.summary]
        return tuple(
            MeanFieldSolution(
                mean_of(solution["c_phi_0"]),
                mean_of(solution["c_x_0"]),
                mean_of(solution["half_width"]),
                solution.get("lyapunov_max"),
                solution["residual"],
                solution.get("kind"),
            )
            for solution in found
        )

    @property
    def lag(self) -> npt.NDArray[np.float64]:
        """Lags: shape (L,), in neuronal time constants."""
        return self.arrays["lag"]

    @property
    def autocorrelation(self) -> npt.NDArray[np.float64]:
        """C_phi(tau): shape (starts, L)."""
        return self.arrays["autocorrelation"]

    def __repr__(self) -> str:
        return super().__repr__().replace(" of no networks", " of infinitely many neurons", 1)


def mean_field(
    *,
    g: SupportsFloat,
    k: SupportsFloat,
    p: SupportsFloat = 2.5,
    dt: SupportsFloat = 0.05,
    transfer: str = "tanh",
    slow_synapses: bool = False,
    frozen: bool = False,
    boundary: tuple[SupportsFloat, SupportsFloat] | None = None,
    fixed_points: bool = False,
    chaos_range: bool = False,
    starts: SupportsIndex = 4,
    paths: SupportsIndex = 64,
    window: SupportsFloat = 1600.0,
    settling: SupportsIndex = 32,
    iterations: SupportsIndex = 24,
    damping: SupportsFloat = 1.0,
    longest_lag: SupportsFloat | None = None,
    seed: SupportsIndex = 1,
    threads: SupportsIndex = 0,
    progress: Progress | None = None,
) -> MeanField:
    """Solves the dynamic mean-field theory: exactly at k = 0, elsewhere by sampled paths of one neuron.

    Parameters
    ----------
    g, k, p, dt, transfer
        As of :class:`Network`.
    slow_synapses
        The limit of p to infinity, time in units of p.
    frozen
        Also solves for the network frozen in the middle of its chaos (``summary["frozen"]``).
    boundary
        Two k between which to look for the one at which freezing begins to succeed
        (``summary["freezability_boundary"]``).
    fixed_points
        Also counts stable fixed points of neurons and synapses (``summary["fixed_points"]``).
    chaos_range
        Also finds the strengths of the plasticity between which chaos exists (``summary["chaos_range"]``).
    starts, paths, window, settling, iterations, damping, seed
        Of the iteration: its starts, sampled paths, time of a path, iterations before those that count and those, share
        of the new power in the next one.
    longest_lag
        In the results; 100 or half of the window by default.
    threads
        0 takes all processors.
    progress
        Called with iterations done and iterations in all at most.

    Examples
    --------
    >>> import freezable_chaos as fc
    >>> solved = fc.mean_field(g=1.5, k=0, longest_lag=20)
    >>> round(solved.solutions[0].lyapunov_max, 2)
    0.05
    """
    problem = {
        "g": real("g", g),
        "k": real("k", k),
        "p": real("p", p),
        "dt": real("dt", dt),
        "transfer": name_of("transfer", transfer),
        "slow_synapses": bool(slow_synapses),
        "seed": whole("seed", seed),
        "starts": whole("starts", starts, most=2**32 - 1),
        "paths": whole("paths", paths),
        "window": real("window", window),
        "settling": whole("settling", settling),
        "iterations": whole("iterations", iterations),
        "damping": real("damping", damping),
        "longest_lag": None if longest_lag is None else real("longest_lag", longest_lag),
        "frozen": bool(frozen),
        "boundary": None if boundary is None else [real("boundary", k) for k in boundary],
        "fixed_points": bool(fixed_points),
        "chaos_range": bool(chaos_range),
    }
    return MeanField._of(_native.mean_field(problem, whole("threads", threads, most=1024), _callback(progress)))
