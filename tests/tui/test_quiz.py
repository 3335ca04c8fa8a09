"""The quiz on the screen: what it shows in both languages, and how one goes through it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.stores import open_store
from tests.tui.quiz_bench import Bench, quiz
from tests.tui.screen_rows import app_of, make_workspace, rows_of, running, settled
from tutor.foundation.text import cell_width
from tutor.study.question_attempt import Mark
from tutor.tui import router
from tutor.tui.routes import Lesson, Quiz
from tutor.tui.screens.quiz import QuizScreen
from tutor.tui.widgets.notice import Notice
from tutor.tui.widgets.row_list import RowList

SIZES = [(80, 24), (44, 12), (140, 40), (60, 15)]


@pytest.fixture(autouse=True)
def same_shuffle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tutor.study.quiz_session.new_seed", lambda: 0)


RULE = " " + "─" * 78


async def test_a_question_and_its_feedback_in_english(tmp_path: Path) -> None:
    async with quiz(tmp_path) as bench:
        rows = await bench.press("i", "down")
        assert rows[:14] == [
            "  tutor › 2 Model and loss › Quiz                             1 of 6   ✓ 0 ✗ 0",
            RULE,
            "",
            "   What is the MAE?",
            "",
            "   Two errors are 0.4 and 2.1; the loss is the mean absolute error.",
            "",
            "   Choose one.",
            "",
            "   1 ○ 1.25",
            " ▸ 2 ○ 2.5",
            "   3 ○ 1.7",
            "",
            "   Hint 1  The M stands for mean.",
        ]
        assert rows[22:] == [
            RULE,
            "  enter commit   space tick   i hint   n skip   F6 show answer          ? help",
        ]
        rows = await bench.press("2", "enter")
        assert rows[:22] == [
            "  tutor › 2 Model and loss › Quiz                             1 of 6   ✓ 0 ✗ 1",
            RULE,
            "",
            "   What is the MAE?",
            "",
            "   Two errors are 0.4 and 2.1; the loss is the mean absolute error.",
            "",
            " ✓ 1 ○ 1.25",
            "       The sum of both, divided by two.",
            " ✗ 2 ◉ 2.5",
            "       That is the sum: the mean divides by N.",
            "   3 ○ 1.7",
            "",
            "   Hint 1  The M stands for mean.",
            "",
            "   ✗   Incorrect.",
            "",
            "   Why",
            "       MAE = (|0.4| + |2.1|) / 2 = 1.25. A sum would grow with the number of",
            "       days.",
            "",
            "",
        ]
        assert rows[23].startswith("  enter next   u I was unsure   s see it in the lab")


async def test_a_question_and_its_feedback_in_chinese(tmp_path: Path) -> None:
    async with quiz(tmp_path, language="zh") as bench:
        rows = await bench.press("i")
        assert rows[:14] == [
            "  tutor › 2 模型与损失 › 测验                       第 1 题，共 6 题   ✓ 0 ✗ 0",
            RULE,
            "",
            "   MAE 是多少？",
            "",
            "   两个误差是 0.4 和 2.1；损失是平均绝对误差。",
            "",
            "   选择一项。",
            "",
            " ▸ 1 ○ 1.25",
            "   2 ○ 2.5",
            "   3 ○ 1.7",
            "",
            "   提示 1  M 代表平均。",
        ]
        assert rows[23] == "  enter 提交   space 勾选   i 提示   n 跳过   F6 看答案                 ? 帮助"
        rows = await bench.press("2", "enter")
        assert rows[7:21] == [
            " ✓ 1 ○ 1.25",
            "       两者之和除以二。",
            " ✗ 2 ◉ 2.5",
            "       那是总和：平均还要除以 N。",
            "   3 ○ 1.7",
            "",
            "   提示 1  M 代表平均。",
            "",
            "   ✗   答错了。",
            "",
            "   为什么",
            "       MAE = (|0.4| + |2.1|) / 2 = 1.25。总和会随天数增长。",
            "",
            "",
        ]


@pytest.mark.parametrize(
    ("language", "label", "said"),
    [
        ("en", "F6 show answer", "You asked for the answer, so this counts as not known."),
        ("zh", "F6 看答案", "你选择了看答案，这题算作没记住。"),
    ],
)
async def test_f6_shows_the_answer_which_counts_as_not_known(
    tmp_path: Path, language: str, label: str, said: str
) -> None:
    async with quiz(tmp_path, language=language) as bench:
        assert label in (await bench.press())[23]
        rows = await bench.press("f6")
        assert said in "\n".join(rows)
        assert label not in rows[23]
        assert rows[0].endswith("✓ 0 ✗ 1")
        (answer,) = bench.store.answers()
        assert (answer.question_id, answer.correct, answer.given) == ("mae", False, ())


async def test_the_answer_of_a_prediction_is_not_shown_for_the_asking(tmp_path: Path) -> None:
    async with quiz(tmp_path) as bench:
        await bench.go_to("diverge")
        rows = await bench.press("f6")
        assert "show answer" not in rows[23]
        assert bench.exercise.mark is Mark.OPEN


async def test_tab_goes_round_the_blanks_and_the_footer_never_says_otherwise(tmp_path: Path) -> None:
    async with quiz(tmp_path) as bench:
        await bench.go_to("names")
        for blank in (1, 0, 1):
            rows = await bench.press("tab")
            assert bench.ask.cursor.blank == blank
            assert "F6 show answer" in rows[23]
            assert not bench.exercise.attempt.locked
        await bench.press("shift+tab")
        assert bench.ask.cursor.blank == 0


async def through(bench: Bench, *, right: bool) -> None:
    """Answer every question but the prediction, which is skipped."""
    await bench.press(bench.digit("1.25" if right else "2.5"), "enter", "enter")
    await bench.press(bench.digit("The weight $w$"), bench.digit("The bias $b$"), "enter", "enter")
    if right:
        for place in range(4):
            bench.exercise.attempt.move(bench.exercise.attempt.draft.order.index(place), place)
    await bench.press("enter", "enter")
    await bench.type("bias")
    await bench.press("enter")
    await bench.type("weight")
    await bench.press("enter", "enter")
    await bench.type("0.72" if right else "3")
    await bench.press("enter", "enter")
    await bench.press("n")


async def test_the_summary_offers_what_is_left_and_what_was_wrong(tmp_path: Path) -> None:
    async with quiz(tmp_path) as bench:
        await through(bench, right=False)
        rows = rows_of(bench.pilot)
        assert rows[0].endswith("✓ 2 ✗ 3")
        assert rows[3].split()[:4] == ["2", "of", "6", "correct"]
        assert rows[4].split() == ["━━━"] * 6
        assert rows[5].split() == ["✗", "✓", "✗", "✓", "✗", "↻"]
        assert rows[6] == "  Skipped and not answered yet: 1."
        assert [(row[:3].strip("▌ "), *row[7:].split("  ")[:1]) for row in rows[8:13]] == [
            ("b", "Answer the skipped questions (1)"),
            ("r", "Try again what is not correct yet (4)"),
            ("→", "Go on to 3 Gradient descent"),
            ("o", "Read the lesson again"),
            ("a", "Take the whole quiz again"),
        ]
        assert rows[14].startswith("  To look at again ──")
        assert [row.strip() for row in rows[15:21]] == [
            "✗  1  What is the MAE?",
            "you  2.5   answer  1.25",
            "✗  3  One step of gradient descent",
            "✗  5  A slope",
            "you  3   answer  0.72 ± 0.01",
            "↻  6  What does this run do?",
        ]
        assert bench.screen.query_one(RowList).selected == "skipped"


async def test_only_the_wrong_ones_are_asked_again(tmp_path: Path) -> None:
    async with quiz(tmp_path) as bench:
        await through(bench, right=False)
        rows = await bench.press("r")
        assert "1 of 4" in rows[0]
        session = bench.screen.session
        assert session is not None
        assert [each.question.id for each in session.exercises] == ["mae", "steps", "slope", "diverge"]
        await bench.press(bench.digit("1.25"), "enter", "enter", "n", "ctrl+n", "n")
        text = await bench.text()
        assert "In the whole quiz, 3 of 6 are correct, 2 of them at the first try." in text


async def test_a_summary_row_opens_its_question_and_enter_leads_back(tmp_path: Path) -> None:
    async with quiz(tmp_path) as bench:
        await through(bench, right=False)
        bench.screen.query_one(RowList).select("3")
        rows = await bench.press("enter")
        assert "3 of 6" in rows[0]
        assert "Correct order" in await bench.text(), "it was wrong"
        assert "6 correct" in (await bench.press("enter"))[3]


async def test_what_was_skipped_is_answered_after_all(tmp_path: Path) -> None:
    async with quiz(tmp_path) as bench:
        await through(bench, right=True)
        assert "5 of 6 correct" in await bench.text()
        await bench.press("enter")
        assert bench.exercise.question.id == "diverge"


async def test_going_back_shows_the_question_before(tmp_path: Path) -> None:
    async with quiz(tmp_path) as bench:
        await bench.press("n", "n")
        assert bench.exercise.question.id == "steps"
        await bench.press("b")
        assert bench.exercise.question.id == "parameters"
        await bench.press("b", "b", "b")
        assert bench.exercise.question.id == "mae"


async def test_a_quiz_left_in_the_middle_is_there_again(tmp_path: Path) -> None:
    async with quiz(tmp_path) as bench:
        await bench.press("1", "enter", "enter", "2")
        ticked, shown = bench.chosen, bench.exercise.attempt.shown
        await bench.press("q")
    bench.store.close()
    async with quiz(tmp_path) as bench:
        assert bench.exercise.question.id == "parameters"
        assert (bench.chosen, bench.exercise.attempt.shown) == (ticked, shown)
        assert bench.screen.query_one(Notice).text == "You continue where you left off."
        await bench.press("b")
        assert bench.exercise.mark is Mark.RIGHT


async def test_answers_are_in_the_memory_at_once(tmp_path: Path) -> None:
    async with quiz(tmp_path, language="zh") as bench:
        await bench.press("i", bench.digit("2.5"), "enter", "u")
        other = open_store(tmp_path / "home" / "progress.sqlite3").store
        (answer,) = other.answers()
        assert (answer.question_id, answer.correct, answer.unsure, answer.hints) == ("mae", False, True, 1)
        assert (answer.given, answer.language) == ((0,), "zh")
        other.close()
        assert "答错了，和你担心的一样。" in await bench.text()
        await bench.press("u")
        assert bench.store.answers()[0].unsure is False


async def test_unsure_answers_can_be_asked_again_too(tmp_path: Path) -> None:
    async with quiz(tmp_path) as bench:
        await bench.press(bench.digit("1.25"), "enter", "u", "enter")
        for _ in range(5):
            await bench.press("ctrl+n")
        assert "Correct, but unsure: 1." in await bench.text()
        await bench.press("u")
        session = bench.screen.session
        assert session is not None
        assert session.round == 2
        assert bench.exercise.question.id == "mae"


async def test_the_language_changes_in_the_middle_and_nothing_is_lost(tmp_path: Path) -> None:
    async with quiz(tmp_path) as bench:
        await bench.press("i", "2")
        ticked = bench.exercise.attempt.draft
        rows = await bench.press("L")
        assert rows[3] == "   MAE 是多少？"
        assert rows[10] == " ▸ 2 ◉ 2.5"
        assert "   提示 1  M 代表平均。" in rows
        assert bench.exercise.attempt.draft == ticked
        rows = await bench.press("enter", "L")
        assert "   ✗   Incorrect." in rows
        assert "       That is the sum: the mean divides by N." in rows


async def test_a_wide_screen_lists_the_questions_beside(tmp_path: Path) -> None:
    async with quiz(tmp_path, (140, 40)) as bench:
        await bench.press(bench.digit("2.5"), "enter", "u", "enter", "n")
        text = await bench.text()
        assert "✗  1  What is the MAE?         unsure" in text
        assert "↻  2  Which are parameters?" in text
        assert "▸    3  One step of gradient descent" in text


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["en", "zh"])
async def test_no_row_is_wider_than_the_screen_whatever_is_asked(
    tmp_path: Path, size: tuple[int, int], language: str
) -> None:
    async with quiz(tmp_path, size, language=language) as bench:
        for _ in range(6):
            rows = await bench.press("i")
            assert len(rows) == size[1]
            assert max(map(cell_width, rows)) <= size[0]
            await bench.press("ctrl+n")
        assert max(map(cell_width, await bench.press())) <= size[0]


async def test_on_a_small_screen_the_keys_bring_what_they_act_on_into_view(tmp_path: Path) -> None:
    async with quiz(tmp_path, (44, 12)) as bench:
        await bench.press("n", "n")
        for place in range(2, 5):
            rows = await bench.press("down")
            assert any(row.startswith(f" ▸ {place} ≡") for row in rows)
        for place in (3, 2, 1):
            rows = await bench.press("up")
            assert any(row.startswith(f" ▸ {place} ≡") for row in rows)
        rows = await bench.press("up", "up", "up", "up", "up", "up")
        assert rows[2] == "   One step of gradient descent", "beyond the first line the key scrolls"


async def test_the_verdict_comes_into_view_by_itself(tmp_path: Path) -> None:
    async with quiz(tmp_path, (44, 12)) as bench:
        await bench.press(bench.digit("2.5"), "enter")
        await settled(bench.pilot)
        assert "Incorrect." in await bench.text()


async def test_in_ascii_mode_every_sign_is_ascii(tmp_path: Path) -> None:
    async with quiz(tmp_path, ascii=True) as bench:
        for _ in range(7):
            text = await bench.press()
            shown = "".join(text).replace("η", "").replace("²", "").replace("·", "")
            assert shown.isascii(), [each for each in shown if not each.isascii()]
            await bench.press("ctrl+n")


async def test_a_lesson_without_questions_says_so_and_esc_leaves(tmp_path: Path) -> None:
    async with quiz(tmp_path, lesson="after") as bench:
        assert "This lesson has no questions." in await bench.text()
        await bench.press("enter", "n", "b", "r", "a", "space", "1")
        await bench.press("escape")
        assert not isinstance(bench.pilot.app.screen, QuizScreen)


async def test_a_lesson_that_is_not_there_says_so(tmp_path: Path) -> None:
    async with quiz(tmp_path, lesson="no-such", language="zh") as bench:
        assert "没有可以阅读的课“no-such”。" in await bench.text()


async def test_a_missing_lessons_folder_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUTOR_LESSONS", str(tmp_path / "nowhere"))
    workspace = make_workspace(tmp_path / "home")
    async with quiz(tmp_path, workspace=workspace) as bench:
        # A long path breaks anywhere, also within its last name.
        assert "nowhere" in "".join((await bench.text()).split())


async def test_a_memory_that_cannot_be_written_is_told_once_and_the_quiz_goes_on(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file where the folder should be")
    async with quiz(tmp_path) as bench:
        assert "Your progress cannot be saved" in bench.screen.query_one(Notice).text
        await bench.press(bench.digit("1.25"), "enter", "enter")
        assert "✓ 1 ✗ 0" in (await bench.press())[0]


async def test_a_click_on_the_footer_is_the_key(tmp_path: Path) -> None:
    async with quiz(tmp_path) as bench:
        await bench.press(bench.digit("1.25"))
        await bench.pilot.click(offset=(3, 23))
        await settled(bench.pilot)
        assert bench.exercise.mark is Mark.RIGHT


@pytest.mark.parametrize("from_lesson", [True, False])
async def test_the_lesson_takes_the_place_of_its_quiz(tmp_path: Path, from_lesson: bool) -> None:
    from tutor.tui.screens.lesson.screen import LessonScreen

    async with quiz(tmp_path) as bench:
        app = app_of(bench.pilot)
        if from_lesson:
            router.go(app, Lesson("sample"))
            router.go(app, Quiz("sample"))
            await settled(bench.pilot)
        quizzes = len([screen for screen in app.screen_stack if isinstance(screen, QuizScreen)])
        await bench.pilot.press("1", "enter", "o")
        await settled(bench.pilot)
        assert isinstance(app.screen, LessonScreen)
        assert len([screen for screen in app.screen_stack if isinstance(screen, LessonScreen)]) == 1
        assert len([screen for screen in app.screen_stack if isinstance(screen, QuizScreen)]) == quizzes - 1


async def test_the_summary_leads_on_to_the_next_lesson(tmp_path: Path) -> None:
    from tutor.tui.screens.lesson.screen import LessonScreen

    async with quiz(tmp_path) as bench:
        await through(bench, right=True)
        bench.screen.query_one(RowList).select("next")
        await bench.pilot.press("enter")
        await settled(bench.pilot)
        screen = bench.pilot.app.screen
        assert isinstance(screen, LessonScreen)
        assert "3 Gradient descent" in rows_of(bench.pilot)[0]


async def test_who_leaves_while_the_quiz_comes_up_is_back_without_a_fault(tmp_path: Path) -> None:
    async with running(make_workspace(tmp_path)) as pilot:
        app = app_of(pilot)
        home = app.screen
        for turns in range(0, 60, 3):
            router.go(app, Quiz("what-is-ml"))
            for _ in range(turns):
                await asyncio.sleep(0)
            router.go_back(app)
            await settled(pilot)
            assert app.screen is home
