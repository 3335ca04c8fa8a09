"""Progress: lessons, accuracy by topic, misconceptions, confidence, and a page about questions for authors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar, TypedDict

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical

from tutor.charts.cells import Row, Rows, Span
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
from tutor.tui.widgets.rows import Area, RowsView

if TYPE_CHECKING:
    from tutor.course.lesson import Option, Question
    from tutor.study.misconceptions import ItemReport, Misconception
    from tutor.study.report import Confidence, Overview, Topic, Topics


_PAGES = (
    "stats.page-overview", "stats.page-topics", "stats.page-misses", "stats.page-confidence", "stats.page-items",
)  # fmt: skip
_OVERVIEW, _TOPICS, _MISSES, _CONFIDENCE, _ITEMS = range(len(_PAGES))


class _Look(TypedDict):
    """How charts are drawn, and whether plotext has been imported."""

    drawable: bool
    ascii: bool


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
        Command("stats.next-page", ("right", "l", "tab"), "stats.key-next-page", footer=2),
        Command("stats.previous-page", ("left", "h", "shift+tab"), "stats.key-previous-page"),
        Command("stats.page", tuple("12345"), "stats.key-page", shown="1–5", footer=3, passes_key=True, palette=False),
    )
    CSS = """
    ProgressScreen #progress-tabs { height: 1; }
    ProgressScreen RowList { height: 1fr; max-width: 96; }
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
        from tutor.study.report import overview

        found = overview(self.workspace.store, self.workspace.course, language(), clock.utc_now())
        self._overview = found
        return lambda width, look: overview_items(found, width, **look)

    def _read_topics(self) -> _Draw:
        from tutor.study.report import topics

        found = topics(self.workspace.store, self.workspace.course, language())
        return lambda width, look: topic_items(found, width, **look)

    def _read_misses(self) -> _Draw:
        from tutor.study.report import frequent_misconceptions

        found, titles = frequent_misconceptions(self.workspace.store, self.workspace.course, language()), self._titles()
        self._questions |= {f"miss:{number}": each.question for number, each in enumerate(found)}
        return lambda width, _look: miss_items(found, width, titles)

    def _read_confidence(self) -> _Draw:
        from tutor.study.report import confidence

        found = confidence(self.workspace.store.statistics.estimates())
        return lambda width, look: confidence_items(found, width, **look)

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
        return [tabs_row([translate(name) for name in _PAGES], self.page, area.width)]

    def _show_page(self) -> None:
        page = self.query_one(RowList)
        page.set_items(self._rows(page.scrollable_content_region.width or self.size.width))
        self.query_one("#progress-tabs", RowsView).redraw()

    def _rows(self, width: int) -> list[RowItem]:
        draw = self._ready.get(self.page)
        if draw is None:
            return [blank(), *sentence_items(translate("stats.reading"), width)]
        return draw(width, {"drawable": self._drawable, "ascii": self.tutor.ascii})

    def _titles(self) -> dict[str, str]:
        course = self.workspace.course
        headers = course.headers(language()) if course is not None else []
        return {header.id: header.numbered_title for header in headers}

    def status(self) -> Row:
        """Days in a row."""
        if self._overview is None or not self._overview.streak:
            return []
        return [Span(f"{translate('stats.row-streak')} ", "muted"), Span(str(self._overview.streak), "strong")]

    # -- keys --------------------------------------------------------------------------------------------

    def _turn_to(self, page: int) -> None:
        self.page = page % len(_PAGES)
        if self.page not in self._ready:
            self.run_worker(partial(self._read, self.page), thread=True, exit_on_error=False)
        self._show_page()
        self.query_one(RowList).scroll_to(y=0, animate=False)
        self.refresh_frame()

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


_CHART = 9
_DAYS = 28
_BAR = 10
_ENOUGH_BARS = 3
"""Lessons that a bar chart needs: with fewer it shows no more than the rows, and each bar would be very wide."""
_COLUMNS = ("stats.column-said", "stats.column-count", "stats.column-right", "stats.column-gap")


def overview_items(report: Overview, width: int, *, drawable: bool, ascii: bool) -> list[RowItem]:
    """Lessons, answers, streak, time and cards, and a chart of the last four weeks."""
    items = [blank()]
    if not report.accuracy.answers and not report.begun:
        items += [*sentence_items(translate("stats.nothing-yet"), width, "text"), blank()]
    today = report.last_days(1)[0]
    rows = (
        ("stats.row-lessons", f"{report.finished}/{report.lessons}", "stats.row-begun", str(report.begun)),
        ("stats.row-answers", str(report.accuracy.answers), "stats.row-right", f"{report.accuracy.fraction:.0%}"),
        ("stats.row-streak", str(report.streak), "stats.row-best", str(report.longest_streak)),
        ("reading.row", time_spent(report.seconds_read), "stats.row-today", time_spent(report.seconds_read_today)),
        ("stats.row-time", time_spent(report.seconds), "stats.row-today", time_spent(today.seconds)),
        ("stats.row-cards", str(report.cards), "stats.row-due", str(report.due)),
    )
    items += [fixed(_pair_of(*row)) for row in rows]
    return [*items, blank(), *(_days_chart(report, ascii=ascii) if drawable else [])]


def _pair_of(name: str, value: str, other: str, second: str) -> Callable[[int], Row]:
    def draw(width: int) -> Row:
        return [
            Span(f"  {pad(translate(name), 18)}", "muted"), Span(pad_left(value, 13), "strong"),
            Span(f"     {pad(translate(other), 14)}", "muted"), Span(pad_left(second, 13), "text"),
        ]  # fmt: skip

    return draw


def _days_chart(report: Overview, *, ascii: bool) -> list[RowItem]:
    def draw(width: int, height: int) -> Rows:
        from tutor.charts.bars import Bar, bar_chart

        days = report.last_days(_DAYS)
        bars = [Bar(day_label(day.day), day.answers, "accent" if day is days[-1] else "train") for day in days]
        return bar_chart(bars, width, height, title=translate("stats.chart-days"), ascii=ascii)

    return chart_items(draw, _CHART)


def topic_items(found: Topics, width: int, *, drawable: bool, ascii: bool) -> list[RowItem]:
    """Accuracy by lesson: a chart, then a row for each lesson, which opens it."""
    if not found.lessons:
        return [blank(), *sentence_items(translate("stats.nothing-yet"), width, "text")]

    def draw(cells: int, height: int) -> Rows:
        from tutor.charts.bars import Bar, bar_chart

        bars = [Bar(str(topic.header.number), 100 * topic.accuracy.fraction) for topic in found.lessons]
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
        Span(FULL * full, "bar"), Span(EMPTY * (_BAR - full), "bar-rest"),
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
        return [Span(f" {count} ", "bad"), Span(shorten(text, max(0, width - 8)))]

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


def tabs_row(names: Sequence[str], chosen: int, width: int) -> Row:
    """The pages by name and number, with the one in view emphasized."""
    row: Row = [Span(" ")]
    for number, name in enumerate(names):
        here = number == chosen
        row += [Span(f" {number + 1}", "key"), Span(f" {name} ", "strong underline" if here else "muted")]
    return row if sum(cell_width(span.text) for span in row) <= width else row[: 2 * chosen + 3]
