"""Goldens of one's own: recorded, read, verified here, by the host program, and on an emulated board."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import numpy as np
import pytest

import freezable_chaos as fc

RANDOM = np.random.default_rng(7)
J = 1.5 / np.sqrt(12) * RANDOM.standard_normal((12, 12))
X0, SERIES, WEIGHTS = RANDOM.standard_normal(12), RANDOM.standard_normal((40, 3)), RANDOM.standard_normal((12, 3))


def own(folder: Path, **more: object) -> fc.Golden:
    net = fc.Network(J, k=1.7, p=3, dt=0.025, x0=X0, seed=5)
    course = {"input": SERIES, "input_weights": WEIGHTS, "input_every": 0.1, "input_repeats": True, "noise": 0.2}
    return fc.record_golden(folder / "own.toml", net, steps=200, **{**course, **more})


def host_sim(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    program = os.environ.get("FREEZABLE_HOST_SIM")
    if program is None:
        pytest.skip("FREEZABLE_HOST_SIM names no program; `cargo xtask python` sets it once host-sim is built")
    return subprocess.run([program, *arguments], capture_output=True, text=True)


def test_everything_of_ones_own_is_recorded_and_verified(tmp_path: Path) -> None:
    golden = own(tmp_path)
    names = {"couplings_file": "J", "start_file": "x0", "input_file": "input", "input_weights": "weights"}
    assert golden.files == {option: f"own-{name}.npy" for option, name in names.items()}
    assert {path.name for path in tmp_path.iterdir()} == {"own.toml", *golden.files.values()}
    assert golden.trajectory == {"steps": 200, "freeze": 100, "release": 150}
    assert list(golden.digests) == [1, 2, 4, 8, 16, 32, 64, 100, 128, 150, 200]
    assert golden.parameters["n"] == 12 and golden.parameters["seed_state"] == 5
    assert golden == fc.Golden.read(tmp_path / "own.toml") and "11 digests over 200 steps" in repr(golden)
    driven = {"steps_of_row": 4, "repeats": True, "noise": pytest.approx(0.2)}
    assert golden.input == driven and golden.rule is None
    assert golden.to_dict() == {**golden.to_dict(), "digests": golden.digests, "input": driven, "rule": None}
    for found in (fc.verify(golden), fc.verify(str(golden.path)), fc.verify(golden, files=tmp_path)):
        assert found and found.ok and (found.digests, found.target) == (11, "this machine")
    assert np.array_equal(np.load(tmp_path / "own-J.npy"), J.astype(np.float32))
    # the input, the noise and the state are felt
    others = [own(tmp_path, replace=True, **change).digests for change in ({"noise": 0}, {"input": 2 * SERIES})]
    assert all(other[1] != golden.digests[1] for other in others)


def test_digests_are_those_of_the_network_that_runs(tmp_path: Path) -> None:
    for number, net in enumerate((fc.Network.gaussian(20, g=2, k=1), fc.Network.compact(70, g=2, k=2, couplings="hashed"))):
        net.run(3)
        before = net.digest()
        golden = fc.record_golden(tmp_path / f"{number}.toml", net, steps=8, freeze_at=4, release_at=6)
        assert net.digest() == before and not golden.files
        twin = type(net)._of(net._setup, None, None, 0)
        for step, digest in golden.digests.items():
            twin.run((step - twin.steps) * 0.05, record=())
            assert twin.digest() == digest
            if step == 4:
                twin.freeze()
            if step == 6:
                twin.release()
    constant = fc.Network.gaussian(20, g=2, k=1)
    golden = fc.record_golden(tmp_path / "constant.toml", constant, steps=16, freeze_at=8, release_at=16, input=np.ones(20))
    constant.run(0.4, input=np.ones(20))
    assert constant.digest() == golden.digests[8]


def test_the_program_verifies_ours_and_we_its(tmp_path: Path) -> None:
    golden = own(tmp_path)
    found = host_sim("verify", "--golden", golden.path)
    assert found.returncode == 0, found.stderr
    options = "--k 1.7 --p 3 --dt 0.025 --seed 5 --steps 200 --input-every 0.1 --input-repeats --noise 0.2".split()
    files = ["--couplings-file", "own-J.npy", "--start-file", "own-x0.npy", "--input-file", "own-input.npy"]
    files = [word if word.startswith("--") else tmp_path / word for word in [*files, "--input-weights", "own-weights.npy"]]
    again = host_sim("golden", *files, *options, "--out", tmp_path / "theirs.toml")
    assert again.returncode == 0, again.stderr
    assert (tmp_path / "theirs.toml").read_text() == golden.path.read_text()
    np.save(tmp_path / "turned.npy", J.T)
    turned = host_sim("golden", "--couplings-file", tmp_path / "turned.npy", "--couplings-transposed", "--out", tmp_path / "t.toml")
    assert turned.returncode == 0 and fc.verify(tmp_path / "t.toml"), turned.stderr
    # as it takes files: a series in one dimension is one channel in each step, and truth values are numbers
    np.save(tmp_path / "column.npy", SERIES[:, 0])
    np.save(tmp_path / "one.npy", WEIGHTS[:, 0])
    np.save(tmp_path / "true.npy", X0 > 0)
    files = ["--input-file", "column.npy", "--input-weights", "one.npy", "--start-file", "true.npy"]
    files = [word if word.startswith("--") else tmp_path / word for word in files]
    flat = host_sim("golden", "--n", "12", *files, "--steps", "64", "--out", tmp_path / "flat.toml")
    assert flat.returncode == 0 and fc.verify(tmp_path / "flat.toml"), flat.stderr
    (tmp_path / "rule.toml").write_text('post = "sign"\n')
    ruled = host_sim("golden", "--n", "8", "--rule", tmp_path / "rule.toml", "--out", tmp_path / "ruled.toml")
    assert ruled.returncode == 0, ruled.stderr
    with pytest.raises(ValueError, match="rule of the golden is one that only `host-sim verify"):
        fc.verify(tmp_path / "ruled.toml")
    assert fc.Golden.read(tmp_path / "ruled.toml").to_dict()["rule"] == {"text": 'post = "sign"\n', "arrays": {}}


def test_a_difference_is_found_and_named(tmp_path: Path) -> None:
    golden = own(tmp_path)
    text = golden.path.read_text()
    golden.path.write_text(text.replace("steps = 200", "steps = 201"))
    with pytest.raises(ValueError, match="is torn or was edited"):
        fc.verify(golden.path)
    golden.path.write_text(resealed(text.replace(golden.digests[64], "0" * 16)))
    found = fc.verify(golden.path)
    assert not found and found.first_difference == f"at step 64 the digest is {golden.digests[64]} instead of {'0' * 16}"
    assert "at step 64" in repr(found)
    golden.path.write_text(text)
    for option, name in golden.files.items():
        kept = np.load(tmp_path / name)
        np.save(tmp_path / name, 0.01 * np.arange(kept.size, dtype=np.float32).reshape(kept.shape))
        with pytest.raises(ValueError, match=f"{option} {name} has the digest"):
            fc.verify(golden)
        (tmp_path / name).unlink()
        with pytest.raises(FileNotFoundError):
            fc.verify(golden)
        np.save(tmp_path / name, kept)
    assert fc.verify(golden)


def resealed(text: str) -> str:
    """With the checksum of what it says now: FNV-1a, as the kernel has it."""
    contents = text[: text.rindex("# checksum ")]
    digest = 0xCBF29CE484222325
    for byte in contents.encode():
        digest = (digest ^ byte) * 0x100000001B3 % 2**64
    return f"{contents}# checksum {digest:016x}\n"


def test_what_cannot_be_is_refused_before_a_file_is_written(tmp_path: Path) -> None:
    net, path = fc.Network.gaussian(10, g=2, k=2), tmp_path / "mine.toml"
    for more, words in (
        ({"steps": 1}, "steps 1 is outside its bounds 2"),
        ({"steps": 8, "freeze_at": 8}, "freeze_at 8 is outside its bounds 1 and 7"),
        ({"steps": 8, "freeze_at": 4, "release_at": 4}, "release_at 4 is outside its bounds 5 and 8"),
        ({"input": np.ones((3, 9))}, "input 9 is not the number of neurons, 10"),
        ({"input": np.ones((3, 2)), "input_weights": np.ones((10, 3))}, "input_weights 3 is not the number of channels"),
        ({"input_repeats": True}, "are of an input, and none is given"),
        ({"noise": -1}, "noise -1 is outside its bounds 0"),
        ({"input": np.full((3, 10), np.nan)}, r"input nan at \(0, 0\) is not a finite number"),
    ):
        with pytest.raises(ValueError, match=words):
            fc.record_golden(path, net, **more)
    golden = fc.record_golden(path, net)
    vast = golden.path.read_text().replace("n = 10\n", "n = 1000000\n")
    path.write_text(resealed(vast))
    with pytest.raises(ValueError, match="n 1000000 needs .* MB, and .* MB are free"):
        fc.verify(path)
    path.unlink()
    with pytest.raises(ValueError, match="index 2 is not 0: a golden is of the first network of its seed"):
        fc.record_golden(path, fc.Network.gaussian(10, g=2, k=2, index=2))
    with pytest.raises(ValueError, match="seed_state 18446744073709551615 is above"):
        fc.record_golden(path, fc.Network.gaussian(10, g=2, k=2, seed_state=2**64 - 1))
    with pytest.raises(TypeError, match="network must be"):
        fc.record_golden(path, "net")  # type: ignore[arg-type]
    assert not list(tmp_path.iterdir())
    fc.record_golden(path, net)
    with pytest.raises(FileExistsError, match="replace=True"):
        fc.record_golden(path, net)
    with pytest.raises(ValueError, match="emulator and firmware are given together"):
        fc.verify(emulator="m4f")
    for unused, words in (
        ({"baud": 9600}, "baud 9600 is of a port, and none is given"),
        ({"files": tmp_path}, "files .* are of a golden, and none is given"),
        ({"golden": path, "files": tmp_path, "port": "/dev/none"}, "files .* are of this machine"),
        ({"golden": path, "files": tmp_path, "emulator": "m4f", "firmware": path}, "files .* are of this machine"),
    ):
        with pytest.raises(ValueError, match=words):
            fc.verify(**unused)  # type: ignore[arg-type]
    with pytest.raises(FileNotFoundError, match="firmware"):
        fc.verify(emulator="m4f", firmware=tmp_path / "none.elf")
    with pytest.raises(OSError, match="firmware .* is no"):
        fc.verify(emulator="m4f", firmware=path)
    with pytest.raises(OSError, match="none"):
        fc.verify(port="/dev/none")


def test_files_are_all_written_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreached(*arguments: object) -> None:
        raise AssertionError("it was computed")

    with monkeypatch.context() as patch:
        patch.setattr("freezable_chaos.goldens._native.record_golden", unreached)
        with pytest.raises(FileNotFoundError, match="path .*own.toml: there is no folder .*none"):
            own(tmp_path / "none")
        (tmp_path / "own.toml").mkdir()
        with pytest.raises(IsADirectoryError, match="path .*own.toml is a folder"):
            own(tmp_path, replace=True)
        (tmp_path / "own.toml").rmdir()

    def failing(method: str, at: int) -> None:
        """The call of that number fails, as on a disk that is full."""
        original, calls = getattr(Path, method), []

        def call(self: Path, *arguments: object) -> object:
            calls.append(self)
            if len(calls) == at:
                raise OSError("no space left")
            return original(self, *arguments)

        with monkeypatch.context() as patch:
            patch.setattr(Path, method, call)
            with pytest.raises(OSError, match="no space left"):
                own(tmp_path)
        assert len(calls) == at and not list(tmp_path.iterdir())

    for method in ("write_bytes", "replace"):
        for at in (2, 5):
            failing(method, at)
    # what a try leaves that was killed between its files is not in the way, other numbers are
    golden = own(tmp_path)
    golden.path.unlink()
    assert fc.verify(own(tmp_path))
    golden.path.unlink()
    np.save(tmp_path / "own-x0.npy", np.zeros(12, np.float32))
    with pytest.raises(FileExistsError, match="own-x0.npy is there already: replace=True"):
        own(tmp_path)
    assert fc.verify(own(tmp_path, replace=True))


def test_it_can_be_ended_and_tells_its_progress(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    net = fc.Network.gaussian(10, g=2, k=2)
    fc.record_golden(tmp_path / "mine.toml", net, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (1024, 1024)

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fc.record_golden(tmp_path / "long.toml", fc.Network.gaussian(300, g=2, k=2), steps=2**20, progress=stop)
    assert not (tmp_path / "long.toml").exists()


def test_an_image_for_a_flash(tmp_path: Path) -> None:
    net = fc.Network(J, k=1)
    image = np.frombuffer(net.flash_image(), np.float32)
    # padded in the kernel's memory order, and each coupling is there
    assert set(J.astype(np.float32).ravel()) <= set(image)
    np.save(tmp_path / "J.npy", J)
    written = host_sim("couplings", "--couplings-file", tmp_path / "J.npy", "--format", "binary", "--out", tmp_path / "J.bin")
    assert written.returncode == 0 and (tmp_path / "J.bin").read_bytes() == net.flash_image()
    written = host_sim("couplings", *"--model compact --n 70 --g 2 --network 1 --format binary --out".split(), tmp_path / "J.bin")
    assert (tmp_path / "J.bin").read_bytes() == fc.Network.compact(70, g=2, k=2, index=1).flash_image()


def test_an_emulated_board(tmp_path: Path) -> None:
    firmware = os.environ.get("FREEZABLE_FIRMWARE")
    if firmware is None:
        pytest.skip("FREEZABLE_FIRMWARE names no image; `cargo xtask python` sets it once the firmware is built")
    golden = fc.record_golden(tmp_path / "mine.toml", fc.Network.gaussian(48, g=2.7, k=1.5, seed=11), steps=256)
    found = fc.verify(golden, emulator="m4f", firmware=firmware)
    assert found and found.digests == len(golden.digests) and "(emulated)" in found.target
    with pytest.raises(ValueError, match="couplings_file own-J.npy cannot be had by the project's firmware"):
        fc.verify(own(tmp_path), emulator="m4f", firmware=firmware)
    with pytest.raises(ValueError, match="emulator m7 is not one of m4f, m3"):
        fc.verify(golden, emulator="m7", firmware=firmware)

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fc.verify(emulator="m4f", firmware=firmware, progress=stop)
