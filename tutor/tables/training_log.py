"""A training log of another program, read as it grows: bytes go in in pieces of any size, and epochs come out.

`TrainingLog` finds the encoding, the layout and the columns from all bytes so far, and reads everything again if more
bytes show that one of these is different. A file has one `Training` after another. Each has its epochs as they are in
the file, and `Training.reading` gives the roles of the columns, such as that of the training loss.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf, isfinite, nan
from pathlib import PurePath

from tutor.foundation.errors import TutorError
from tutor.foundation.translate import listed, translate
from tutor.tables.dialect import SAMPLE_LINES, BrokenRowError, Dialect, clean_name, find_dialect
from tutor.tables.encoding import SAMPLE, Encoding, detect_encoding, foreign_format
from tutor.tables.log_columns import LONGEST_NAME, MAX_METRICS, ROLES, LogColumns, no_loss
from tutor.tables.numbers import COMMA, POINT, Number, decide, is_missing, parse_cell
from tutor.tables.report import shown

LONGEST_LINE = 1 << 16
"""Characters; a longer line is skipped."""
MAX_EPOCHS = 1_000_000
MAX_NOTES = 3
"""How many skipped rows are reported with their line; the others are only counted."""
_HEAD_WITHIN = 30
_NOT_A_NUMBER = frozenset({"nan", "+nan", "-nan", "nan(ind)", "-nan(ind)", "1.#qnan", "-1.#qnan", "-1.#ind", "1.#ind"})
_NAN_OF_C = re.compile(r"[-+]?s?nan\(\w{0,30}\)")
"""As C prints it: ``-nan(snan)``, ``nan(0x8000000000000)``."""
_ENDLESS = {"∞": inf, "+∞": inf, "-∞": -inf, "−∞": -inf, "1.#inf": inf, "-1.#inf": -inf}
_WRAPPED = re.compile(
    r"(?:[A-Za-z]{1,20}\.)?(?:[Tt]ensor|[Aa]rray|DeviceArray|float(?:16|32|64)?|bfloat16|Variable|Parameter|Decimal)"
    r"\( ?\[{0,3} ?([-+0-9.A-Za-z]{1,40}) ?\]{0,3} ?(?:,[^()]{0,200}(?:\([^()]{0,40}\)[^()]{0,200}){0,2})?\)"
    r"|<tf\.Tensor:[^<>=]{0,40}=[^<>]{0,80}numpy=([-+0-9.A-Za-z]{1,40})>"
)
"""A number as a library prints it: ``tensor(0.53, device='cuda:0')``, ``np.float32(0.5)``."""
_MULTIPLES = {"k": 1e3, "m": 1e6, "b": 1e9, "万": 1e4}
"""Steps may be counted in thousands: after ``900k`` comes ``1M``."""
_SOME_NUMBER = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,15})?")
_DATE = re.compile(r"[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}")
_PERCENT_FROM = 1.001
"""An accuracy above this is not a fraction; slightly above 1 may be rounding."""
_FAR_SMALLER = 25.0
"""An accuracy up to 1 is a fraction if another one is this many times as large: 0.9 beside 90."""
_LONG_ENOUGH = 3
"""After this many epochs, a column with a single number is not a curve."""


class _BadRowError(Exception):
    """A row that cannot be read, with the reason as a sentence."""


@dataclass(slots=True)
class _Seen:
    """The contents of one column so far."""

    finite: int = 0
    all: int = 0
    first: int = 0
    """The index of the epoch with its first number."""
    least: float = inf
    most: float = -inf


@dataclass(slots=True)
class RawEpoch:
    """An epoch of the file: its number, if the file has numbers, and its values by column."""

    number: float | None
    values: dict[int, float]
    opened: set[int] | None = None
    """The columns whose number has a comma that may separate thousands; it is read as the decimal mark here."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The roles of the columns in one training.

    Args:
        roles: The columns of each role; if there are several, their sum counts.
        metrics: The columns of metrics by their names.
        percent: The columns of accuracies that go up to 100.
        fractions: The columns of accuracies that go up to 1, although others go up to 100.
        thousands: The columns in which a comma separates thousands.
        overwritten: Whether a row repeated a measure of another row of its epoch.
        unsure: A column of a role whose commas are ambiguous, and such a cell; None if there is none.
    """

    roles: Mapping[str, tuple[int, ...]]
    metrics: Mapping[str, int]
    percent: frozenset[int] = frozenset()
    fractions: frozenset[int] = frozenset()
    thousands: frozenset[int] = frozenset()
    unsure: tuple[int, str] | None = None
    overwritten: bool = False


class Training:
    """The epochs of one training, as they are in the file.

    Args:
        columns: The columns of the file.
    """

    def __init__(self, columns: LogColumns) -> None:
        self._columns = columns
        self.epochs: list[RawEpoch] = []
        self.changed = 0
        """The index of the first epoch that is new or changed since the reader set this, from 0."""
        self.single = True
        """Whether every epoch has a single row."""
        self._overwritten = False
        self._places: dict[float, int] = {}
        self._seen: dict[int, _Seen] = {}
        self._loose: dict[int, float] = {}
        self._fresh = False
        self.decimals: dict[int, set[str]] = {}
        self.open_cells: dict[int, str] = {}
        """For each column, a cell with a comma that may separate thousands or be the decimal mark."""
        self.percent_signs: set[int] = set()

    @property
    def names(self) -> Sequence[str]:
        """Of the columns."""
        return self._columns.names

    def head_again(self) -> None:
        """The header has appeared again: the training was restarted, or resumed."""
        self._fresh = True

    def take(self, number: float | None, values: dict[int, float], opened: set[int]) -> bool:
        """Add a row. Returns False, without adding it, if another training begins with it."""
        fresh, self._fresh = self._fresh, False
        if number is None and self._columns.epoch is not None:
            self._loose.update(values)
            return True
        if number is None:
            if fresh and self.epochs:
                return False
        elif self.epochs and number <= (self.epochs[-1].number or 0.0):
            return self._take_earlier(number, values, opened, fresh=fresh)
        if len(self.epochs) >= MAX_EPOCHS:
            raise _BadRowError(translate("follow.too-many-epochs", most=MAX_EPOCHS))
        self._append(number, values, opened)
        return True

    def _append(self, number: float | None, values: dict[int, float], opened: set[int]) -> None:
        values, self._loose = {**self._loose, **values}, {}
        place = len(self.epochs)
        self.epochs.append(RawEpoch(number, values, opened or None))
        if number is not None:
            self._places[number] = place
        for column, value in values.items():
            self._see(column, value, place)
        self.changed = min(self.changed, place)

    def _take_earlier(self, number: float, values: dict[int, float], opened: set[int], *, fresh: bool) -> bool:
        """A row of an epoch that already has one, or of an epoch before the last one."""
        is_first = number <= (self.epochs[0].number or 0.0)
        place = self._places.get(number)
        if place is not None and not (fresh and is_first):
            held = self.epochs[place].values
            same_row = place == len(self.epochs) - 1 and not fresh
            if same_row or all(_agree(held.get(column, nan), value) for column, value in values.items()):
                self._merge(place, values, opened)
                return True
        if is_first:
            return False
        # It resumes from a checkpoint, and trains the epochs after that again.
        self._cut(next(index for index, each in enumerate(self.epochs) if (each.number or 0.0) >= number))
        self._append(number, values, opened)
        return True

    def _merge(self, place: int, values: dict[int, float], opened: set[int]) -> None:
        self.single = False
        epoch = self.epochs[place]
        for column, value in {**self._loose, **values}.items():
            # One row may have nan where another has the number: some programs write a missing value so.
            if value == value or column not in epoch.values:
                if column not in epoch.values:
                    self._see(column, value, place)
                elif not _agree(epoch.values[column], value):
                    self._overwritten = True
                epoch.values[column] = value
                self._widen(column, value)
        self._loose = {}
        if opened:
            epoch.opened = (epoch.opened or set()) | opened
        self.changed = min(self.changed, place)

    def _cut(self, keep: int) -> None:
        self.epochs = self.epochs[:keep]
        self._places = {number: place for number, place in self._places.items() if place < keep}
        self._seen = {}
        for place, epoch in enumerate(self.epochs):
            for column, value in epoch.values.items():
                self._see(column, value, place)
        self.changed = min(self.changed, keep)

    def _see(self, column: int, value: float, place: int) -> None:
        seen = self._seen.get(column)
        if seen is None:
            seen = self._seen[column] = _Seen(first=place)
        seen.first = min(seen.first, place)
        seen.all += 1
        seen.finite += isfinite(value)
        self._widen(column, value)

    def _widen(self, column: int, value: float) -> None:
        seen = self._seen[column]
        if isfinite(value):
            seen.least, seen.most = min(seen.least, value), max(seen.most, value)

    def end(self) -> None:
        """The file has ended: rows without a number belong to the last epoch."""
        if self._loose and self.epochs:
            self._merge(len(self.epochs) - 1, {}, set())
        elif self._loose:
            self._append(None, {}, set())

    # -- what the columns mean ---------------------------------------------------------------------------

    def reading(self) -> Reading:
        """The roles of the columns, from their names and their contents so far."""
        columns = self._columns
        roles: dict[str, tuple[int, ...]] = {role: (index,) for role, index in columns.fixed.items() if role != "epoch"}
        for part in ("train", "valid"):
            self._choose_loss(part, roles)
        self._choose_accuracies(roles)
        rates = [index for index, each in columns.meanings.items() if each.measure == "rate" and index in self._seen]
        if rates:
            roles.setdefault(
                "learning_rate", (min(rates, key=lambda index: (columns.meanings[index].modifier, index)),)
            )
        accuracies = [index for role in ("train_accuracy", "valid_accuracy") for index in roles.get(role, ())]
        percent = self._percent_among(accuracies)
        thousands, unsure = self._commas({index for each in roles.values() for index in each})
        return Reading(
            roles={role: roles[role] for role in ROLES if role in roles},
            metrics=self._metrics({index for each in roles.values() for index in each if len(each) == 1}),
            percent=frozenset(percent),
            fractions=frozenset(accuracies) - percent if percent else frozenset(),
            thousands=thousands,
            unsure=unsure,
            overwritten=self._overwritten,
        )

    def _filled(self, index: int) -> tuple[int, int]:
        """The rank of a column by how little of it is filled: one with a single number is hardly the curve."""
        seen = self._seen.get(index, _Seen())
        return 2 - min(2, seen.finite), seen.first if seen.finite < 2 else 0

    def _choose_loss(self, part: str, roles: dict[str, tuple[int, ...]]) -> None:
        role = f"{part}_loss"
        if role in roles:
            return
        columns, other = self._columns, self._columns.meanings.get(roles.get("train_loss", (-1,))[0])
        parts = {part, ""} if part == "train" else {part}
        named = {
            index: each for index, each in columns.meanings.items() if each.measure == "loss" and each.part in parts
        }

        def order(index: int) -> tuple[object, ...]:
            each = named[index]
            another = other is not None and each.word != other.word
            return (*self._filled(index), another, each.rank, not each.part, each.part_rank, each.modifier, index)

        found = [index for index in sorted(named, key=order) if index in self._seen or not self.epochs]
        if part == "train":
            found = [index for index in found if not self._is_afterthought(index)]
        if found:
            roles[role] = (found[0],)
        elif part in columns.components:
            roles[role] = columns.components[part]

    def _is_afterthought(self, index: int) -> bool:
        """Whether a column has only one number, after the first epoch, while another column is a loss curve."""
        seen = self._seen.get(index)
        if seen is None or seen.all > 1 or not seen.first or len(self.epochs) < _LONG_ENOUGH:
            return False
        others = (
            each for each, meaning in self._columns.meanings.items() if meaning.measure == "loss" and each != index
        )
        return any(self._seen[each].finite > 1 for each in others if each in self._seen)

    def _choose_accuracies(self, roles: dict[str, tuple[int, ...]]) -> None:
        columns = self._columns
        named = {
            index: each
            for index, each in columns.meanings.items()
            if each.measure == "accuracy" and index in self._seen and self._can_be_accuracy(index)
        }

        def choose(role: str, part: str) -> None:
            found = sorted(
                (index for index, each in named.items() if each.part == part),
                key=lambda index: (*self._filled(index), named[index].part_rank, named[index].modifier, index),
            )
            if found:
                roles.setdefault(role, (found[0],))

        choose("train_accuracy", "train")
        choose("valid_accuracy", "valid")
        losses = [columns.meanings.get(roles.get(role, (-1,))[0]) for role in ("train_loss", "valid_loss")]
        both = all(each is not None and each.part for each in losses)
        # Beside train_loss and valid_loss, a plain accuracy comes from fastai and is one on the validation data.
        choose("valid_accuracy" if both and "train_accuracy" not in roles else "train_accuracy", "")

    def _can_be_accuracy(self, index: int) -> bool:
        seen = self._seen[index]
        return seen.least >= -_PERCENT_FROM + 1.0 and seen.most <= 100 * _PERCENT_FROM

    def _percent_among(self, accuracies: Sequence[int]) -> set[int]:
        """The columns in percent; if one is, the others are as well, unless they are far smaller."""
        sure = {index for index in accuracies if self._in_percent(index)}
        most = {index: self._seen.get(index, _Seen()).most for index in accuracies}
        largest = max((most[index] for index in sure), default=inf)
        return {index for index in accuracies if index in sure or most[index] * _FAR_SMALLER > largest}

    def _in_percent(self, index: int) -> bool:
        return (
            index in self.percent_signs
            or self._columns.is_percent(index)
            or self._seen.get(index, _Seen()).most > _PERCENT_FROM
        )

    def _metrics(self, taken: set[int]) -> dict[str, int]:
        found: dict[str, int] = {}
        for index, whole in enumerate(self._columns.names):
            name = whole[:LONGEST_NAME]
            if name in found:  # shortened, two names may be equal
                name = f"{name[: LONGEST_NAME - 4]} #{index + 1}"
            usable = name and name not in found and name not in ROLES and name not in {"epochs", "updates"}
            if usable and index in self._columns.measured and index not in taken and index in self._seen:
                found[name] = index
            if len(found) >= MAX_METRICS:
                break
        return found

    def _commas(self, used: set[int]) -> tuple[frozenset[int], tuple[int, str] | None]:
        """The columns whose commas separate thousands, and one of ``used`` whose commas are ambiguous."""
        if not self.open_cells:
            return frozenset(), None
        file = {mark for marks in self.decimals.values() for mark in marks}
        decisions = {index: decide(self.decimals.get(index, ()), {COMMA}, file) for index in self.open_cells}
        thousands = frozenset(index for index, each in decisions.items() if each.decimal == POINT)
        unsure = next((index for index, each in decisions.items() if each.ambiguous and index in used), None)
        return thousands, None if unsure is None else (unsure, self.open_cells[unsure])

    def values(self, place: int, reading: Reading) -> dict[str, float]:
        """The measures of the epoch at index ``place``, by role and by name of metric."""
        epoch = self.epochs[place]
        found: dict[str, float] = {}
        for role, columns in reading.roles.items():
            if all(index in epoch.values for index in columns):
                found[role] = sum(_value(epoch, index, reading) for index in columns)
        for role in ("train_accuracy", "valid_accuracy"):
            if role in found:
                is_percent = not reading.percent.isdisjoint(reading.roles[role])
                found[role] = _share(found[role] / 100 if is_percent else found[role])
        for name, index in reading.metrics.items():
            if index in epoch.values:
                found[name] = _value(epoch, index, reading)
        if not self._columns.has_train_loss and "valid_loss" in found:
            found["train_loss"] = found["valid_loss"]
        return found


def _agree(one: float, other: float) -> bool:
    """Whether two numbers for the same measure agree: they are equal, or one is missing."""
    return one == other or one != one or other != other


def _value(epoch: RawEpoch, index: int, reading: Reading) -> float:
    value = epoch.values[index]
    if epoch.opened and index in epoch.opened and index in reading.thousands:
        return float(round(value * 1000))
    return value


def _share(value: float) -> float:
    return min(1.0, max(0.0, value)) if isfinite(value) else nan


class TrainingLog:
    """A training log, fed with the bytes of its file.

    Args:
        path: The file, for what is said of it; its name may tell what is measured.
        by_hand: Columns that the learner names, by their roles: see `tutor.tables.log_columns.ROLES`.
    """

    def __init__(self, path: PurePath, by_hand: Mapping[str, str] | None = None) -> None:
        self.path = path
        self._by_hand = by_hand or {}
        self.body: LogBody | None = None
        """What was read; None until the header is found."""
        self.lines = 0
        """How many lines have been read."""
        self._head = b""
        self._encoding: Encoding | None = None
        self._decoder: codecs.IncrementalDecoder | None = None
        self._half = ""
        self._skipping = False
        self._sample: list[str] = []
        self._hand_problem: TutorError | None = None
        self._ended = False

    @property
    def trainings(self) -> list[Training]:
        """The trainings in the file, in order."""
        return self.body.trainings if self.body is not None else []

    # -- bytes to lines ----------------------------------------------------------------------------------

    def feed(self, piece: bytes) -> None:
        """Add the next bytes of the file.

        Raises:
            TutorError: the file is no text.
        """
        room = SAMPLE - len(self._head)
        if room > 0:
            self._feed_head(piece[:room])
            piece = piece[room:]
        if piece and self._decoder is not None:
            self._take_text(self._decoder.decode(piece))

    def _feed_head(self, piece: bytes) -> None:
        """Add some of the bytes that show the encoding."""
        self._head += piece
        if b"\n" not in self._head and len(self._head) < SAMPLE and not self._ended:
            return
        if kind := foreign_format(self._head):
            told = translate("tables.foreign", path=self.path, kind=kind)
            raise TutorError(told, hint=translate("tables.foreign-hint"))
        encoding = detect_encoding(self._head, more=not self._ended)
        first = self._head.partition(b"\n")[0]
        if encoding is None and b"\0" not in first:  # a damaged disk or two writers left zero bytes among the rows
            encoding = detect_encoding(first)
        if encoding is None:
            raise TutorError(translate("follow.no-text", path=self.path), hint=translate("tables.utf8-hint"))
        if self._decoder is None or encoding != self._encoding:  # the guess was wrong: read the file again
            self._encoding, piece = encoding, self._head
            self._decoder = codecs.getincrementaldecoder(encoding.codec)("replace")
            self._half, self._skipping, self.lines = "", False, 0
            self._sample, self.body = [], None
        self._take_text(self._decoder.decode(piece))

    def _take_text(self, text: str) -> None:
        lines = (self._half + text).split("\n")
        self._half = lines.pop()
        if self._skipping and lines:
            lines[0], self._skipping = "", False
        if len(self._half) > LONGEST_LINE:
            self._half, self._skipping = "", True
        self._take_lines([line.rstrip("\r") if len(line) <= LONGEST_LINE else "" for line in lines])

    def end(self) -> None:
        """The file has ended: a last line without a line end counts if it has all of its cells.

        Raises:
            TutorError: the file is no text.
        """
        self._ended = True
        if self._decoder is None and self._head:
            self._feed_head(b"")
        half, self._half = self._half.rstrip("\r"), ""
        if not self.lines and "\r" in half:  # as old Macs end lines
            *lines, half = half.split("\r")
            self._take_lines(lines)
        if half.strip():
            if self.body is None or self.body.is_whole(half):
                self._take_lines([half])
            else:
                self.body.leave_out(self.lines + 1, translate("follow.cut-line"))
        for training in self.trainings:
            training.end()

    def _take_lines(self, lines: list[str]) -> None:
        first = self.lines + 1
        self.lines += len(lines)
        new = lines[: max(0, SAMPLE_LINES - len(self._sample))]
        if new:
            self._sample += new
            dialect = find_dialect(list(map(_unwrapped, self._sample)))
            if self.body is None or _layout(dialect) != _layout(self.body.dialect):
                self._begin(dialect)
                lines, first = self._sample[dialect.body :] + lines[len(new) :], dialect.body + 1
        if self.body is not None:
            for number, line in enumerate(lines, first):
                self.body.take(line, number)

    def _begin(self, dialect: Dialect) -> None:
        """Read the header. Its faults are reported by `problem`, because it may turn out to be another line."""
        self.body, self._hand_problem = None, None
        if any(dialect.names):
            try:
                self.body = LogBody(self.path, dialect, LogColumns(dialect.names, self.path.stem, self._by_hand))
            except TutorError as error:
                self._hand_problem = error

    @property
    def problem(self) -> TutorError | None:
        """Why no training can be read from the bytes so far; None if one can, or if they are too few to tell."""
        if self.body is None:
            return self._hand_problem
        dialect = self.body.dialect
        if dialect.head_is_data:
            names = listed(map(shown, dialect.names[:4]))
            text = translate("tables.head-is-data", path=self.path, line=dialect.head_line, cells=names)
            return TutorError(text, hint=translate("tables.empty-hint"))
        if not self.body.columns.has_loss:
            return no_loss(self.path, self.body.columns, dialect.head_line)
        return None

    @property
    def is_sure(self) -> bool:
        """Whether further bytes cannot show that another line is the header."""
        return self._ended or len(self._sample) >= _HEAD_WITHIN

    # -- notes -------------------------------------------------------------------------------------------

    def remarks(self, reading: Reading) -> list[str]:
        """Notes on how the file is read; empty if it is plain."""
        if self.body is None:
            return []
        note = self._encoding.note() if self._encoding is not None else ""
        return [*([note] if note else []), *self.body.remarks(reading)]


class LogBody:
    """The rows of a log whose layout and columns are known.

    Args:
        path: The file, for what is said of it.
        dialect: Its layout.
        columns: Its columns.
    """

    def __init__(self, path: PurePath, dialect: Dialect, columns: LogColumns) -> None:
        self._path = path
        self.dialect, self.columns = dialect, columns
        self.trainings = [Training(columns)]
        self.left_out: list[str] = []
        """The first few rows that could not be read, as sentences with line and reason."""
        self._left_out_count = 0
        self._mapping = list(range(len(dialect.names)))
        """The column of each cell of a row; −1 if it belongs to none."""
        self.was_reversed = False
        """Whether the file began with its last epoch."""

    def is_whole(self, line: str) -> bool:
        """Whether a line without a line end has as many cells as the header."""
        try:
            return len(self.dialect.split(_unwrapped(line))) >= len(self.dialect.head)
        except BrokenRowError:
            return False

    def take(self, line: str, number: int) -> None:
        """Add a line; one that cannot be read is skipped."""
        try:
            cells = self.dialect.split(_unwrapped(line))
            if cells and self._is_head(cells):
                self.trainings[-1].head_again()
            elif cells:
                self._take_row(*self._row(cells))
        except BrokenRowError:
            self.leave_out(number, translate("follow.open-quote"))
        except _BadRowError as error:
            self.leave_out(number, str(error))

    def leave_out(self, line: int, reason: str) -> None:
        """Report that a line is skipped."""
        self._left_out_count += 1
        if len(self.left_out) < MAX_NOTES:
            self.left_out.append(translate("follow.row-left-out", path=self._path, line=line, reason=reason))

    def _take_row(self, epoch: float | None, values: dict[int, float], opened: set[int]) -> None:
        if not values or self.trainings[-1].take(epoch, values, opened):
            return
        before, training = self.trainings[-1], Training(self.columns)
        before.end()
        training.decimals |= before.decimals
        training.percent_signs |= before.percent_signs
        self.trainings.append(training)
        training.take(epoch, values, opened)

    def put_newest_last(self) -> None:
        """Read a file that begins with its last epoch as the one training it is, not as one for each of its rows."""
        numbers = [each.epochs[0].number for each in self.trainings if len(each.epochs) == 1]
        falls = all(one is not None and other is not None and one > other for one, other in pairwise(numbers))
        if not falls or len(numbers) < max(_LONG_ENOUGH, len(self.trainings)):
            return
        whole = Training(self.columns)
        for each in reversed(self.trainings):
            for index, marks in each.decimals.items():
                whole.decimals.setdefault(index, set()).update(marks)
            whole.open_cells |= each.open_cells
            whole.percent_signs |= each.percent_signs
            epoch = each.epochs[0]
            whole.take(epoch.number, epoch.values, epoch.opened or set())
        self.trainings, self.was_reversed = [whole], True

    def _is_head(self, cells: list[str]) -> bool:
        """Whether a row is the header again, perhaps with other columns, which are used from here on."""
        names = [clean_name(cell) for cell in cells]
        if names == list(self.dialect.names):
            self._mapping = list(range(len(names)))
            return True
        known = {name: index for index, name in enumerate(self.columns.names) if name}
        if len(names) < 2 or sum(name in known for name in names) * 2 <= len(names):
            return False
        if any(parse_cell(name) is not None for name in names if name):
            return False
        self._mapping = [known.get(name, -1) for name in names]
        return True

    def _row(self, cells: list[str]) -> tuple[float | None, dict[int, float], set[int]]:
        """The number of a row, its values by column, and the columns with an ambiguous comma.

        Raises:
            _BadRowError: it cannot be read.
        """
        columns, width = self.columns, len(self._mapping)
        if len(cells) > width and any(cell.strip() for cell in cells[width:]):
            raise _BadRowError(translate("follow.too-wide", count=len(cells), expected=width))
        number: float | None = None
        values: dict[int, float] = {}
        opened: set[int] = set()
        named = {index: cell.strip() for index, cell in zip(self._mapping, cells, strict=False)}
        phase = named.get(columns.phase, "") if columns.phase is not None else ""
        for index, text in named.items():
            if index == columns.epoch:
                number = _epoch_number(text, columns.names[index])
            elif text and index in columns.measured:
                self._take_cell(columns.in_phase(index, phase) if phase else index, text, values, opened)
        return number, values, opened

    def _take_cell(self, index: int, text: str, values: dict[int, float], opened: set[int]) -> None:
        training = self.trainings[-1]
        lower = text.lower()
        if lower in _NOT_A_NUMBER or _NAN_OF_C.fullmatch(lower):
            values[index] = nan
            return
        found = Number(_ENDLESS[lower]) if lower in _ENDLESS else parse_cell(text)
        if found is None:
            if not is_missing(text) and self.columns.is_meant(index):
                raise _no_number(text, self.columns.names[index])
            return
        values[index] = found.value
        mark = found.decimal or (POINT if found.ambiguous == POINT else "")
        if mark:
            training.decimals.setdefault(index, set()).add(mark)
        if found.ambiguous == COMMA:
            opened.add(index)
            training.open_cells.setdefault(index, text)
        if found.affix == "%":
            training.percent_signs.add(index)

    # -- notes -------------------------------------------------------------------------------------------

    def rows_left_out(self) -> list[str]:
        """Notes on rows that could not be read."""
        more = self._left_out_count - len(self.left_out)
        return [*self.left_out, *([translate("follow.more-left-out", count=more)] if more > 0 else [])]

    def _called(self, columns: Sequence[int]) -> str:
        return listed(shown(self.columns.names[index]) for index in columns)

    def remarks(self, reading: Reading) -> list[str]:
        """Notes on how the columns are read; empty if they are plain."""
        said = []
        for role, each in reading.roles.items():
            if len(each) > 1:
                said.append(translate("follow.sum", role=role, columns=self._called(each)))
        if self.columns.counts_steps and self.columns.epoch is not None:
            said.append(translate("follow.counts-steps", column=self._called([self.columns.epoch])))
        if not self.columns.has_train_loss and "valid_loss" in reading.roles:
            said.append(translate("follow.no-train-loss", column=self._called(reading.roles["valid_loss"])))
        if self.columns.phase is not None and any(
            self.columns.is_of_phase(index) for each in reading.roles.values() for index in each
        ):
            said.append(translate("follow.phase", column=self._called([self.columns.phase])))
        if reading.fractions:
            percent, fractions = self._called(sorted(reading.percent)), self._called(sorted(reading.fractions))
            said.append(translate("follow.percent-some", percent=percent, fractions=fractions))
        elif reading.percent:
            said.append(translate("follow.percent"))
        if self.was_reversed:
            said.append(translate("follow.newest-first"))
        if reading.overwritten:
            said.append(translate("follow.last-row-counts"))
        return said

    def used(self, reading: Reading) -> str:
        """A sentence that gives the columns by role."""
        epoch = {} if self.columns.epoch is None else {"epoch": (self.columns.epoch,)}
        pairs = (
            f"{role}={'+'.join(shown(self.columns.names[index]) for index in each)}"
            for role, each in {**epoch, **reading.roles}.items()
        )
        return translate("follow.used", pairs=", ".join(pairs))

    def unsure(self, reading: Reading) -> TutorError | None:
        """The error that a comma is ambiguous in an important column, with such a cell; None if all is clear."""
        if reading.unsure is None:
            return None
        index, cell = reading.unsure
        text = translate(
            "follow.open-number", path=self._path, column=self._called([index]), cell=shown(cell),
            whole=shown(cell.replace(COMMA, "")), part=shown(cell.replace(COMMA, POINT)),
        )  # fmt: skip
        return TutorError(text, hint=translate("follow.open-number-hint"))


def _layout(dialect: Dialect) -> tuple[object, ...]:
    return (dialect.separator, dialect.head, dialect.body, dialect.width, dialect.dropped)


def _unwrapped(line: str) -> str:
    """A line with plain numbers in place of the notations of libraries, such as ``tensor(0.53)``."""
    return _WRAPPED.sub(lambda match: match[1] or match[2], line) if "(" in line else line


def _epoch_number(text: str, name: str) -> float | None:
    """The number of an epoch: ``7``, ``0.5``, ``1/6``, ``epoch 3 of 10``; None if empty. Raises _BadRowError."""
    if not text or is_missing(text):
        return None
    found = parse_cell(text[:100])
    if found is not None and isfinite(found.value):
        grouped = found.ambiguous == COMMA
        value = float(round(found.value * 1000)) if grouped else found.value
        return value * _MULTIPLES.get(found.affix.casefold(), 1.0)
    first = _SOME_NUMBER.search(text[:100])
    if first is None or _DATE.search(text[:100]):
        raise _no_number(text, name)
    return float(first[0])


def _no_number(text: str, column: str) -> _BadRowError:
    return _BadRowError(translate("follow.no-number", word=shown(text), column=shown(column)))
