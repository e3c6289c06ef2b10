"""Makes a source distribution that builds by itself, and unpacks it beside itself: ``python tool/source_distribution.py OUT``, in
an environment with maturin. Prints the folder.

maturin packs the kernel and the libraries along, with the manifest of the workspace that they inherit from. That one
names packages which are not packed; here it is cut down to what these inherit.
"""

from __future__ import annotations

import io
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

PACKAGE = Path(__file__).parents[1]
MEMBERS = ("host-sim/link", "host-sim/numerics", "host-sim/science", "kernel")
INHERITED = re.compile(r"^\[workspace\.(package|lints\.[a-z]+)\]$")


def inherited(manifest: str) -> str:
    """The tables of the workspace's manifest that packages inherit from."""
    tables = re.split(r"^(?=\[)", manifest, flags=re.M)
    kept = [table.rstrip() for table in tables if INHERITED.match(table.partition("\n")[0])]
    if len(kept) < 2:
        raise SystemExit(f"the workspace's manifest has changed: only {len(kept)} tables that packages inherit from")
    members = ", ".join(f'"{member}"' for member in MEMBERS)
    workspace = f'[workspace]\nmembers = [{members}]\nexclude = ["bindings/python"]\nresolver = "3"'
    return "\n\n".join(["# What the packed packages inherit from.", workspace, *kept]) + "\n"


def rewrite(source: Path, target: Path) -> None:
    """Copies the archive with the workspace's manifest cut down."""
    with tarfile.open(source) as before, tarfile.open(target, "w:gz") as after:
        for entry in before:
            content = before.extractfile(entry)
            data = b"" if content is None else content.read()
            if Path(entry.name).parts[1:] == ("Cargo.toml",):
                data = inherited(data.decode()).encode()
                entry.size = len(data)
            after.addfile(entry, io.BytesIO(data) if content is not None else None)


def unpack(archive: Path, folder: Path) -> None:
    """The folder as the archive has it. A file that is there already is left alone, so that what was built of it stays good."""
    packed = set()
    with tarfile.open(archive) as entries:
        for entry in entries:
            content = entries.extractfile(entry)
            if content is None:
                continue
            file = folder.joinpath(*Path(entry.name).parts[1:])
            packed.add(file)
            data = content.read()
            if not file.is_file() or file.read_bytes() != data:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(data)
    for file in folder.rglob("*"):
        if file.is_file() and file not in packed:
            file.unlink()


def main() -> None:
    out = Path(sys.argv[1]).resolve()
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "maturin", "sdist", "--out", folder]
        subprocess.run(command, cwd=PACKAGE, check=True, stdout=sys.stderr)
        (archive,) = Path(folder).glob("*.tar.gz")
        # those of other versions
        for other in out.glob("*.tar.gz"):
            other.unlink()
        rewrite(archive, out / archive.name)
    folder = out / "unpacked"
    unpack(out / archive.name, folder)
    print(folder)


if __name__ == "__main__":
    main()
