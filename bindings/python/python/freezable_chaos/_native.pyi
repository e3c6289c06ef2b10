from collections.abc import Callable
from typing import Any, final

import numpy as np
import numpy.typing as npt

__all__ = [
    "CONTRACT_VERSION",
    "VERSION",
    "Network",
    "autocorrelation",
    "half_width",
    "mean_field",
    "measure",
    "read_golden",
    "record_golden",
    "sweep",
    "verify",
]

VERSION: str
CONTRACT_VERSION: int

_Named = tuple[str, str, str, list[str], npt.NDArray[Any]]
_Progress = Callable[[int, int], object]
_Files = dict[str, tuple[str, npt.NDArray[np.float32]]]

@final
class Network:
    def __new__(
        cls,
        setup: dict[str, Any],
        matrix: npt.NDArray[np.float32] | None,
        x0: npt.NDArray[np.float32] | None,
        threads: int,
        memory: int | None,
    ) -> Network: ...
    def run(
        self,
        duration: float,
        record: list[str],
        every: float | None,
        neurons: list[int] | None,
        rows: npt.NDArray[np.float32] | None,
        function: Callable[[float], npt.NDArray[np.float32]] | None,
        progress: _Progress | None,
    ) -> tuple[float, list[_Named]]: ...
    def freeze(self) -> None: ...
    def release(self) -> None: ...
    def start_from(self, x0: npt.NDArray[np.float32]) -> None: ...
    @property
    def x(self) -> npt.NDArray[np.float32]: ...
    @property
    def phi(self) -> npt.NDArray[np.float32]: ...
    def flash_image(self, index: int, memory: int | None) -> bytes: ...
    def couplings(self) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]: ...
    @property
    def steps(self) -> int: ...
    @property
    def t(self) -> float: ...
    @property
    def speed(self) -> tuple[float, float]: ...
    @property
    def frozen(self) -> bool: ...
    def digest(self) -> str: ...
    def snapshot(self) -> bytes: ...
    def restore(self, snapshot: bytes) -> None: ...
    def parameters(self) -> str: ...
    def jacobian(self, joint: bool) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.complex128]]: ...

def autocorrelation(rates: npt.NDArray[np.float32], lags: int) -> npt.NDArray[np.float64]: ...
def half_width(curve: npt.NDArray[np.float64], interval: float) -> float | None: ...
def measure(
    name: str,
    network: Network,
    setup: dict[str, Any],
    settings: dict[str, Any],
    progress: _Progress | None,
) -> tuple[str, list[_Named]]: ...
def mean_field(
    problem: dict[str, Any], threads: int, progress: _Progress | None
) -> tuple[str, list[_Named]]: ...
def read_golden(text: str) -> str: ...
def record_golden(
    network: Network,
    setup: dict[str, Any],
    files: _Files,
    course: dict[str, Any],
    memory: int | None,
    progress: _Progress | None,
) -> str: ...
def sweep(
    settings: dict[str, Any], threads: int, memory: int | None, progress: _Progress | None
) -> tuple[str, list[_Named]]: ...
def verify(
    golden: str | None, files: _Files, target: dict[str, Any], memory: int | None, progress: _Progress | None
) -> tuple[str, str]: ...
