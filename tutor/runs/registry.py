"""All runs of a learner: one folder a run, named ``YYYYMMDD-HHMMSS-<4 hex>``; the last four are its short id."""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from tutor.foundation import private
from tutor.foundation.clock import Clock, utc_now
from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.files import is_file, read_start, whole_path
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import translate
from tutor.labs.lab_config import LabConfig
from tutor.labs.limits import KEEP_MB, KEEP_RUNS, Limits
from tutor.labs.spec_file import write_spec
from tutor.runs.beside import mark_beside, place_beside
from tutor.runs.entries import COLUMNS_FILE, PIN_FILE, SOURCE_FILE, RunEntry, entry_of, is_kept, size_of
from tutor.runs.follower import EVENTS_FILE, LOCK_FILE, Follower
from tutor.runs.processes import hold, is_held, start_worker

__all__ = ["RunEntry", "Runs"]

_NAME = re.compile(r"\d{8}-\d{6}-[0-9a-f]{4}")
_LONGEST_PATH = 1 << 14


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
        write_spec(folder, spec)
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

    def follow(self, run_id: str) -> Follower:
        """A new viewer of a run.

        Raises:
            TutorError: there is no such run.
        """
        return Follower(self.folder_of(run_id))

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
                mark_beside(folder, None)
        except OSError as error:
            raise _cannot_pin(error) from error
        self._ended.pop(folder.name, None)

    def keep_beside(self, run_id: str, number: int | None) -> None:
        """Keep a run as the ``number``-th of those that its lab compares, or no longer where None.

        While it is compared it is not pruned. Whether it was pinned by itself does not change.

        Raises:
            TutorError: there is no such run, or its folder cannot be written to.
        """
        folder = self.folder_of(run_id)
        try:
            mark_beside(folder, number)
        except OSError as error:
            raise _cannot_pin(error) from error
        self._ended.pop(folder.name, None)

    def beside(self, spec: LabConfig) -> list[tuple[int, str]]:
        """Number and id of the runs that the lab of ``spec`` compares, the one kept first at the front.

        One whose log has gone is kept no longer.
        """
        found = []
        for folder in self._folders():
            place = place_beside(folder)
            if place is None:
                continue
            if not is_file(folder / EVENTS_FILE):
                with suppress(OSError):
                    mark_beside(folder, None)
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
