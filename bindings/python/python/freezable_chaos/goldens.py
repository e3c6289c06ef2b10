"""Goldens: digests of the whole state along a trajectory, which every machine must reproduce bit for bit."""

from __future__ import annotations

import io
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, SupportsFloat, SupportsIndex

import numpy as np
import numpy.typing as npt

from . import _native
from ._arguments import name_of, real, single, whole
from ._files import write_all
from ._machine import available_memory, provenance
from .network import Network, Progress, _callback

#: By the options of the program that name the files: how a file's name ends that is written here.
SUFFIXES = {"couplings_file": "J", "start_file": "x0", "input_file": "input", "input_weights": "weights"}

_Files = dict[str, tuple[str, npt.NDArray[np.float32]]]


@dataclass(frozen=True)
class Golden:
    """A golden of one's own, and the file that it is in.

    Attributes
    ----------
    path
        The file, as ``host-sim verify --golden`` and firmware of one's own take it.
    parameters
        What describes the network: kind, N, g, k, p, dt, transfer function, couplings and their digest, start, seeds.
    files
        Names of the arrays that belong beside it, by the option of ``host-sim golden`` that names each.
    trajectory
        Its ``steps``, and after how many it is frozen and released.
    input
        How the external input goes on, if there is one: ``steps_of_row``, for which a row stays, whether it ``repeats``,
        and the strength of the ``noise`` in x per square root of time.
    rule
        The rule of plasticity, if it is from a file: its ``text``, and digests of the ``arrays`` that it names.
    digests
        Digest of x and A, sixteen hexadecimal digits, by the steps done.
    provenance
        Versions that it was read with.
    """

    path: Path
    parameters: dict[str, Any]
    files: dict[str, str]
    trajectory: dict[str, int]
    input: dict[str, Any] | None
    rule: dict[str, Any] | None
    digests: dict[int, str]
    provenance: dict[str, Any]

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> Golden:
        """Reads a file; one that was torn or edited is refused by its checksum, as is another contract or layout."""
        return cls._of(Path(path), _stated(Path(path).read_text(encoding="utf-8")))

    @classmethod
    def _of(cls, path: Path, stated: dict[str, Any]) -> Golden:
        files = {option: file["name"] for option, file in stated["files"].items()}
        digests = {found["step"]: found["digest"] for found in stated["digests"]}
        input, rule = stated["input"], stated["rule"]
        return cls(path, stated["network"], files, stated["trajectory"], input, rule, digests, provenance())

    def to_dict(self) -> dict[str, Any]:
        """Everything in plain values."""
        return {**asdict(self), "path": str(self.path)}

    def __repr__(self) -> str:
        of = self.parameters
        numbers = ", ".join(f"{name}={of[name]:g}" for name in ("g", "k", "p", "dt"))
        return (
            f"Golden({self.path}: {of['model']}, {of['couplings']} couplings, N={of['n']}, {numbers}, {of['transfer']}; "
            f"{len(self.digests)} digests over {self.trajectory['steps']} steps)"
        )


@dataclass(frozen=True)
class Verification:
    """What a comparison with goldens found; true where all digests are equal.

    Attributes
    ----------
    ok
        Whether all digests are equal.
    first_difference
        Where the first one differs, in words.
    digests
        Digests compared.
    skipped
        Cases that a board has no room for.
    target
        This machine, or the name of the board.
    provenance
        Versions that it was made with, the arithmetic contract's among them.
    """

    ok: bool
    first_difference: str | None
    digests: int
    skipped: tuple[str, ...]
    target: str
    provenance: dict[str, Any]

    def __bool__(self) -> bool:
        return self.ok

    def to_dict(self) -> dict[str, Any]:
        """Everything in plain values."""
        return asdict(self)

    def __repr__(self) -> str:
        found = f"{self.digests} digests equal" if self.ok else self.first_difference
        left = f", {len(self.skipped)} cases skipped" if self.skipped else ""
        return f"Verification({self.target}: {found}{left})"


def record_golden(
    path: str | os.PathLike[str],
    network: Network,
    *,
    steps: SupportsIndex = 1024,
    freeze_at: SupportsIndex | None = None,
    release_at: SupportsIndex | None = None,
    input: npt.ArrayLike | None = None,
    input_weights: npt.ArrayLike | None = None,
    input_every: SupportsFloat | None = None,
    input_repeats: bool = False,
    noise: SupportsFloat = 0.0,
    replace: bool = False,
    progress: Progress | None = None,
) -> Golden:
    """Records a golden of a network, from its start on: wherever the network is now, it stays there.

    The file is that of ``host-sim golden``. Arrays of one's own (J, x0, input, weights) are written beside it, with its
    name and "-J.npy" and so on.

    Parameters
    ----------
    path
        TOML file to write.
    network
        What is recorded; the first of its seed, ``index`` 0.
    steps
        Of the trajectory; digests are taken after 1, 2, 4, ... of them, at the freeze, at the release and at the end.
    freeze_at, release_at
        Steps after which it is frozen and released; half and three quarters of all if not given.
    input
        External input: shape (T, N), or (T, channels) with weights, with one row per step and zero after the last; or one
        row, (N,) or (channels,), which stays.
    input_weights
        Of the channels: shape (N, channels).
    input_every
        Time for which a row stays, in neuronal time constants; if not given, one step.
    input_repeats
        Whether the rows begin again after the last.
    noise
        White noise of this strength, in x per square root of time, drawn from ``seed_state``.
    replace
        Whether files that are there may be written over. An array that is there with the same numbers is not in the way.
    progress
        Called with steps done and steps in all.

    Raises
    ------
    ValueError
        For what no golden has, and networks that do not fit into memory.
    OSError
        If a file cannot be written: then no new one stays.

    Examples
    --------
    >>> import tempfile, freezable_chaos as fc
    >>> folder = tempfile.TemporaryDirectory()
    >>> golden = fc.record_golden(f"{folder.name}/mine.toml", fc.Network.gaussian(48, g=2.7, k=1.5, seed=11))
    >>> list(golden.digests)
    [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 768, 1024]
    >>> bool(fc.verify(golden))
    True
    """
    if not isinstance(network, Network):
        raise TypeError(f"network must be a freezable_chaos.Network, not {type(network).__name__}")
    target, total = Path(path), whole("steps", steps, least=2)
    arrays = {"couplings_file": network._matrix, "start_file": network._x0, "input_file": None, "input_weights": None}
    if input is not None:
        series = single("input", input, (1, 2))
        input_repeats = bool(input_repeats) or series.ndim == 1
        arrays["input_file"] = np.atleast_2d(series)
    if input_weights is not None:
        arrays["input_weights"] = single("input_weights", input_weights, (2,))
    if input is None and (input_weights is not None or input_every is not None or input_repeats):
        raise ValueError("input_weights, input_every and input_repeats are of an input, and none is given")
    named = {
        option: (f"{target.stem}-{SUFFIXES[option]}.npy", array) for option, array in arrays.items() if array is not None
    }
    beside = {target.with_name(name): _npy(array) for name, array in named.values()}
    _check_target(target, beside, replace)
    course = {
        "input_every": None if input_every is None else real("input_every", input_every),
        "input_repeats": bool(input_repeats),
        "noise": real("noise", noise),
        "steps": total,
        "freeze_at": total // 2 if freeze_at is None else whole("freeze_at", freeze_at),
        "release_at": total // 4 * 3 if release_at is None else whole("release_at", release_at),
    }
    given = {option: (name, np.atleast_2d(array)) for option, (name, array) in named.items()}
    text = _native.record_golden(network._native, network._setup, given, course, available_memory(), _callback(progress))
    # the golden last: it vouches for what lies beside it
    write_all({**beside, target: text.encode()})
    return Golden._of(target, _stated(text))


def verify(
    golden: str | os.PathLike[str] | Golden | None = None,
    *,
    files: str | os.PathLike[str] | None = None,
    emulator: str | None = None,
    firmware: str | os.PathLike[str] | None = None,
    port: str | None = None,
    baud: SupportsIndex | None = None,
    progress: Progress | None = None,
) -> Verification:
    """Runs the trajectory of a golden again and compares: on this machine, on an emulated board, or on a real one.

    The project's firmware draws all by seed: a golden with arrays of one's own or with noise is refused for a board, by
    name. A golden with a rule of plasticity is for ``host-sim verify``.

    Ctrl-C ends it between parts of the work: on this machine once the network is built, on a board once the answer that is
    waited for is there or its time is over: at most 20 s for an emulator to start, 10 s for a greeting, a minute for an answer.

    Parameters
    ----------
    golden
        File of :func:`record_golden` or ``host-sim golden``; the project's own goldens if not given.
    files
        Folder of the arrays that the golden names; its own if not given. Of this machine only.
    emulator
        "m4f" or "m3": a board emulated by QEMU, with ``firmware``.
    firmware
        Image of the project's firmware for the emulated board (``cargo xtask firmware``).
    port
        Serial port of a real board with the project's firmware.
    baud
        Speed of the port; 115200 if not given.
    progress
        Called with the work done and that in all.

    Raises
    ------
    ValueError
        For a golden that was torn or edited, files with other contents, and what a board cannot have.
    OSError
        If the board, the emulator or the line to either fails.

    Examples
    --------
    >>> import freezable_chaos as fc
    >>> found = fc.verify()
    >>> found.ok, found.target, found.skipped
    (True, 'this machine', ())
    """
    if (emulator is None) != (firmware is None):
        raise ValueError("emulator and firmware are given together, or neither")
    if emulator is not None and port is not None:
        raise ValueError("port is of a real board, and emulator of an emulated one: give one of them")
    if baud is not None and port is None:
        raise ValueError(f"baud {baud} is of a port, and none is given")
    if files is not None and golden is None:
        raise ValueError(f"files {files} are of a golden, and none is given")
    if files is not None and (emulator is not None or port is not None):
        raise ValueError(f"files {files} are of this machine: a board draws all by seed")
    image = None if firmware is None else Path(firmware)
    if image is not None and not image.is_file():
        raise FileNotFoundError(f"firmware {image} is not there")
    path = golden.path if isinstance(golden, Golden) else None if golden is None else Path(golden)
    text, given = None, {}
    if path is not None:
        text = path.read_text(encoding="utf-8")
        stated = _stated(text)
        if emulator is None and port is None:
            given = _read(stated, path.parent if files is None else Path(files))
    target = {
        "emulator": None if emulator is None else name_of("emulator", emulator),
        "firmware": image,
        "port": None if port is None else name_of("port", port),
        "baud": whole("baud", 115_200 if baud is None else baud, least=1, most=2**32 - 1),
    }
    name, found = _native.verify(text, given, target, available_memory(), _callback(progress))
    summary = json.loads(found)
    skipped = tuple(summary["skipped"])
    return Verification(summary["ok"], summary["first_difference"], summary["digests"], skipped, name, provenance())


def _stated(text: str) -> dict[str, Any]:
    stated: dict[str, Any] = json.loads(_native.read_golden(text))
    return stated


def _read(stated: dict[str, Any], folder: Path) -> _Files:
    """The arrays that a golden names, in rows."""
    if stated["rule"] is not None:
        raise ValueError("rule of the golden is one that only `host-sim verify --golden` reads")
    found: _Files = {}
    for option, file in stated["files"].items():
        stored = np.load(folder / file["name"], allow_pickle=False)
        # as host-sim takes them: truth values are numbers, and one dimension is a column
        array = single(file["name"], stored.astype(np.float32) if stored.dtype == bool else stored, (1, 2))
        if option in ("start_file", "bias_file"):
            array = array.reshape(1, -1)
        elif array.ndim == 1:
            array = array.reshape(-1, 1)
        rows = np.ascontiguousarray(array.T) if file["transposed"] else array
        found[option] = (file["name"], rows)
    return found


def _check_target(target: Path, beside: dict[Path, bytes], replace: bool) -> None:
    """Refuses, before anything is computed, where the files could not be written."""
    if not target.parent.is_dir():
        raise FileNotFoundError(f"path {target}: there is no folder {target.parent}")
    for file in (target, *beside):
        if file.is_dir():
            raise IsADirectoryError(f"path {file} is a folder")
    if replace:
        return
    # An array with the same numbers is what a try that was ended has left, or as good as that.
    taken = [file for file, contents in beside.items() if file.exists() and file.read_bytes() != contents]
    if target.exists() or taken:
        raise FileExistsError(f"path {target if target.exists() else taken[0]} is there already: replace=True writes over it")


def _npy(array: npt.NDArray[np.float32]) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()
