"""Processor time of a plastic step here, in numpy and in jax, all in single precision on one thread; and what a call adds.

``cargo xtask python --speed`` runs this in an environment that has jax. With ``--json FILE`` the numbers are written too.
"""

from __future__ import annotations

import os

# Before numpy and jax are loaded.
ONE = "1"
os.environ |= {"OMP_NUM_THREADS": ONE, "OPENBLAS_NUM_THREADS": ONE, "MKL_NUM_THREADS": ONE, "JAX_PLATFORMS": "cpu"}
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

import argparse
import json
import platform
import time
from collections.abc import Callable
from typing import Any

import numpy as np

import freezable_chaos as fc

G, K, P, DT = 2.0, 2.0, 2.5, 0.05
SIZES = (200, 400, 1000, 2000)
#: Synapse steps of one round, and rounds, of which the least counts.
SYNAPSES, ROUNDS = 4e7, 5
#: Steps of the run whose overhead is measured, by that of a run of one step.
SHORT = 1000
#: States after this many steps are compared, and how far they may be apart.
COMPARED, TOLERANCE = 60, 1e-4

Step = Callable[[int], Any]


def start(n: int) -> tuple[np.ndarray, np.ndarray]:
    net = fc.Network.gaussian(n, g=G, k=K, p=P, dt=DT, seed=1)
    return net.J, net.x


def ours(n: int) -> Step:
    J, x = start(n)
    net = fc.Network(J, k=K, p=P, dt=DT, x0=x, threads=1)

    def steps(count: int) -> np.ndarray:
        net.run(count * DT, record=())
        return net.x

    return steps


def in_numpy(n: int) -> Step:
    J, x = start(n)
    A, work = np.zeros_like(J), np.empty_like(J)
    dt, rate, growth = np.float32(DT), np.float32(DT / P), np.float32(K / n)

    def steps(count: int) -> np.ndarray:
        nonlocal x, A
        for _ in range(count):
            phi = np.tanh(x)
            x = x + dt * (-x + J @ phi + A @ phi)
            # A += rate (-A + growth phi phi^T) without new memory
            np.multiply(growth * rate * phi[:, None], phi[None, :], out=work)
            A *= 1 - rate
            A += work
        return x

    return steps


def in_jax(n: int) -> Step:
    import jax
    import jax.numpy as jnp

    J, x = map(jnp.asarray, start(n))
    state = (x, jnp.zeros((n, n), jnp.float32))

    def step(state: Any, _: Any) -> Any:
        x, A = state
        phi = jnp.tanh(x)
        x = x + DT * (-x + J @ phi + A @ phi)
        return (x, A + DT / P * (-A + K / n * jnp.outer(phi, phi))), None

    compiled: dict[int, Any] = {}

    def steps(count: int) -> np.ndarray:
        nonlocal state
        if count not in compiled:
            compiled[count] = jax.jit(lambda state: jax.lax.scan(step, state, None, length=count)[0])
        state = jax.block_until_ready(compiled[count](state))
        return np.asarray(state[0])

    return steps


def least(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Least processor time of some rounds, in seconds."""
    times = []
    for _ in range(rounds):
        begin = time.process_time()
        work()
        times.append(time.process_time() - begin)
    return min(times)


def time_of_a_step(make: Callable[[int], Step], n: int) -> float:
    """Microseconds; refuses a step that is not ours."""
    expected = ours(n)(COMPARED)
    found = make(n)(COMPARED)
    apart = float(np.abs(expected - found).max())
    if not apart < TOLERANCE:
        raise SystemExit(f"{make.__name__}, n = {n}: states are {apart} apart after {COMPARED} steps")
    count = max(20, int(SYNAPSES / n**2))
    steps = make(n)
    steps(count)
    return 1e6 * least(lambda: steps(count)) / count


def overhead() -> tuple[float, float]:
    """Of a call that runs 1,000 steps at N = 200: microseconds that it takes, and those beyond its steps."""
    net = fc.Network.gaussian(200, g=G, k=K, p=P, dt=DT, threads=1)
    many = least(lambda: net.run(SHORT * DT, record=()), 40)
    one = least(lambda: net.run(DT, record=()), 400)
    return 1e6 * many, 1e6 * (one - many / SHORT)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", metavar="FILE")
    ways: dict[str, Callable[[int], Step]] = {"freezable_chaos": ours, "numpy": in_numpy}
    arguments = parser.parse_args()
    try:
        import jax
    except ImportError:
        print("jax is not installed, and left out")
    else:
        ways["jax"] = in_jax
        print(f"jax {jax.__version__}, ", end="")
    print(f"numpy {np.__version__}, Python {platform.python_version()}, {platform.machine()}")
    rows = {n: {name: time_of_a_step(make, n) for name, make in ways.items()} for n in SIZES}
    print(f"| N | {' | '.join(f'{name}, us a step' for name in ways)} | times as fast as numpy | as jax |")
    print("|---" * (len(ways) + 3) + "|")
    for n, row in rows.items():
        times = [row[name] / row["freezable_chaos"] if name in row else float("nan") for name in ("numpy", "jax")]
        cells = [*(f"{value:.1f}" for value in row.values()), *(f"{value:.1f}" for value in times)]
        print(f"| {n} | {' | '.join(cells)} |")
    call, beyond = overhead()
    share = beyond / (call - beyond)
    print(f"a run of {SHORT} steps at N = 200 takes {call:.0f} us, {beyond:.0f} of them beyond its steps: {share:.1%}")
    if arguments.json:
        with open(arguments.json, "w") as file:
            json.dump({"rows": rows, "call": call, "beyond": beyond}, file, indent=1)


if __name__ == "__main__":
    main()
