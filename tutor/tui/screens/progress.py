"""Progress: lessons, accuracy by topic, misconceptions, confidence, and a page about questions for authors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, ClassVar, TypedDict

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical

from tutor.charts.cells import Row, Rows, Span, fit_row, row_width, spread_row
from tutor.foundation import clock
from tutor.foundation.clock import time_spent
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.text import cell_width, pad, pad_left, shorten, wrapped
from tutor.foundation.translate import language, translate
from tutor.study.report import COIN_FLIP_LOSS, WINDOW
from tutor.tui import router, routes
from tutor.tui.commands import Command, bindings_of
from tutor.tui.screen import TutorScreen
from tutor.tui.themes import AGAIN, EMPTY, FULL, WARNING
from tutor.tui.widgets.row_list import (
    MARGIN,
    MOVES,
    RowItem,
    RowList,
    blank,
    chart_items,
    day_label,
    fixed,
    heading,
    sentence_items,
)
from tutor.tui.widgets.rows import Area, RowsView, bar_cells
from tutor.tui.widgets.tabs import tabs_row, underline_row

if TYPE_CHECKING:
    from tutor.course.lesson import Option, Question
    from tutor.runs.lab_list import ListedLab
    from tutor.study.misconceptions import ItemReport, Misconception
    from tutor.study.report import Bin, Confidence, Outlook, Overview, Topic, Topics
    from tutor.study.thin import ThinTopic
    from tutor.study.today import DailyGoal


_PAGES = (
    "stats.page-overview", "stats.page-topics", "stats.page-misses", "stats.page-confidence", "stats.page-items",
)  # fmt: skip
_OVERVIEW = 0


class _Look(TypedDict):
    """How charts are drawn, in how many rows of a page, and whether plotext has been imported."""

    drawable: bool
    ascii: bool
    colour: bool
    height: int


_Draw = Callable[[int, _Look], list[RowItem]]
"""Gives the rows of a page for a width in cells."""


class ProgressList(RowList, inherit_bindings=False):
    """A page. Left and right go to other pages, so only enter chooses a row."""

    KEYS: ClassVar[tuple[Command, ...]] = (
        *(command for command in MOVES if command.id != "list.choose"),
        Command("list.choose", ("enter",), "keys.open", footer=1, group="keys.group-move", palette=False),
    )
    BINDINGS = bindings_of(KEYS)


class ProgressScreen(TutorScreen):
    """Five pages; left and right, tab or their numbers switch between them."""

    KEYS: ClassVar[tuple[Command, ...]] = (
        Command("stats.review", ("r",), "review.home", "review.home-help", footer=4),
        Command("stats.next-page", ("right", "l", "tab"), "stats.key-next-page", footer=2),
        Command("stats.previous-page", ("left", "h", "shift+tab"), "stats.key-previous-page"),
        Command("stats.page", tuple("12345"), "stats.key-page", shown="1–5", footer=3, passes_key=True, palette=False),
    )
    CSS = """
    ProgressScreen #progress-tabs { height: 2; }
    ProgressScreen RowList { height: 1fr; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.page = 0
        self._overview: Overview | None = None
        self._ready: dict[int, _Draw] = {}
        self._questions: dict[str, Question] = {}
        self._drawable = False

    def compose_body(self) -> ComposeResult:
        with Vertical():
            yield RowsView(self._tabs, id="progress-tabs")
            yield ProgressList(id="progress-page")

    @property
    def pages_read(self) -> set[int]:
        """The pages whose figures have been computed, counted from 0."""
        return set(self._ready)

    def breadcrumb(self) -> list[str]:
        """``tutor › Progress``."""
        return [translate("stats.title")]

    def on_mount(self) -> None:
        """Compute the figures of the first page in a thread."""
        self.query_one(RowList).focus()
        self._show_page()
        self._count()

    def on_resize(self, event: events.Resize) -> None:
        """Break sentences for the new width."""
        self._show_page()

    def refresh_texts(self) -> None:
        super().refresh_texts()
        self._show_page()
        self._count()

    def on_screen_resume(self) -> None:
        """Compute the figures again: the learner may come back from a lesson."""
        super().on_screen_resume()
        if self._ready:
            self._count()

    # -- counting ----------------------------------------------------------------------------------------

    def _count(self) -> None:
        # Reading all answers, and the lessons for their options, would block the event loop.
        self.run_worker(self._work, thread=True, exit_on_error=False, exclusive=True)

    def _work(self) -> None:
        # The page in view comes first; pages that were never opened are not computed.
        self._read(self.page)
        for page in {_OVERVIEW, *self._ready} - {self.page}:
            self._read(page)
        if not self._drawable:
            # The figures are shown before plotext is imported: a thread that imports delays the drawing.
            self.app.call_from_thread(self.call_after_refresh, self._prepare_charts)

    def _prepare_charts(self) -> None:
        self.run_worker(self._import_charts, thread=True, exit_on_error=False, exclusive=True, group="charts")

    def _import_charts(self) -> None:
        from tutor.charts.plot import preload

        preload()
        import tutor.charts.loss  # noqa: F401 - imported here, so that the first chart does not wait for them

        self.app.call_from_thread(self._can_draw)

    def _read(self, page: int) -> None:
        read = (self._read_overview, self._read_topics, self._read_misses, self._read_confidence, self._read_items)
        self.app.call_from_thread(self._show_read, page, read[page]())

    def _read_overview(self) -> _Draw:
        from tutor.study.report import calibration, outlook, overview, topics
        from tutor.study.today import daily_goal, minutes_for_cards

        store, course, moment = self.workspace.store, self.workspace.course, clock.utc_now()
        found = overview(store, course, language(), moment)
        self._overview = found
        page = OverviewPage(
            found,
            daily_goal(found, self.workspace.settings.daily_minutes),
            outlook(store, moment),
            minutes_for_cards(found, found.due),
            confidence=calibration(store.statistics.estimates()),
        )
        if course is not None:
            if _OVERVIEW not in self._ready:  # what follows reads lessons, so the figures are shown before
                self.app.call_from_thread(self._show_read, _OVERVIEW, partial(_draw_overview, page))
            from tutor.runs.lab_list import labs_by_lesson
            from tutor.study.thin import thin_topics
            from tutor.tui.widgets.lab_best import tried_labs

            thin = thin_topics(topics(store, course, language()).lessons, store, course, moment, _THIN)
            labs = labs_by_lesson(course, store, language()) if self.size.width >= _WIDE else ()
            page = replace(page, thin=thin, labs=tried_labs(labs))
        return partial(_draw_overview, page)

    def _read_topics(self) -> _Draw:
        from tutor.study.report import topics

        found = topics(self.workspace.store, self.workspace.course, language())
        return lambda width, look: topic_items(found, width, drawable=look["drawable"], ascii=look["ascii"])

    def _read_misses(self) -> _Draw:
        from tutor.study.report import frequent_misconceptions

        found, titles = frequent_misconceptions(self.workspace.store, self.workspace.course, language()), self._titles()
        self._questions |= {f"miss:{number}": each.question for number, each in enumerate(found)}
        return lambda width, _look: miss_items(found, width, titles)

    def _read_confidence(self) -> _Draw:
        from tutor.study.report import confidence

        found = confidence(self.workspace.store.statistics.estimates())
        return lambda width, look: confidence_items(found, width, drawable=look["drawable"], ascii=look["ascii"])

    def _read_items(self) -> _Draw:
        from tutor.study.misconceptions import item_reports

        course = self.workspace.course
        items = self.workspace.store.statistics.items()
        found, titles = (item_reports(items, course, language()) if course is not None else []), self._titles()
        self._questions |= {f"item:{number}": each.question for number, each in enumerate(found)}
        return lambda width, _look: report_items(found, width, titles)

    def _show_read(self, page: int, draw: _Draw) -> None:
        self._ready[page] = draw
        if page == self.page:
            self._show_page()
        if page == _OVERVIEW:
            self.refresh_frame()
        self.say_notices()

    def _can_draw(self) -> None:
        self._drawable = True
        self._show_page()

    # -- pages -------------------------------------------------------------------------------------------

    def _tabs(self, area: Area) -> Rows:
        names = [translate(name) for name in _PAGES]
        return [tabs_row(names, self.page, area.width), underline_row(names, self.page, area.width)]

    def _show_page(self) -> None:
        page = self.query_one(RowList)
        page.set_items(self._rows(page.scrollable_content_region.width or self.size.width))
        self.query_one("#progress-tabs", RowsView).redraw()

    def _rows(self, width: int) -> list[RowItem]:
        draw = self._ready.get(self.page)
        if draw is None:
            return [blank(), *sentence_items(translate("stats.reading"), width)]
        colour, height = not self.tutor.look.native, self.query_one(RowList).size.height or self.size.height
        return draw(width, {"drawable": self._drawable, "ascii": self.tutor.ascii, "colour": colour, "height": height})

    def _titles(self) -> dict[str, str]:
        return {header.id: header.numbered_title for header in self.workspace.headers()}

    def status(self) -> Row:
        """Days in a row."""
        if self._overview is None or not self._overview.streak:
            return []
        from tutor.tui.widgets.home_side import streak_text

        return [Span(streak_text(self._overview.streak), "muted")]

    # -- keys --------------------------------------------------------------------------------------------

    def _turn_to(self, page: int) -> None:
        self.page = page % len(_PAGES)
        if self.page not in self._ready:
            self.run_worker(partial(self._read, self.page), thread=True, exit_on_error=False)
        self._show_page()
        self.query_one(RowList).scroll_to(y=0, animate=False)
        self.refresh_frame()

    def action_review(self) -> None:
        router.go(self.tutor, routes.Review())

    def action_next_page(self) -> None:
        self._turn_to(self.page + 1)

    def action_previous_page(self) -> None:
        self._turn_to(self.page - 1)

    def action_page(self, key: str) -> None:
        self._turn_to(int(key) - 1)

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """Open the lesson of the row, at its question if it has one."""
        kind, _, rest = event.key.partition(":")
        if kind == "lesson":
            router.go(self.tutor, routes.Lesson(rest))
        elif question := self._questions.get(event.key):
            router.go(self.tutor, routes.Lesson(harmless_line(question.lesson_id), question.original))


def screen_for(_route: routes.Progress) -> ProgressScreen:
    """The screen of a route."""
    return ProgressScreen()


_CHART, _LEAST_CHART = 9, 6
_AROUND_CHART = 6
"""Rows of the overview above and below its chart, down to the first lesson."""
_DAYS = 28
_SIDE = 24
"""Least width of the column beside the chart."""
_WIDE = 116
"""Columns from which on that column also shows labs and confidence."""
_DUE_DAYS = 5
"""Days of the forecast that have a row of their own, today included."""
_THIN, _FEW = 5, 4
"""Lessons shown as the weakest ones, and labs shown."""
_TO_DO, _ROOM_TO_DO = 20, 72
"""Cells for what to do about a weak lesson, and the columns that they need beside the rest."""
_WEAK = 0.65
"""Accuracy below which a bar has the colour of what is wrong."""
_BAR = 10
_ENOUGH_BARS = 3
"""Lessons that a bar chart needs: with fewer it shows no more than the rows, and each bar would be very wide."""
_COLUMNS = ("stats.column-said", "stats.column-count", "stats.column-right", "stats.column-gap")


@dataclass(frozen=True, slots=True)
class OverviewPage:
    """What the first page shows.

    Args:
        report: The overview.
        goal: The minutes learnt today, and the goal.
        ahead: The cards due now and on the following days.
        minutes: About how many minutes the due cards take.
        thin: The lessons with the lowest accuracy, lowest first.
        labs: The labs with an attempt at their goal, newest first; they are shown in a wide window.
        confidence: How often the learner was right at each level of confidence; shown in a wide window.
    """

    report: Overview
    goal: DailyGoal
    ahead: Outlook
    minutes: int
    thin: Sequence[ThinTopic] = ()
    labs: Sequence[ListedLab] = ()
    confidence: Sequence[Bin] = ()


def _draw_overview(page: OverviewPage, width: int, look: _Look) -> list[RowItem]:
    return overview_items(page, width, **look)


def overview_items(
    page: OverviewPage, width: int, *, drawable: bool, ascii: bool, colour: bool, height: int
) -> list[RowItem]:
    """Four figures, the answers of four weeks beside the cards that come due, and where the learner is weakest."""
    report = page.report
    chart = max(_LEAST_CHART, min(_CHART, height - _AROUND_CHART))  # the figures and the first lesson stay in view
    items: list[RowItem] = []
    if not report.accuracy.answers and not report.begun:
        items += [*sentence_items(translate("stats.nothing-yet"), width, "text"), blank()]
    items += [fixed(partial(_figures_row, page, second=second)) for second in (False, True)]
    side = max(_SIDE, (width - 4) // 3) if width >= 2 * _SIDE + 8 else 0
    beside = [*_due_rows(page.ahead, side)] if side else []
    if side and width >= _WIDE:
        beside += [[], *_best_rows(page.labs, side, ascii=ascii)] if page.labs else []
        beside += [[], *_confidence_rows(page.confidence, side)] if page.confidence else []
    left = width - 1 - (side + 3 if side else 0)
    main = [blank(), *(_days_chart(report, chart, ascii=ascii, colour=colour) if drawable else [blank()] * chart)]
    above = len(main)
    main += [blank(), *_thin_items(page.thin)] if page.thin else []
    rows: Rows = [[], *beside]
    height = max(len(main), len(rows))
    for at in range(height):
        item = main[at] if at < len(main) else blank()
        below = at >= above >= len(rows)  # below both columns, a row has the whole width
        items.append(item if below else _with_side(item, rows[at] if at < len(rows) else [], left, side))
    return items


def _with_side(item: RowItem, beside: Row, left: int, side: int) -> RowItem:
    """A row of the page in its left column, and a row of the right one."""
    if not side:
        return replace(item, draw=lambda width: fit_row(item.draw(left), width))
    return replace(item, draw=lambda _width: [*fit_row(item.draw(left), left + 3), *fit_row(beside, side)])


def _figures_row(page: OverviewPage, width: int, *, second: bool) -> Row:
    """The four figures of the learner, or what each of them says."""
    report = page.report
    figures = (
        (str(report.finished), translate("stats.of-lessons", count=report.lessons), "strong"),
        (f"{report.accuracy.fraction:.0%}", translate("stats.of-right", count=report.accuracy.answers), "strong"),
        (time_spent(report.seconds_read + report.seconds), _today_text(page.goal), "strong"),
        (str(report.due), translate("stats.cards-due", minutes=page.minutes), "valid bold" if report.due else "strong"),
    )
    room = max(8, (width - MARGIN - 1) // len(figures))
    row: Row = [Span(" " * MARGIN)]
    for number, said, ink in figures:
        row.append(Span(pad(shorten(said if second else number, room - 1), room), "muted" if second else ink))
    return fit_row(row, width)


def _today_text(goal: DailyGoal) -> str:
    if not goal.minutes:
        return translate("stats.learned-today", minutes=goal.learnt)
    return translate("stats.learned-goal", minutes=goal.learnt, goal=goal.minutes)


def _due_rows(ahead: Outlook, width: int) -> Rows:
    """The cards that come due today, on each of the next days, and later, with bars."""
    names = translate("stats.weekdays").split()
    days = [(translate("stats.row-today").capitalize(), ahead.forecast[0], "valid")]
    for back, count in enumerate(ahead.forecast[1:_DUE_DAYS], 1):
        day = ahead.today + timedelta(days=back)
        days.append((names[day.weekday()] if len(names) == 7 else day_label(day), count, "train"))
    later = max(0, ahead.cards - sum(ahead.forecast[:_DUE_DAYS]))
    days.append((translate("stats.later").capitalize(), later, "train"))
    name_width = max(cell_width(name) for name, _, _ in days) + 1
    most = max((count for _, count, _ in days), default=0)
    room = max(1, width - name_width - 5)
    rows: Rows = [[Span(translate("stats.cards-ahead"), "strong")]]
    for name, count, ink in days:
        full = max(1, round(room * count / most)) if count else 0
        rows.append([
            Span(pad(name, name_width), "muted"), *bar_cells(full, room, ink, rest=" "),
            Span(pad_left(str(count), 5), "strong" if ink == "valid" and count else "text"),
        ])  # fmt: skip
    return rows


def _best_rows(labs: Sequence[ListedLab], width: int, *, ascii: bool) -> Rows:
    from tutor.tui.widgets.lab_best import lab_row

    heading: Row = [Span(translate("stats.best-attempts"), "strong")]
    return [heading, *(lab_row(lab, width, ascii=ascii) for lab in labs[:_FEW])]


def _confidence_rows(bins: Sequence[Bin], width: int) -> Rows:
    """How often the learner was right, as a bar, with a mark where the stated confidence is."""
    rows: Rows = [[Span(translate("stats.how-sure-how-right"), "strong")]]
    room = max(4, width - 14)
    for each in bins:
        full, said = round(room * each.right), min(room - 1, round(room * each.said))
        cells = [Span(FULL, "bar") if at < full else Span(EMPTY, "bar-rest") for at in range(room)]
        cells[said] = Span("╋" if said < full else "┼", "strong")
        rows.append([Span(pad_left(f"{each.said:.0%}", 5), "muted"), Span("  "), *cells, Span(f"{each.right:>6.0%}")])
    return rows


def _thin_items(topics: Sequence[ThinTopic]) -> list[RowItem]:
    """The lessons with the lowest accuracy, with a bar and what to do about it; choosing one opens it."""

    def draw_heading(width: int) -> Row:
        left = [Span(" " * MARGIN), Span(translate("stats.thin"), "strong")]
        bar, right = _thin_widths(width)
        end = " " * 3 + pad(translate("stats.what-to-do"), _TO_DO) if width >= _ROOM_TO_DO else ""
        asked = pad_left(translate("stats.right-asked"), bar + right)
        return spread_row(left, [Span(asked, "muted"), Span(end, "muted")], width)

    rows = (RowItem(f"lesson:{each.topic.header.id}", partial(_thin_row, each)) for each in topics)
    return [fixed(draw_heading), *rows]


def _thin_widths(width: int) -> tuple[int, int]:
    """The cells of the bar, and of the figures behind it."""
    return (14 if width < 90 else 24), 8


def _thin_row(thin: ThinTopic, width: int) -> Row:
    accuracy = thin.topic.accuracy
    bar_width, figures = _thin_widths(width)
    advice: Row = []
    if width >= _ROOM_TO_DO:
        advice = [Span("   "), *fit_row(_advice_row(thin), _TO_DO)]
    room = max(8, width - MARGIN - bar_width - figures - row_width(advice))
    full = round(bar_width * accuracy.fraction)
    ink = "bad" if accuracy.fraction < _WEAK else "bar"
    return [
        Span(" " * MARGIN), Span(pad(shorten(harmless_line(thin.topic.header.numbered_title), room - 1), room)),
        *bar_cells(full, bar_width, ink),
        Span(pad_left(f"{accuracy.right}/{accuracy.answers}", figures)), *advice,
    ]  # fmt: skip


def _advice_row(thin: ThinTopic) -> Row:
    """What to do about a lesson: review its cards, or read on, or play with its lab."""
    if thin.cards:
        said = translate("stats.do-cards", count=thin.cards)
        return [Span(f"{AGAIN} ", "valid"), Span(f"{said}  "), Span("r", "key")]
    if thin.section:
        return [Span(translate("stats.do-read", section=thin.section))]
    if thin.lab:
        return [Span(f"{translate('stats.do-lab')} ", "muted"), Span(shorten(harmless_line(thin.lab), _TO_DO - 5))]
    return [Span(translate("stats.do-quiz"))]


def _days_chart(report: Overview, rows: int, *, ascii: bool, colour: bool) -> list[RowItem]:
    """The answers of each day, the right ones below the others."""
    right, others = ("#", ":") if ascii else ("█", "█" if colour else "░")
    legend = [
        Span(f"   {right} ", "train"), Span(translate("stats.legend-right"), "muted"),
        Span(f"  {others} ", "train-raw"), Span(translate("stats.legend-others"), "muted"),
    ]  # fmt: skip

    def draw(width: int, height: int) -> Rows:
        from tutor.charts.bars import Bar, bar_chart

        days = report.last_days(max(7, min(_DAYS, (width - 6) // 2)))  # a bar takes two cells, the axis six
        bars = [Bar(day_label(day.day), day.right, "train", day.answers - day.right, "train-raw") for day in days]
        title = translate("stats.chart-days")
        return bar_chart(bars, width, height, title=title, legend=legend, ascii=ascii, colour=colour)

    return chart_items(draw, rows)


def topic_items(found: Topics, width: int, *, drawable: bool, ascii: bool) -> list[RowItem]:
    """Accuracy by lesson: a chart, then a row for each lesson, which opens it."""
    if not found.lessons:
        return [blank(), *sentence_items(translate("stats.nothing-yet"), width, "text")]

    def draw(cells: int, height: int) -> Rows:
        from tutor.charts.bars import Bar, bar_chart

        bars = [Bar(topic.header.place, 100 * topic.accuracy.fraction) for topic in found.lessons]
        return bar_chart(bars, cells, height, title=translate("stats.chart-topics"), top=100.0, ascii=ascii)

    items = [
        blank(),
        *([*chart_items(draw, _CHART), blank()] if drawable and len(found.lessons) >= _ENOUGH_BARS else []),
    ]
    items += [RowItem(f"lesson:{topic.header.id}", _topic_row(topic)) for topic in found.lessons]
    if found.terms.answers:
        items.append(
            fixed(lambda cells: _share_row(translate("stats.of-terms"), found.terms.answers,
                                           found.terms.fraction, cells))
        )  # fmt: skip
    return items


def _topic_row(topic: Topic) -> Callable[[int], Row]:
    return lambda width: _share_row(topic.header.numbered_title, topic.accuracy.answers, topic.accuracy.fraction, width)


def _share_row(name: str, answers: int, fraction: float, width: int) -> Row:
    count = translate("stats.of-answers", count=answers)
    room = max(8, width - _BAR - 24)
    full = round(_BAR * fraction)
    return [
        Span(f"  {pad(shorten(harmless_line(name), room), room)}  "),
        *bar_cells(full, _BAR),
        Span(pad_left(f"{fraction:.0%}", 6), "strong"), Span(f"  {count}", "muted"),
    ]  # fmt: skip


def miss_items(misses: Sequence[Misconception], width: int, titles: dict[str, str]) -> list[RowItem]:
    """The wrong options chosen most often, and the lesson that explains each; choosing a row opens it there."""
    if not misses:
        return [blank(), *sentence_items(translate("stats.no-misses"), width, "text")]
    items = [blank(), heading(translate("stats.misses")), *sentence_items(translate("stats.misses-about"), width)]
    for number, miss in enumerate(misses):
        first, *rest = wrapped(one_line(miss.option.feedback or miss.option.text), max(10, width - 8))
        items += [blank(), RowItem(f"miss:{number}", _miss_row(miss.count, first))]
        items += [fixed(_text_row(f"       {line}", "text")) for line in rest]
        mended = titles.get(miss.question.lesson_id, miss.question.lesson_id)
        where = f"{mended} · {one_line(miss.question.title or miss.question.prompt)}"
        items.append(fixed(_text_row(f"       {translate('stats.column-lesson')} {harmless_line(where)}", "muted")))
    return items


def _miss_row(times: int, text: str) -> Callable[[int], Row]:
    def draw(width: int) -> Row:
        count = pad_left(f"{AGAIN} {times}", 5)
        return [Span(f"  {count} ", "bad"), Span(shorten(text, max(0, width - 9)))]

    return draw


def confidence_items(found: Confidence, width: int, *, drawable: bool, ascii: bool) -> list[RowItem]:
    """The learner's own loss over time, and how often the learner was right at each level of confidence."""
    if found.loss is None:
        return [blank(), *sentence_items(translate("stats.no-estimates"), width, "text")]
    said = translate("stats.loss", loss=f"{found.loss:.3f}", count=len(found.losses))
    items = [blank(), *sentence_items(said, width, "text"), blank()]
    if drawable:
        items += chart_items(lambda cells, height: loss_rows(found, cells, height, ascii=ascii), _CHART)
    header = [translate(name) for name in _COLUMNS]
    items += [blank(), fixed(_columns_row(header, "muted"))]
    for each in found.bins:
        cells = [f"{each.low:.0%}–{each.high:.0%}", str(each.count), f"{each.right:.0%}", f"{each.gap:+.0%}"]
        items.append(fixed(_columns_row([cell.replace("-", "−") for cell in cells], "text")))
    return [*items, blank(), *sentence_items(translate("stats.surest"), width)]


def loss_rows(found: Confidence, width: int, height: int, *, ascii: bool) -> Rows:
    """The loss over time, with the loss of somebody who always says 50%."""
    from tutor.charts.loss import LossLine, loss_chart, pinned_line
    from tutor.charts.loss_history import LossHistory

    own = LossLine(translate("stats.chart-you"), LossHistory(found.losses))
    coin = pinned_line(1, translate("stats.chart-coin"), LossHistory([COIN_FLIP_LOSS] * len(found.losses)))
    title = translate("stats.chart-loss", window=WINDOW)
    return loss_chart([coin, own], width, height, title=title, ascii=ascii)


def _columns_row(cells: Sequence[str], ink: str) -> Callable[[int], Row]:
    return lambda _width: [Span("  "), *(Span(pad_left(cell, 13), ink) for cell in cells)]


def report_items(reports: Sequence[ItemReport], width: int, titles: dict[str, str]) -> list[RowItem]:
    """For authors: every question that was answered, suspicious ones first; choosing one opens its lesson there."""
    if not reports:
        return [blank(), *sentence_items(translate("stats.no-items"), width, "text")]
    items = [blank()]
    for number, each in enumerate(reports):
        items.append(RowItem(f"item:{number}", _item_row(each)))
        where = harmless_line(f"{titles.get(each.item.lesson_id, each.item.lesson_id)} · {each.item.question_id}")
        items.append(fixed(_text_row(f"      {where}", "muted")))
        items += [fixed(_text_row(f"      {WARNING} {text}", "muted")) for text in remarks(each)]
    return items


def _item_row(each: ItemReport) -> Callable[[int], Row]:
    name = one_line(each.first_words)
    return lambda width: _share_row(name, each.item.accuracy.answers, each.item.accuracy.fraction, width)


def remarks(each: ItemReport) -> list[str]:
    """What an author should check about a question, one sentence each."""
    said = [translate("stats.too-easy")] if each.too_easy else []
    said += [translate("stats.too-hard")] if each.too_hard else []
    return [*said, *(translate("stats.unused", option=_option_text(option)) for option in each.unused)]


def _option_text(option: Option) -> str:
    return one_line(option.text, inline=True)


def one_line(markdown: str, *, inline: bool = False) -> str:
    """Markdown as plain words on one line."""
    from tutor.typeset import page  # the first page shows figures alone and does not need it

    return page.one_line(markdown, inline=inline)


def _text_row(text: str, ink: str) -> Callable[[int], Row]:
    return lambda width: [Span(shorten(text, width), ink)]
