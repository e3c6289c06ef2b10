"""The bits are those of the committed goldens and of the host program."""

from __future__ import annotations

import json
import os
import subprocess
import tomllib
from pathlib import Path

import numpy as np
import pytest

import freezable_chaos as fc

GOLDENS = Path(__file__).parents[3] / "tests" / "golden"
#: Transfer functions of the goldens by their numbers; the others are no network's of this package.
TRANSFERS = {0: "tanh", 2: "erf"}
DT = 0.05


def cases(model: str) -> list[dict]:
    text = (GOLDENS / f"{model}.toml").read_text()
    return [case for case in tomllib.loads(text)["case"] if case["transfer"] in TRANSFERS]


def network(model: str, case: dict) -> fc.Network:
    make = fc.Network.gaussian if model == "exact" else fc.Network.compact
    couplings = "gaussian" if model == "exact" else "hashed"
    transfer = TRANSFERS[case["transfer"]]
    return make(case["n"], g=3, k=2, p=2.5, dt=DT, transfer=transfer, seed=case["seed"], couplings=couplings)


@pytest.mark.parametrize("model", ["exact", "compact"])
def test_goldens(model: str) -> None:
    assert len(cases(model)) >= 6
    for case in cases(model):
        net = network(model, case)
        for checkpoint in case["digests"]:
            net.run((checkpoint["step"] - net.steps) * DT, record=())
            assert net.steps == checkpoint["step"]
            assert net.digest() == checkpoint["digest"], f"n = {case['n']}, step {net.steps}"
            if net.steps == case["freeze"]:
                net.freeze()
            if net.steps == case["release"]:
                net.release()


def test_stored_signs_are_the_hashed_ones() -> None:
    stored, hashed = (fc.Network.compact(96, g=2, k=2, couplings=c) for c in ("signs", "hashed"))
    stored.run(10)
    hashed.run(10)
    assert stored.digest() == hashed.digest()


def test_rates_of_the_host_program(tmp_path: Path) -> None:
    program = os.environ.get("FREEZABLE_HOST_SIM")
    if program is None:
        pytest.skip("FREEZABLE_HOST_SIM names no program; `cargo xtask python` sets it once host-sim is built")
    options = "run --n 48 --g 2 --k 1.5 --seed 5 --networks 1 --burn-in 20 --duration 60 --json --out".split()
    done = subprocess.run([program, *options, tmp_path / "out"], check=True, capture_output=True, text=True)
    net = fc.Network.gaussian(48, g=2, k=1.5, seed=5)
    recorded = net.run(80)
    with np.load(tmp_path / "out" / "run.npz") as arrays:
        raster = arrays["raster"]
    assert raster.dtype == np.float32 and len(raster) == 240
    assert np.array_equal(recorded.phi[80:].view(np.uint32), raster.view(np.uint32))
    # and the same numbers of them
    of = fc.statistics(fc.Network.gaussian(48, g=2, k=1.5, seed=5), networks=1, burn_in=20, duration=60)
    assert of.summary == json.loads(done.stdout)["summary"]


def test_the_same_bits_whatever_the_threads() -> None:
    digests = set()
    for threads in (1, 2, 3):
        net = fc.Network.gaussian(1040, g=2, k=2, threads=threads)
        net.run(1, record=())
        digests.add(net.digest())
    assert len(digests) == 1


def test_couplings_of_ones_own_are_those_that_the_seed_draws() -> None:
    drawn = fc.Network.gaussian(40, g=2, k=2, seed=3)
    own = fc.Network(drawn.J, k=2, x0=drawn.x)
    drawn.run(30)
    own.run(30)
    assert own.digest() == drawn.digest()
