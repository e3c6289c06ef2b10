"""What this machine can give."""

from __future__ import annotations

import platform
from pathlib import Path
from typing import Any

import numpy as np

from . import _native


def available_memory() -> int | None:
    """Bytes that the system has left, where it says so."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return None
    kilobytes = [line.split()[1] for line in lines if line.startswith("MemAvailable:")]
    return 1024 * int(kilobytes[0]) if kilobytes else None


def provenance() -> dict[str, Any]:
    """Versions that a result was made with."""
    return {
        "freezable_chaos": _native.VERSION,
        "contract": _native.CONTRACT_VERSION,
        "numpy": np.__version__,
        "python": platform.python_version(),
        "machine": platform.machine(),
    }
