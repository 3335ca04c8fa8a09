"""The course map as rows, without a screen."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.charts.cells import plain_row, row_width
from tutor.course.catalogue import LessonHeader
from tutor.course.lesson import Fault, Place
from tutor.progress.records import LessonState
from tutor.study.next_lesson import lesson_to_continue
from tutor.tui.screens.home import CONTINUE, GoingOn, bar, map_items
from tutor.tui.widgets.row_list import RowItem


def header(number: int, *, title: str = "", part: str = "One") -> LessonHeader:
    path = Path(f"/course/en/{number:02}.md")
    return LessonHeader(f"lesson-{number}", title or f"Lesson {number}", number, "en", (), 20, path, part)


HEADERS = [header(1), header(2), header(3, part="Two"), header(12, part="Two")]
DONE = LessonState(read_fraction=1.0, questions_right=6, questions_answered=6, questions_total=6)
WITH_WRONG = LessonState(1.0, 5, 7, 7, frozenset({"a", "b"}))
BEGUN = LessonState(0.4, 0, 0, 6)


def texts(items: Sequence[RowItem], width: int = 80) -> list[str]:
    return [plain_row(item.draw(width)) for item in items]


def row_of(items: Sequence[RowItem], key: str, width: int = 80) -> str:
    return next(plain_row(item.draw(width)) for item in items if item.key == key)


def test_a_part_is_named_once_above_its_lessons() -> None:
    rows = texts(map_items(HEADERS, {}, None))
    parts = [index for index, row in enumerate(rows) if "──" in row]
    assert [rows[index].split(" ─")[0].strip() for index in parts] == ["One", "Two"]
    assert "Lesson 1" in rows[parts[0] + 1]
    assert "Lesson 3" in rows[parts[1] + 1]


def test_a_finished_lesson_has_its_sign_and_its_score_and_no_bar() -> None:
    row = row_of(map_items(HEADERS, {"lesson-1": DONE}, None), "lesson-1")
    assert row.startswith("  ✓  1 Lesson 1")
    assert row.split()[-1] == "6/6"
    assert "━" not in row
    assert "↻" not in row


def test_wrong_answers_are_counted_to_try_again() -> None:
    row = row_of(map_items(HEADERS, {"lesson-2": WITH_WRONG}, None), "lesson-2")
    assert row.split()[-3:] == ["5/7", "↻", "2"]


def test_a_lesson_begun_has_a_bar_and_shows_minutes_until_a_question_is_answered() -> None:
    row = row_of(map_items(HEADERS, {"lesson-3": BEGUN}, None), "lesson-3")
    assert row.startswith("  ▸  3 Lesson 3")
    assert row.split()[-2:] == ["20", "min"]
    assert "━" in row
    assert "─" in row


def test_a_finished_part_is_one_row_until_it_is_opened() -> None:
    states = {"lesson-1": DONE, "lesson-2": WITH_WRONG, "lesson-3": BEGUN}
    items = map_items(HEADERS, states, None)
    assert not any(item.key == "lesson-1" for item in items)
    folded = row_of(items, "part:1")
    assert folded.split() == ["✓", "One", "2", "lessons", "11/13", "↻", "2", "▸"]
    assert next(item for item in items if item.key == "part:1").selectable
    opened = map_items(HEADERS, states, None, opened={"part:1"})
    assert [item.key for item in opened if item.selectable] == [
        CONTINUE, "part:1", "lesson-1", "lesson-2", "lesson-3", "lesson-12",
    ]  # fmt: skip


def test_blank_rows_part_the_parts_where_there_is_room() -> None:
    tight, airy = (map_items(HEADERS, {"lesson-3": BEGUN}, None, height=height) for height in (9, 10))
    assert "" not in [row.strip() for row in texts(tight)[2:]]
    assert [row.strip() for row in texts(airy)].count("") == 2
    assert len(airy) == 10


def test_the_first_rows_say_section_cards_and_minutes_left() -> None:
    going_on = GoingOn("lesson-3", 3, 11, "Depth for free?")
    items = map_items(HEADERS, {"lesson-3": BEGUN}, "lesson-3", due=12, going_on=going_on)
    assert items[1].joined
    below = plain_row(items[1].draw(80))
    assert " ".join(below.split()) == "§ 3 of 11 · Depth for free? ↻ 12 due · about 16 min left"


def test_somebody_new_is_told_what_to_press() -> None:
    rows = texts(map_items(HEADERS, {}, None))
    keys = [row.split()[0] for row in rows[3:6]]
    assert keys == ["enter", "?", "q"]
    assert not any("space reads on" in row for row in texts(map_items(HEADERS, {"lesson-3": BEGUN}, None)))


@pytest.mark.parametrize(
    ("states", "last", "expected"),
    [
        ({}, None, "lesson-1"),
        ({"lesson-1": DONE}, "lesson-1", "lesson-2"),
        ({"lesson-3": BEGUN}, "lesson-3", "lesson-3"),
        ({"lesson-1": DONE, "lesson-2": BEGUN}, "gone", "lesson-2"),
    ],
)
def test_continue_goes_on_where_the_learner_was(
    states: dict[str, LessonState], last: str | None, expected: str
) -> None:
    found = lesson_to_continue(HEADERS, states, last)
    assert found is not None
    assert found.id == expected


def test_with_everything_done_there_is_nothing_to_continue() -> None:
    states = {each.id: DONE for each in HEADERS}
    items = map_items(HEADERS, states, None)
    assert not items[0].selectable
    assert "✓" in plain_row(items[0].draw(80))


def test_the_first_row_says_start_and_later_continue() -> None:
    assert row_of(map_items(HEADERS, {}, None), CONTINUE).split()[-2:] == ["start", "enter"]
    again = row_of(map_items(HEADERS, {"lesson-3": BEGUN}, "lesson-3"), CONTINUE)
    assert again.split() == ["3", "Lesson", "3", "continue", "enter"]


def test_faults_name_file_and_line() -> None:
    fault = Fault(Place(Path("/course/en/04-broken.md"), 7, 2), "No id.")
    rows = texts(map_items(HEADERS, {}, None, [fault]))
    assert "Faults in lesson files: 1" in rows[-2]
    assert rows[-1].split() == ["en/04-broken.md:7", "No", "id."]


def test_a_title_cannot_reach_the_terminal_as_control_characters() -> None:
    rows = texts(map_items([header(1, title="evil \x1b[2J\x07 title [bold]")], {}, None))
    assert not any("\x1b" in row or "\x07" in row for row in rows)
    assert any("[bold]" in row for row in rows)


@given(
    st.text(max_size=90),
    st.integers(44, 200),
    st.floats(0, 1),
    st.integers(0, 30),
    st.integers(0, 30),
)
def test_no_row_is_wider_than_the_screen(title: str, width: int, read: float, right: int, wrong: int) -> None:
    state = LessonState(read, right, right + wrong, right + wrong, frozenset(str(n) for n in range(wrong)))
    headers = [header(18, title=title, part=title or "part")]
    for item in map_items(headers, {"lesson-18": state}, None, [Fault(Place(Path(f"/x/{width}.md")), title)]):
        assert row_width(item.draw(width)) <= width


@given(st.floats(0, 1), st.integers(2, 40))
def test_only_what_is_done_fills_a_bar_and_anything_begun_shows(fraction: float, width: int) -> None:
    full, rest = bar(fraction, width)
    assert len(full.text) + len(rest.text) == width
    assert len(rest.text) >= 1
    assert (len(full.text) > 0) == (fraction > 0)
    assert len(bar(fraction, width, done=True)[0].text) == width


def test_reading_and_answering_weigh_the_same() -> None:
    assert LessonState(1.0, 0, 0, 6).progress == 0.5
    assert LessonState(1.0, 3, 3, 6).progress == 0.75
    assert LessonState(0.5, 0, 0, 0).progress == 0.5
