"""Measurements of networks: by default of the one that is given, from where it is; or of an ensemble of its description."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, SupportsFloat, SupportsIndex

import numpy as np
import numpy.typing as npt

from . import _native
from ._arguments import real, whole
from ._machine import available_memory
from .network import Network, Progress, _callback
from .results import Mean, Result

#: Time before anything is measured of the networks of an ensemble, as the program has it.
BURN_IN = 200.0


class FreezeTrials(Result):
    """Freezes along a trajectory: whether the frozen network comes to rest, where, and how fast it forgets once released.

    ``arrays`` has one row per network and trial: converged, cosine, settling_time and release_time (in neuronal time
    constants).
    """

    @property
    def success(self) -> Mean | None:
        """Share of the trials that came to rest near where they were."""
        return self._mean("freeze_success")

    @property
    def converged(self) -> Mean | None:
        """Share of the trials that came to rest."""
        return self._mean("freeze_converged")

    @property
    def cosine(self) -> Mean | None:
        """Between the rates at the freeze and at the end, over converged trials."""
        return self._mean("cosine")

    @property
    def rightmost_eigenvalue(self) -> Mean | None:
        """Largest real part of the frozen Jacobian's spectrum, in 1/time; none of large networks."""
        return self._mean("rightmost_eigenvalue")

    @property
    def release_time(self) -> Mean | None:
        """Time after the release until the stored state is left, in neuronal time constants."""
        return self._mean("release_time")

    @property
    def c_phi_0(self) -> Mean | None:
        """Mean square rate while the plasticity runs."""
        return self._mean("c_phi_0")


class LyapunovSpectrum(Result):
    """Lyapunov exponents of the joint map of neurons and synapses, or of a frozen network; per unit of time.

    ``arrays`` has the spectrum of each network and the running estimate of the largest exponent.
    """

    @property
    def exponents(self) -> npt.NDArray[np.float64]:
        """Leading exponents, averaged over networks: shape (count,), in 1/time, descending but for errors.

        Minus infinity for directions that a step annihilates."""
        return np.array([float(exponent) for exponent in self.summary["spectrum"]])

    @property
    def largest(self) -> Mean | None:
        """Largest exponent; none where no network stayed active."""
        return self._mean("lyapunov_max")

    @property
    def split_half_error(self) -> Mean | None:
        """Half the difference of the largest exponent between the halves of the time."""
        return self._mean("split_half_error")

    @property
    def kaplan_yorke_dimension(self) -> Mean | None:
        """Dimension of the attractor after Kaplan and Yorke, where the exponents asked for suffice."""
        return self._mean("kaplan_yorke_dimension")


class FixedPoints(Result):
    """Stable fixed points of neurons and synapses together, other than rest; x and -x count as two.

    ``arrays`` has one row per pair: how often it was found, its rightmost eigenvalue, marginality, mean square rate.
    """

    @property
    def distinct(self) -> Mean | None:
        """How many were found, per network."""
        return self._mean("distinct")

    @property
    def lower_bound(self) -> Mean | None:
        """Chao1's lower bound on how many there are, per network."""
        return self._mean("lower_bound")


class Statistics(Result):
    """Autocorrelation of the rates, its half-width, and the speed.

    ``arrays`` has the autocorrelation of each network.
    """

    @property
    def c_phi_0(self) -> Mean | None:
        """Mean square rate."""
        return self._mean("c_phi_0")

    @property
    def half_width(self) -> Mean | None:
        """Half-width of the autocorrelation pooled over networks, in neuronal time constants."""
        return self._mean("half_width")

    @property
    def speed_rms(self) -> Mean | None:
        """Root mean square over time and neurons of dx/dt, in 1/time."""
        return self._mean("speed_rms")

    @property
    def lag(self) -> npt.NDArray[np.float64]:
        """Lags: shape (L,), in neuronal time constants."""
        return self.arrays["lag"]

    @property
    def autocorrelation(self) -> npt.NDArray[np.float64]:
        """C_phi(tau) of each network: shape (networks, L)."""
        return self.arrays["autocorrelation"]


@dataclass(frozen=True)
class Jacobian:
    """A Jacobian of the equations in continuous time.

    Attributes
    ----------
    matrix
        Shape (N, N) with the synapses held: -I + (J + A) diag(phi'); shape (2N, 2N) of neurons and of what they feel of
        the synapses. In 1/time.
    eigenvalues
        All of them, in no order.
    """

    matrix: npt.NDArray[np.float64]
    eigenvalues: npt.NDArray[np.complex128]


def freeze_trials(
    network: Network,
    *,
    trials: SupportsIndex = 6,
    duration: SupportsFloat = 1000.0,
    burn_in: SupportsFloat | None = None,
    networks: SupportsIndex | None = None,
    progress: Progress | None = None,
) -> FreezeTrials:
    """Freezes a network now and then along its trajectory, waits until it stands still, and releases it.

    Parameters
    ----------
    network
        Measured from where it is, and put back to there; or, with ``networks``, what describes them.
    trials
        Of each network, at even intervals over the duration.
    duration
        Of the trajectory, in neuronal time constants; the trials take time beside it.
    burn_in
        Time before anything is measured; none for the network itself, 200 for an ensemble, if it is not given.
    networks
        Number of networks of the same description, each with couplings (unless J is one's own) and an initial state of
        its own, from their start on.
    progress
        Called with steps done and steps in all at most.

    Examples
    --------
    >>> import freezable_chaos as fc
    >>> net = fc.Network.gaussian(100, g=2, k=2)
    >>> _ = net.run(100)
    >>> found = fc.freeze_trials(net, trials=2, duration=50)
    >>> found.arrays["cosine"].shape
    (1, 2)
    """
    settings = {"trials": whole("trials", trials, most=2**32 - 1)}
    return FreezeTrials._of(_measure("freeze", network, settings, duration, burn_in, networks, progress))


def lyapunov_spectrum(
    network: Network,
    *,
    exponents: SupportsIndex = 1,
    duration: SupportsFloat = 1000.0,
    frozen: bool | None = None,
    tolerance: SupportsFloat = 0.0,
    burn_in: SupportsFloat | None = None,
    networks: SupportsIndex | None = None,
    progress: Progress | None = None,
) -> LyapunovSpectrum:
    """Leading Lyapunov exponents by tangent vectors and QR decompositions (Benettin et al. 1980).

    Parameters
    ----------
    network, burn_in, networks, progress
        As of :func:`freeze_trials`.
    exponents
        How many.
    duration
        Longest time of the measurement, in neuronal time constants, after 50 in which the vectors turn.
    frozen
        Whether the synapses are held; as the network is by default.
    tolerance
        Split-half error of the largest exponent at which to stop early; 0 goes on to the end.

    Examples
    --------
    >>> import freezable_chaos as fc
    >>> net = fc.Network.gaussian(50, g=3, k=0)
    >>> _ = net.run(100)
    >>> bool(fc.lyapunov_spectrum(net, duration=100).exponents[0] > 0)
    True
    """
    held = (network.frozen if networks is None else False) if frozen is None else bool(frozen)
    settings = {
        "exponents": whole("exponents", exponents),
        "tolerance": real("tolerance", tolerance),
        "frozen": held,
    }
    return LyapunovSpectrum._of(_measure("lyapunov", network, settings, duration, burn_in, networks, progress))


def fixed_points(
    network: Network,
    *,
    starts: SupportsIndex = 300,
    duration: SupportsFloat = 1000.0,
    burn_in: SupportsFloat | None = None,
    networks: SupportsIndex | None = None,
    progress: Progress | None = None,
) -> FixedPoints:
    """Stable fixed points of neurons and synapses together, found by letting the network settle from many starts.

    Parameters
    ----------
    network, burn_in, networks, progress
        As of :func:`freeze_trials`; the starts do not depend on where the network is.
    starts
        Of each network: small, large, and small with a random input for a while, in turn.
    duration
        Longest time to wait for rest after the burn-in, in neuronal time constants.

    Examples
    --------
    >>> import freezable_chaos as fc
    >>> found = fc.fixed_points(fc.Network.gaussian(10, g=1.5, k=3), starts=12, duration=200)
    >>> found.distinct.mean >= 2
    True
    """
    settings = {"starts": whole("starts", starts, most=2**32 - 1)}
    return FixedPoints._of(_measure("fixed-points", network, settings, duration, burn_in, networks, progress))


def statistics(
    network: Network,
    *,
    duration: SupportsFloat = 1000.0,
    longest_lag: SupportsFloat | None = None,
    burn_in: SupportsFloat | None = None,
    networks: SupportsIndex | None = None,
    progress: Progress | None = None,
) -> Statistics:
    """Autocorrelation of the rates, half-width and speed of a running network.

    Parameters
    ----------
    network, burn_in, networks, progress
        As of :func:`freeze_trials`.
    duration
        In neuronal time constants.
    longest_lag
        Of the autocorrelation; by default 100, or half of the duration if that is less.

    Examples
    --------
    >>> import freezable_chaos as fc
    >>> found = fc.statistics(fc.Network.gaussian(50, g=2, k=1), networks=2, duration=100)
    >>> found.autocorrelation.shape
    (2, 201)
    """
    settings = {"longest_lag": None if longest_lag is None else real("longest_lag", longest_lag)}
    return Statistics._of(_measure("run", network, settings, duration, burn_in, networks, progress))


def jacobian(network: Network, *, joint: bool = False) -> Jacobian:
    """The Jacobian of a network where it is, and its eigenvalues.

    Parameters
    ----------
    joint
        Whether the synapses take part: their eigenvalues are -1/p but for those of the 2N x 2N matrix given then.

    Examples
    --------
    >>> import freezable_chaos as fc
    >>> net = fc.Network.gaussian(50, g=2, k=2)
    >>> fc.jacobian(net).eigenvalues.shape, fc.jacobian(net, joint=True).matrix.shape
    ((50,), (100, 100))
    """
    return Jacobian(*network._native.jacobian(bool(joint)))


def _measure(
    name: str,
    network: Network,
    settings: dict[str, Any],
    duration: SupportsFloat,
    burn_in: SupportsFloat | None,
    networks: SupportsIndex | None,
    progress: Progress | None,
) -> tuple[str, list[Any]]:
    if not isinstance(network, Network):
        raise TypeError(f"network must be a freezable_chaos.Network, not {type(network).__name__}")
    if networks is not None and network._x0 is not None:
        raise ValueError("networks cannot be given for a network with x0: each of them draws its initial state")
    before = (0.0 if networks is None else BURN_IN) if burn_in is None else real("burn_in", burn_in)
    everything = {
        **settings,
        "networks": None if networks is None else whole("networks", networks, most=2**32 - 1),
        "memory": available_memory(),
        "burn_in": before,
        "duration": real("duration", duration),
    }
    return _native.measure(name, network._native, network._setup, everything, _callback(progress))
