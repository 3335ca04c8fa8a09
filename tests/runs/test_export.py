"""Runs for other programs: CSV and TensorBoard event files, byte by byte."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.runs.test_registry import make
from tutor.runs.events import Epochs
from tutor.runs.export import crc32c, csv_lines, masked_crc32c, scalar_event, write_csv, write_event_file
from tutor.runs.registry import Runs

EVENTS = (
    Epochs(first=1, train=[0.5, None], valid=[0.75, 0.25], updates=2, seconds=1.0),
    Epochs(first=3, train=[0.125], valid=[0.2], updates=3, seconds=2.0),
)


@pytest.mark.parametrize(
    ("data", "expected"),
    [  # RFC 3720, appendix B.4, and the check value of CRC-32C
        (b"123456789", 0xE3069283),
        (bytes(32), 0x8A9136AA),
        (b"\xff" * 32, 0x62A8AB43),
        (bytes(range(32)), 0x46DD794E),
        (bytes(range(31, -1, -1)), 0x113FDB5C),
        (b"", 0),
    ],
)
def test_crc32c_gives_the_published_values(data: bytes, expected: int) -> None:
    assert crc32c(data) == expected


def test_the_mask_is_that_of_tfrecord() -> None:
    # masked = ((crc >> 15) | (crc << 17)) + 0xa282ead8, worked by hand for the check value
    rotated = 0xE3069283 >> 15 | (0xE3069283 << 17) & 0xFFFFFFFF
    assert masked_crc32c(b"123456789") == (rotated + 0xA282EAD8) & 0xFFFFFFFF
    # the length of the version record, 24 bytes, opens every event file of version 2 with these twelve bytes
    assert struct.pack("<Q", 24) + struct.pack("<I", masked_crc32c(struct.pack("<Q", 24))) == bytes.fromhex(
        "1800000000000000a37f4b22"
    )


def records_of(data: bytes) -> list[bytes]:
    """The records of a TFRecord file, every checksum checked."""
    found = []
    while data:
        (length,) = struct.unpack("<Q", data[:8])
        assert struct.unpack("<I", data[8:12])[0] == masked_crc32c(data[:8])
        body, data = data[12 : 12 + length], data[12 + length :]
        assert struct.unpack("<I", data[:4])[0] == masked_crc32c(body)
        found.append(body)
        data = data[4:]
    return found


def varint(data: bytes) -> tuple[int, bytes]:
    value = shift = 0
    for index, byte in enumerate(data):
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, data[index + 1 :]
    raise AssertionError("a varint without an end")


def fields_of(data: bytes) -> list[tuple[int, int | bytes]]:
    """A protocol buffer message as its fields, by a reader of its own."""
    fields: list[tuple[int, int | bytes]] = []
    while data:
        key, data = varint(data)
        number, kind = key >> 3, key & 7
        value: int | bytes
        if kind == 0:
            value, data = varint(data)
        else:
            length = {1: 8, 5: 4}.get(kind)
            if length is None:
                length, data = varint(data)
            value, data = data[:length], data[length:]
        fields.append((number, value))
    return fields


def scalars_of(message: bytes) -> tuple[float, int, dict[str, float]]:
    fields = dict(fields_of(message))
    at, step, summary = fields[1], fields[2], fields[5]
    assert isinstance(at, bytes)
    assert isinstance(step, int)
    assert isinstance(summary, bytes)
    values = {}
    for number, value in fields_of(summary):
        assert number == 1
        assert isinstance(value, bytes)
        tag, simple = dict(fields_of(value))[1], dict(fields_of(value))[2]
        assert isinstance(tag, bytes)
        assert isinstance(simple, bytes)
        values[tag.decode()] = struct.unpack("<f", simple)[0]
    return struct.unpack("<d", at)[0], step, values


def test_an_event_file_holds_every_epoch(tmp_path: Path) -> None:
    folder = make(Runs(tmp_path / "runs"), "20260101-100000-aaaa", *EVENTS)
    path = write_event_file(folder, tmp_path / "board")
    assert path.name == "events.out.tfevents.1767261600.20260101-100000-aaaa"
    version, *events = records_of(path.read_bytes())
    assert fields_of(version)[1] == (3, b"brain.Event:2")
    start = 1767261600.0
    assert [scalars_of(event) for event in events] == [
        (start + 0.5, 1, {"loss/train": 0.5, "loss/valid": 0.75}),
        (start + 1.0, 2, {"loss/valid": 0.25}),
        (start + 2.0, 3, {"loss/train": 0.125, "loss/valid": pytest.approx(0.2)}),
    ]


@given(st.integers(0, 2**63 - 1), st.dictionaries(st.text(min_size=1), st.floats(width=32, allow_nan=False)))
def test_any_scalars_can_be_read_back(step: int, values: dict[str, float]) -> None:
    assert scalars_of(scalar_event(1.5, step, values)) == (1.5, step, values)


def test_csv_has_an_empty_cell_where_there_is_no_number(tmp_path: Path) -> None:
    folder = make(Runs(tmp_path / "runs"), "20260101-100000-aaaa", *EVENTS)
    assert "".join(csv_lines(folder)).splitlines() == [
        "epoch,train_loss,valid_loss,train_accuracy,valid_accuracy",
        "1,0.5,0.75,,",
        "2,,0.25,,",
        "3,0.125,0.2,,",
    ]
    write_csv(folder, tmp_path / "new" / "run.csv")
    assert (tmp_path / "new" / "run.csv").read_text(encoding="utf-8") == "".join(csv_lines(folder))
