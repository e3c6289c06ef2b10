"""Measurements and results: what they carry, and that they leave the network where it was."""

from __future__ import annotations

import json

import numpy as np
import pytest

import freezable_chaos as fc


@pytest.fixture(scope="module")
def net() -> fc.Network:
    network = fc.Network.gaussian(100, g=2, k=2, seed=3)
    network.run(200, record=())
    return network


def test_recordings() -> None:
    net = fc.Network.gaussian(20, g=2, k=2)
    record = net.run(3, record=("phi", "x", "speed", "A"), every=0.5, neurons=np.array([3, 1]))
    assert np.array_equal(record.t, 0.5 * np.arange(1, 7)) and record.interval == 0.5
    assert (record.phi.shape, record.x.shape, record.speed.shape, record.A.shape) == ((6, 2), (6, 2), (6,), (6, 2, 2))
    assert {array.dtype for name, array in record.arrays.items() if name != "t"} == {np.dtype(np.float32)}
    assert np.array_equal(record.x[-1], net.x[[3, 1]]) and np.array_equal(record.phi[-1], net.phi[[3, 1]])
    assert np.array_equal(record.A[-1], net.A[np.ix_([3, 1], [3, 1])])
    assert float(np.float32(net.speed)) == record.speed[-1]
    assert record.arrays.unit("speed") == "1/time" and record.arrays.axes("A") == ("time", "neuron", "from_neuron")
    assert record.parameters["seeds"] == {"network": 1, "state": 1, "tangent": 1}
    assert record.parameters["from"] == 0 and record.parameters["to"] == 3
    assert record.provenance["contract"] == fc.CONTRACT_VERSION
    assert "6 samples" in repr(record) and "phi" in record.to_dict()["arrays"]
    assert net.run(1, record="x").x.shape == (4, 20)
    with pytest.raises(AttributeError, match="phi was not recorded: ask for it by record="):
        _ = net.run(1, record=()).phi


def test_arrays_own_their_memory_without_a_copy(net: fc.Network) -> None:
    phi = net.run(10).phi
    assert phi.flags.c_contiguous and phi.flags.writeable and not phi.flags.owndata and phi.base is not None


def test_freezing_holds_and_the_network_is_put_back(net: fc.Network) -> None:
    before = net.snapshot()
    found = fc.freeze_trials(net, trials=2, duration=50)
    assert net.snapshot() == before
    assert found.success is not None and found.success.mean == 1 and found.success.sem is None
    assert found.cosine is not None and 0.9 < found.cosine.mean <= 1
    assert found.rightmost_eigenvalue is not None and found.rightmost_eigenvalue.mean < 0
    assert found.release_time is not None and found.release_time.mean > 0
    assert found.c_phi_0 is not None and found.converged is not None and found.converged.mean == 1
    assert found.arrays["release_time"].shape == (1, 2) and found.arrays.unit("release_time") == "time"
    assert found.kind == "freeze" and found.parameters["trials"] == 2 and found.parameters["n"] == 100
    assert "freeze_success = 1 (1)" in repr(found) and "cosine" in repr(found.arrays)
    json.dumps({name: value for name, value in found.to_dict().items() if name != "arrays"})


def test_an_ensemble_is_that_of_the_indices() -> None:
    net = fc.Network.gaussian(60, g=2.5, k=1, seed=4)
    found = fc.statistics(net, networks=3, burn_in=10, duration=50)
    assert net.t == 0
    second = fc.Network.gaussian(60, g=2.5, k=1, seed=4, index=1)
    alone = fc.statistics(second, burn_in=10, duration=50)
    assert np.array_equal(found.autocorrelation[1], alone.autocorrelation[0])
    assert found.c_phi_0 is not None and found.c_phi_0.count == 3 and found.c_phi_0.sem is not None
    assert float(found.c_phi_0) == found.c_phi_0.mean and "(3)" in repr(found.c_phi_0)
    assert found.half_width is not None and found.speed_rms is not None and found.lag[1] == 0.25


def test_the_estimators_are_those_of_the_measurement() -> None:
    net = fc.Network.gaussian(60, g=2, k=1)
    net.run(50, record=())
    found = fc.statistics(net, duration=200, longest_lag=50)
    record = net.run(200)
    curve = fc.autocorrelation(record, lags=200)
    assert np.array_equal(curve.values, found.autocorrelation[0]) and np.array_equal(curve.lag, found.lag)
    assert found.half_width is not None and curve.half_width == found.half_width.mean
    assert fc.half_width(curve.values, curve.interval) == curve.half_width
    assert fc.half_width([1.0, 0.9]) is None


def test_exponents_of_a_frozen_network_are_negative(net: fc.Network) -> None:
    frozen = net.copy()
    frozen.freeze()
    found = fc.lyapunov_spectrum(frozen, exponents=3, duration=100)
    assert found.parameters["frozen"] is True and found.exponents.shape == (3,) and (found.exponents < 0).all()
    # Close to the rightmost eigenvalue, from which the Euler step differs by a few per cent.
    rightmost = fc.jacobian(frozen).eigenvalues.real.max()
    assert found.largest is not None and abs(found.largest.mean - rightmost) < 0.2 * abs(rightmost)
    assert found.split_half_error is not None
    for measure in (
        lambda: fc.lyapunov_spectrum(frozen, frozen=False),
        lambda: fc.freeze_trials(frozen),
    ):
        with pytest.raises(ValueError, match="network is frozen, and is measured with its plasticity running"):
            measure()


def test_fixed_points() -> None:
    net = fc.Network.gaussian(20, g=1.5, k=3, seed=2)
    found = fc.fixed_points(net, starts=30, duration=300, networks=2)
    assert found.distinct is not None and found.distinct.count == 2 and found.distinct.mean >= 2
    assert found.lower_bound is not None and found.lower_bound.mean >= found.distinct.mean
    assert (found.arrays["rightmost"] < 0).all() and found.arrays["count"].dtype == np.uint64


def test_mean_field() -> None:
    exact = fc.mean_field(g=2, k=0)
    assert exact.autocorrelation.shape == (1, len(exact.lag)) and exact.lag[1] == 0.05
    assert fc.half_width(exact.autocorrelation[0], 0.05) == pytest.approx(exact.solutions[0].half_width.mean, rel=1e-3)
    seen: list[int] = []
    sampled = fc.mean_field(
        g=2, k=0.5, starts=2, paths=16, window=100, settling=4, iterations=4, progress=lambda *at: seen.append(at[0])
    )
    assert seen[-1] == 16 and sampled.solutions[0].lyapunov_max is None
    assert "infinitely many neurons" in repr(sampled)


def test_xarray(net: fc.Network) -> None:
    pytest.importorskip("xarray")
    found = fc.freeze_trials(net, trials=2, duration=20).to_xarray()
    assert found["cosine"].dims == ("network", "trial") and found["release_time"].attrs["units"] == "time"
    assert json.loads(found.attrs["params"])["trials"] == 2
    record = net.copy().run(2).to_xarray()
    assert record["phi"].dims == ("time", "neuron")
    fc.mean_field(g=2, k=0).to_xarray()


def test_the_digest_of_j_is_computed_once() -> None:
    net = fc.Network(np.eye(3), k=1)
    net.run(1)
    stated = net._stated
    assert net.run(1).parameters["couplings"] == net.parameters["couplings"]
    assert stated is not None and net._stated is stated
