"""Clark and Abbott's network of chaotic neurons and plastic synapses, which can be frozen and released.

Networks run by the same kernel as on a microcontroller, with the same bits; measurements and theory are those of the
``host-sim`` program. Times are in units of the neuronal time constant throughout, exponents per such unit.

>>> import freezable_chaos as fc
>>> net = fc.Network.gaussian(100, g=2, k=2, p=2.5, seed=1)
>>> record = net.run(100)
>>> record.phi.shape
(400, 100)
>>> net.freeze()
>>> held = net.run(50)
>>> net.release()

Source of the model: D. G. Clark and L. F. Abbott, Physical Review X 14, 021001 (2024), https://arxiv.org/abs/2302.08985.
"""

from ._native import CONTRACT_VERSION as CONTRACT_VERSION
from ._native import VERSION as __version__
from .estimators import Autocorrelation, autocorrelation, half_width
from .goldens import Golden, Verification, record_golden, verify
from .measurements import (
    FixedPoints,
    FreezeTrials,
    Jacobian,
    LyapunovSpectrum,
    Statistics,
    fixed_points,
    freeze_trials,
    jacobian,
    lyapunov_spectrum,
    statistics,
)
from .network import Network
from .recording import Recording
from .results import Arrays, Mean, Result
from .sweeps import Sweep, sweep
from .theory import MeanField, MeanFieldSolution, mean_field

__all__ = [
    "CONTRACT_VERSION",
    "Arrays",
    "Autocorrelation",
    "FixedPoints",
    "FreezeTrials",
    "Golden",
    "Jacobian",
    "LyapunovSpectrum",
    "Mean",
    "MeanField",
    "MeanFieldSolution",
    "Network",
    "Recording",
    "Result",
    "Statistics",
    "Sweep",
    "Verification",
    "__version__",
    "autocorrelation",
    "fixed_points",
    "freeze_trials",
    "half_width",
    "jacobian",
    "lyapunov_spectrum",
    "mean_field",
    "record_golden",
    "statistics",
    "sweep",
    "verify",
]
