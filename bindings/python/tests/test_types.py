"""The types hold: of the package, of a session that uses it, and of the stub against the native part."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1]
SESSION = """
import numpy as np
import numpy.typing as npt
import freezable_chaos as fc

net = fc.Network.gaussian(400, g=2, k=2, p=2.5, seed=1)
own = fc.Network(np.eye(3), k=2, x0=[0.1, 0.2, 0.3])
phi: npt.NDArray[np.float32] = net.run(10, record=("phi", "x"), every=0.25, input=lambda t: np.zeros(400)).phi
width: float | None = fc.half_width(fc.autocorrelation(phi))
success: fc.Mean | None = fc.freeze_trials(net, networks=4).success
exponents: npt.NDArray[np.float64] = fc.lyapunov_spectrum(net, exponents=4).exponents
eigenvalues: npt.NDArray[np.complex128] = fc.jacobian(net).eigenvalues
solutions: tuple[fc.MeanFieldSolution, ...] = fc.mean_field(g=2, k=2).solutions
"""


MISTAKES = {
    "fc.Network.gaussian('400', g=2, k=2)": "arg-type",
    "fc.Network.gaussian(400, gain=2, k=2)": "call-arg",
    "fc.Network.gaussian(400, g=2, k=2).fi": "attr-defined",
    "x: int = fc.half_width([1.0])": "assignment",
}


@pytest.fixture(scope="module")
def mypy(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., subprocess.CompletedProcess[str]]:
    # What is known of numpy is found out once.
    cache = tmp_path_factory.mktemp("mypy")

    def run(*files: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        return python("mypy", "--strict", f"--cache-dir={cache}", *files, cwd=cwd)

    return run


def python(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", *arguments], cwd=cwd, capture_output=True, text=True)


def test_the_package_and_a_session(mypy: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path) -> None:
    session = tmp_path / "session.py"
    session.write_text(SESSION)
    found = mypy("python/freezable_chaos", cwd=PACKAGE)
    assert found.returncode == 0, found.stdout + found.stderr
    # as it is installed
    found = mypy("session.py", cwd=tmp_path)
    assert found.returncode == 0, found.stdout + found.stderr


def test_mistakes_are_found(mypy: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path) -> None:
    (tmp_path / "mistakes.py").write_text("\n".join(["import freezable_chaos as fc", *MISTAKES]))
    found = mypy("mistakes.py", cwd=tmp_path)
    for line, code in enumerate(MISTAKES.values(), start=2):
        assert re.search(rf"^mistakes.py:{line}: error: .*\[{code}\]$", found.stdout, re.M), found.stdout


def test_the_stub() -> None:
    found = python("mypy.stubtest", "freezable_chaos._native", cwd=PACKAGE)
    assert found.returncode == 0, found.stdout + found.stderr
