"""Phase diagrams: the program's numbers, named axes, progress, Ctrl-C, refusals."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
from pathlib import Path

import numpy as np
import pytest

import freezable_chaos as fc

TINY = {"n": 24, "dt": 0.25, "networks": 2, "burn_in": 5, "duration": 100, "trials": 2, "exponent_duration": 200}
G, K = [0.5, 1.5, 2.5], [-1, 0, 2]


@pytest.fixture(scope="module")
def tiny() -> fc.Sweep:
    return fc.sweep(G, K, boundaries=False, **TINY)


def test_the_numbers_are_the_programs(tiny: fc.Sweep, tmp_path: Path) -> None:
    program = os.environ.get("FREEZABLE_HOST_SIM")
    if program is None:
        pytest.skip("FREEZABLE_HOST_SIM names no program; `cargo xtask python` sets it once host-sim is built")
    settings = {"p": 2.5, "g": G, "k": K, "boundaries": "false", **TINY}
    (tmp_path / "sweep.toml").write_text("".join(f"{name} = {value}\n" for name, value in settings.items()))
    command = [program, "sweep", "sweep.toml", "--json", "--out", "out"]
    done = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True)
    stated = json.loads(done.stdout)
    stated["summary"].pop("computed_at")
    assert tiny.summary == stated["summary"] and tiny.parameters == stated["params"] and tiny.kind == stated["kind"]
    with np.load(tmp_path / "out" / "sweep.npz") as arrays:
        named = [name for name in arrays.files if arrays[name].ndim > 0]
        assert set(tiny.arrays) == set(named)
        for name in named:
            assert arrays[name].dtype == tiny.arrays[name].dtype
            assert np.array_equal(arrays[name], tiny.arrays[name], equal_nan=arrays[name].dtype.kind == "f"), name


def test_grids_have_named_axes(tiny: fc.Sweep) -> None:
    assert tiny.classes.shape == tiny.freeze_success.shape == tiny.lyapunov_max.shape == (3, 3)
    assert (tiny.classes[0, :2] == "quiescent").all() and np.isnan(tiny.lyapunov_max[0, :2]).all()
    moving = ~np.isnan(tiny.arrays["lyapunov_max_small"][2])
    assert moving.any() and (np.abs(tiny.lyapunov_max[2, moving]) < 1).all()
    assert sum(tiny.summary["classes"].values()) == 9 and len(tiny.summary["points"]) == 9
    assert np.array_equal(tiny.g, np.float32(G)) and np.array_equal(tiny.k, np.float32(K)) and tiny.freezability.shape == (0,)
    assert tiny.parameters["seed"] == 1 and tiny.provenance["contract"] == fc.CONTRACT_VERSION
    assert "Sweep of 2 networks" in repr(tiny)
    pytest.importorskip("xarray")
    data = tiny.to_xarray()
    assert data["lyapunov_max_small"].dims == ("g", "k") and data["lyapunov_max_small"].attrs["units"] == "1/time"
    assert np.array_equal(data["lyapunov_max_small"].sel(g=2.5), tiny.lyapunov_max[2], equal_nan=True)
    assert json.loads(data.attrs["params"])["n"] == 24


def test_threads_change_no_number_and_progress_comes_to_its_end(tiny: fc.Sweep) -> None:
    seen: list[tuple[int, int]] = []
    alone = fc.sweep(G, K, boundaries=False, threads=1, progress=lambda *at: seen.append(at), **TINY)
    assert alone.summary == tiny.summary
    assert seen[-1][0] == seen[-1][1] > 0 and [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_ctrl_c_ends_it() -> None:
    promised = 0.1 if os.environ.get("FREEZABLE_IDLE") else 1.0
    latest = []
    for _ in range(5):
        sent: list[float] = []

        def interrupt() -> None:
            time.sleep(0.3)
            sent.append(time.perf_counter())
            os.kill(os.getpid(), signal.SIGINT)

        thread = threading.Thread(target=interrupt)
        thread.start()
        with pytest.raises(KeyboardInterrupt):
            fc.sweep(np.linspace(1, 3, 20), np.linspace(0, 2, 20), n=200)
        latest.append(time.perf_counter() - sent[0])
        thread.join()
        if latest[-1] < promised:
            return
    raise AssertionError(f"it ended {latest} s after Ctrl-C")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"g": [1, 0.5]}, "g has 0.5 after 1, but must ascend"),
        ({"g": []}, "g has 0 values, outside the bounds 1 and 1000"),
        ({"g": [-1]}, "^g -1 is below its bound 0"),
        ({"k": [np.nan]}, "k nan at .* is not a finite number"),
        ({"n": 1}, "n 1 is outside its bounds 2"),
        ({"trials": 0}, "trials 0 is outside its bounds 1 and 10000"),
        ({"duration": 99}, "duration 99 is outside its bounds 100"),
        ({"dt": 1.5}, "dt 1.5 is outside its bounds 0.001 and 1"),
        ({"p": 0.01}, "dt 0.05 is above its stability bound"),
        ({"model": "small"}, "model small is not one of exact, compact"),
        ({"boundary_g": [-1]}, "boundary_g -1 is below its bound 0"),
        ({"n": 900_000}, "n 900000"),
        ({"threads": 5000}, "threads 5000"),
    ],
)
def test_what_is_out_of_bounds_is_refused(change: dict[str, object], words: str) -> None:
    settings: dict[str, object] = {"g": [1], "k": [1], "n": 20, **change}
    with pytest.raises(ValueError, match=words):
        fc.sweep(settings.pop("g"), settings.pop("k"), **settings)  # type: ignore[arg-type]
