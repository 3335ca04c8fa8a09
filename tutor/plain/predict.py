"""``tutor run predict``: what the model of a run predicts for new rows, as a file."""

from __future__ import annotations

import sys
from pathlib import Path

from tutor.course.packs.installed import open_course
from tutor.foundation import paths
from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.files import write_text
from tutor.foundation.translate import translate
from tutor.runs.registry import Runs
from tutor.runs.trained import Epoch, Score, TrainedRun, predict, rows_of_file, trained_run, validation_rows


def predict_rows(name: str | None, data: Path | None, to: Path | None, epoch: Epoch) -> int:
    """Write what the model of a run predicts, and print how well it fits the labels if they are known.

    Args:
        name: The id or short id of a run; the newest if None.
        data: A table with the columns that the model was trained on; None for the rows kept for validation.
        to: The file to write; standard output if None.
        epoch: Whether to use the parameters after the last epoch or after the best one.

    Raises:
        TutorError: There is no such run, it has no model, the rows are not such rows, or the file cannot be written.
    """
    if data is not None and to is not None and to.exists() and data.exists() and to.samefile(data):
        raise TutorError(translate("predict.over-data", path=to), hint=translate("predict.over-data-hint"))
    runs = Runs(paths.runs_folder())
    run = trained_run(runs.folder_of(runs.pick(name)), epoch)
    rows = rows_of_file(run, data) if data else validation_rows(run, open_course().data_folder)
    predictions = predict(run, rows)
    lines = predictions.csv_lines()
    # What is said must not get into predictions that go to standard output.
    say_to = sys.stderr if to is None else sys.stdout
    if to is None:
        sys.stdout.writelines(lines)
    else:
        try:
            write_text(to, "".join(lines))
        except OSError as error:
            raise TutorError(
                translate("predict.cannot-write", path=to, reason=error.strerror or str(error)),
                exit_code=ExitCode.CANNOT_WRITE,
            ) from error
    for line in (*rows.notes, *_report(run, len(rows.x), to, predictions.score(rows.labels))):
        print(line, file=say_to)
    return int(ExitCode.OK)


def _report(run: TrainedRun, count: int, to: Path | None, score: Score | None) -> list[str]:
    about = run.model.about
    lines = [translate("predict.epoch", run=run.run_id[-4:], epoch=about.epoch)]
    if len(about.classes) == 2 and about.decision_threshold != 0.5:
        threshold = f"{about.decision_threshold:g}"
        lines.append(translate("predict.threshold", name=about.classes[1], threshold=threshold))
    if score is not None and score.accuracy is not None:
        lines.append(translate("predict.accuracy", rows=score.rows, accuracy=f"{score.accuracy:.4f}"))
    elif score is not None:
        lines.append(translate("predict.errors", rows=score.rows, mse=f"{score.mse:.4g}", mae=f"{score.mae:.4g}"))
    if to is not None:
        lines.append(translate("predict.written", rows=count, path=to))
    return lines
