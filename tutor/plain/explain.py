"""``tutor explain LAB``: one update of a small network, stage by stage, as lines of text."""

from __future__ import annotations

from collections.abc import Mapping

from tutor.course.packs.installed import open_course
from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import language, translate
from tutor.plain.reporters import wants_ascii
from tutor.plain.train import config_to_train, is_kept_run, programs_for, slots_asked
from tutor.runs.explanation.explained import ExplainedUpdate, explain_update, refuse_mine

_WIDTH = 76


def explain(lab: str | None, overrides: Mapping[str, object], *, data: str | None, after: int, example: int) -> int:
    """Print the stages of one update, with the numbers of one example of its batch.

    Args:
        lab: The id of a lab or the path of a lab file; None if ``data`` is given.
        overrides: New values of settings, by dotted key or short name.
        data: The path of a table of the learner's own, from which a lab is made.
        after: The finished epochs before the update.
        example: The example, counted from 1.

    Returns:
        The exit code, always 0.

    Raises:
        TutorError: There is no such lab or example, a setting is refused, or the update cannot be explained.
    """
    course = open_course()
    spec = config_to_train(lab, data, overrides, course)
    is_kept = lab is not None and is_kept_run(lab)
    refuse_mine(spec.mine if is_kept else programs_for(spec, slots_asked(overrides), lab))
    update = explain_update(spec, course.data_folder, after)
    if example > update.examples:
        text = translate("explain.no-such-example", count=update.examples)
        raise TutorError(text, exit_code=ExitCode.USAGE)
    print("\n".join(explained_lines(update, example - 1, ascii=wants_ascii())))
    return int(ExitCode.OK)


def explained_lines(update: ExplainedUpdate, example: int, *, ascii: bool) -> list[str]:
    """The lab and the epoch, then the stages one below the other, each below its number and title."""
    epoch = update.epoch
    when = translate("explain.after-epoch", epoch=epoch) if epoch else translate("explain.after-none")
    title = harmless_line(update.facts.spec.title_in(language()))
    stages, lines = update.stages(example), [f"{title}  ({when})", ""]
    for number, stage in enumerate(stages, 1):
        lines += [translate("explain.heading", number=number, count=len(stages), title=stage.title), ""]
        lines += [line.text for line in stage.lines(_WIDTH, ascii=ascii)]
        lines += ["", ""]
    return lines[:-2]
