"""The screens in the terminal. Only this package imports Textual.

Begin with `app.TutorApp`, which owns the settings' effects (language, look, ASCII) and the input, and with
`screen.TutorScreen`, from which every screen derives: a line at the top, a body, the keys at the bottom.

- `screens`: one module or package for each screen, and how to add one. Screens do not import one another: a screen
  opens another one with ``router.go(self.tutor, routes.Lesson(...))``, and `router` finds it by its name.
- `widgets`: what several screens draw; `questions`: a question with its answer, runs and verdict.
- `commands`: a command is one object, from which key binding, footer, help and palette are made.
- `themes`: the looks. Everything that is drawn names a role, such as ``muted`` or ``train``, and never a colour.
- `shell`: what screens and widgets know of the app. ``self.workspace`` is the learner's `tutor.workspace`.
- `startup`: from the command line to the first screen; `background`: what happens behind the screens.
- `type_ahead`, `garbage`, `poll_timer`, `textual_private`: how Textual is kept quick and exact.
- `terminal`: our driver, which sends only the cells that differ.

What a learner can do is not written here: a lesson, a quiz and a review are states in `tutor.study`, a lab is a
session in `tutor.runs.session`. Tests run the app with ``tests/tui/screen_rows.py``, which returns its rows as text.
"""

from __future__ import annotations

from collections.abc import Mapping


def start(
    *,
    lesson: str | None = None,
    lab: str | None = None,
    data: str | None = None,
    overrides: Mapping[str, object] | None = None,
    watch: bool = False,
    run: str | None = None,
) -> int:
    """Run tutor on this terminal until the learner leaves.

    Args:
        lesson: The id or number of a lesson; without a lesson, lab or run, the course map is opened.
        lab: The id or file of a lab.
        data: A table of the learner's own, for which a lab is made.
        overrides: Values to change in the lab, by dotted key or short name.
        run: The id of a run to watch; "" means the newest that is going, else the newest.
        watch: Show the lesson again, with its faults, whenever its file is saved.

    Returns:
        The exit code.

    Raises:
        TutorError: Nothing has that name.
    """
    from tutor.tui.startup import run_from_command_line

    return run_from_command_line(lesson=lesson, lab=lab, data=data, overrides=overrides or {}, watch=watch, run=run)
