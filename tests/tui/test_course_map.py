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
from tutor.tui.screens.home import CONTINUE, bar, map_items, progress_of
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
    parts = [index for index, row in enumerate(rows) if "PART" in row]
    assert [rows[index].strip() for index in parts] == ["PART 1 · ONE", "PART 2 · TWO"]
    assert "Lesson 1" in rows[parts[0] + 1]
    assert "Lesson 3" in rows[parts[1] + 1]


def test_a_finished_lesson_has_its_sign_and_its_score() -> None:
    row = row_of(map_items(HEADERS, {"lesson-1": DONE}, None), "lesson-1")
    assert row.startswith(" ✓  1")
    assert "quiz 6/6" in row
    assert "━" * 10 in row
    assert "↻" not in row


def test_wrong_answers_are_counted_to_try_again() -> None:
    row = row_of(map_items(HEADERS, {"lesson-2": WITH_WRONG}, None), "lesson-2")
    assert "quiz 5/7" in row
    assert row.rstrip().endswith("↻ 2")


def test_a_lesson_begun_shows_minutes_until_a_question_is_answered() -> None:
    row = row_of(map_items(HEADERS, {"lesson-3": BEGUN}, None), "lesson-3")
    assert row.startswith(" ▸  3")
    assert "20 min" in row


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
    assert row_of(map_items(HEADERS, {}, None), CONTINUE).strip().startswith("Start")
    again = row_of(map_items(HEADERS, {"lesson-3": BEGUN}, "lesson-3"), CONTINUE)
    assert again.strip().startswith("Continue  3 Lesson 3")
    assert "20%" in again


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
    assert progress_of(None) == 0
    assert progress_of(LessonState(1.0, 0, 0, 6)) == 0.5
    assert progress_of(LessonState(1.0, 3, 3, 6)) == 0.75
    assert progress_of(LessonState(0.5, 0, 0, 0)) == 0.5
