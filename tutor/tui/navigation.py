"""Ways from screen to screen. A screen's module is imported when it is first opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.tui.app import TutorApp


def open_lesson(app: TutorApp, lesson_id: str, anchor: str = "") -> None:
    """Open a lesson, at ``anchor`` (a section, term or question id) where given, else where the learner left it."""
    from tutor.tui.screens.lesson.screen import LessonScreen

    app.push_screen(LessonScreen(lesson_id, anchor))


def open_quiz(app: TutorApp, lesson_id: str) -> None:
    """Open the quiz of a lesson."""
    from tutor.tui.screens.quiz import QuizScreen

    app.push_screen(QuizScreen(lesson_id))


def open_progress(app: TutorApp) -> None:
    """Open how it stands."""
    from tutor.tui.screens.progress import ProgressScreen

    app.push_screen(ProgressScreen())


def open_review(app: TutorApp) -> None:
    """Open the review of what is due."""
    from tutor.tui.screens.review import ReviewScreen

    app.push_screen(ReviewScreen())


def open_lab(
    app: TutorApp, lab: str, overrides: Mapping[str, object] | None = None, *, shown: str | None = None
) -> None:
    """Open a lab by name or path, with a lesson's or question's overrides.

    It joins its run if one is going, else ``shown``, the run in view where it is opened.
    """
    from tutor.tui.screens.lab.screen import LabScreen

    app.push_screen(LabScreen(lab, dict(overrides or {}), shown=shown))


def open_runs(app: TutorApp) -> None:
    """Open the list of runs."""
    from tutor.tui.screens.runs import RunsScreen

    app.push_screen(RunsScreen())


def open_run(app: TutorApp, run_id: str, beside: Sequence[str] = ()) -> None:
    """Open a run on the lab's screen, with other runs pinned beside it."""
    from tutor.tui.screens.run import RunScreen

    app.push_screen(RunScreen(run_id, beside))


def open_glossary(app: TutorApp, term_id: str = "") -> None:
    """Open the glossary, at a term where given."""
    from tutor.tui.screens.glossary import GlossaryScreen

    app.push_screen(GlossaryScreen(term_id))


def open_term(app: TutorApp, term_id: str) -> None:
    """Open a term's card over whatever screen is there."""
    from tutor.tui.screens.term import TermCard

    app.push_screen(TermCard(term_id))


def open_settings(app: TutorApp) -> None:
    """Open the settings."""
    from tutor.tui.screens.settings import SettingsScreen

    app.push_screen(SettingsScreen())


def open_help(app: TutorApp) -> None:
    """Show every key of the screen in front."""
    from tutor.tui.screens.help import HelpScreen

    app.push_screen(HelpScreen(app.screen))


def open_palette(app: TutorApp) -> None:
    """Find anything by name."""
    from tutor.tui.screens.palette import Palette

    app.push_screen(Palette(app.screen))


def open_home(app: TutorApp) -> None:
    """Go back to the course map."""
    from tutor.tui.screens.home import HomeScreen

    while len(app.screen_stack) > 1:
        app.pop_screen()
    if not isinstance(app.screen, HomeScreen):
        app.switch_screen(HomeScreen())


def go_back(app: TutorApp) -> None:
    """Leave the screen in front, as soon as it is there; the last one gives way to the course map."""
    screen = app.screen
    if not screen.is_mounted:
        screen.call_later(lambda: go_back(app) if app.screen is screen else None)
    elif len(app.screen_stack) > 1:
        app.pop_screen()
    else:
        open_home(app)
