"""A network that runs."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, SupportsFloat, SupportsIndex

import numpy as np
import numpy.typing as npt

from . import _native
from ._arguments import name_of, real, single, whole
from ._files import write_whole
from ._machine import available_memory, provenance
from .recording import Recording
from .results import Arrays

#: Called with the steps that are done and the steps in all.
Progress = Callable[[int, int], object]
#: Input of shape (T, N), one row per step; of shape (N,), the same in each; or a function of time that gives N numbers.
Input = npt.ArrayLike | Callable[[float], npt.ArrayLike]


class Network:
    """Neurons and plastic synapses with couplings J of one's own; :meth:`gaussian` and :meth:`compact` draw them.

    ``dx_i/dt = -x_i + sum_j (J_ij + A_ij) phi(x_j)`` and ``p dA_ij/dt = -A_ij + (k/N) phi(x_i) phi(x_j)`` by Euler
    steps of dt, in the kernel's single precision: the same bits on every machine (Clark and Abbott 2024, eqs. 1 and 2).

    One thread at a time may use a network; another one is refused by RuntimeError. Pickling and copying take the
    parameters, J if it is one's own, and the present state.

    Parameters
    ----------
    J
        Quenched couplings, shape (N, N), J_ij from neuron j on neuron i; rounded to single precision. The gain is in it.
    k
        Strength of the plasticity; negative is anti-Hebbian.
    p
        Time constant of the synapses, in units of the neuronal one.
    dt
        Euler step, above 0 and at most min(1, p), in units of the neuronal time constant.
    g
        Gain that is stated of J, for the theory's sake only: it does not change the network.
    transfer
        "tanh", the kernel's own, or "erf": erf(sqrt(pi)/2 x).
    x0
        Initial states, shape (N,), with A = 0; drawn from ``seed`` if not given.
    start
        "small": x = 0.1 z, A = 0; "large": x = 3 z, A = (k/N) phi phi^T, with standard normal z.
    seed
        Of everything; ``seed_network``, ``seed_state`` and ``seed_tangent`` of couplings, initial state and tangent vectors.
    index
        Number of the network among those of the seed: each has couplings and an initial state of its own.
    threads
        That share the rows of a network of some thousand neurons, or work on a network each in a measurement; 0 takes
        all processors. The bits are the same.

    Examples
    --------
    >>> import numpy as np, freezable_chaos as fc
    >>> J = 1.5 / np.sqrt(50) * np.random.default_rng(1).standard_normal((50, 50))
    >>> net = fc.Network(J, k=2, p=2.5)
    >>> net.run(10).phi.shape
    (40, 50)
    """

    _setup: dict[str, Any]
    _matrix: npt.NDArray[np.float32] | None
    _threads: int
    # x0 if it was given, which no other network of the description has.
    _x0: npt.NDArray[np.float32] | None
    _native: _native.Network
    # What it is made of, as JSON, once it was asked for.
    _stated: str | None

    def __init__(
        self,
        J: npt.ArrayLike,
        *,
        k: SupportsFloat,
        p: SupportsFloat = 2.5,
        dt: SupportsFloat = 0.05,
        g: SupportsFloat = 1.0,
        transfer: str = "tanh",
        x0: npt.ArrayLike | None = None,
        start: str = "small",
        seed: SupportsIndex = 1,
        seed_network: SupportsIndex | None = None,
        seed_state: SupportsIndex | None = None,
        seed_tangent: SupportsIndex | None = None,
        index: SupportsIndex = 0,
        threads: SupportsIndex = 0,
    ) -> None:
        matrix = single("J", J, (2,))
        if matrix.shape[0] != matrix.shape[1]:
            raise ValueError(f"J of shape {matrix.shape} is not square")
        seeds = (seed, seed_network, seed_state, seed_tangent)
        setup = _setup("exact", "given", matrix.shape[0], (g, k, p, dt), transfer, start, seeds, index)
        # Nothing that its owner may change later.
        self._begin(setup, matrix.copy(), x0, threads)

    @classmethod
    def gaussian(
        cls,
        n: SupportsIndex,
        *,
        g: SupportsFloat,
        k: SupportsFloat,
        p: SupportsFloat = 2.5,
        dt: SupportsFloat = 0.05,
        transfer: str = "tanh",
        couplings: str = "gaussian",
        x0: npt.ArrayLike | None = None,
        start: str = "small",
        seed: SupportsIndex = 1,
        seed_network: SupportsIndex | None = None,
        seed_state: SupportsIndex | None = None,
        seed_tangent: SupportsIndex | None = None,
        index: SupportsIndex = 0,
        threads: SupportsIndex = 0,
    ) -> Network:
        """The paper's network: J_ij are independent Gaussians of variance g^2/N ("gaussian"), or +-g/sqrt(N) ("signs").

        The other parameters are those of :class:`Network`. The same seed gives the same bits as ``host-sim --seed``.

        Examples
        --------
        >>> import freezable_chaos as fc
        >>> net = fc.Network.gaussian(64, g=2, k=2)
        >>> net
        Network(exact, gaussian couplings, N=64, g=2, k=2, p=2.5, dt=0.05, tanh, seed=1; t=0, running)
        """
        seeds = (seed, seed_network, seed_state, seed_tangent)
        setup = _setup("exact", couplings, n, (g, k, p, dt), transfer, start, seeds, index)
        return cls._of(setup, None, x0, threads)

    @classmethod
    def compact(
        cls,
        n: SupportsIndex,
        *,
        g: SupportsFloat,
        k: SupportsFloat,
        p: SupportsFloat = 2.5,
        dt: SupportsFloat = 0.05,
        transfer: str = "tanh",
        couplings: str = "signs",
        x0: npt.ArrayLike | None = None,
        start: str = "small",
        seed: SupportsIndex = 1,
        seed_network: SupportsIndex | None = None,
        seed_state: SupportsIndex | None = None,
        seed_tangent: SupportsIndex | None = None,
        index: SupportsIndex = 0,
        threads: SupportsIndex = 0,
    ) -> Network:
        """The compact network: sign couplings, stored ("signs") or computed ("hashed"), and a history of the rates for A.

        The other parameters are those of :class:`Network`.

        Examples
        --------
        >>> import freezable_chaos as fc
        >>> fc.Network.compact(1024, g=2, k=2).run(1).phi.shape
        (4, 1024)
        """
        seeds = (seed, seed_network, seed_state, seed_tangent)
        setup = _setup("compact", couplings, n, (g, k, p, dt), transfer, start, seeds, index)
        return cls._of(setup, None, x0, threads)

    @classmethod
    def _of(
        cls,
        setup: dict[str, Any],
        matrix: npt.NDArray[np.float32] | None,
        x0: npt.ArrayLike | None,
        threads: SupportsIndex,
        snapshot: bytes | None = None,
    ) -> Network:
        network = cls.__new__(cls)
        network._begin(setup, matrix, x0, threads)
        if snapshot is not None:
            network.restore(snapshot)
        return network

    def _begin(
        self,
        setup: dict[str, Any],
        matrix: npt.NDArray[np.float32] | None,
        x0: npt.ArrayLike | None,
        threads: SupportsIndex,
    ) -> None:
        self._setup, self._matrix, self._stated = setup, matrix, None
        self._threads = whole("threads", threads)
        self._x0 = None if x0 is None else single("x0", x0, (1,)).copy()
        self._native = _native.Network(setup, matrix, self._x0, self._threads, available_memory())

    def run(
        self,
        duration: SupportsFloat,
        *,
        record: str | Iterable[str] = ("phi",),
        every: SupportsFloat | None = None,
        neurons: Sequence[SupportsIndex] | npt.NDArray[np.integer[Any]] | None = None,
        input: Input | None = None,
        progress: Progress | None = None,
    ) -> Recording:
        """Runs for a time, frozen or not.

        Parameters
        ----------
        duration
            In neuronal time constants; the nearest whole number of steps is run.
        record
            Any of "phi", "x", "speed", "A" and "J"; () records nothing.
        every
            Time between two samples, rounded to whole steps; the samples lie at the end of each interval. By default the
            whole number of steps nearest to 0.25.
        neurons
            Which to record, in this order; all by default.
        input
            Added to the drive of each neuron: shape (T, N) with one row per step, or (N,) for a constant one, or a
            function that is given the time at which a step begins and gives N numbers. It must not use this network.
        progress
            Called with steps done and steps in all, some twenty times a second, and at the end.

        Raises
        ------
        ValueError, TypeError
            For an argument outside its bounds, before the first step.
        RuntimeError
            If a state is no longer a finite number; the network stays as it was before that step.
        KeyboardInterrupt
            On Ctrl-C; the network stays where it is then, and can be used.

        Examples
        --------
        >>> import numpy as np, freezable_chaos as fc
        >>> net = fc.Network.gaussian(50, g=1.5, k=1)
        >>> drive = np.ones((200, 50))
        >>> net.run(10, record=("x", "speed"), every=1, neurons=[3, 4], input=drive)
        Recording(10 samples, t = 1 to 10, every 1; x (10, 2), speed (10,))
        >>> r = net.run(5, input=lambda t: np.full(50, np.sin(t)))
        """
        names = [record] if isinstance(record, str) else [name_of("record", name) for name in record]
        chosen = None if neurons is None else [whole("neurons", neuron) for neuron in neurons]
        n: int = self._setup["n"]
        rows, function = None, None
        if callable(input):
            given = input

            def function(t: float) -> npt.NDArray[np.float32]:
                return _per_neuron(single("input", given(t), (1,)), n)

        elif input is not None:
            rows = np.atleast_2d(_per_neuron(single("input", input, (1, 2)), n))
        interval = None if every is None else real("every", every)
        before = self.t
        sampling, named = self._native.run(
            real("duration", duration), names, interval, chosen, rows, function, _callback(progress)
        )
        parameters = {**self.parameters, "from": before, "to": self.t, "every": sampling, "frozen": self.frozen}
        return Recording(Arrays(named), sampling, parameters, provenance())

    def freeze(self) -> None:
        """Halts the plasticity: A stays as it is."""
        self._native.freeze()

    def release(self) -> None:
        """Lets the plasticity run."""
        self._native.release()

    def start_from(self, x0: npt.ArrayLike) -> None:
        """Starts anew from the states x0, shape (N,), with A = 0: plasticity running, t = 0."""
        states = single("x0", x0, (1,)).copy()
        self._native.start_from(states)
        self._x0 = states

    @property
    def n(self) -> int:
        """Number of neurons N."""
        n: int = self._setup["n"]
        return n

    @property
    def t(self) -> float:
        """Time since the start, in neuronal time constants."""
        return self._native.t

    @property
    def steps(self) -> int:
        """Steps since the start."""
        return self._native.steps

    @property
    def frozen(self) -> bool:
        """Whether the plasticity is halted."""
        return self._native.frozen

    @property
    def x(self) -> npt.NDArray[np.float32]:
        """States x: shape (N,), a copy."""
        return self._native.x

    @property
    def phi(self) -> npt.NDArray[np.float32]:
        """Rates phi(x): shape (N,), a copy."""
        return self._native.phi

    @property
    def speed(self) -> float:
        """Root mean square over the neurons of dx/dt in the last step, in 1/time; NaN before the first."""
        return self._native.speed[0]

    @property
    def J(self) -> npt.NDArray[np.float32]:
        """Quenched couplings J_ij, from j on i: shape (N, N), a copy."""
        return self._native.couplings()[0]

    @property
    def A(self) -> npt.NDArray[np.float32]:
        """Plastic couplings A_ij: shape (N, N), a copy; of the compact network those that its history amounts to."""
        return self._native.couplings()[1]

    @property
    def parameters(self) -> dict[str, Any]:
        """What the network is made of, as the program's results state it; J of one's own by its digest."""
        # Once: the digest of a large J takes as long as many steps.
        if self._stated is None:
            self._stated = self._native.parameters()
        parameters: dict[str, Any] = json.loads(self._stated)
        return {**parameters, "start": self._setup["start"], "index": self._setup["index"]}

    def flash_image(self) -> bytes:
        """The couplings J for the flash of a board, in the kernel's memory order.

        Little-endian float32 of the exact network, for ``DenseCouplings::from_image`` (C: ``freezable_exact``); 64-bit
        words of the compact one's signs.
        """
        return self._native.flash_image(self._setup["index"], available_memory())

    def digest(self) -> str:
        """Digest of x and A, sixteen hexadecimal digits: that of goldens, of ``host-sim`` and of boards."""
        return self._native.digest()

    def snapshot(self) -> bytes:
        """The kernel's snapshot of the whole state, the same bytes as on a board."""
        return self._native.snapshot()

    def restore(self, snapshot: bytes) -> None:
        """Takes the state of a snapshot; refuses damaged ones and those of another network, and stays as it was then."""
        if not isinstance(snapshot, (bytes, bytearray, memoryview)):
            raise TypeError(f"snapshot must be bytes, not {type(snapshot).__name__}")
        self._native.restore(bytes(snapshot))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes :meth:`snapshot` to a file, whole or not at all. It has neither J nor seeds: pickle keeps these too."""
        write_whole(Path(path), self.snapshot())

    def load(self, path: str | os.PathLike[str]) -> None:
        """Takes the state of a file that :meth:`save`, the program or the web page wrote."""
        self.restore(Path(path).read_bytes())

    def copy(self) -> Network:
        """The same network in the same state, which goes its own way from here."""
        make, state = self.__reduce__()
        return make(*state)

    __copy__ = copy

    def __deepcopy__(self, memo: dict[int, Any]) -> Network:
        return self.copy()

    def __reduce__(self) -> tuple[Callable[..., Network], tuple[Any, ...]]:
        state = (self._setup, self._matrix, self._x0, self._threads, self.snapshot())
        return type(self)._of, state

    def __repr__(self) -> str:
        of = self._setup
        numbers = ", ".join(f"{name}={of[name]:g}" for name in ("g", "k", "p", "dt"))
        phase = "frozen" if self.frozen else "running"
        return (
            f"Network({of['model']}, {of['couplings']} couplings, N={of['n']}, {numbers}, {of['transfer']}, "
            f"seed={of['seed_network']}; t={self.t:g}, {phase})"
        )


def _setup(
    model: str,
    couplings: str,
    n: SupportsIndex,
    numbers: tuple[SupportsFloat, SupportsFloat, SupportsFloat, SupportsFloat],
    transfer: str,
    start: str,
    seeds: tuple[SupportsIndex, SupportsIndex | None, SupportsIndex | None, SupportsIndex | None],
    index: SupportsIndex,
) -> dict[str, Any]:
    """A description in plain values."""
    seed = whole("seed", seeds[0])
    own = {
        name: seed if value is None else whole(name, value)
        for name, value in zip(("seed_network", "seed_state", "seed_tangent"), seeds[1:], strict=True)
    }
    return {
        "model": model,
        "n": whole("n", n),
        **{name: real(name, value) for name, value in zip(("g", "k", "p", "dt"), numbers, strict=True)},
        "transfer": name_of("transfer", transfer),
        "couplings": name_of("couplings", couplings),
        **own,
        "start": name_of("start", start),
        "index": whole("index", index, most=2**32 - 1),
    }


def _per_neuron(values: npt.NDArray[np.float32], n: int) -> npt.NDArray[np.float32]:
    if values.shape[-1] != n:
        raise ValueError(f"input of shape {values.shape} does not end with the number of neurons, {n}")
    return values


def _callback(progress: Progress | None) -> Progress | None:
    if progress is not None and not callable(progress):
        raise TypeError(f"progress must be callable, not {type(progress).__name__}")
    return progress
