"""Makes a source distribution that builds by itself: ``python tool/source_distribution.py OUT``, in an environment with maturin.

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
MEMBERS = ("host-sim/link", "host-sim/science", "kernel")
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


def main() -> None:
    out = Path(sys.argv[1]).resolve()
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "maturin", "sdist", "--out", folder]
        subprocess.run(command, cwd=PACKAGE, check=True, stdout=sys.stderr)
        (archive,) = Path(folder).glob("*.tar.gz")
        rewrite(archive, out / archive.name)
    print(out / archive.name)


if __name__ == "__main__":
    main()
