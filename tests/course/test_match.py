"""Matching pairs: how they are read, told as faulty, compared between languages, and graded."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.course.writing import grade, lesson_of, messages, reading_of, said, write_lesson
from tests.study.samples import MATCH as ASKED
from tutor.course.checks import check_course
from tutor.course.lesson import Prose, Question
from tutor.course.questions.base import NO_PARTNER, Draft
from tutor.course.questions.match import MATCH

HEAD = "## The title\n\n<!-- q: q1; match -->\n\nWhich belong together?\n\n"
TABLE = "| letter | number |\n|---|---|\n| a | 1 |\n| b | 2 |\n"


def rows(*lines: str) -> str:
    return "| | |\n|---|---|\n" + "".join(f"{line}\n" for line in lines)


def pairs_of(question: Question) -> list[tuple[str, str]]:
    return [(pair.left, pair.right) for pair in MATCH.content(question).pairs]


def asked_in(body: str) -> tuple[Question, ...]:
    lesson = reading_of(body).lesson
    assert lesson is not None
    return lesson.questions


# -- reading ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mark", ["q: q1; match", "q: q1;match", "q: q1；match", "q : q1 ; Match"])
def test_a_table_of_two_columns_is_read_as_pairs(mark: str) -> None:
    body = f"## The title\n\n<!-- {mark} -->\n\nWhich?\n\n{TABLE}> Hint: One is first.\n\n"
    (question,) = lesson_of(body.replace("|\n> Hint", "|\n\n> Hint")).questions
    assert (question.id, question.kind, question.prompt) == ("q1", "match", "Which?")
    assert pairs_of(question) == [("a", "1"), ("b", "2")]
    content = MATCH.content(question)
    assert (content.left_title, content.right_title, question.hints) == ("letter", "number", ("One is first.",))


def test_cells_hold_formulas_code_links_and_bars_but_no_comments() -> None:
    body = (
        HEAD + "| | |\n|---|---|\n| `a\\|b` | $x^2$ <!-- note --> |\n| [bias](#bias) | **two** |\n\n## Bias\n\nText.\n"
    )
    (question,) = lesson_of(body).questions
    assert pairs_of(question) == [("`a|b`", "$x^2$"), ("[bias](#bias)", "**two**")]
    assert MATCH.texts(question) == ("`a|b`", "$x^2$", "[bias](#bias)", "**two**")


def test_other_tables_and_lists_in_the_prompt_stay_there() -> None:
    other = "| a | b | c |\n|---|---|---|\n| 1 | 2 | 3 |\n\n1. one\n2. two\n\n"
    (question,) = lesson_of(HEAD + other + TABLE).questions
    assert "| 1 | 2 | 3 |" in question.prompt
    assert "2. two" in question.prompt
    assert "| a | 1 |" not in question.prompt


def test_without_the_word_a_table_belongs_to_the_prompt() -> None:
    body = HEAD.replace("; match", "") + TABLE + "\n1. [ ] No\n2. [x] Yes\n"
    (question,) = lesson_of(body).questions
    assert question.kind == "single"
    assert "| a | 1 |" in question.prompt


# -- faults ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "message", "line", "asked"),
    [
        (rows("| a | 1 |"), said("too-few-pairs", least=2), 0, False),
        (rows(*(f"| a{n} | {n} |" for n in range(10))), said("too-many-pairs", most=9), 11, True),
        (rows("| a | 1 |", "| b | 1 |"), said("same-rights"), 3, True),
        (rows("| a | 1 |", "| a | 2 |", "| b | 3 |"), said("same-lefts"), 3, True),
        (rows("| a | 1 |", "| b | |"), said("empty-pair"), 3, False),
        (rows("| a | 1 |", "| | 2 |"), said("empty-pair"), 3, False),
        (rows("| a | 1 |", "| <!-- x --> | 2 |"), said("empty-pair"), 3, False),
        (rows("| a | 1 |", "| b | 2 | 3 |"), said("pair-cells"), 3, False),
        (rows("| a | 1 |", "| `b|c` | 2 |"), said("pair-cells"), 3, False),
        (rows("| a | 1 |", "| b | 2 |") + "\nBehind.\n", said("text-below"), 5, True),
    ],
)
def test_a_faulty_table_is_told_at_its_line(table: str, message: str, line: int, asked: bool) -> None:
    reading = reading_of(HEAD + table)
    first = HEAD.count("\n") + 7
    assert [(fault.place.line - first, fault.message) for fault in reading.faults] == [(line, message)]
    assert bool(asked_in(HEAD + table)) is asked


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (HEAD + "No table.\n", said("no-pairs", id="q1")),
        (HEAD + "1. one\n2. two\n", said("no-pairs", id="q1")),
        (HEAD + "| a | b | c |\n|---|---|---|\n| 1 | 2 | 3 |\n", said("no-pairs", id="q1")),
        (HEAD + TABLE + "\n" + TABLE, said("two-answers")),
        (HEAD + TABLE + "\n1. [ ] No\n2. [x] Yes\n", said("two-answers")),
        (HEAD + "**Answer:** 3\n\n" + TABLE, said("two-answers")),
        (HEAD + "One [[blank]].\n\n" + TABLE, said("two-answers")),
        (HEAD.replace("match", "mach") + TABLE, said("unknown-word", word="mach")),
        (HEAD.replace("match", "single") + TABLE, said("unknown-word", word="single")),
        (HEAD.replace("; match", "") + TABLE, said("no-answer", id="q1")),
    ],
)
def test_what_cannot_be_matched_is_told_and_never_shown(body: str, message: str) -> None:
    reading = reading_of(body)
    assert message in messages(reading.faults)
    assert asked_in(body) == ()
    assert reading.lesson is not None
    assert not any("| a | 1 |" in block.markdown for block in reading.lesson.blocks if isinstance(block, Prose))


def told_of_two_languages(folder: Path, english: str, chinese: str) -> list[str]:
    write_lesson(folder, "en/01-a.md", HEAD + english)
    write_lesson(folder, "zh/01-a.md", HEAD + chinese)
    return messages(check_course(folder))


@pytest.mark.parametrize(
    ("english", "chinese", "key", "values"),
    [
        (rows("| a | x |", "| b | y |"), rows("| 甲 | 一 |", "| 乙 | 二 |"), "", {}),
        (rows("| a | x |", "| b | y |"), rows("| 甲 | x |", "| 乙 | y |"), "", {}),
        (rows("| a | x |", "| b | y |"), rows("| 甲 | 一 |", "| 乙 | 二 |", "| 丙 | 三 |"), "parity-pairs",
         {"count": 3, "other_count": 2}),
        (rows("| a | x |", "| b | y |"), rows("| 甲 | y |", "| 乙 | x |"), "parity-pair-lines", {}),
        (rows("| `a` | x |", "| b | y |"), rows("| 乙 | 二 |", "| `a` | 一 |"), "parity-pair-lines", {}),
    ],
)  # fmt: skip
def test_pairs_of_two_languages_stand_in_the_same_lines(
    tmp_path: Path, english: str, chinese: str, key: str, values: dict[str, int]
) -> None:
    wanted = [said(key, id="q1", other="en/01-a.md", **values)] if key else []
    assert told_of_two_languages(tmp_path, english, chinese) == wanted


# -- answering -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("order", "score", "note", "nearly"),
    [
        ((0, 1, 2, 3), 1.0, None, False),
        ((0, 1, 3, 2), 0.5, said("pairs-right", count=2, all=4), True),
        ((0, 2, 3, 1), 0.25, said("one-pair-right", all=4), True),
        ((1, 2, 3, 0), 0.0, said("no-pair-right"), False),
        ((NO_PARTNER,) * 4, 0.0, said("no-pair-right"), False),
    ],
)
def test_each_pair_counts(order: tuple[int, ...], score: float, note: str | None, nearly: bool) -> None:
    verdict = grade(ASKED, Draft(order=order))
    assert (verdict.score, verdict.correct, verdict.nearly) == (score, score == 1, nearly)
    assert verdict.notes == (() if note is None else (note,))
    assert verdict.parts == tuple(index == line for line, index in enumerate(order))


@pytest.mark.parametrize("order", [(0, 1, 2), (0, 0, 1, 2), (0, 1, 2, 4), (0, 1, 2, -2)])
def test_a_draft_that_gives_a_partner_twice_or_none_that_exists_is_refused(order: tuple[int, ...]) -> None:
    assert not MATCH.fits(ASKED, Draft(order=order))
    with pytest.raises(ValueError, match="partner"):
        grade(ASKED, Draft(order=order))


def test_a_partner_is_given_to_one_line_only_and_taken_back() -> None:
    draft = MATCH.choose(ASKED, MATCH.empty(ASKED, ()), 2, 0)
    assert draft.order == (2, NO_PARTNER, NO_PARTNER, NO_PARTNER)
    draft = MATCH.choose(ASKED, draft, 2, 1)
    assert draft.order == (NO_PARTNER, 2, NO_PARTNER, NO_PARTNER)
    assert not MATCH.ready(draft)
    assert MATCH.choose(ASKED, draft, 2, 1) == MATCH.empty(ASKED, ())


@given(st.permutations(range(4)), st.integers(0, 999))
def test_what_was_given_is_kept_by_the_lines_of_the_file(order: list[int], seed: int) -> None:
    draft = Draft(order=tuple(order))
    assert MATCH.restore(ASKED, MATCH.given(draft)) == draft
    assert MATCH.restore(ASKED, (*order, 4)) is None
    shown = MATCH.shown(ASKED, seed)
    line = " ".join(str(shown.index(index) + 1) for index in order)
    assert MATCH.read_line(ASKED, shown, MATCH.empty(ASKED, shown), line) == draft
    named = "".join(f"{letter}{number}" for letter, number in zip("abcd", line.split(), strict=True))
    assert MATCH.read_line(ASKED, shown, MATCH.empty(ASKED, shown), named) == draft


@pytest.mark.parametrize(
    ("line", "order"),
    [
        ("2", (NO_PARTNER, 1, NO_PARTNER, NO_PARTNER)), ("2.", (NO_PARTNER, 1, NO_PARTNER, NO_PARTNER)),
        ("c-4, a:1", (0, NO_PARTNER, 3, NO_PARTNER)),
        ("1 2", None), ("1 2 3 4", None), ("5", None), ("0", None), ("a1 a2", None), ("a1 b1", None), ("e1", None),
        ("a", None), ("", None), ("a²", None),
    ],
)  # fmt: skip
def test_a_line_of_text_answers_the_step_that_was_asked(line: str, order: tuple[int, ...] | None) -> None:
    draft = MATCH.read_line(ASKED, (0, 1, 2, 3), MATCH.empty(ASKED, ()), line, 1)
    assert (draft.order if draft is not None else None) == order


def test_a_number_that_another_line_has_is_refused() -> None:
    assert MATCH.read_line(ASKED, (0, 1, 2, 3), Draft(order=(1, -1, -1, -1)), "2", 1) is None
    assert MATCH.read_line(ASKED, (0, 1, 2, 3), Draft(order=(1, -1, -1, -1)), "2", 0) is not None


def test_wrong_pairs_are_what_was_mixed_up() -> None:
    assert [option.text for option in MATCH.mistakes(ASKED, (0, 2, 1, 3))] == ["b — three", "c — two"]
    assert MATCH.mistakes(ASKED, (0, 1)) == MATCH.mistakes(ASKED, ()) == ()
