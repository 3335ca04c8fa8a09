"""The rows of a class: learners, questions, polls to open, runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tutor.charts.cells import Row, Span, spread_row
from tutor.classroom.items import ItemOfClass, commonest_wrong
from tutor.classroom.room import LearnerState, Poll, Room
from tutor.foundation.clock import short_duration
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.text import cell_width, pad, pad_left, shorten
from tutor.foundation.translate import language, translate
from tutor.runs.words import state_in_a_list
from tutor.tui.themes import RIGHT, WARNING
from tutor.tui.widgets.lab_words import STATE_WORDS
from tutor.tui.widgets.row_list import MARGIN, RowItem, blank, fixed, ruled_heading, sentence_items
from tutor.typeset.page import one_line

if TYPE_CHECKING:
    from tutor.course.lesson import Lesson, Question
    from tutor.runs.registry import RunEntry

_NAME = 18
_IDLE = 9
_ANSWERS = 9
_POLL = 6
_NARROW = 64
"""Columns below which only name, place and poll are shown."""
_FIGURES = 34
"""Cells at the right of a question."""
_PLACES = {
    "home": "class.place-home",
    "lesson": "class.place-lesson",
    "quiz": "class.place-quiz",
    "exam": "class.place-exam",
    "review": "class.place-review",
    "lab": "class.place-lab",
    "exercise": "class.place-exercise",
}
OPEN_RUN, WATCH_RUN = "run:", "watch:"


# -- the room ----------------------------------------------------------------------------------------------


def room_items(room: Room, titles: Mapping[str, str], now: float, width: int) -> list[RowItem]:
    """A row for each learner: those who ask for help first, then those who are there."""
    if not room.learners:
        return [blank(), *sentence_items(translate("class.nobody-yet"), width)]
    poll = room.state.poll
    voted = room.votes(poll).keys() if poll is not None else frozenset()

    def rank(name: str) -> tuple[bool, bool, str]:
        learner = room.learners[name]
        return not learner.help_since, not learner.is_here(now), name.casefold()

    items = [fixed(_room_head)]
    for name in sorted(room.learners, key=rank):
        learner = room.learners[name]
        answered = None if poll is None else name in voted
        items.append(RowItem(name, partial(_learner_row, name, learner, titles, now, answered)))
    return items


def room_summary(room: Room, now: float) -> str:
    """How many are there, and how many ask for help."""
    wanted = sum(bool(each.help_since) for each in room.learners.values())
    here = translate("class.here", here=room.count_here(now), all=len(room.learners))
    return f"{here} · {translate('class.want-help', count=wanted)}" if wanted else here


class _Columns(NamedTuple):
    """The widths of the columns of the room; 0 leaves one out."""

    name: int
    where: int
    idle: int
    answers: int
    poll: int


def _columns(width: int) -> _Columns:
    fixed_ones = (_NAME, _IDLE, _ANSWERS, _POLL) if width >= _NARROW else (_NAME // 2 + 2, 0, 0, _POLL)
    name, idle, answers, poll = fixed_ones
    return _Columns(name, max(8, width - MARGIN - 3 - sum(fixed_ones)), idle, answers, poll)


def _room_head(width: int) -> Row:
    columns = _columns(width)
    cells = [
        pad(f"{'':{MARGIN + 2}}{translate('class.head-name')}", MARGIN + 2 + columns.name),
        pad(translate("class.head-where"), columns.where),
        pad_left(translate("class.head-idle"), columns.idle) if columns.idle else "",
        pad_left(translate("class.head-answers"), columns.answers) if columns.answers else "",
        pad_left(translate("class.head-poll"), columns.poll),
    ]
    return [Span("".join(cells), "muted")]


def _learner_row(
    name: str, learner: LearnerState, titles: Mapping[str, str], now: float, answered: bool | None, width: int
) -> Row:
    here = learner.is_here(now)
    sign, ink = ("?", "bad bold") if learner.help_since else ("●", "good") if here else ("○", "muted")
    if learner.problem:
        sign, ink = WARNING, "bad"
    columns = _columns(width)
    place = learner.problem or where_text(learner, titles, now)
    place_ink = "bad" if learner.problem else "text" if here else "muted"
    present = learner.present
    idle = short_duration(now - present.idle_since) if here and present is not None and present.idle_since else ""
    poll = "" if answered is None else RIGHT if answered else "…"
    count = str(len(learner.answers) or "")
    row = [
        Span(" " * MARGIN), Span(f"{sign} ", ink),
        Span(pad(shorten(harmless_line(name), columns.name - 1), columns.name), "strong" if here else "text"),
        Span(pad(shorten(harmless_line(place), columns.where - 1), columns.where), place_ink),
    ]  # fmt: skip
    if columns.idle:
        row += [Span(pad_left(idle, columns.idle), "muted"), Span(pad_left(count, columns.answers), "text")]
    return [*row, Span(pad_left(poll, columns.poll), "good" if answered else "muted")]


def where_text(learner: LearnerState, titles: Mapping[str, str], now: float) -> str:
    """Where a learner is, in words; of those who have gone, since when."""
    present = learner.present
    if not learner.is_here(now):
        if not learner.seen_at:
            return translate("class.never-here")
        return translate("class.gone-since", time=short_duration(now - learner.seen_at))
    if present is None:
        return ""
    kind = translate(_PLACES[present.place]) if present.place in _PLACES else ""
    lesson = titles.get(present.lesson, present.lesson)
    if present.place == "lesson" and present.section:
        lesson = f"{lesson} § {present.section}"
        kind = ""
    parts = [kind, lesson, present.lab if present.place == "lab" else ""]
    return " · ".join(each for each in parts if each)


# -- items -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReadItem:
    """A question with what the class has answered; ``question`` is None if this course does not have it."""

    item: ItemOfClass
    question: Question | None


def item_items(found: Sequence[ReadItem] | None, titles: Mapping[str, str], width: int) -> list[RowItem]:
    """Two rows for each question: its figures, and the wrong option that was chosen most."""
    if found is None:
        return [blank(), *sentence_items(translate("stats.reading"), width)]
    if not found:
        return [blank(), *sentence_items(translate("class.no-answers-yet"), width)]
    items = [fixed(_item_head)]
    for number, each in enumerate(found):
        items.append(RowItem(f"item:{number}", partial(_item_row, each, titles)))
        wrong = commonest_wrong(each.item, each.question) if each.question is not None else None
        if wrong is not None:
            option, count = wrong
            text = one_line(option.text, inline=True)
            if option.feedback:
                text = f"{text} · {one_line(option.feedback)}"
            row: Callable[[int], Row] = partial(_wrong_row, harmless_line(text), count)
            items.append(RowItem("", row, selectable=False, joined=True))
    return items


def _item_head(width: int) -> Row:
    left: Row = [Span(f"{'':{MARGIN}}{translate('class.head-question')}", "muted")]
    return spread_row(left, [Span(_figures(*map(translate, _ITEM_HEADS)), "muted")], width)


_ITEM_HEADS = ("class.head-answered", "class.head-right", "class.head-hints", "class.head-unsure")


def _figures(answered: str, right: str, hints: str, unsure: str) -> str:
    return f"{pad_left(answered, 9)}{pad_left(right, 8)}{pad_left(hints, 7)}{pad_left(unsure, 8)} "


def _item_row(each: ReadItem, titles: Mapping[str, str], width: int) -> Row:
    item, question = each.item, each.question
    room = max(8, width - _FIGURES - MARGIN)
    name = first_words(question) if question is not None else item.question
    number = titles.get(item.lesson, item.lesson).partition(" ")[0]
    right = f"{item.right / item.learners:.0%}" if item.learners else "—"
    figures = _figures(str(item.learners), right, str(item.hints or ""), str(item.unsure or ""))
    ink = "good" if item.learners and item.right * 2 >= item.learners else "bad" if item.learners else "muted"
    head, tail = figures[:9], figures[9:]
    left: Row = [Span(" " * MARGIN), Span(f"{number} ", "muted")]
    left.append(Span(shorten(harmless_line(name), max(4, room - cell_width(number) - 1)), "text"))
    return spread_row(left, [Span(head, "text"), Span(tail[:8], ink), Span(tail[8:], "muted")], width)


def _wrong_row(text: str, count: int, width: int) -> Row:
    times = translate("class.times", count=count)
    room = max(4, width - MARGIN - 6 - cell_width(times))
    return [Span(f"{'':{MARGIN + 4}}{times} ", "bad"), Span(shorten(text, room), "muted")]


def first_words(question: Question) -> str:
    """A question on one line."""
    return one_line(question.title, inline=True) if question.title else one_line(question.prompt)


# -- polls -------------------------------------------------------------------------------------------------

_QUESTION, _LAB = "question:", "lab:"


def poll_items(lesson: Lesson | None, title: str, width: int) -> list[RowItem]:
    """The questions and labs of a lesson that can be put to everybody; predictions first."""
    if lesson is None:
        return [blank(), *sentence_items(translate("class.no-lesson"), width)]
    items = [blank(), ruled_heading(harmless_line(title))]
    predictions = [each for each in lesson.questions if each.predicts]
    others = [each for each in lesson.questions if not each.predicts]
    items += [RowItem(f"{_QUESTION}{each.id}", partial(_question_row, each)) for each in (*predictions, *others)]
    labs = list(dict.fromkeys(each.lab for each in lesson.labs))
    if labs:
        items += [blank(), ruled_heading(translate("class.turn"))]
        items += [RowItem(f"{_LAB}{lab}", partial(_lab_row, lab)) for lab in labs]
    if not lesson.questions and not labs:
        items += sentence_items(translate("class.no-questions"), width)
    return items


def question_in(key: str | None) -> str:
    """The id of the question that a row of `poll_items` stands for; empty if it stands for none."""
    return key.removeprefix(_QUESTION) if key is not None and key.startswith(_QUESTION) else ""


def lab_in(key: str | None) -> str:
    """The lab that a row of `poll_items` stands for; empty if it stands for none."""
    return key.removeprefix(_LAB) if key is not None and key.startswith(_LAB) else ""


def _question_row(question: Question, width: int) -> Row:
    kind = translate("class.a-prediction") if question.predicts else translate("class.a-question")
    room = max(8, width - 2 * MARGIN - cell_width(kind) - 4)
    left = [Span(f"{'':{MARGIN + 2}}"), Span(shorten(harmless_line(first_words(question)), room))]
    return spread_row(left, [Span(kind, "accent" if question.predicts else "muted"), Span(" " * MARGIN)], width)


def _lab_row(lab: str, width: int) -> Row:
    return [Span(f"{'':{MARGIN + 2}}"), Span(shorten(harmless_line(lab), width - MARGIN - 4))]


def waiting_text(room: Room, poll: Poll, now: float) -> str:
    """The names of those who are there and have not answered; empty if everybody has."""
    voted = room.votes(poll).keys()
    missing = [name for name, each in sorted(room.learners.items()) if each.is_here(now) and name not in voted]
    return translate("class.still-missing", names=", ".join(map(harmless_line, missing))) if missing else ""


# -- runs --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RunOfClass:
    """A run, and whose it is; ``name`` is empty for a run of the whole class."""

    name: str
    entry: RunEntry
    folder: Path


def run_items(found: Sequence[RunOfClass] | None, width: int) -> list[RowItem]:
    """A row for each run: those of the whole class first, then those that go on."""
    if found is None:
        return [blank(), *sentence_items(translate("lab.loading-runs"), width)]
    if not found:
        return [blank(), *sentence_items(translate("class.no-runs"), width)]
    return [blank(), *(RowItem(str(each.folder), partial(_run_row, each)) for each in found)]


def _run_row(each: RunOfClass, width: int) -> Row:
    entry = each.entry
    sign, ink, _ = STATE_WORDS[entry.state]
    word = state_in_a_list(entry.state)
    who = harmless_line(each.name) or translate("class.whole-class")
    place = entry.place
    room = max(6, width - MARGIN - _NAME - cell_width(word) - cell_width(place) - 10)
    left = [
        Span(" " * MARGIN), Span(f"{sign} ", ink),
        Span(pad(shorten(who, _NAME - 1), _NAME), "text" if each.name else "strong"),
        Span(shorten(entry.title_in(language()) or "?", room), "text"),
    ]  # fmt: skip
    return spread_row(left, [Span(f"{word}  ", ink), Span(place, "muted"), Span(" " * MARGIN)], width)


# -- the export --------------------------------------------------------------------------------------------


def export_items(room: Room, folder: Path, width: int) -> list[RowItem]:
    """What an export holds, and the last one."""
    count = sum(len(each.answers) for each in room.learners.values())
    votes = sum(len(each.votes) for each in room.learners.values())
    items = [blank(), *sentence_items(translate("class.export-about", answers=count, votes=votes), width, "text")]
    items += sentence_items(translate("class.export-where", folder=folder), width)
    items += [blank(), *sentence_items(translate("class.export-names"), width)]
    if (last := room.state.exported) is not None:
        items += [
            blank(),
            *sentence_items(translate("class.exported", file=last.file, answers=last.answers), width, "good"),
        ]
    return items
