"""Exports a run for other programs: as comma-separated values, or as a TensorBoard event file.

The event file is a sequence of TFRecords, written without TensorBoard: the length of a record (8 bytes, little endian),
the masked CRC-32C of those bytes, the record, and its masked CRC-32C. Each record is an ``Event`` protocol buffer, of
which five fields are used.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import accumulate
from math import copysign, inf
from pathlib import Path

import msgspec

from tutor.foundation.files import write_bytes, write_text
from tutor.foundation.safe_text import harmless_line
from tutor.runs.events import Epochs, Event, number_text
from tutor.runs.follower import RunFollower
from tutor.runs.registry import entry_of
from tutor.runs.worker.recorder import SERIES

_TAGS = {name: f"{name.partition('_')[2]}/{name.partition('_')[0]}" for name in SERIES}
"""``loss/train`` and ``loss/valid``, so that TensorBoard shows both under one heading."""
_POLYNOMIAL = 0x82F63B78
"""The Castagnoli polynomial with its bits reversed (RFC 3720)."""
_MAX_STEPS = 2**63
_MASK_DELTA = 0xA282EAD8
_LARGEST_SINGLE = (2 - 2**-23) * 2.0**127


def epochs_of(folder: Path) -> Iterator[Epochs]:
    """Yield every `Epochs` event of a run's log that no later one replaces. Reads the log in bounded pieces."""
    firsts = [event.first for event in _all_epochs(folder)]
    # From the end: an epoch counts if no later event begins at it or before it.
    until: list[float] = [inf, *accumulate(reversed(firsts), min)]
    for event, end in zip(_all_epochs(folder), reversed(until[:-1]), strict=False):
        if event.first + len(event.train) <= end:
            yield event
        elif event.first < end:
            yield _shortened(event, int(end) - event.first)


def _shortened(event: Epochs, count: int) -> Epochs:
    """``event`` with its first ``count`` epochs only."""
    return msgspec.structs.replace(
        event,
        train=event.train[:count], valid=event.valid[:count],
        train_accuracy=event.train_accuracy[:count], valid_accuracy=event.valid_accuracy[:count],
        metrics={name: values[:count] for name, values in event.metrics.items()},
    )  # fmt: skip


def _all_epochs(folder: Path) -> Iterator[Epochs]:
    follower = RunFollower(folder)
    while events := _next_events(follower):
        yield from (event for event in events if isinstance(event, Epochs))


def _next_events(follower: RunFollower) -> list[Event]:
    """The next events; empty only at the end of the log, not after a piece without a complete line."""
    while True:
        before = follower.position
        events = follower.poll(1 << 20)
        if events or follower.position == before:
            return events


def metrics_of(folder: Path) -> tuple[str, ...]:
    """The names of the metrics of the learner's own program, in the order in which they appear in the log."""
    return tuple(dict.fromkeys(name for event in epochs_of(folder) for name in event.metrics))


def rows_of(event: Epochs, metrics: Sequence[str] = ()) -> Iterator[tuple[float, tuple[float | None, ...]]]:
    """Yield the number of each epoch of an event, with its values in the order of `SERIES`, then of ``metrics``.

    A value is None if it was not measured.
    """
    others = (event.metrics.get(name, []) for name in metrics)
    series = (event.train, event.valid, event.train_accuracy, event.valid_accuracy, *others)
    named = list(zip((*SERIES, *metrics), series, strict=True))
    for index in range(len(event.train)):
        values = (
            values[index] if index < len(values) and values[index] is not None else event.odd(name, index)
            for name, values in named
        )
        yield event.number(index), tuple(values)


def csv_lines(folder: Path) -> Iterator[str]:
    """Yield a run as CSV: a header, then one line per epoch. The cell of a missing value is empty."""
    metrics = metrics_of(folder)
    yield ",".join(("epoch", *SERIES, *map(_cell, metrics))) + "\n"
    for event in epochs_of(folder):
        for epoch, values in rows_of(event, metrics):
            yield f"{number_text(epoch)}," + ",".join("" if each is None else repr(each) for each in values) + "\n"


def _cell(name: str) -> str:
    """``name`` as a cell of the header."""
    name = harmless_line(name)
    return '"' + name.replace('"', '""') + '"' if set(name) & set(',"') else name


def write_csv(folder: Path, path: Path) -> None:
    """Write a run as a CSV file.

    Raises:
        OSError: it cannot be written.
    """
    write_text(path, "".join(csv_lines(folder)))


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
    """The CRC-32C as TFRecords store it: rotated, with a constant added, in case the data contain CRCs themselves."""
    crc = crc32c(data)
    return (((crc >> 15) | (crc << 17)) + _MASK_DELTA) & 0xFFFFFFFF


def tf_record(data: bytes) -> bytes:
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
    """The first event of a file, which names its format. ``at``: seconds since 1970."""
    return struct.pack("<Bd", 1 << 3 | 1, at) + _bytes_field(3, b"brain.Event:2")


def _single(value: float) -> float:
    """``value``, or infinity if it does not fit into single precision, the only one that the format has."""
    return copysign(inf, value) if abs(value) > _LARGEST_SINGLE else value


def scalar_event(at: float, step: int, values: dict[str, float]) -> bytes:
    """Scalars of one step, by tag. ``at``: seconds since 1970."""
    summary = b"".join(
        _bytes_field(1, _bytes_field(1, tag.encode()) + struct.pack("<Bf", 2 << 3 | 5, _single(value)))
        for tag, value in values.items()
    )
    return struct.pack("<Bd", 1 << 3 | 1, at) + _varint(2 << 3) + _varint(step) + _bytes_field(5, summary)


def _tf_records(folder: Path, start: float) -> Iterator[bytes]:
    yield tf_record(version_event(start))
    before = 0.0
    metrics = metrics_of(folder)
    tags = [*_TAGS.values(), *metrics]
    for event in epochs_of(folder):
        rows = list(rows_of(event, metrics))
        for index, (epoch, numbers) in enumerate(rows, 1):
            at = start + before + (event.seconds - before) * index / len(rows)
            values = {tag: each for tag, each in zip(tags, numbers, strict=True) if each is not None}
            step = int(epoch) if epoch == int(epoch) and 0 <= epoch < _MAX_STEPS else event.first + index - 1
            yield tf_record(scalar_event(at, step, values))
        before = event.seconds


def write_event_file(folder: Path, to: Path) -> Path:
    """Write a run into the folder ``to`` for TensorBoard; the same run always gives the same file.

    Returns:
        The file.

    Raises:
        OSError: it cannot be written.
    """
    started = entry_of(folder).started_at
    start = (started - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()
    path = to / f"events.out.tfevents.{int(start)}.{folder.name}"
    write_bytes(path, b"".join(_tf_records(folder, start)))
    return path
