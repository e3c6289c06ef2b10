"""The trajectory beside the equations in double precision, written here once more."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from math import erf

import freezable_chaos as fc

Floats = npt.NDArray[np.float64]
#: Largest distance after 20 time units; seen are some 3e-6. Without the plasticity, or with it halted at another step, it
#: is above 0.1.
TOLERANCE = 2e-5
TRANSFER = {"tanh": np.tanh, "erf": np.vectorize(lambda x: erf(np.sqrt(np.pi) / 2 * x))}


def reference(
    J: Floats, x: Floats, k: float, p: float, dt: float, inputs: Floats, frozen: range, transfer: str
) -> tuple[Floats, Floats]:
    """States and plastic couplings after as many steps as there are inputs."""
    phi, n = TRANSFER[transfer], len(x)
    A = np.zeros((n, n))
    for step, drive in enumerate(inputs):
        rates = phi(x)
        x = x + dt * (-x + (J + A) @ rates + drive)
        if step not in frozen:
            A = A + dt / p * (-A + k / n * np.outer(rates, rates))
    return x, A


@pytest.mark.parametrize("transfer", ["tanh", "erf"])
@pytest.mark.parametrize("way", ["series", "function"])
def test_input_freeze_and_release(transfer: str, way: str) -> None:
    n, k, p, dt = 60, 1.5, 2.5, 0.05
    random = np.random.default_rng(7)
    J = (1.5 / np.sqrt(n) * random.standard_normal((n, n))).astype(np.float32)
    x0 = random.standard_normal(n).astype(np.float32)
    inputs = 0.5 * np.sin(np.arange(400)[:, None] * dt + np.arange(n))
    net = fc.Network(J, k=k, p=p, dt=dt, x0=x0, transfer=transfer)

    def drive(t: float) -> Floats:
        return 0.5 * np.sin(t + np.arange(n))

    for first, last in ((0, 160), (160, 240), (240, 400)):
        if first == 160:
            net.freeze()
        if first == 240:
            net.release()
        net.run((last - first) * dt, input=inputs[first:last] if way == "series" else drive)
    step = float(np.float32(dt))
    x, A = reference(J.astype(float), x0.astype(float), k, p, step, inputs, range(160, 240), transfer)
    assert np.abs(net.x - x).max() < TOLERANCE
    assert np.abs(net.A - A).max() < TOLERANCE
    assert np.abs(net.phi - TRANSFER[transfer](x)).max() < TOLERANCE
    # The tolerance tells networks apart.
    other, _ = reference(J.astype(float), x0.astype(float), k, p, step, inputs, range(0), transfer)
    assert np.abs(other - x).max() > 100 * TOLERANCE


def test_the_frozen_jacobian() -> None:
    net = fc.Network.gaussian(30, g=2, k=2, seed=4)
    net.run(30)
    x = net.x.astype(float)
    expected = (net.J.astype(float) + net.A) / np.cosh(x) ** 2 - np.eye(30)
    found = fc.jacobian(net)
    assert np.abs(found.matrix - expected).max() < 1e-5
    assert np.allclose(np.sort_complex(found.eigenvalues), np.sort_complex(np.linalg.eigvals(found.matrix)))
    joint = fc.jacobian(net, joint=True)
    assert np.allclose(joint.matrix[:30, :30], found.matrix)
    assert np.allclose(joint.matrix[30:, 30:], -np.eye(30) / 2.5)


def test_the_autocorrelation() -> None:
    rates = np.random.default_rng(1).standard_normal((50, 7)).astype(np.float32)
    found = fc.autocorrelation(rates, interval=0.5, lags=20)
    wide = rates.astype(float)
    expected = [np.mean(wide[: 50 - lag] * wide[lag:]) for lag in range(21)]
    assert np.allclose(found.values, expected, atol=1e-12)
    assert np.array_equal(found.lag, 0.5 * np.arange(21))


def test_exponents_of_a_linear_decay() -> None:
    # J = 0, k = 0: x shrinks by 1 - dt in each step, whatever the direction.
    net = fc.Network(np.zeros((5, 5)), k=0, dt=0.25, x0=np.ones(5))
    found = fc.lyapunov_spectrum(net, exponents=3, frozen=True, duration=20)
    assert np.allclose(found.exponents, np.log(0.75) / 0.25, atol=1e-6)


def test_without_plasticity_the_mean_square_rate_is_that_of_theory() -> None:
    # g = 3 at N = 400: finite size and time give some 0.01.
    net = fc.Network.gaussian(400, g=3, k=0, seed=2)
    net.run(100, record=())
    theory = fc.mean_field(g=3, k=0).solutions[0]
    found = fc.statistics(net, duration=400)
    assert theory.c_phi_0 is not None and found.c_phi_0 is not None
    assert abs(found.c_phi_0.mean - theory.c_phi_0.mean) < 0.03
    assert abs(np.mean(net.run(400).phi.astype(float) ** 2) - found.c_phi_0.mean) < 1e-6
