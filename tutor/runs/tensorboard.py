"""A run as a TensorBoard event file, written without TensorBoard.

The file is a row of TFRecords: the length of a record (8 bytes, little endian), the masked CRC-32C of those bytes,
the record, and its own masked CRC-32C. Each record is an ``Event`` protocol buffer, of which five fields are used.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from datetime import UTC, datetime
from math import copysign, inf
from pathlib import Path

from tutor.foundation.files import write_bytes
from tutor.runs.export import epochs_of, metrics_of, rows_of
from tutor.runs.registry import entry_of
from tutor.runs.worker.recorder import SERIES

_TAGS = {name: f"{name.partition('_')[2]}/{name.partition('_')[0]}" for name in SERIES}
"""``loss/train`` and ``loss/valid``, so that TensorBoard puts both under one heading."""
_POLYNOMIAL = 0x82F63B78
"""Castagnoli's, its bits reversed (RFC 3720)."""
_MOST_STEPS = 2**63
_MASK_DELTA = 0xA282EAD8
_LARGEST_SINGLE = (2 - 2**-23) * 2.0**127


def _table() -> tuple[int, ...]:
    table = []
    for byte in range(256):
        rest = byte
        for _ in range(8):
            rest = (rest >> 1) ^ (_POLYNOMIAL if rest & 1 else 0)
        table.append(rest)
    return tuple(table)


_TABLE = _table()


def crc32c(data: bytes) -> int:
    """The CRC-32C (Castagnoli) of ``data``."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc = _TABLE[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    return crc ^ 0xFFFFFFFF


def masked_crc32c(data: bytes) -> int:
    """The CRC-32C as TFRecord stores it: rotated and shifted, so that a CRC may itself be part of the data."""
    crc = crc32c(data)
    return (((crc >> 15) | (crc << 17)) + _MASK_DELTA) & 0xFFFFFFFF


def record(data: bytes) -> bytes:
    """``data`` as one TFRecord."""
    length = struct.pack("<Q", len(data))
    return length + struct.pack("<I", masked_crc32c(length)) + data + struct.pack("<I", masked_crc32c(data))


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _bytes_field(number: int, data: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def version_event(at: float) -> bytes:
    """The first event of a file: its format. ``at``: seconds since 1970."""
    return struct.pack("<Bd", 1 << 3 | 1, at) + _bytes_field(3, b"brain.Event:2")


def _single(value: float) -> float:
    """``value``, or infinity if single precision, which is all that the format has, does not reach so far."""
    return copysign(inf, value) if abs(value) > _LARGEST_SINGLE else value


def scalar_event(at: float, step: int, values: dict[str, float]) -> bytes:
    """Scalars of one step, by tag. ``at``: seconds since 1970."""
    summary = b"".join(
        _bytes_field(1, _bytes_field(1, tag.encode()) + struct.pack("<Bf", 2 << 3 | 5, _single(value)))
        for tag, value in values.items()
    )
    return struct.pack("<Bd", 1 << 3 | 1, at) + _varint(2 << 3) + _varint(step) + _bytes_field(5, summary)


def _records(folder: Path, start: float) -> Iterator[bytes]:
    yield record(version_event(start))
    before = 0.0
    metrics = metrics_of(folder)
    tags = [*_TAGS.values(), *metrics]
    for event in epochs_of(folder):
        rows = list(rows_of(event, metrics))
        for index, (epoch, numbers) in enumerate(rows, 1):
            at = start + before + (event.seconds - before) * index / len(rows)
            values = {tag: each for tag, each in zip(tags, numbers, strict=True) if each is not None}
            step = int(epoch) if epoch == int(epoch) and 0 <= epoch < _MOST_STEPS else event.first + index - 1
            yield record(scalar_event(at, step, values))
        before = event.seconds


def write_event_file(folder: Path, to: Path) -> Path:
    """Write a run's losses into the folder ``to`` for TensorBoard; the same run gives the same file.

    Returns:
        The file.

    Raises:
        OSError: it cannot be written.
    """
    started = entry_of(folder).started_at
    start = (started - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()
    path = to / f"events.out.tfevents.{int(start)}.{folder.name}"
    write_bytes(path, b"".join(_records(folder, start)))
    return path
