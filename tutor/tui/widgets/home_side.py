"""The panel beside the course map: today, what is due, the last two weeks, the selected lesson, and the labs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from textual.worker import get_current_worker

from tutor.charts.cells import Row, Rows, Span, fit_rows, spread_row
from tutor.foundation import clock
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.text import cell_width, shorten, wrapped
from tutor.foundation.translate import language, translate
from tutor.tui.themes import AGAIN, HERE, RIGHT
from tutor.tui.widgets.lab_best import lab_row, tried_labs
from tutor.tui.widgets.rows import Area, RowsView, bar_cells, shell_of

if TYPE_CHECKING:
    from tutor.course.catalogue import LessonHeader
    from tutor.course.lesson import Lesson
    from tutor.progress.records import LessonState
    from tutor.progress.statistics import Day
    from tutor.runs.lab_list import ListedLab
    from tutor.study.report import Overview
    from tutor.study.today import DailyGoal, DueCard
    from tutor.workspace import Workspace

_CARDS = 3
"""Due cards shown by name."""
_LABS = 4
"""Labs shown; those with the newest attempts."""
_DAYS = 14
_DAYS_HEIGHT = 4
_EIGHTHS = " ▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True)
class Beside:
    """What the panel shows of the learner.

    Args:
        report: The overview of the progress.
        goal: The minutes learnt today and the goal.
        minutes: About how many minutes all due cards take.
        cards: Some of the due cards by name; none before the lessons have been read.
        labs: Every lab, with its best attempt; none before the lessons have been read.
    """

    report: Overview
    goal: DailyGoal
    minutes: int
    cards: Sequence[DueCard] = ()
    labs: Sequence[ListedLab] = ()


@dataclass(frozen=True, slots=True)
class SelectedLesson:
    """The lesson that the panel is about.

    Args:
        header: Its front matter.
        state: The learner's progress in it; None if it was never opened.
        lesson: The lesson, once it has been read.
        block: The block at which the learner is.
        names: The titles of all lessons by id.
    """

    header: LessonHeader
    state: LessonState | None
    lesson: Lesson | None = None
    block: int = 0
    names: dict[str, str] | None = None


class HomeSide(RowsView):
    """The panel. Everything in it is read in the background."""

    DEFAULT_CSS = "HomeSide { width: 48; height: 1fr; padding: 0 2 0 2; border-left: solid $rule; }"

    def __init__(self) -> None:
        super().__init__(self._rows_in, id="home-side")
        self._beside: Beside | None = None
        self._selected: SelectedLesson | None = None

    def read(self, lesson_id: str | None, *, whole: bool) -> None:
        """Read the panel again, and show the lesson ``lesson_id``.

        Args:
            lesson_id: The selected lesson; None if there is none.
            whole: Whether to read also what every lesson must have been read for.
        """
        workspace = shell_of(self).workspace
        self.run_worker(
            lambda: self._work(workspace, lesson_id, whole=whole),
            thread=True, exit_on_error=False, exclusive=True, group="beside",
        )  # fmt: skip

    def show_lesson(self, lesson_id: str | None) -> None:
        """Show another lesson."""
        workspace = shell_of(self).workspace
        self.run_worker(
            lambda: self._read_lesson(workspace, lesson_id), thread=True, exit_on_error=False, exclusive=True,
            group="beside-lesson",
        )  # fmt: skip

    def _work(self, workspace: Workspace, lesson_id: str | None, *, whole: bool) -> None:
        found = read_beside(workspace, whole=whole)
        if not get_current_worker().is_cancelled:
            self.app.call_from_thread(self._show_beside, found)
        self._read_lesson(workspace, lesson_id)

    def _read_lesson(self, workspace: Workspace, lesson_id: str | None) -> None:
        found = read_selected(workspace, lesson_id) if lesson_id is not None else None
        if not get_current_worker().is_cancelled:
            self.app.call_from_thread(self._show_selected, found)

    def _show_beside(self, found: Beside) -> None:
        self._beside = found
        self.redraw()

    def _show_selected(self, found: SelectedLesson | None) -> None:
        self._selected = found
        self.redraw()

    def _rows_in(self, area: Area) -> Rows:
        rows = side_rows(self._beside, self._selected, area.width, area.height, ascii=area.ascii)
        return fit_rows(rows, area.width, area.height)


def read_beside(workspace: Workspace, *, whole: bool) -> Beside:
    """Read what the panel shows of the learner; ``whole`` reads every lesson for the names of cards and labs."""
    from tutor.study.report import overview
    from tutor.study.today import daily_goal, due_cards, minutes_for_cards

    store, course, deck, moment = workspace.store, workspace.course, workspace.deck, clock.utc_now()
    report = overview(store, course, language(), moment)
    goal = daily_goal(report, workspace.settings.daily_minutes)
    found = Beside(report, goal, minutes_for_cards(report, report.due))
    if not whole or deck is None or course is None:
        return found
    from tutor.runs.lab_list import labs_by_lesson

    cards = due_cards(store, deck, course, language(), moment, _CARDS)
    return replace(found, cards=cards, labs=labs_by_lesson(course, store, language()))


def read_selected(workspace: Workspace, lesson_id: str) -> SelectedLesson | None:
    """Read a lesson and where the learner is in it; None if the course does not have it."""
    course = workspace.course
    headers = course.headers(language()) if course is not None else []
    header = next((each for each in headers if each.id == lesson_id), None)
    if course is None or header is None:
        return None
    position = workspace.store.position(lesson_id)
    return SelectedLesson(
        header,
        workspace.store.lesson_states().get(lesson_id),
        course.lesson(lesson_id, header.language),
        position.block if position is not None else 0,
        {each.id: harmless_line(each.numbered_title) for each in headers},
    )


def side_rows(beside: Beside | None, selected: SelectedLesson | None, width: int, height: int, *, ascii: bool) -> Rows:
    """The panel in ``height`` rows. The sections of the lesson get the rows that the rest leaves."""
    groups: list[Rows] = []
    if beside is not None:
        groups = [
            goal_rows(beside.goal, width),
            _due_rows(beside, width),
            _days_rows(beside.report, width, ascii=ascii),
        ]
    labs = _lab_rows(beside.labs, width, ascii=ascii) if beside is not None else []
    groups = [group for group in groups if group]
    used = sum(len(group) + 1 for group in groups) + (len(labs) + 1 if labs else 0) + 1
    lesson = lesson_rows(selected, width, max(3, height - used - 1)) if selected is not None else []
    rows: Rows = []
    for group in [*groups, lesson, labs]:
        if group and len(rows) + 1 + len(group) <= height:
            rows += [[], *group]
    return rows


def goal_rows(goal: DailyGoal, width: int) -> Rows:
    """The minutes learnt today; with a goal, a bar shows how much of it is reached."""
    title = Span(translate("home.today"), "strong")
    if not goal.minutes:
        return [spread_row([title], [Span(translate("home.minutes", minutes=goal.learnt), "muted")], width)]
    said = translate("home.goal", minutes=goal.learnt, goal=goal.minutes)
    ends = [*([Span(f"{RIGHT} ", "good bold")] if goal.reached else []), Span(said, "muted")]
    full = width if goal.reached else min(width - 1, round(width * goal.fraction))
    inked = "bar-done" if goal.reached else "bar"
    return [spread_row([title], ends, width), bar_cells(full, width, inked)]


def _due_rows(beside: Beside, width: int) -> Rows:
    due = beside.report.due
    title = Span(translate("home.review"), "strong")
    if not due:
        return (
            [spread_row([title], [Span(translate("home.nothing-due"), "muted")], width)] if beside.report.cards else []
        )
    said = translate("home.due-minutes", count=due, minutes=beside.minutes)
    rows: Rows = [spread_row([title], [Span(said, "muted"), Span("   r", "key")], width)]
    for card in beside.cards:
        where = translate("home.lesson", number=card.lesson.place) if card.lesson is not None else ""
        name = shorten(_plain(card.name), max(4, width - cell_width(where) - 4))
        rows.append(spread_row([Span("  "), Span(name)], [Span(where, "muted")], width))
    if beside.cards and due > len(beside.cards):
        rows.append([Span("  "), Span(translate("home.more-due", count=due - len(beside.cards)), "muted")])
    return rows


def _days_rows(report: Overview, width: int, *, ascii: bool) -> Rows:
    """Answers of the last two weeks as columns, a day each, with the initials of the days below."""
    days = report.last_days(_DAYS)
    if not any(day.answers for day in days):
        return []
    answers, right = sum(day.answers for day in days), sum(day.right for day in days)
    said = translate("home.share-right", share=f"{right / answers:.0%}")
    if report.streak:
        said += f" · {streak_text(report.streak)}"
    initials = translate("home.initials").split()
    foot: Row = []
    for day in days:
        today = day is days[-1]
        name = initials[day.day.weekday()] if len(initials) == 7 else ""
        foot.append(Span(f"{name}{' ' * max(1, 3 - cell_width(name))}", "strong" if today else "muted"))
    title = [Span(translate("home.two-weeks"), "strong")]
    return [spread_row(title, [Span(said, "muted")], width), *_columns(days, ascii=ascii), foot]


def streak_text(days: int) -> str:
    """How many days in a row the learner has answered something."""
    return translate("home.streak-one" if days == 1 else "home.streak", count=days)


def _columns(days: Sequence[Day], *, ascii: bool) -> Rows:
    """A column for each day, two cells wide, as high as its answers; any answer at all has a mark."""
    most = max(day.answers for day in days)
    eighths = [max(1, round(day.answers / most * 8 * _DAYS_HEIGHT)) if day.answers else 0 for day in days]
    rows: Rows = []
    for level in reversed(range(_DAYS_HEIGHT)):
        signs = [_EIGHTHS[max(0, min(8, each - 8 * level))] for each in eighths]
        text = "".join(f"{('#' if sign != ' ' else ' ') if ascii else sign}" * 2 + " " for sign in signs)
        rows.append([Span(text, "train")])
    return rows


def lesson_rows(selected: SelectedLesson, width: int, most: int) -> Rows:
    """A lesson and its sections, in at most ``most`` rows: those read, the one being read, those to come."""
    from tutor.study.sections import top_sections

    header, lesson, state = selected.header, selected.lesson, selected.state
    number = translate("home.lesson-title", number=header.place)
    begun = state is not None and state.begun
    begins = top_sections(lesson) if lesson is not None else []
    here = max(1, sum(begin <= selected.block for begin in begins)) if begun else 0
    finished = state is not None and state.finished
    if begins and begun and not finished:
        said = translate("home.section", section=here, sections=len(begins))
    else:
        said = translate("home.minutes", minutes=header.minutes) if header.minutes else ""
    rows: Rows = [spread_row([Span(number, "strong")], [Span(said, "muted")], width)]
    rows += [[Span("  "), Span(line)] for line in wrapped(harmless_line(header.title), width - 2)]
    if not begun:
        for need in header.needs[:2]:
            name = (selected.names or {}).get(need, need)
            rows.append([Span("  "), Span(shorten(translate("home.needs", lesson=name), width - 2), "muted")])
    if state is not None and state.questions_answered:
        rows.append(_score_row(state))
    titles = {each.block_index: each.title for each in lesson.sections} if lesson is not None else {}
    sections: Rows = []
    for place, begin in enumerate(begins, 1):
        sign, ink = (
            (RIGHT, "good") if place < here or finished else (HERE, "accent bold") if place == here else (" ", "")
        )
        name = shorten(_plain(titles.get(begin, "")), width - 4)
        sections.append([Span(f"  {sign} ", ink or "text"), Span(name, _section_ink(place, here, finished=finished))])
    return [*rows, *_some(sections, here, most - len(rows))]


def _section_ink(place: int, here: int, *, finished: bool) -> str:
    if finished or place < here:
        return "text"
    return "strong" if place == here else "muted"


def _some(sections: Rows, here: int, most: int) -> Rows:
    """The sections from the one before ``here`` on, and how many are left out."""
    if len(sections) <= most:
        return sections
    if most < 2:
        return []
    start = max(0, min(here - 2, len(sections) - most + 1))
    shown = sections[start : start + most - 1]
    left = len(sections) - start - len(shown)
    return [*shown, [Span("    "), Span(translate("home.more", count=left), "muted")]] if left else sections[-most:]


def _score_row(state: LessonState) -> Row:
    row: Row = [Span(f"  {RIGHT} ", "good"), Span(f"{state.questions_right}/{state.questions_counted}")]
    if state.wrong_ids:
        again = translate("home.to-try-again", count=len(state.wrong_ids))
        row += [Span(f"   {AGAIN} ", "valid"), Span(again, "muted")]
    return row


def _lab_rows(labs: Sequence[ListedLab], width: int, *, ascii: bool) -> Rows:
    """The number of labs, and those tried last with their best values."""
    if not labs:
        return []
    head = spread_row(
        [Span(translate("home.labs-title"), "strong")], [Span(f"{len(labs)}   ", "muted"), Span("b", "key")], width
    )
    return [head, *(lab_row(each, width, ascii=ascii) for each in tried_labs(labs)[:_LABS])]


def _plain(markdown: str) -> str:
    from tutor.typeset.page import one_line

    return one_line(markdown, inline=True)
