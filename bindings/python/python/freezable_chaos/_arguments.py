"""Arguments as the native part takes them, or an error that names argument, value and bound."""

from __future__ import annotations

import operator
from typing import SupportsFloat, SupportsIndex

import numpy as np
import numpy.typing as npt

#: Largest seed, and largest count.
LARGEST = 2**64 - 1


def whole(name: str, value: SupportsIndex, least: int = 0, most: int = LARGEST) -> int:
    """A whole number within its bounds."""
    if isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} {value} must be a whole number, not a truth value")
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} {value!r} must be a whole number, not {type(value).__name__}") from None
    if not least <= number <= most:
        raise ValueError(f"{name} {number} is outside its bounds {least} and {most}")
    return number


def real(name: str, value: SupportsFloat) -> float:
    """A real number; its bounds are the library's to check."""
    if isinstance(value, (str, bytes)):
        raise TypeError(f"{name} {value!r} must be a real number, not {type(value).__name__}")
    try:
        return float(value)
    except TypeError:
        raise TypeError(f"{name} {value!r} must be a real number, not {type(value).__name__}") from None


def name_of(name: str, value: str) -> str:
    """A name, which the library knows or refuses."""
    if not isinstance(value, str):
        raise TypeError(f"{name} {value!r} must be a string, not {type(value).__name__}")
    return value


def single(name: str, value: npt.ArrayLike, dimensions: tuple[int, ...]) -> npt.NDArray[np.float32]:
    """Numbers in single precision, rounded to the nearest; C-contiguous, copied only if they are not that yet.

    What is not finite, or too large for single precision, is refused with its place.
    """
    array = np.asarray(value)
    if array.dtype.kind not in "fiu":
        raise TypeError(f"{name} of dtype {array.dtype} must hold real numbers")
    if array.ndim not in dimensions:
        allowed = " or ".join(str(count) for count in dimensions)
        raise ValueError(f"{name} of shape {array.shape} must have {allowed} dimensions")
    with np.errstate(over="ignore"):
        numbers = np.ascontiguousarray(array, dtype=np.float32)
    finite = np.isfinite(numbers)
    if not finite.all():
        at = tuple(int(index) for index in np.argwhere(~finite)[0])
        raise ValueError(f"{name} {array[at]} at {at} is not a finite number in single precision")
    return numbers.reshape(array.shape)
