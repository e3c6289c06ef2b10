"""Windows of a smartwatch's recordings as one .npz file for `host-sim memory signals`.

    python recordings.py FOLDER FILE.npz

Takes the PyPI package seglearn 1.2.5 (BSD-3-Clause, Copyright (c) 2018, David M. Burns), whose wheel has the recordings:
accelerations (ax, ay, az, in units of gravity) and angular velocities (wx, wy, wz) at 50 Hz, of 7 exercises of the shoulder by 10
people (https://arxiv.org/abs/1802.01489). The wheel is fetched into FOLDER by pip, unless it is there, and is believed only with the
digest below: the recordings are a pickle, which could run anything.
"""

import hashlib
import io
import json
import pathlib
import subprocess
import sys
import zipfile

import numpy

PACKAGE = "seglearn==1.2.5"
WHEEL = "seglearn-1.2.5-py3-none-any.whl"
SHA256 = "ec6b952c85c9627050102854b372d85951563d3b990df677d7c55547e87413dd"
MEMBER = "seglearn/data/watch_dataset.npy"
# Samples of a window: 4 s. Windows of a recording, evenly spaced from its beginning to its end.
LENGTH, WINDOWS = 200, 4
TARGETS = ["intensity", "gravity x", "gravity y"]


def wheel(folder):
    """The bytes of the wheel, fetched if need be."""
    path = folder / WHEEL
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        requirements = folder / "requirements.txt"
        requirements.write_text(f"{PACKAGE} --hash=sha256:{SHA256}\n")
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--require-hashes"]
        subprocess.run([*pip, "--requirement", str(requirements), "--dest", str(folder)], check=True)
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    if digest != SHA256:
        raise SystemExit(f"{path} has the digest {digest}, not {SHA256}: it is another file, and not opened")
    return content


def windows(data):
    """Samples (trials x time x channels), classes and people of all windows."""
    samples, labels, groups = [], [], []
    for recording, label, person in zip(data["X"], data["y"], data["subject"]):
        room = len(recording) - LENGTH
        starts = [number * room // (WINDOWS - 1) for number in range(WINDOWS)]
        if min(second - first for first, second in zip(starts, starts[1:])) < LENGTH:
            raise SystemExit(f"a recording of {len(recording)} samples has no {WINDOWS} windows apart from each other")
        samples += [recording[start : start + LENGTH] for start in starts]
        labels += [label] * WINDOWS
        groups += [person] * WINDOWS
    return numpy.array(samples), numpy.array(labels), numpy.array(groups)


def quantities(samples):
    """Intensity (root mean square of the angular velocity) and the means of ax and ay, of every window."""
    intensity = numpy.sqrt((samples[:, :, 3:] ** 2).sum(axis=2).mean(axis=1))
    return numpy.column_stack([intensity, samples[:, :, 0].mean(axis=1), samples[:, :, 1].mean(axis=1)])


def main(folder, file):
    with zipfile.ZipFile(io.BytesIO(wheel(pathlib.Path(folder)))) as archive:
        data = numpy.load(io.BytesIO(archive.read(MEMBER)), allow_pickle=True).item()
    samples, labels, groups = windows(data)
    source = {
        "kind": "recordings",
        "params": {
            "source": f"{PACKAGE}, sha256 {SHA256}",
            "licence": "BSD-3-Clause, Copyright (c) 2018, David M. Burns",
            "classes": list(data["y_labels"]),
            "channels": list(data["X_labels"]),
            "targets": TARGETS,
        },
    }
    # A path, numpy would give another name to where it does not end in .npz.
    with open(file, "wb") as out:
        numpy.savez(
            out,
            signals=samples.astype(numpy.float32),
            labels=labels.astype(numpy.uint64),
            groups=groups.astype(numpy.uint64),
            targets=quantities(samples),
            made_with=json.dumps(source),
        )
    shape = " x ".join(str(length) for length in samples.shape)
    print(f"{file}: {shape}, {len(set(labels))} classes, {len(set(groups))} people")


if __name__ == "__main__":
    main(*sys.argv[1:])
