"""Files that are whole or not there."""

from __future__ import annotations

import os
from pathlib import Path


def write_whole(target: Path, contents: bytes) -> None:
    """Writes a file beside its place first, so that a reader sees the old one or the new one."""
    partial = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        partial.write_bytes(contents)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
