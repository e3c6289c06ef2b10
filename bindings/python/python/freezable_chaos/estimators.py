"""Estimators on recorded rates, the same that the measurements use."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from . import _native
from ._arguments import real, single, whole
from .recording import Recording


@dataclass(frozen=True)
class Autocorrelation:
    """The autocorrelation of the rates, averaged over neurons and time, not mean-subtracted.

    Attributes
    ----------
    lag
        Lags tau: shape (L,), in neuronal time constants.
    values
        C_phi(tau): shape (L,).
    interval
        Time between two lags.
    """

    lag: npt.NDArray[np.float64]
    values: npt.NDArray[np.float64]
    interval: float

    @property
    def half_width(self) -> float | None:
        """See :func:`half_width`."""
        return half_width(self)


def autocorrelation(
    rates: Recording | npt.ArrayLike, interval: float | None = None, lags: int | None = None
) -> Autocorrelation:
    """``C_phi(tau) = 1/(T - tau) sum_t (1/N) sum_i phi_i(t) phi_i(t + tau)``.

    Parameters
    ----------
    rates
        A recording that has phi, or rates of shape (T, N) at even intervals.
    interval
        Time between two samples; that of the recording, or 0.25 for an array, if it is not given.
    lags
        Number of lags beside zero, below T; by default half of the samples.

    Examples
    --------
    >>> import freezable_chaos as fc
    >>> net = fc.Network.gaussian(100, g=2, k=1)
    >>> _ = net.run(100, record=())
    >>> c = fc.autocorrelation(net.run(200))
    >>> len(c.lag), float(c.lag[1])
    (401, 0.25)
    """
    if isinstance(rates, Recording):
        interval = rates.interval if interval is None else interval
        rates = rates.phi
    samples = single("rates", rates, (2,))
    step = 0.25 if interval is None else real("interval", interval)
    count = len(samples) // 2 if lags is None else whole("lags", lags)
    values = _native.autocorrelation(samples, count)
    return Autocorrelation(np.arange(count + 1, dtype=np.float64) * step, values, step)


def half_width(curve: Autocorrelation | npt.ArrayLike, interval: float | None = None) -> float | None:
    """First lag at which a curve is below half of its first value, linearly interpolated.

    Parameters
    ----------
    curve
        An autocorrelation, or its values of shape (L,).
    interval
        Time between two lags; 0.25 for an array if it is not given.

    Returns
    -------
    float or None
        In neuronal time constants; none where the curve does not fall that far or begins at zero or below.

    Examples
    --------
    >>> import freezable_chaos as fc
    >>> fc.half_width([2.0, 1.5, 0.5, 0.0], interval=0.25)
    0.375
    """
    if isinstance(curve, Autocorrelation):
        interval = curve.interval if interval is None else interval
        curve = curve.values
    values = np.asarray(curve, dtype=np.float64)
    if values.ndim != 1:
        raise ValueError(f"curve of shape {values.shape} must have 1 dimension")
    return _native.half_width(values, 0.25 if interval is None else real("interval", interval))
