"""All runs of a learner: one folder each, named ``YYYYMMDD-HHMMSS-<4 hex>``; the last four are the short id."""

from __future__ import annotations

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

from msgspec.structs import replace

from tutor.foundation import private
from tutor.foundation.clock import Clock, utc_now
from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.files import is_file, open_file, read_start, whole_path
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import translate
from tutor.labs.lab_config import LabConfig
from tutor.labs.lab_files import write_config
from tutor.labs.limits import KEEP_MB, KEEP_RUNS, Limits
from tutor.labs.mine import Programs, write_programs
from tutor.runs.events import Epochs, Event, number_text
from tutor.runs.follower import EVENTS_FILE, LOCK_FILE, RunFollower
from tutor.runs.log import LogReader
from tutor.runs.processes import hold, is_held, start_worker
from tutor.runs.summary import ENDED, RunSummary, State, fold, latest

_NAME = re.compile(r"\d{8}-\d{6}-[0-9a-f]{4}")
_LONGEST_PATH = 1 << 14
PIN_FILE = "pinned"
"""A run with this file in its folder is never pruned."""
COMPARED_FILE = "beside"
"""A run with this file in its folder is compared with the next runs of its lab. The file holds its number."""
SOURCE_FILE = "source"
"""Holds the path of the file that a run follows."""
COLUMNS_FILE = "columns"
"""Holds names of columns of that file, as `tutor.tables.log_columns.parse_columns` reads them; may be missing."""
SHAPE_PARTS = 32
"""Points of the sparkline in a list of runs."""
_HEAD_BYTES = 64 * 1024
_TAIL_BYTES = 64 * 1024
_PROBES = 24
_PROBE_BYTES = 8 * 1024
_LONGEST_NUMBER = 8


class Runs:
    """The learner's runs in one folder, which is created when the first run starts.

    Args:
        folder: Where the runs are.
        clock: For the names of runs.
    """

    def __init__(self, folder: Path, clock: Clock = utc_now) -> None:
        self.folder = folder
        self._clock = clock
        self._ended: dict[str, RunEntry] = {}

    def start(self, spec: LabConfig, *, data_folder: Path | None = None, programs: Programs | None = None) -> str:
        """Start a worker for ``spec`` and return the run's id at once.

        The worker is a process in a session of its own, so it outlives this one. Its lock is held from before it
        starts, so a viewer never has to guess whether it has not started yet.

        Args:
            spec: What to train.
            data_folder: The folder of the course's data.
            programs: What the learner has written for slots of ``spec.mine``. The others are filled by the built-in.

        Raises:
            TutorError: too many runs are running, the folder cannot be written, or no process can be started.
        """
        limits = Limits.of_environment()
        self._refuse_beyond(limits.runs)
        limits.refuse_full(self.folder.parent)
        data = [] if data_folder is None else ["--data-folder", str(data_folder.resolve())]
        programs = programs or {}
        spec = replace(spec, mine={slot: each.exercise for slot, each in programs.items()})
        return self._launch(spec, "tutor.runs.worker", data, {}, programs)

    def _refuse_beyond(self, most: int) -> None:
        """Refuse another run if ``most`` are running. The learner's own programs do not count.

        Raises:
            TutorError: that many are running.
        """
        count = sum(not entry.recorded for entry in self.running())
        if count >= most:
            raise TutorError(
                translate("limits.runs", count=count), hint=translate("limits.runs-hint"), exit_code=ExitCode.USAGE
            )

    def follow_file(self, spec: LabConfig, path: Path, columns: str = "") -> str:
        """Start a process that follows the CSV log ``path`` as a run, unless one does so already.

        Args:
            spec: The spec of the run.
            path: The log.
            columns: Columns named by hand. A run that reads other columns is not joined.

        Returns:
            The id of the run.

        Raises:
            TutorError: the folder cannot be written, or no process can be started.
        """
        source = str(whole_path(path))
        for entry in self.running():
            same_columns = not columns or _text_in(entry.folder / COLUMNS_FILE) == columns
            if same_columns and _text_in(entry.folder / SOURCE_FILE) == source:
                return entry.id
        files = {SOURCE_FILE: source} | ({COLUMNS_FILE: columns} if columns else {})
        return self._launch(spec, "tutor.runs.imports.csv_worker", [], files)

    def _launch(
        self,
        spec: LabConfig,
        module: str,
        arguments: Sequence[str],
        files: Mapping[str, str],
        programs: Programs | None = None,
    ) -> str:
        """Start a process for a run of ``spec``, with files and programs in its folder. Return the run's id."""
        try:
            folder = self.make(spec)
            lock = hold(folder / LOCK_FILE)
            if lock is None:
                raise TutorError(translate("runs.another-worker"))
            try:
                for name, text in files.items():
                    (folder / name).write_bytes(os.fsencode(text))  # a path need not be UTF-8
                write_programs(folder, programs or {})
                start_worker(module, folder, arguments, lock)
            finally:
                os.close(lock)
        except OSError as error:
            reason = error.strerror or str(error)
            raise TutorError(translate("runs.cannot-start", reason=reason), exit_code=ExitCode.CANNOT_WRITE) from error
        self.prune(megabytes=Limits.of_environment().kept_mb)
        return folder.name

    def make(self, spec: LabConfig) -> Path:
        """Create the folder of a run of ``spec``, for the caller to train in.

        Raises:
            OSError: it cannot be created.
        """
        folder = self.make_folder()
        write_config(folder, spec)
        return folder

    def make_folder(self) -> Path:
        """Create an empty folder for a run, whose settings the caller writes.

        Raises:
            OSError: it cannot be created.
        """
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
            TutorError: there is no such run, or several have this short id.
        """
        found = [folder for folder in self._folders() if folder.name == run_id or folder.name.endswith(f"-{run_id}")]
        if len(found) == 1:
            return found[0]
        name = harmless_line(run_id)
        key = "runs.several-runs" if found else "runs.no-such-run"
        raise TutorError(translate(key, name=name), hint=translate("runs.no-such-run-hint"), exit_code=ExitCode.USAGE)

    def follow(self, run_id: str) -> RunFollower:
        """A new follower of a run.

        Raises:
            TutorError: there is no such run.
        """
        return RunFollower(self.folder_of(run_id))

    def running(self) -> list[RunEntry]:
        """Runs whose worker is alive, newest first. Cheap enough to call every second."""
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
            TutorError: there is no such run, it is still running, or it cannot be removed.
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
        """Pin a run, so that it is never pruned; or unpin it, which also ends its comparison.

        Raises:
            TutorError: there is no such run, or its folder cannot be written.
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
        """Make a run the ``number``-th of those that its lab compares; None: compare it no longer.

        A compared run is not pruned. This does not change whether it is pinned.

        Raises:
            TutorError: there is no such run, or its folder cannot be written.
        """
        folder = self.folder_of(run_id)
        try:
            mark_compared(folder, number)
        except OSError as error:
            raise _cannot_pin(error) from error
        self._ended.pop(folder.name, None)

    def compared(self, spec: LabConfig) -> list[tuple[int, str]]:
        """Number and id of the runs that the lab of ``spec`` compares, the one marked first at the front.

        A run whose log is gone is compared no longer.
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
        """The id of the run ``name``; without a name, of the newest running one, else of the newest.

        Args:
            name: An id or a short id, or None.
            alive: Without a name, accept only a running run.

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
            How many were removed. A run that cannot be removed stays.
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
    """The text of a small file in a run's folder; empty if there is none."""
    try:
        return os.fsdecode(read_start(path, _LONGEST_PATH))
    except OSError:
        return ""


def _cannot_pin(error: OSError) -> TutorError:
    reason = error.strerror or str(error)
    return TutorError(translate("runs.cannot-pin", reason=reason), exit_code=ExitCode.CANNOT_WRITE)


def _remove(folder: Path) -> None:
    """Remove a run's folder, or whatever is in its place; a list of runs sees it complete or not at all."""
    if folder.is_symlink() or not folder.is_dir():
        folder.unlink()
        return
    folder.chmod(0o700)  # a folder without permissions could not be emptied
    aside = folder.with_name(f".removed-{folder.name}")
    folder.rename(aside)
    shutil.rmtree(aside)


@dataclass(frozen=True, slots=True)
class RunEntry:
    """One run, as a list of runs shows it."""

    id: str
    folder: Path
    spec: LabConfig | None
    """None if the run died before its first event."""
    state: State
    epoch: int
    train_loss: float
    valid_loss: float
    """nan if there is none."""
    started_at: datetime
    """UTC."""
    valid: bool = False
    """Whether `shape` shows the validation loss."""
    shape: tuple[float, ...] = ()
    """The loss over the whole run in at most `SHAPE_PARTS` parts, for a sparkline; nan for parts that were not read."""
    size: int = 0
    """Bytes in its folder."""
    pinned: bool = False
    """Whether it is never pruned, because it is pinned or compared."""
    epochs_planned: int = 0
    """How many epochs were asked for; 0 if nobody has said."""
    recorded: bool = False
    """Whether the learner's own program trained, and not a worker of tutor."""
    followed: bool = False
    """Whether only the log of such a program is read."""
    problem: str = ""
    """Why its folder or its log cannot be read; empty if they can."""
    number: float | None = None
    """The number that another program gives the last epoch; None if it counts them 1, 2, 3."""

    @property
    def place(self) -> str:
        """The progress: ``12/200``, or ``12`` if the total is unknown."""
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
        """The title of what it trains; if it cannot be read, why."""
        if self.problem:
            return translate("runs.unreadable", reason=self.problem)
        return harmless_line(self.spec.title_in(language)) if self.spec is not None else ""

    @property
    def alive(self) -> bool:
        """Whether it is running or paused."""
        return self.state not in ENDED


def entry_of(folder: Path) -> RunEntry:
    """Read the entry of a run's folder, whatever is wrong with it. The cost does not grow with the run."""
    alive = is_held(folder / LOCK_FILE)
    problem, size = "", 0
    events: list[Event] = []
    between: list[Event] = []
    try:
        size = size_of(folder)
        events, between = _read_ends(folder / EVENTS_FILE)
    except FileNotFoundError:
        pass  # the run has not begun, or was removed meanwhile
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
    """Whether a run is pinned, or compared with others of its lab, and therefore never pruned."""
    return any(os.path.lexists(folder / name) for name in (PIN_FILE, COMPARED_FILE))


def size_of(folder: Path) -> int:
    """The bytes of the files in a run's folder.

    Raises:
        OSError: it cannot be listed, or is not a folder.
    """
    total = 0
    for file in folder.iterdir():
        with suppress(OSError):  # it was removed meanwhile
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
    """Read the events at the head and the tail of ``log``, and from a long log some in between.

    Those at the ends fold to the right state and last epoch; those in between show how the loss went.

    Returns:
        The events of both ends, and those in between.

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
    # If a piece begins in the middle of a line, that line is skipped like any damaged one.
    return _events(head[:_HEAD_BYTES]) + _events(tail), [event for piece in pieces for event in _events(piece)]


def _events(piece: bytes) -> list[Event]:
    reader: LogReader[Event] = LogReader(Event)
    return list(reader.events(piece))


def _time_of(folder: Path) -> datetime:
    try:
        return datetime.strptime(folder.name[:15], "%Y%m%d-%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        pass
    try:
        return datetime.fromtimestamp(folder.lstat().st_mtime, UTC)
    except (OSError, ValueError, OverflowError):  # it was removed, or its time is beyond every calendar
        return datetime.fromtimestamp(0, UTC)


def mark_compared(folder: Path, number: int | None) -> None:
    """Mark the run in ``folder`` as the ``number``-th that its lab compares; None: remove the mark.

    The mark is in the run's own folder, so it cannot outlive the run.

    Raises:
        OSError: the folder cannot be written.
    """
    mark = folder / COMPARED_FILE
    if number is None:
        mark.unlink(missing_ok=True)
    else:
        mark.write_text(f"{number}\n", encoding="ascii")


def comparison_mark(folder: Path) -> tuple[int, int] | None:
    """Return when the run in ``folder`` was marked (nanoseconds) and its number, 0 if the file has none.

    Returns None if it is not compared.
    """
    mark = folder / COMPARED_FILE
    try:
        text = read_start(mark, _LONGEST_NUMBER).strip()
        return mark.stat().st_mtime_ns, int(text) if text.isdigit() else 0
    except OSError:
        return None
