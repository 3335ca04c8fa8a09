"""Values on their way between two processes: as JSON, arrays as dtype, shape and bytes. Nothing is ever unpickled.

An encoded value is a list whose first item names its type: ``["f", "0x1.8p+1"]``, ``["a", "<f8", [2, 3], "…base64…"]``.
The other side is not trusted, so `decode` checks everything and never allocates more than it was sent.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

MOST_BYTES = 8 << 20
"""Bytes of all arrays and texts in one value."""
MOST_NODES = 100_000
"""Numbers, texts, lists and arrays in one value."""
DEEPEST = 20
_LONGEST_TEXT = 10_000
_MOST_BITS = 4_096
_KINDS = "biufc"


class TooLargeError(ValueError):
    """A value has more bytes, more items or more levels than may travel."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Stands for a value that cannot travel, such as a function.

    Args:
        type_name: The name of its type.
    """

    type_name: str


Encoded = list[object]
"""A value as JSON."""


def encode(value: object) -> Encoded:
    """Return ``value`` as JSON: None, booleans, numbers, texts, arrays, lists, tuples and dictionaries of these.

    Subclasses and other types become `Unknown`.

    Raises:
        TooLargeError: The value is larger than `MOST_BYTES`, `MOST_NODES` or `DEEPEST` allow.
    """
    return _Encoder().encode(value, 0)


class _Encoder:
    def __init__(self) -> None:
        self._nodes = MOST_NODES
        self._bytes = MOST_BYTES

    def _spend(self, count: int) -> None:
        self._nodes -= 1
        self._bytes -= count
        if self._nodes < 0 or self._bytes < 0:
            raise TooLargeError

    def encode(self, value: object, depth: int) -> Encoded:
        if depth > DEEPEST:
            raise TooLargeError
        kind = type(value)
        if isinstance(value, np.ndarray | np.generic):
            return self._array(np.asarray(value))
        if kind in {list, tuple, dict}:
            return self._container(value, depth)
        self._spend(len(value) if isinstance(value, str) else 8)
        return _plain(value)

    def _array(self, value: NDArray[np.generic]) -> Encoded:
        if value.dtype.kind not in _KINDS:
            self._spend(8)
            return ["o", f"array of {value.dtype.name}"]
        self._spend(value.nbytes)
        return ["a", value.dtype.str, list(value.shape), base64.b64encode(value.tobytes()).decode()]

    def _container(self, value: object, depth: int) -> Encoded:
        self._spend(8)
        if isinstance(value, dict):
            return ["d", [[self.encode(key, depth + 1), self.encode(each, depth + 1)] for key, each in value.items()]]
        assert isinstance(value, list | tuple)  # noqa: S101 - the caller has looked
        items = [self.encode(each, depth + 1) for each in value]
        return ["t" if isinstance(value, tuple) else "l", items]


def _plain(value: object) -> Encoded:
    kind = type(value)
    if value is None:
        return ["n"]
    if kind is bool:
        return ["b", value]
    if isinstance(value, int) and kind is int and value.bit_length() <= _MOST_BITS:
        return ["i", hex(value)]
    if isinstance(value, float) and kind is float:
        return ["f", value.hex()]
    if isinstance(value, complex) and kind is complex:
        return ["c", value.real.hex(), value.imag.hex()]
    if isinstance(value, str) and kind is str and len(value) <= _LONGEST_TEXT:
        return ["s", value]
    return ["o", kind.__name__[:60]]


def decode(encoded: object) -> object:
    """Return the value that was encoded. Numbers and arrays are exact, bit for bit.

    Raises:
        ValueError: ``encoded`` is not what `encode` returns.
    """
    return _Decoder().decode(encoded, 0)


class _Decoder:
    def __init__(self) -> None:
        self._nodes = 2 * MOST_NODES

    def decode(self, encoded: object, depth: int) -> object:
        self._nodes -= 1
        if not isinstance(encoded, list) or not encoded or depth > DEEPEST or self._nodes < 0:
            raise ValueError("not an encoded value")
        match encoded:
            case ["l", [*items]]:
                return [self.decode(each, depth + 1) for each in items]
            case ["t", [*items]]:
                return tuple(self.decode(each, depth + 1) for each in items)
            case ["d", [*pairs]]:
                return dict(self._pair(each, depth) for each in pairs)
            case ["a", str(dtype), [*shape], str(content)]:
                return _array(dtype, shape, content)
            case _:
                return _plain_from(encoded)

    def _pair(self, pair: object, depth: int) -> tuple[object, object]:
        if not isinstance(pair, list) or len(pair) != 2:
            raise ValueError("not a key and a value")
        key, value = self.decode(pair[0], depth + 1), self.decode(pair[1], depth + 1)
        try:
            hash(key)
        except TypeError as error:
            raise ValueError("a key that has no hash") from error
        return key, value


def _plain_from(encoded: list[object]) -> object:
    match encoded:
        case ["n"]:
            return None
        case ["b", bool(value)]:
            return value
        case ["i", str(text)] if len(text) <= _MOST_BITS:
            return int(text, 16)
        case ["f", str(text)]:
            return _float(text)
        case ["c", str(real), str(imaginary)]:
            return complex(_float(real), _float(imaginary))
        case ["s", str(text)]:
            return text[:_LONGEST_TEXT]
        case ["o", str(name)]:
            return Unknown(name[:60])
    raise ValueError("not an encoded value")


def _float(text: str) -> float:
    try:
        return float.fromhex(text)
    except OverflowError as error:
        raise ValueError("too large a number") from error


def _array(dtype_name: str, shape: list[object], content: str) -> NDArray[np.generic]:
    if len(dtype_name) > 4 or len(shape) > 32 or not all(type(each) is int and each >= 0 for each in shape):
        raise ValueError("not an array")
    sizes = [each for each in shape if isinstance(each, int)]
    try:
        dtype = np.dtype(dtype_name)
        raw = base64.b64decode(content, validate=True)
    except (TypeError, binascii.Error) as error:
        raise ValueError("not an array") from error
    if dtype.kind not in _KINDS or len(raw) > MOST_BYTES or prod(sizes) * dtype.itemsize != len(raw):
        raise ValueError("not an array")
    try:
        return np.frombuffer(raw, dtype).reshape(sizes).copy()
    except (ValueError, OverflowError, MemoryError) as error:
        raise ValueError("not an array") from error
