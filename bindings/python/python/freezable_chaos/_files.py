"""Files that are whole or not there."""

from __future__ import annotations

import os
from pathlib import Path


def write_whole(target: Path, contents: bytes) -> None:
    """Writes a file beside its place first, so that a reader sees the old one or the new one."""
    write_all({target: contents})


def write_all(files: dict[Path, bytes]) -> None:
    """Writes files beside their places first, and moves them there in their order. If that fails, no new one stays."""
    partial = {target: target.with_name(f".{target.name}.{os.getpid()}") for target in files}
    new: list[Path] = []
    try:
        for target, contents in files.items():
            partial[target].write_bytes(contents)
        for target in files:
            was_there = target.exists()
            partial[target].replace(target)
            if not was_there:
                new.append(target)
    except BaseException:
        for target in new:
            target.unlink(missing_ok=True)
        raise
    finally:
        for file in partial.values():
            file.unlink(missing_ok=True)
