"""Matching pairs on the screen: by keys, by mouse, in both scripts and in little room."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.quiz_bench import Bench, quiz
from tests.tui.screen_rows import rows_of, settled
from tutor.course.questions.base import NO_PARTNER
from tutor.foundation.text import cell_width
from tutor.study.question_attempt import Mark
from tutor.tui.questions.ask import AskView
from tutor.tui.widgets.notice import Notice

TEXTS = {
    "en": ("Which shape?", "array", "shape", "`X`", "the bias, one number for each of the classes", "`logits`"),
    "zh": (
        "什么形状？",
        "数组",
        "形状",
        "`X`",
        "偏置：每个类别一个数，十个类别就有十个数，与一批里有多少张图片毫无关系",
        "`logits`",
    ),
}


@pytest.fixture(autouse=True)
def same_shuffle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tutor.study.quiz_session.new_seed", lambda: 0)


def make_pairs(folder: Path) -> None:
    """A course of one lesson with one question in both languages."""
    for language, (title, left, right, one, two, three) in TEXTS.items():
        lesson = folder / language / "02-sample.md"
        lesson.parent.mkdir(parents=True)
        lesson.write_text(
            f"---\nid: sample\ntitle: Pairs\nminutes: 3\n---\n\n## {title}\n\n<!-- q: shapes; match -->\n\n"
            f"| {left} | {right} |\n|---|---|\n| {one} | (64, 784) |\n| {two} | (10,) |\n| {three} | (64, 10) |\n",
            encoding="utf-8",
        )


def order(bench: Bench) -> tuple[int, ...]:
    return bench.exercise.attempt.draft.order


def digits(bench: Bench) -> list[str]:
    """The keys of the right partners, from the first line to the last."""
    shown = bench.exercise.attempt.shown
    return [str(shown.index(index) + 1) for index in range(len(shown))]


async def test_pairs_are_given_by_digits_and_the_cursor_goes_on(tmp_path: Path) -> None:
    make_pairs(tmp_path / "lessons")
    async with quiz(tmp_path) as bench:
        first, second, third = digits(bench)
        await bench.press(first)
        assert (order(bench), bench.ask.cursor.place) == ((0, NO_PARTNER, NO_PARTNER), 1)
        await bench.press("enter")
        assert not bench.exercise.attempt.locked
        assert bench.screen.query_one(Notice).text.startswith("Give every line a partner first")
        await bench.press(first)
        assert (order(bench), bench.ask.cursor.place) == ((NO_PARTNER, 0, NO_PARTNER), 2)
        await bench.press(third)
        assert (order(bench), bench.ask.cursor.place) == ((NO_PARTNER, 0, 2), 0), "on to the line that lost its partner"
        await bench.press("z", "z", "down", second, third)
        assert order(bench) == (0, 1, 2)
        await bench.press("up", "9", "enter")
        assert bench.exercise.mark is Mark.RIGHT
        (answer,) = bench.store.answers()
        assert (answer.kind, answer.given, answer.correct) == ("match", (0, 1, 2), True)


async def test_space_goes_through_the_partners_that_are_free(tmp_path: Path) -> None:
    make_pairs(tmp_path / "lessons")
    async with quiz(tmp_path) as bench:
        shown = bench.exercise.attempt.shown
        await bench.press("down", "2", "up", "up", "up")
        seen = [order(bench)[0]]
        for _ in range(3):
            await bench.press("space")
            seen.append(order(bench)[0])
        assert seen == [NO_PARTNER, shown[0], shown[2], NO_PARTNER]
        assert order(bench)[1] == shown[1]
        assert "next partner" in rows_of(bench.pilot)[23]


async def test_a_wrong_answer_shows_which_pairs_are_right(tmp_path: Path) -> None:
    make_pairs(tmp_path / "lessons")
    async with quiz(tmp_path) as bench:
        first, second, third = digits(bench)
        rows = await bench.press(first, third, second, "enter")
        text = "\n".join(rows)
        assert bench.exercise.mark is Mark.WRONG
        assert "Not fully correct. 1 of 3 pairs is correct." in text
        assert [row.split()[:2] for row in rows if "[" in row] == [["✓", "a"], ["✗", "b"], ["✗", "c"]]
        assert text.partition("Correct pairs")[2].split("\n")[2].strip() == "c logits — (64, 10)"
        await bench.press("1")
        assert order(bench) == (0, 2, 1), "the answer is locked"


async def test_pairs_are_given_by_the_mouse(tmp_path: Path) -> None:
    make_pairs(tmp_path / "lessons")
    async with quiz(tmp_path) as bench:
        zones = {(zone.kind, zone.number): zone for zone in bench.ask.drawn.zones}
        for kind, number in (("option", 2), ("partner", 0)):
            zone = zones[kind, number]
            await bench.pilot.click(AskView, offset=(zone.start + 3, zone.line))
            await settled(bench.pilot)
        assert order(bench) == (NO_PARTNER, NO_PARTNER, bench.exercise.attempt.shown[0])


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("size", [(80, 24), (50, 18), (140, 40)])
async def test_both_columns_are_whole_and_straight_in_both_scripts(
    tmp_path: Path, language: str, size: tuple[int, int]
) -> None:
    make_pairs(tmp_path / "lessons")
    async with quiz(tmp_path, size, language=language) as bench:
        rows = await bench.press(digits(bench)[0])
        lines = [row for row in rows if "[" in row]
        assert len(lines) == 3
        assert len({cell_width(line.partition("[")[0]) for line in lines}) == 1
        text = "".join(rows).replace(" ", "")
        for word in TEXTS[language][1:]:
            assert word.strip("`").replace(" ", "")[:8] in text
        for partner in ("(64,784)", "(10,)", "(64,10)"):
            assert partner in text
