"""One run from its spec to its last event. Every failure becomes a sentence in the log."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.foundation.clock import utc_now
from tutor.foundation.errors import TutorError
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import translate
from tutor.labs.lab_config import LabConfig
from tutor.labs.lab_files import versions
from tutor.labs.mine import Programs
from tutor.runs.control import Command
from tutor.runs.events import Event, Failed, Reason, Started
from tutor.runs.worker.loop import TrainingLoop
from tutor.runs.worker.turns import Turns

if TYPE_CHECKING:
    from tutor.runs.worker.adapter import TrainingAdapter


class TrainingJob:
    """One run, ready to be trained.

    Args:
        spec: What to train.
        data_folder: The folder of the data sets.
        emit: Called with each event.
        run_id: The id of the run, for its log.
        commands: See `TrainingLoop`.
        every_epoch: See `TrainingLoop`.
        unwatched: See `TrainingLoop`.
        perturbation: See `tutor.runs.worker.adapter.TrainingAdapter`.
        programs: See `tutor.runs.worker.adapter.TrainingAdapter`.
        turns: See `TrainingLoop`. They are closed at the end.
    """

    def __init__(
        self,
        spec: LabConfig,
        data_folder: Path | None,
        *,
        emit: Callable[[Event], None],
        run_id: str,
        commands: Callable[[int], Iterable[Command]] | None = None,
        every_epoch: bool = False,
        unwatched: Callable[[], float] | None = None,
        perturbation: int | None = None,
        programs: Programs | None = None,
        turns: Turns | None = None,
    ) -> None:
        self._spec = spec
        self._data_folder = data_folder
        self._emit = emit
        self._run_id = run_id
        self._commands = commands
        self._every_epoch = every_epoch
        self._unwatched = unwatched
        self._perturbation = perturbation
        self._programs = programs or {}
        self._turns = turns
        self._loop: TrainingLoop | None = None
        self._stopped: Reason | None = None

    def stop(self, reason: Reason) -> None:
        """End the run soon. May be called at any time, also from a signal handler."""
        self._stopped = reason
        if self._loop is not None:
            self._loop.stop(reason)

    def run(self, weights: Path | None = None) -> bool:
        """Train to the end and write the last event. The weights go to the file ``weights``.

        Returns:
            Whether the run ended without a failure.

        Raises:
            OSError: not even the failure could be written.
        """
        try:
            self._run(weights)
        except TutorError as error:
            self._fail(error.message, error.hint)
        except MemoryError:
            self._fail(translate("runs.failed-memory"), translate("runs.failed-memory-hint"))
        except LogFullError as error:
            self._emit_failed(translate("runs.failed-disk", reason=str(error)), translate("runs.failed-disk-hint"))
        except Exception as error:
            # Otherwise viewers would wait for a last event that never comes.
            traceback.print_exc()
            self._fail(translate("runs.failed", reason=harmless_line(f"{type(error).__name__}: {error}")[:500]))
        else:
            return True
        finally:
            if self._turns is not None:
                self._turns.close()
        return False

    def _run(self, weights: Path | None) -> None:
        import numpy as np

        from tutor.runs.worker.adapter import TrainingAdapter

        adapter = TrainingAdapter(self._spec, self._data_folder, self._perturbation, self._programs)
        # Overflow is a result. Trainings that find this said need not say it for each epoch.
        with closing(adapter) as training, np.errstate(all="ignore"):
            self._train(training, weights)

    def _train(self, training: TrainingAdapter, weights: Path | None) -> None:
        self._emit(
            Started(
                run=self._run_id,
                at=utc_now().isoformat(timespec="milliseconds"),
                spec=self._spec,
                versions=versions(),
                data=training.data_facts(),
                pid=os.getpid(),
            )
        )
        self._loop = TrainingLoop(
            self._spec,
            training,
            emit=self._emit,
            commands=self._commands,
            every_epoch=self._every_epoch,
            before_end=lambda: _save(training, weights),
            unwatched=self._unwatched,
            with_metrics="metric" in self._programs,
            turns=self._turns,
        )
        if self._stopped is not None:
            self._loop.stop(self._stopped)
        self._loop.run()

    def _fail(self, message: str, hint: str = "") -> None:
        """Write the epochs that were finished before the failure, then the failure."""
        if self._loop is not None:
            # Epochs that cannot be written now are lost; the reason for the failure matters more.
            with suppress(MemoryError, LogFullError):
                self._loop.flush_unwritten()
        self._emit_failed(message, hint)

    def _emit_failed(self, message: str, hint: str = "") -> None:
        epoch = self._loop.epoch if self._loop is not None else 0
        self._emit(Failed(epoch=epoch, message=message, hint=hint))


def _save(training: TrainingAdapter, weights: Path | None) -> None:
    """Write the weights. If there is no room for them, the run is still a success."""
    if weights is None:
        return
    try:
        training.save(weights)
    except OSError as error:
        print(f"weights not written: {error}", file=sys.stderr)


class LogFullError(Exception):
    """The log could not take an event. The text is the system's reason."""
