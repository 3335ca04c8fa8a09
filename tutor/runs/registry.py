"""All runs of a learner: one folder each, named ``YYYYMMDD-HHMMSS-<4 hex>``; the last four are the short id."""

from __future__ import annotations

import contextlib
import math
import os
import re
import secrets
import shutil
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tutor.foundation import private
from tutor.foundation.clock import Clock, utc_now
from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.files import is_file, open_file, read_start, whole_path
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import translate
from tutor.labs.lab_config import LabConfig
from tutor.labs.lab_files import write_config
from tutor.labs.limits import KEEP_MB, KEEP_RUNS, Limits
from tutor.runs.events import Epochs, Event, number_text
from tutor.runs.follower import EVENTS_FILE, LOCK_FILE, RunFollower
from tutor.runs.log import Reader
from tutor.runs.processes import hold, is_held, start_worker
from tutor.runs.summary import ENDED, RunSummary, State, fold, latest

_NAME = re.compile(r"\d{8}-\d{6}-[0-9a-f]{4}")
_LONGEST_PATH = 1 << 14
PIN_FILE = "pinned"
"""A run whose folder holds this file is never pruned."""
COMPARED_FILE = "beside"
"""A run whose folder holds this file is compared with the next ones of its lab. It holds its number."""
SOURCE_FILE = "source"
"""Names the file that a run follows."""
COLUMNS_FILE = "columns"
"""Names columns of that file, as `tutor.tables.log_columns.parse_columns` reads them; missing if nobody named any."""
SHAPE_PARTS = 32
_HEAD_BYTES = 64 * 1024
_TAIL_BYTES = 64 * 1024
_PROBES = 24
_PROBE_BYTES = 8 * 1024
_LONGEST_NUMBER = 8


class Runs:
    """The learner's runs under one folder, which is made when the first run starts.

    Args:
        folder: Where the runs lie.
        clock: For the names of runs.
    """

    def __init__(self, folder: Path, clock: Clock = utc_now) -> None:
        self.folder = folder
        self._clock = clock
        self._ended: dict[str, RunEntry] = {}

    def start(self, spec: LabConfig, *, data_folder: Path | None = None) -> str:
        """Start a worker for ``spec`` and return the run's id at once.

        The worker is a process and a session of its own: it outlives this one. Its lock is held from before it
        starts, so a viewer never has to guess whether it is still coming.

        Raises:
            TutorError: as many runs as may go on at once do, the folder cannot be written to, or no process can be
                started.
        """
        self._refuse_beyond(Limits.of_environment().runs)
        data = [] if data_folder is None else ["--data-folder", str(data_folder.resolve())]
        return self._launch(spec, "tutor.runs.worker", data, {})

    def _refuse_beyond(self, most: int) -> None:
        """See to it that one more run may go on: programs of the learner's own are not counted.

        Raises:
            TutorError: so many go on.
        """
        count = sum(not entry.recorded for entry in self.running())
        if count >= most:
            raise TutorError(
                translate("limits.runs", count=count), hint=translate("limits.runs-hint"), exit_code=ExitCode.USAGE
            )

    def follow_file(self, spec: LabConfig, path: Path, columns: str = "") -> str:
        """Start a process that tells of the CSV log ``path`` as it grows; its run's id, or that of one that does.

        Args:
            spec: The spec of the run.
            path: The log.
            columns: Columns named by hand. A run that reads other columns is not joined.

        Raises:
            TutorError: the folder cannot be written to, or no process can be started.
        """
        source = str(whole_path(path))
        for entry in self.running():
            same_columns = not columns or _text_in(entry.folder / COLUMNS_FILE) == columns
            if same_columns and _text_in(entry.folder / SOURCE_FILE) == source:
                return entry.id
        files = {SOURCE_FILE: source} | ({COLUMNS_FILE: columns} if columns else {})
        return self._launch(spec, "tutor.runs.imports.csv_worker", [], files)

    def _launch(self, spec: LabConfig, module: str, arguments: Sequence[str], files: Mapping[str, str]) -> str:
        """Start a process for a run of ``spec``, with ``files`` in the run's folder. Returns the run's id."""
        try:
            folder = self.make(spec)
            lock = hold(folder / LOCK_FILE)
            if lock is None:
                raise TutorError(translate("runs.another-worker"))
            try:
                for name, text in files.items():
                    (folder / name).write_bytes(os.fsencode(text))  # a path need not be UTF-8
                start_worker(module, folder, arguments, lock)
            finally:
                os.close(lock)
        except OSError as error:
            reason = error.strerror or str(error)
            raise TutorError(translate("runs.cannot-start", reason=reason), exit_code=ExitCode.CANNOT_WRITE) from error
        self.prune()
        return folder.name

    def make(self, spec: LabConfig) -> Path:
        """Make the folder of a run of ``spec``, for somebody to work in.

        Raises:
            OSError: it cannot be made.
        """
        folder = self._make_folder()
        write_config(folder, spec)
        return folder

    def _make_folder(self) -> Path:
        private.make_folder(self.folder)
        while True:
            folder = self.folder / f"{self._clock():%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
            try:
                folder.mkdir(mode=0o700)
            except FileExistsError:
                continue
            return folder

    def folder_of(self, run_id: str) -> Path:
        """The folder of a run, by id or short id.

        Raises:
            TutorError: there is no such run, or the short id means several.
        """
        found = [folder for folder in self._folders() if folder.name == run_id or folder.name.endswith(f"-{run_id}")]
        if len(found) == 1:
            return found[0]
        name = harmless_line(run_id)
        key = "runs.several-runs" if found else "runs.no-such-run"
        raise TutorError(translate(key, name=name), hint=translate("runs.no-such-run-hint"), exit_code=ExitCode.USAGE)

    def follow(self, run_id: str) -> RunFollower:
        """A new viewer of a run.

        Raises:
            TutorError: there is no such run.
        """
        return RunFollower(self.folder_of(run_id))

    def running(self) -> list[RunEntry]:
        """Runs whose worker lives, newest first. Cheap enough for every second."""
        alive = [folder for folder in self._folders() if is_held(folder / LOCK_FILE)]
        return [entry for entry in map(entry_of, alive) if entry.alive]

    def all(self) -> list[RunEntry]:
        """All runs, newest first."""
        return [self._entry(folder) for folder in self._folders()]

    def entry(self, run_id: str) -> RunEntry:
        """One run.

        Raises:
            TutorError: there is no such run.
        """
        return self._entry(self.folder_of(run_id))

    def _entry(self, folder: Path) -> RunEntry:
        entry = self._ended.get(folder.name)
        if entry is None:
            entry = entry_of(folder)
            if not entry.alive:
                self._ended[folder.name] = entry
        return entry

    def _folders(self) -> list[Path]:
        try:
            return sorted((each for each in self.folder.iterdir() if _NAME.fullmatch(each.name)), reverse=True)
        except OSError:
            return []

    def delete(self, run_id: str) -> None:
        """Remove a run that has ended.

        Raises:
            TutorError: there is no such run, it still goes on, or it cannot be removed.
        """
        folder = self.folder_of(run_id)
        entry = entry_of(folder)
        if entry.alive or (entry.problem and is_held(folder / LOCK_FILE)):
            raise TutorError(translate("runs.still-running", name=folder.name[-4:]), exit_code=ExitCode.USAGE)
        try:
            _remove(folder)
        except OSError as error:
            reason = error.strerror or str(error)
            raise TutorError(translate("runs.cannot-delete", reason=reason), exit_code=ExitCode.CANNOT_WRITE) from error
        self._ended.pop(folder.name, None)

    def pin(self, run_id: str, *, pinned: bool = True) -> None:
        """Keep a run however many there are; or no longer, and compare it no longer.

        Raises:
            TutorError: there is no such run, or its folder cannot be written to.
        """
        folder = self.folder_of(run_id)
        try:
            if pinned:
                (folder / PIN_FILE).touch()
            else:
                (folder / PIN_FILE).unlink(missing_ok=True)
                mark_compared(folder, None)
        except OSError as error:
            raise _cannot_pin(error) from error
        self._ended.pop(folder.name, None)

    def keep_compared(self, run_id: str, number: int | None) -> None:
        """Keep a run as the ``number``-th of those that its lab compares, or no longer where None.

        While it is compared it is not pruned. Whether it was pinned by itself does not change.

        Raises:
            TutorError: there is no such run, or its folder cannot be written to.
        """
        folder = self.folder_of(run_id)
        try:
            mark_compared(folder, number)
        except OSError as error:
            raise _cannot_pin(error) from error
        self._ended.pop(folder.name, None)

    def compared(self, spec: LabConfig) -> list[tuple[int, str]]:
        """Number and id of the runs that the lab of ``spec`` compares, the one kept first at the front.

        One whose log has gone is kept no longer.
        """
        found = []
        for folder in self._folders():
            place = comparison_mark(folder)
            if place is None:
                continue
            if not is_file(folder / EVENTS_FILE):
                with suppress(OSError):
                    mark_compared(folder, None)
                continue
            own = self._entry(folder).spec
            if own is not None and (own.id, own.data.path) == (spec.id, spec.data.path):
                found.append((place[0], folder.name, place[1]))
        return [(number, name) for _, name, number in sorted(found)]

    def pick(self, name: str | None, *, alive: bool = False) -> str:
        """The id of the run ``name``; without one, of the newest that goes on, else of the newest.

        Args:
            name: An id or a short id, or None.
            alive: Without a name, only a run that goes on will do.

        Raises:
            TutorError: there is no such run.
        """
        if name is not None:
            return self.folder_of(name).name
        entries = self.running() or ([] if alive else self.all())
        if not entries:
            key = "runs.none-going" if alive else "runs.none"
            raise TutorError(translate(key), hint=translate("runs.none-hint"), exit_code=ExitCode.USAGE)
        return entries[0].id

    def prune(self, *, keep: int = KEEP_RUNS, megabytes: float = KEEP_MB) -> int:
        """Remove the oldest ended runs beyond ``keep`` in number or ``megabytes`` in size, never a pinned one.

        Returns:
            How many went. A run that cannot be removed stays.
        """
        removed, size = 0, 0.0
        for index, folder in enumerate(self._folders()):
            try:
                size += size_of(folder) / 1e6
            except OSError:
                continue  # another tutor removed it meanwhile
            kept = index == 0 or is_held(folder / LOCK_FILE) or is_kept(folder)
            if kept or (index < keep and size <= megabytes):
                continue
            try:
                _remove(folder)
            except OSError:
                continue
            self._ended.pop(folder.name, None)
            removed += 1
        return removed


def _text_in(path: Path) -> str:
    """A small file of a run's folder; empty if there is none."""
    try:
        return os.fsdecode(read_start(path, _LONGEST_PATH))
    except OSError:
        return ""


def _cannot_pin(error: OSError) -> TutorError:
    reason = error.strerror or str(error)
    return TutorError(translate("runs.cannot-pin", reason=reason), exit_code=ExitCode.CANNOT_WRITE)


def _remove(folder: Path) -> None:
    """Remove a run's folder, or what stands in its place; a list of runs sees it whole or not at all."""
    if folder.is_symlink() or not folder.is_dir():
        folder.unlink()
        return
    folder.chmod(0o700)  # one that nobody may read is not emptied either
    aside = folder.with_name(f".removed-{folder.name}")
    folder.rename(aside)
    shutil.rmtree(aside)


@dataclass(frozen=True, slots=True)
class RunEntry:
    """One run, as a list of runs shows it."""

    id: str
    folder: Path
    spec: LabConfig | None
    """None where the run died before its first word."""
    state: State
    epoch: int
    train_loss: float
    valid_loss: float
    """nan where there is none."""
    started_at: datetime
    """UTC."""
    valid: bool = False
    """Whether the losses in `shape` are of the validation data."""
    shape: tuple[float, ...] = ()
    """The loss over the whole run in `SHAPE_PARTS` parts or fewer, for a sparkline; nan where a part was not read."""
    size: int = 0
    """Bytes that its folder takes."""
    pinned: bool = False
    """Whether it is kept however many runs there are."""
    epochs_planned: int = 0
    """How many epochs were asked for; 0 where nobody said."""
    recorded: bool = False
    """Whether a program of the learner's own trained, and not a worker of ours."""
    followed: bool = False
    """Whether only the log of such a program is read."""
    problem: str = ""
    """Why its folder or its log cannot be read; empty if they can."""

    number: float | None = None
    """What the program that trains calls the last epoch; None if it counts from 1."""

    @property
    def place(self) -> str:
        """How far it is: ``12/200``, or ``12`` if nobody said how many epochs there will be."""
        if self.number is not None:
            return number_text(self.number)
        return f"{self.epoch}/{self.epochs_planned}" if self.epochs_planned else f"{self.epoch}"

    @property
    def short_id(self) -> str:
        """The last four characters of the id."""
        return self.id[-4:]

    @property
    def lab(self) -> str:
        """The id of the run's lab."""
        return self.spec.id if self.spec is not None else ""

    def title_in(self, language: str) -> str:
        """What it trains, in words; why nobody knows if it cannot be read."""
        if self.problem:
            return translate("runs.unreadable", reason=self.problem)
        return harmless_line(self.spec.title_in(language)) if self.spec is not None else ""

    @property
    def alive(self) -> bool:
        """Whether it still goes on, or waits."""
        return self.state not in ENDED


def entry_of(folder: Path) -> RunEntry:
    """The entry of a run's folder, whatever is wrong with it. The cost does not grow with the run."""
    alive = is_held(folder / LOCK_FILE)
    problem, size = "", 0
    events: list[Event] = []
    between: list[Event] = []
    try:
        size = size_of(folder)
        events, between = _read_ends(folder / EVENTS_FILE)
    except FileNotFoundError:
        pass  # a run that has not begun, or was removed meanwhile
    except OSError as error:
        problem = error.strerror or str(error)
    summary = fold(RunSummary(whole=False), events)
    state = summary.state
    if problem:
        state = "unreadable"
    elif not summary.ended and not alive:
        state = "died"
    return RunEntry(
        id=folder.name,
        folder=folder,
        spec=summary.spec,
        state=state,
        epoch=summary.epoch,
        train_loss=summary.train_losses[-1] if summary.train_losses else math.nan,
        valid_loss=latest(summary.valid_losses),
        started_at=_time_of(folder),
        valid=bool(summary.valid_losses),
        shape=_loss_shape([*events, *between], summary.epoch, valid=bool(summary.valid_losses)),
        size=size,
        pinned=is_kept(folder),
        epochs_planned=summary.epochs_planned,
        recorded=summary.recorded,
        followed=summary.followed,
        problem=problem,
        number=summary.numbers[-1] if summary.numbers else None,
    )


def is_kept(folder: Path) -> bool:
    """Whether a run is pinned, or compared with others of its lab: it is never pruned then."""
    return any(os.path.lexists(folder / name) for name in (PIN_FILE, COMPARED_FILE))


def size_of(folder: Path) -> int:
    """The bytes that a run's folder takes.

    Raises:
        OSError: it cannot be listed, or is no folder.
    """
    total = 0
    for file in folder.iterdir():
        with contextlib.suppress(OSError):  # it went away meanwhile
            total += file.stat().st_size if file.is_file() else 0
    return total


def _loss_shape(events: Iterable[Event], epochs: int, *, valid: bool) -> tuple[float, ...]:
    """The last loss in each part of the run."""
    parts = min(SHAPE_PARTS, epochs)
    shape = [math.nan] * parts
    for event in events:
        if isinstance(event, Epochs) and parts:
            for index, loss in enumerate(event.valid if valid else event.train):
                place = (event.first + index - 1) * parts // epochs
                if loss is not None and 0 <= place < parts:
                    shape[place] = loss
    return tuple(shape)


def _read_ends(log: Path) -> tuple[list[Event], list[Event]]:
    """The events at the head and the tail of ``log``, and some from in between, where there is much.

    Those at the ends fold to the right state and last epoch; those in between tell how the loss went.

    Raises:
        OSError: there is no log, or it cannot be read.
    """
    descriptor = open_file(log)
    try:
        head = os.pread(descriptor, _HEAD_BYTES + _TAIL_BYTES, 0)
        size = os.fstat(descriptor).st_size
        if size <= len(head):
            return _events(head), []
        tail_at = max(_HEAD_BYTES, size - _TAIL_BYTES)
        places = (_HEAD_BYTES + (tail_at - _HEAD_BYTES) * number // (_PROBES + 1) for number in range(1, _PROBES + 1))
        pieces = [os.pread(descriptor, _PROBE_BYTES, place) for place in places]
        tail = os.pread(descriptor, _TAIL_BYTES, tail_at)
    finally:
        os.close(descriptor)
    # Where a piece begins in the middle of a line, that line is skipped like any torn one.
    return _events(head[:_HEAD_BYTES]) + _events(tail), [event for piece in pieces for event in _events(piece)]


def _events(piece: bytes) -> list[Event]:
    reader: Reader[Event] = Reader(Event)
    return list(reader.each(piece))


def _time_of(folder: Path) -> datetime:
    try:
        return datetime.strptime(folder.name[:15], "%Y%m%d-%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        pass
    try:
        return datetime.fromtimestamp(folder.lstat().st_mtime, UTC)
    except (OSError, ValueError, OverflowError):  # it went away, or lies beyond every calendar
        return datetime.fromtimestamp(0, UTC)


def mark_compared(folder: Path, number: int | None) -> None:
    """Keep the run in ``folder`` as the ``number``-th of those side by side; no longer where None.

    Raises:
        OSError: the folder cannot be written to.
    """
    mark = folder / COMPARED_FILE
    if number is None:
        mark.unlink(missing_ok=True)
    else:
        mark.write_text(f"{number}\n", encoding="ascii")


def comparison_mark(folder: Path) -> tuple[int, int] | None:
    """When the run in ``folder`` was kept (nanoseconds), and its number, 0 where the file tells none.

    Returns:
        None where it is not kept.
    """
    mark = folder / COMPARED_FILE
    try:
        text = read_start(mark, _LONGEST_NUMBER).strip()
        return mark.stat().st_mtime_ns, int(text) if text.isdigit() else 0
    except OSError:
        return None
