"""Long work: the lock, Ctrl-C, progress, threads, processes, copies."""

from __future__ import annotations

import copy
import multiprocessing
import os
import pickle
import signal
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import freezable_chaos as fc

#: Seconds after Ctrl-C within which work ends, and attempts to see that. FREEZABLE_IDLE=1 says that the machine has nothing
#: else to do, which a test cannot know.
PROMISED, ATTEMPTS = (0.1 if os.environ.get("FREEZABLE_IDLE") else 1.0), 5
FOR_EVER = 1e8
# A shell starts what it puts in the background with interrupts ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)


class Enough(Exception):
    """Ends work from its progress."""


def test_other_threads_go_on_while_a_network_runs() -> None:
    net = fc.Network.gaussian(500, g=2, k=2)
    done, count = threading.Event(), 0

    def run() -> None:
        net.run(200, record=())
        done.set()

    thread = threading.Thread(target=run)
    thread.start()
    while not done.wait(0.001):
        count += 1
    thread.join()
    assert net.steps == 4000
    # With the lock held, this thread would not have come to count.
    assert count >= 10


LONG: dict[str, Callable[[], object]] = {
    "run": lambda: fc.Network.gaussian(400, g=2, k=2).run(FOR_EVER, record=()),
    "run of a large network": lambda: fc.Network.gaussian(2000, g=2, k=2).run(FOR_EVER, record=()),
    "input": lambda: fc.Network.gaussian(20, g=2, k=2).run(FOR_EVER, record=(), input=lambda t: np.zeros(20)),
    "freeze trials": lambda: fc.freeze_trials(fc.Network.gaussian(1500, g=2, k=2), duration=1e6, trials=100_000),
    "an ensemble": lambda: fc.statistics(fc.Network.gaussian(400, g=2, k=2), duration=1e6, networks=3),
    "exponents": lambda: fc.lyapunov_spectrum(fc.Network.gaussian(200, g=2, k=2), duration=1e6),
    "a golden of arrays": lambda: fc.record_golden(
        Path(tempfile.gettempdir()) / f"freezable-{os.getpid()}.toml",
        fc.Network(np.eye(500), k=2, x0=np.ones(500)),
        steps=2**24,
        input=np.ones((3, 500)),
    ),
    "fixed points": lambda: fc.fixed_points(fc.Network.gaussian(300, g=1.5, k=2), starts=10**6),
}


@pytest.mark.parametrize("name", LONG)
def test_ctrl_c_ends_work_in_time(name: str) -> None:
    latest = []
    for _ in range(ATTEMPTS):
        sent = []

        def interrupt() -> None:
            time.sleep(0.3)
            sent.append(time.perf_counter())
            os.kill(os.getpid(), signal.SIGINT)

        thread = threading.Thread(target=interrupt)
        thread.start()
        with pytest.raises(KeyboardInterrupt):
            LONG[name]()
        latest.append(time.perf_counter() - sent[0])
        thread.join()
        if latest[-1] < PROMISED:
            return
    raise AssertionError(f"{name} ended {latest} s after Ctrl-C")


def test_a_network_goes_on_after_ctrl_c_with_the_bits_that_it_would_have_had() -> None:
    net = fc.Network.gaussian(300, g=2, k=2)
    timer = threading.Timer(0.2, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        net.run(FOR_EVER, record=())
    assert net.steps > 0
    whole = fc.Network.gaussian(300, g=2, k=2)
    whole.run(net.t, record=())
    assert (whole.steps, whole.digest()) == (net.steps, net.digest())


def test_a_measurement_that_is_interrupted_leaves_the_network_where_it_was() -> None:
    net = fc.Network.gaussian(100, g=2, k=2)
    net.run(10)
    before = net.snapshot()

    def stop(done: int, total: int) -> None:
        raise Enough

    with pytest.raises(Enough):
        fc.freeze_trials(net, duration=1e6, trials=1000, progress=stop)
    assert net.snapshot() == before


def test_progress_is_told_rarely_and_to_the_end() -> None:
    seen: list[tuple[int, int]] = []
    net = fc.Network.gaussian(300, g=2, k=2)
    start = time.perf_counter()
    net.run(500, record=(), progress=lambda done, total: seen.append((done, total)))
    elapsed = time.perf_counter() - start
    assert seen[-1] == (10_000, 10_000)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    # Some twenty times a second, so that it costs nothing.
    assert len(seen) <= 2 + 26 * elapsed
    counted: list[int] = []
    fc.statistics(net, duration=500, progress=lambda done, total: counted.append(total - done))
    assert counted[-1] == 0


def test_two_threads_on_one_network_are_refused_not_raced() -> None:
    net = fc.Network.gaussian(200, g=2, k=2)
    running, end = threading.Event(), threading.Event()

    def progress(done: int, total: int) -> None:
        running.set()
        if end.is_set():
            raise Enough

    def run() -> None:
        with pytest.raises(Enough):
            net.run(FOR_EVER, record=(), progress=progress)

    thread = threading.Thread(target=run)
    thread.start()
    assert running.wait(10)
    for use in (lambda: net.run(1), lambda: net.x, net.freeze, net.snapshot, lambda: fc.freeze_trials(net)):
        with pytest.raises(RuntimeError, match="in use by another thread"):
            use()
    end.set()
    thread.join()
    net.run(1)


def test_an_input_function_that_uses_its_network_is_refused() -> None:
    net = fc.Network.gaussian(20, g=2, k=2)
    with pytest.raises(RuntimeError, match="in use"):
        net.run(1, input=lambda t: net.x)


def own() -> fc.Network:
    random = np.random.default_rng(3)
    return fc.Network(random.standard_normal((30, 30)) / 4, k=2, x0=random.standard_normal(30), g=1.4)


MADE: list[Callable[[], fc.Network]] = [
    lambda: fc.Network.gaussian(30, g=2, k=2, seed=5, seed_state=6, index=3, transfer="erf", start="large"),
    lambda: fc.Network.compact(70, g=2, k=2),
    own,
]


@pytest.mark.parametrize("make", MADE)
@pytest.mark.parametrize("way", [lambda net: pickle.loads(pickle.dumps(net)), copy.copy, copy.deepcopy, fc.Network.copy])
def test_copies_go_on_with_the_same_bits(
    make: Callable[[], fc.Network], way: Callable[[fc.Network], fc.Network]
) -> None:
    net = make()
    net.run(10)
    net.freeze()
    net.run(3)
    twin = way(net)
    assert (twin.t, twin.frozen, twin.digest(), repr(twin)) == (net.t, True, net.digest(), repr(net))
    net.release()
    net.run(20)
    assert twin.t == 13
    twin.release()
    twin.run(20)
    assert twin.digest() == net.digest()


def test_files_hold_the_kernels_snapshot(tmp_path: Path) -> None:
    net = fc.Network.gaussian(30, g=2, k=2)
    net.run(10)
    net.save(tmp_path / "state.fcs")
    assert [path.name for path in tmp_path.iterdir()] == ["state.fcs"]
    assert (tmp_path / "state.fcs").read_bytes() == net.snapshot()
    other = fc.Network.gaussian(30, g=2, k=2)
    other.load(tmp_path / "state.fcs")
    assert (other.t, other.digest()) == (10, net.digest())
    with pytest.raises(FileNotFoundError):
        other.load(tmp_path / "none.fcs")


def advance(net: fc.Network) -> str:
    """What a worker process does."""
    net.run(2, record=())
    # in a pool of threads of its own
    fc.statistics(fc.Network.gaussian(10, g=2, k=2), networks=2, burn_in=0, duration=2)
    return net.digest()


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_worker_processes(method: str) -> None:
    nets = [fc.Network.gaussian(1030, g=2, k=2), fc.Network.gaussian(50, g=2, k=2), own()]
    # Threads of this process must not be missed in a forked one.
    nets[0].run(0.1, record=())
    with multiprocessing.get_context(method).Pool(2) as pool:
        found = pool.map(advance, nets)
    assert found == [advance(net) for net in nets]


def test_joblib() -> None:
    joblib = pytest.importorskip("joblib")
    nets = [fc.Network.gaussian(50, g=2, k=2, index=index) for index in range(3)]
    expected = [advance(net.copy()) for net in nets]
    assert joblib.Parallel(n_jobs=2)(joblib.delayed(advance)(net) for net in nets) == expected


