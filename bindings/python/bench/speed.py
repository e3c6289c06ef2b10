"""Processor time of a plastic step here, in numpy, in jax and in Brian2, all in single precision on one thread; and what a
call adds.

``cargo xtask python --speed`` runs this in an environment that has jax; ``--brian PYTHON`` names one that has Brian2. With
``--json FILE`` the numbers are written too.
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
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import freezable_chaos as fc

G, K, P, DT = 2.0, 2.0, 2.5, 0.05
SIZES = (200, 400, 1000, 2000)
#: Synapse steps of one round, and rounds, of which the least counts. The ways take turns, so that what else the machine does
#: strikes them alike.
SYNAPSES, ROUNDS = 4e7, 9
#: Steps of the run whose overhead is measured, by that of a run of one step.
SHORT = 1000
#: What is no rival but the least that memory takes.
TRAFFIC = "memory alone"
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


def traffic(n: int) -> Step:
    """No step: J is read once, and half of A read and written, as a step must that knows A to be symmetric."""
    J, x = start(n)
    phi, half = np.tanh(x), np.ones(n * (n + 1) // 2, np.float32)

    def steps(count: int) -> np.ndarray:
        for _ in range(count):
            J @ phi
            np.multiply(half, np.float32(1), out=half)
        return x

    return steps


def least(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Least processor time of some rounds, in seconds."""
    times = []
    for _ in range(rounds):
        begin = time.process_time()
        work()
        times.append(time.process_time() - begin)
    return min(times)


def agree(name: str, n: int, found: np.ndarray) -> None:
    """Refuses a step that is not ours."""
    apart = float(np.abs(ours(n)(COMPARED) - found).max())
    if not apart < TOLERANCE:
        raise SystemExit(f"{name}, n = {n}: states are {apart} apart after {COMPARED} steps")


def times_of_a_step(ways: dict[str, Callable[[int], Step]], n: int) -> dict[str, float]:
    """Microseconds of each way."""
    count = max(20, int(SYNAPSES / n**2))
    ready = {}
    for name, make in ways.items():
        agree(name, n, make(n)(COMPARED))
        ready[name] = make(n)
        ready[name](count)
    ready[TRAFFIC] = traffic(n)
    found = {name: float("inf") for name in ready}
    for _ in range(ROUNDS):
        for name, steps in ready.items():
            found[name] = min(found[name], least(lambda: steps(count), 1))
    return {name: 1e6 * seconds / count for name, seconds in found.items()}


def in_brian(python: str, n: int) -> tuple[str, float]:
    """Version of Brian2, and microseconds of its step, from another environment."""
    J, x = start(n)
    steps = max(20, int(SYNAPSES / n**2))
    asked = {"J": J.tolist(), "x": x.tolist(), "k": K, "p": P, "dt": DT, "compared": COMPARED, "steps": steps, "rounds": 5}
    command = [python, str(Path(__file__).with_name("brian.py"))]
    done = subprocess.run(command, input=json.dumps(asked), check=True, stdout=subprocess.PIPE, text=True)
    found = json.loads(done.stdout.splitlines()[-1])
    agree("Brian2", n, np.float32(found["x"]))
    return found["version"], found["microseconds"]


def overhead() -> tuple[float, float]:
    """Of a call that runs 1,000 steps at N = 200: microseconds that it takes, and those beyond its steps."""
    net = fc.Network.gaussian(200, g=G, k=K, p=P, dt=DT, threads=1)
    many = least(lambda: net.run(SHORT * DT, record=()), 40)
    one = least(lambda: net.run(DT, record=()), 400)
    return 1e6 * many, 1e6 * (one - many / SHORT)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--brian", metavar="PYTHON")
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
    rows = {}
    for n in SIZES:
        rows[n] = times_of_a_step(ways, n)
        if arguments.brian:
            version, rows[n]["Brian2"] = in_brian(arguments.brian, n)
    if arguments.brian:
        print(f"Brian2 {version}, cython")
    rivals = [name for name in rows[SIZES[0]] if name not in ("freezable_chaos", TRAFFIC)]
    print(f"| N | {' | '.join(rows[SIZES[0]])} | {' | '.join(f'times as fast as {name}' for name in rivals)} |")
    print("|---" * (1 + len(rows[SIZES[0]]) + len(rivals)) + "|")
    for n, row in rows.items():
        cells = [*(f"{value:.1f}" for value in row.values()), *(f"{row[name] / row['freezable_chaos']:.1f}" for name in rivals)]
        print(f"| {n} | {' | '.join(cells)} |")
    call, beyond = overhead()
    share = beyond / (call - beyond)
    print(f"a run of {SHORT} steps at N = 200 takes {call:.0f} us, {beyond:.0f} of them beyond its steps: {share:.1%}")
    if arguments.json:
        with open(arguments.json, "w") as file:
            json.dump({"rows": rows, "call": call, "beyond": beyond}, file, indent=1)


if __name__ == "__main__":
    main()
