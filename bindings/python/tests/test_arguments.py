"""Arguments are taken as they are meant, or refused by name, value and bound; a refusal changes nothing."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

import numpy as np
import pytest

import freezable_chaos as fc

N = 12


def net() -> fc.Network:
    return fc.Network.gaussian(N, g=2, k=2)


def of(**changes: object) -> fc.Network:
    return fc.Network.gaussian(**{"n": N, "g": 2, "k": 2, **changes})  # type: ignore[arg-type]


J = np.eye(N)
REFUSED: list[tuple[Callable[[], object], type[Exception], str]] = [
    (lambda: of(n=0), ValueError, "n 0 is outside its bounds 1 and"),
    (lambda: of(n=-1), ValueError, "n -1 is outside its bounds 0 and"),
    (lambda: of(n=2**70), ValueError, "n 1180591620717411303424 is outside"),
    (lambda: of(n=10**6), ValueError, "n 1000000 .* MB are free"),
    (lambda: of(n=4.0), TypeError, "n 4.0 must be a whole number, not float"),
    (lambda: of(n=True), TypeError, "n True must be a whole number"),
    (lambda: of(g=-1), ValueError, "g -1 is below its bound 0"),
    (lambda: of(g=math.nan), ValueError, "g NaN is not a finite number"),
    (lambda: of(k=math.inf), ValueError, "k inf is not a finite number"),
    (lambda: of(k=1e39), ValueError, "k inf is not a finite number"),
    (lambda: of(p=0), ValueError, "p 0 is not above its bound 0"),
    (lambda: of(dt=2), ValueError, "dt 2 is above its stability bound min"),
    (lambda: of(g="2"), TypeError, "g '2' must be a real number, not str"),
    (lambda: of(g=2j), TypeError, "g 2j must be a real number, not complex"),
    (lambda: of(transfer="relu"), ValueError, "transfer relu is not one of tanh, erf"),
    (lambda: of(transfer=1), TypeError, "transfer 1 must be a string, not int"),
    (lambda: of(start="medium"), ValueError, "start medium is not one of small, large"),
    (lambda: of(couplings="hashed"), ValueError, "couplings hashed is not one of gaussian"),
    (lambda: of(couplings="uniform"), ValueError, "couplings uniform is not one of"),
    (lambda: of(seed=-1), ValueError, "seed -1 is outside its bounds 0 and"),
    (lambda: of(threads=10**6), ValueError, "threads 1000000 is above its bound 1024"),
    (lambda: of(x0=np.zeros(N + 1)), ValueError, "x0 13 values are not one for each of 12 neurons"),
    (lambda: of(x0=np.zeros((N, 1))), ValueError, r"x0 of shape \(12, 1\) must have 1 dimensions"),
    (lambda: of(x0=[math.nan] * N), ValueError, r"x0 nan at \(0,\) is not a finite number"),
    (lambda: fc.Network(J[:3], k=1), ValueError, r"J of shape \(3, 12\) is not square"),
    (lambda: fc.Network(J[0], k=1), ValueError, r"J of shape \(12,\) must have 2 dimensions"),
    (lambda: fc.Network(np.zeros((0, 0)), k=1), ValueError, "n 0 is outside its bounds"),
    (lambda: fc.Network(J * 1e300, k=1), ValueError, r"J 1e\+300 at \(0, 0\) is not a finite number in single"),
    (lambda: fc.Network(J + 0j, k=1), TypeError, "J of dtype complex128 must hold real numbers"),
    (lambda: fc.Network(J.astype(object), k=1), TypeError, "J of dtype object must hold real numbers"),
    (lambda: fc.Network("no matrix", k=1), TypeError, "J of dtype <U9 must hold real numbers"),
    (lambda: net().run(0), ValueError, "duration 0 is below its bound 0.05, the step"),
    (lambda: net().run(-1), ValueError, "duration -1 is below its bound 0.05, the step"),
    (lambda: net().run(1e10), ValueError, "duration 10000000000 is outside its bounds 0 and 1e9"),
    (lambda: net().run(math.nan), ValueError, "duration NaN is outside its bounds 0 and 1e9"),
    (lambda: net().run("1"), TypeError, "duration '1' must be a real number, not str"),
    (lambda: net().run(1, every=0.01), ValueError, "every 0.01 is below its bound 0.05, the step"),
    (lambda: net().run(1, record=("y",)), ValueError, "record y is not one of phi, x, speed, A and J"),
    (lambda: net().run(1, record=("x", "x")), ValueError, "record x is asked for twice"),
    (lambda: net().run(1, record=(1,)), TypeError, "record 1 must be a string, not int"),  # type: ignore[arg-type]
    (lambda: net().run(1, neurons=[0, N]), ValueError, "neurons 12 is above its bound 11"),
    (lambda: net().run(1, neurons=[-1]), ValueError, "neurons -1 is outside its bounds 0"),
    (lambda: net().run(1e9, every=0.05), ValueError, "every 1 .* for which there is no memory"),
    (lambda: net().run(1, input=np.zeros((19, N))), ValueError, "input 19 rows are neither one nor one for each of the 20"),
    (lambda: net().run(1, input=np.zeros(N + 1)), ValueError, r"input of shape \(13,\) does not end with .* 12"),
    (lambda: net().run(1, input=[math.inf] * N), ValueError, r"input inf at \(0,\) is not a finite number"),
    (lambda: net().run(1, input=lambda t: [0.0]), ValueError, r"input of shape \(1,\) does not end with .* 12"),
    (lambda: net().run(1, input=lambda t: "no"), TypeError, "input of dtype <U2 must hold real numbers"),
    (lambda: net().run(1, progress=3), TypeError, "progress must be callable, not int"),  # type: ignore[arg-type]
    (lambda: net().restore(b"short"), ValueError, "state refused: "),
    (lambda: net().restore("text"), TypeError, "snapshot must be bytes, not str"),  # type: ignore[arg-type]
    (lambda: net().restore(of(n=N + 1).snapshot()), ValueError, "state refused: "),
    (lambda: net().restore(of(seed=9).snapshot()), ValueError, "state refused: "),
    (lambda: fc.freeze_trials(net(), trials=0), ValueError, "trials 0 is below its bound 1"),
    (lambda: fc.freeze_trials(net(), duration=0.5), ValueError, "duration 0.5 is outside its bounds 1 and 1e9"),
    (lambda: fc.freeze_trials(net(), networks=0), ValueError, "networks 0 is below its bound 1"),
    (lambda: fc.freeze_trials(net()._native), TypeError, "network must be a freezable_chaos.Network, not Network"),  # type: ignore[arg-type]
    (lambda: fc.freeze_trials(of(x0=np.ones(N)), networks=2), ValueError, "networks cannot be given for a network with x0"),
    (lambda: fc.lyapunov_spectrum(net(), exponents=0), ValueError, "exponents 0 is outside its bounds 1 and 90"),
    (lambda: fc.lyapunov_spectrum(net(), exponents=91), ValueError, "exponents 91 is outside its bounds 1 and 90"),
    (lambda: fc.lyapunov_spectrum(net(), tolerance=-1), ValueError, "tolerance -1 is not a finite number of at least its bound 0"),
    (lambda: fc.fixed_points(fc.Network.compact(64, g=2, k=2)), ValueError, "model compact has no fixed points"),
    (lambda: fc.statistics(net(), longest_lag=1e4), ValueError, "longest_lag 10000 is outside its bounds 0.25 and"),
    (lambda: fc.mean_field(g=-1, k=0), ValueError, "g -1 is below its bound 0"),
    (lambda: fc.mean_field(g=2, k=2, starts=0), ValueError, "starts 0 is outside its bounds 1 and 1024"),
    (lambda: fc.mean_field(g=2, k=2, threads=5000), ValueError, "threads 5000 is outside its bounds 0 and 1024"),
    (lambda: fc.autocorrelation(np.zeros((5, 3)), lags=5), ValueError, "lags 5 is above its bound 4, the samples less one"),
    (lambda: fc.autocorrelation(np.zeros((5, 0)), lags=1), ValueError, "rates 0 neurons have none"),
    (lambda: fc.autocorrelation(np.zeros(5)), ValueError, r"rates of shape \(5,\) must have 2 dimensions"),
    (lambda: fc.half_width(np.zeros((2, 2))), ValueError, r"curve of shape \(2, 2\) must have 1 dimension"),
]


@pytest.mark.parametrize(("call", "kind", "message"), REFUSED, ids=[message for *_, message in REFUSED])
def test_refused(call: Callable[[], object], kind: type[Exception], message: str) -> None:
    with pytest.raises(kind) as raised:
        call()
    assert re.match(message, str(raised.value)), str(raised.value)


def test_a_refusal_leaves_the_network_as_it_was() -> None:
    network = net()
    network.run(5)
    network.freeze()
    before = network.snapshot()
    for call in (
        lambda: network.run(-1),
        lambda: network.run(1, input=np.zeros((3, N))),
        lambda: network.restore(before[:-1] + bytes([before[-1] ^ 1])),
        lambda: network.start_from(np.zeros(3)),
    ):
        with pytest.raises(ValueError):
            call()
        assert network.snapshot() == before


def test_what_an_input_function_raises_comes_out_and_the_network_stays_usable() -> None:
    network = net()

    def drive(t: float) -> list[float]:
        if t >= 1:
            raise LookupError("no more input")
        return [0.0] * N

    with pytest.raises(LookupError, match="no more input"):
        network.run(5, input=drive)
    assert network.t == 1
    network.run(5)


def test_a_state_that_is_no_number_is_told_and_the_network_stays_where_its_last_step_left_it() -> None:
    def huge() -> fc.Network:
        return fc.Network(np.eye(N) * 3e38, k=0, x0=np.full(N, 3e38))

    network, twin, drive = huge(), huge(), np.full(N, 3e38)
    with pytest.raises(RuntimeError, match="neuron 0"):
        network.run(5, input=drive)
    assert 0 < network.steps < 100
    twin.run(network.t, input=drive)
    assert network.digest() == twin.digest()


@pytest.mark.parametrize(
    "form",
    [
        lambda J: J.astype(np.float64),
        lambda J: J.astype(np.float16).astype(np.float16),
        lambda J: np.asfortranarray(J),
        lambda J: np.repeat(J, 2, axis=1)[:, ::2],
        lambda J: J[::-1][::-1],
        lambda J: J.astype(">f4"),
        lambda J: J.tolist(),
    ],
)
def test_arrays_of_any_order_and_kind_are_taken(form: Callable[[np.ndarray], object]) -> None:
    J = (np.arange(16).reshape(4, 4) / 8 - 1).astype(np.float32)
    J.flags.writeable = False
    network = fc.Network(form(J), k=1, x0=form(J)[0] if isinstance(form(J), list) else np.asarray(form(J))[0])
    assert np.array_equal(network.J, J)
    assert np.array_equal(network.x, J[0])


def test_integers_are_numbers_and_what_is_given_out_is_a_copy() -> None:
    J = np.arange(9).reshape(3, 3)
    network = fc.Network(J, k=1)
    assert network.J.dtype == np.float32 and np.array_equal(network.J, J)
    network.x[:] = 7
    assert not np.any(network.x == 7)


def test_what_its_owner_does_to_an_array_later_changes_nothing() -> None:
    J = np.eye(3, dtype=np.float32)
    network = fc.Network(J, k=1)
    J[:] = 5
    assert np.array_equal(network.copy().J, np.eye(3))
