"""The question widget: every kind by keys alone and by mouse, and predictions settled by their runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.app import ComposeResult
from textual.containers import VerticalScroll

from tests.tui.lab_fakes import FakeRuns
from tests.tui.quiz_bench import Bench, quiz
from tests.tui.quiz_lessons import make_lessons
from tests.tui.screen_rows import make_workspace, note_routes, rows_of, running, settled
from tutor.runs.events import Failed
from tutor.study.attempt import Stage
from tutor.study.lesson_session import LessonSession
from tutor.study.question_attempt import Mark
from tutor.tui.questions.ask import AskView
from tutor.tui.questions.question import QuestionWidget
from tutor.tui.routes import Lab, Run
from tutor.tui.screen import TutorScreen
from tutor.tui.screens.help import HelpScreen
from tutor.tui.widgets.notice import Notice


@pytest.fixture(autouse=True)
def same_shuffle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tutor.study.quiz_session.new_seed", lambda: 0)


# -- choices ---------------------------------------------------------------------------------------------


async def test_a_single_choice_by_arrows_and_by_letters(tmp_path: Path) -> None:
    async with quiz(tmp_path) as bench:
        shown = [bench.exercise.attempt.question.options[index].text for index in bench.exercise.attempt.shown]
        for keys, place in ((["down", "space"], 1), (["j", "space"], 2), (["k", "k", "enter"], 0), (["up", "3"], 2)):
            await bench.press(*keys)
            assert bench.chosen == {shown[place]}
        assert bench.exercise.mark is Mark.OPEN, "enter ticks what is in front before it commits"
        await bench.press("enter")
        assert bench.exercise.attempt.locked


async def test_a_multiple_choice_ticks_and_unticks(tmp_path: Path) -> None:
    async with quiz(tmp_path) as bench:
        await bench.go_to("parameters")
        weight, bias, rate = (
            bench.digit(text) for text in ("The weight $w$", "The bias $b$", "The learning rate $\\eta$")
        )
        await bench.press(weight, rate, bias, rate)
        assert bench.chosen == {"The weight $w$", "The bias $b$"}
        await bench.press("enter")
        assert bench.exercise.mark is Mark.RIGHT


async def test_committing_nothing_is_answered_by_advice(tmp_path: Path) -> None:
    async with quiz(tmp_path) as bench:
        await bench.go_to("parameters")
        await bench.press("enter")
        assert not bench.exercise.attempt.locked
        assert bench.screen.query_one(Notice).text.startswith("Choose an answer first")
        await bench.press("1", "enter")
        assert bench.screen.query_one(Notice).text == ""


async def test_undo_takes_back_until_the_lock(tmp_path: Path) -> None:
    async with quiz(tmp_path) as bench:
        await bench.go_to("parameters")
        await bench.press("1", "2", "z")
        assert len(bench.chosen) == 1
        await bench.press("f5", "z")
        assert bench.chosen == set()
        await bench.press("1", "enter", "z")
        assert len(bench.chosen) == 1


async def test_hints_come_one_by_one_and_no_more_than_there_are(tmp_path: Path) -> None:
    async with quiz(tmp_path) as bench:
        assert "Hint" not in await bench.text()
        await bench.press("i", "f2", "i")
        text = await bench.text()
        assert "Hint 1  The M stands for mean." in text
        assert "Hint 2  Divide by N = 2." in text
        assert " hint " not in rows_of(bench.pilot)[23]


async def test_options_are_ticked_by_the_mouse(tmp_path: Path) -> None:
    async with quiz(tmp_path) as bench:
        await bench.pilot.click(AskView, offset=(10, 7))
        await settled(bench.pilot)
        assert rows_of(bench.pilot)[10] == " ▸ 2 ◉ 2.5"
        await bench.press("enter")
        await bench.pilot.click(AskView, offset=(10, 4))
        assert bench.chosen == {"2.5"}, "the answer is locked"


# -- ordering --------------------------------------------------------------------------------------------


def order(bench: Bench) -> str:
    names = {"Predict": "P", "Measure the loss": "M", "Find the gradient": "F", "Move against it": "A"}
    options = bench.exercise.attempt.question.options
    return "".join(names[options[index].text] for index in bench.exercise.attempt.draft.order)


async def test_lines_are_moved_by_keys(tmp_path: Path) -> None:
    async with quiz(tmp_path) as bench:
        await bench.go_to("steps")
        a, b, c, d = list(order(bench))
        await bench.press("J")
        assert order(bench) == b + a + c + d
        await bench.press("shift+down", "K", "shift+up")
        assert order(bench) == a + b + c + d
        await bench.press("space", "down", "j", "space", "up")
        assert order(bench) == b + c + a + d
        await bench.press("4", "space", "1", "space")
        assert order(bench) == d + b + c + a


async def test_a_line_picked_up_is_put_down_before_the_answer_is_locked(tmp_path: Path) -> None:
    async with quiz(tmp_path) as bench:
        await bench.go_to("steps")
        rows = await bench.press("space")
        assert any(row.startswith(" ↕ 1 ≡") for row in rows)
        assert rows[23].startswith("  space put down   n skip")
        rows = await bench.press("enter")
        assert rows[23].startswith("  enter commit   space pick up")
        assert not bench.exercise.attempt.locked
        await bench.press("enter")
        assert bench.exercise.attempt.locked


async def test_a_wrong_order_shows_each_line_and_the_true_order(tmp_path: Path) -> None:
    async with quiz(tmp_path) as bench:
        await bench.go_to("steps")
        attempt = bench.exercise.attempt
        for place, index in enumerate((0, 2, 1, 3)):
            attempt.move(attempt.draft.order.index(index), place)
        rows = await bench.press("enter")
        assert rows[5:18] == [
            " ✓ 1 ≡ Predict",
            " ✗ 2 ≡ Find the gradient",
            " ✗ 3 ≡ Measure the loss",
            " ✓ 4 ≡ Move against it",
            "",
            "   ✗   Not fully correct. 2 of 4 lines are in their place.",
            "",
            "   Correct order",
            "     1 Predict",
            "     2 Measure the loss",
            "     3 Find the gradient",
            "     4 Move against it",
            "",
        ]


async def test_a_line_is_dragged_by_the_mouse(tmp_path: Path) -> None:
    async with quiz(tmp_path) as bench:
        await bench.go_to("steps")
        a, b, c, d = list(order(bench))
        first = min(zone.line for zone in bench.ask.drawn.zones)
        await bench.pilot.mouse_down(AskView, offset=(8, first))
        await bench.pilot.hover(AskView, offset=(8, first + 1))
        await bench.pilot.hover(AskView, offset=(8, first + 2))
        await bench.pilot.mouse_up(AskView, offset=(8, first + 2))
        await settled(bench.pilot)
        assert order(bench) == b + c + a + d
        assert not bench.ask.cursor.held


# -- typing ----------------------------------------------------------------------------------------------


async def test_letters_are_text_while_one_types(tmp_path: Path) -> None:
    async with quiz(tmp_path) as bench:
        await bench.go_to("names")
        await bench.type("qnbuizg? L1")
        assert bench.exercise.attempt.draft.texts == ("qnbuizg? L1", "")
        assert bench.exercise.question.id == "names"
        assert bench.screen.is_current


async def test_blanks_are_filled_edited_and_left_by_keys(tmp_path: Path) -> None:
    async with quiz(tmp_path) as bench:
        await bench.go_to("names")
        rows = await bench.type("bxias")
        assert rows[5] == "   In y = b + w x, b is called the [bxias       ], and w the [            ]."
        await bench.press("left", "left", "left", "backspace", "tab")
        await bench.type("the weight")
        await bench.press("home", "delete", "delete", "delete", "delete", "shift+tab", "end", "!", "f5")
        assert bench.exercise.attempt.draft.texts == ("bias", "weight")
        await bench.press("enter")
        assert bench.exercise.mark is Mark.RIGHT


async def test_enter_goes_to_the_next_empty_blank_first(tmp_path: Path) -> None:
    async with quiz(tmp_path, language="zh") as bench:
        await bench.go_to("names")
        await bench.press("偏", "置", "enter")
        assert not bench.exercise.attempt.locked
        await bench.press("权", "重", "enter")
        assert bench.exercise.mark is Mark.RIGHT


async def test_a_wrong_blank_is_told_with_what_belongs_there(tmp_path: Path) -> None:
    async with quiz(tmp_path) as bench:
        await bench.go_to("names")
        await bench.type("biass")
        await bench.press("tab")
        await bench.type("wieght")
        rows = await bench.press("enter")
        assert rows[5] == "   In y = b + w x, b is called the [biass       ], and w the [wieght      ]."
        assert rows[7:11] == [
            "       blank 1   bias",
            "",
            "   ✗   Not fully correct. 1 of 2 blanks is correct. Taken as “weight”; mind the",
            "       spelling.",
        ]
        assert bench.exercise.mark is Mark.WRONG


async def test_a_long_text_scrolls_in_its_blank(tmp_path: Path) -> None:
    async with quiz(tmp_path, (44, 12)) as bench:
        await bench.go_to("names")
        rows = await bench.type("x" * 60 + "end")
        assert any(row.rstrip(" ▁▂▃▄▅▆▇█").endswith("xend ],") or "xend ]" in row for row in rows)
        rows = await bench.press("home")
        assert not any("xend" in row for row in rows)


async def test_text_is_pasted_on_one_line_and_harmless(tmp_path: Path) -> None:
    from textual import events

    async with quiz(tmp_path) as bench:
        await bench.go_to("names")
        bench.ask.post_message(events.Paste("bi\x1b[31mas\nnext\n"))
        await settled(bench.pilot)
        assert bench.exercise.attempt.draft.texts[0] == "bi\ufffd[31mas next"


async def test_a_number_tells_how_near_it_has_to_be_and_what_is_no_number(tmp_path: Path) -> None:
    async with quiz(tmp_path) as bench:
        await bench.go_to("slope")
        rows = await bench.type("0.5x")
        assert rows[9] == "   [0.5x              ]   within ± 0.01"
        await bench.press("enter")
        assert bench.screen.query_one(Notice).text.startswith("That is not a number.")
        await bench.press("ctrl+u")
        await bench.type("18/25")
        rows = await bench.press("enter")
        assert rows[7:11] == [
            "       Your answer      18/25",
            "       Correct answer   0.72 ± 0.01",
            "",
            "   ✓   Correct.",
        ]


async def test_the_footer_shows_the_keys_that_work_while_typing(tmp_path: Path) -> None:
    async with quiz(tmp_path) as bench:
        await bench.go_to("slope")
        assert rows_of(bench.pilot)[23].startswith("  enter commit   ctrl+n skip   F6 show answer   ctrl+b previous")


async def test_where_a_question_mark_is_text_the_footer_names_another_key_for_help(tmp_path: Path) -> None:
    async with quiz(tmp_path) as bench:
        await bench.go_to("names")
        assert rows_of(bench.pilot)[23].endswith("F1 help")
        await bench.type("?")
        assert bench.exercise.attempt.draft.texts[0] == "?"


async def test_a_question_mark_is_no_number_and_asks_for_help(tmp_path: Path) -> None:
    async with quiz(tmp_path) as bench:
        await bench.go_to("slope")
        assert rows_of(bench.pilot)[23].endswith("? help")
        await bench.press("question_mark")
        assert isinstance(bench.pilot.app.screen, HelpScreen)


async def test_a_blank_is_chosen_by_the_mouse(tmp_path: Path) -> None:
    async with quiz(tmp_path) as bench:
        await bench.go_to("names")
        second = next(zone for zone in bench.ask.drawn.zones if zone.number == 1)
        await bench.pilot.click(AskView, offset=(second.start + 2, second.line))
        await bench.type("w")
        assert bench.exercise.attempt.draft.texts == ("", "w")


# -- predictions -----------------------------------------------------------------------------------------


async def predicted(bench: Bench, text: str = "It flies away") -> None:
    await bench.go_to("diverge")
    await bench.press(bench.digit(text), "enter")
    await bench.look()


async def test_a_prediction_is_locked_before_its_run_begins(tmp_path: Path) -> None:
    async with quiz(tmp_path) as bench:
        await bench.go_to("diverge")
        assert "Predict first; then the run decides. Choose one." in await bench.text()
        assert bench.runs.specs == []
        await predicted_now(bench)
        assert bench.exercise.attempt.stage is Stage.WAITING
        assert [answer.correct for answer in bench.store.answers()] == [None]
        assert bench.runs.specs[0].optimizer.learning_rate == 5.0
        text = await bench.text()
        assert "Now the run decides." in text
        assert "A ball on a curve" in text
        assert bench.exercise.runs == ("run-1",)


async def predicted_now(bench: Bench) -> None:
    await bench.press(bench.digit("It flies away"), "enter")
    await bench.look()


async def test_the_run_plays_in_the_question_and_gives_the_verdict(tmp_path: Path) -> None:
    async with quiz(tmp_path, (80, 30)) as bench:
        await predicted(bench)
        bench.run.train([0.9, 1.5, 2.25])
        rows = await bench.look()
        assert any("epoch 3/30   f(w) 2.25" in row for row in rows)
        assert bench.exercise.attempt.stage is Stage.WAITING
        bench.run.train([None])
        bench.run.finish("diverged")
        rows = await bench.look()
        start = next(at for at, row in enumerate(rows) if row.startswith("   ✓"))
        assert rows[start : start + 7] == [
            "   ✓   Correct.",
            "",
            "       diverged                   yes",
            "       training loss at the end   not a finite number",
            "",
            "   Why",
            "       The step is longer than the bowl is wide.",
        ]
        assert [(answer.correct, answer.runs) for answer in bench.store.answers()] == [(True, ("run-1",))]
        assert "✓ 1 ✗ 0" in rows[0]


async def test_a_wrong_prediction_shows_the_figure_that_decided(tmp_path: Path) -> None:
    async with quiz(tmp_path, (80, 34), language="zh") as bench:
        await bench.go_to("diverge")
        await bench.press(bench.digit("损失平稳下降"), "enter")
        await bench.look()
        bench.run.train([0.9, 1.5, None])
        bench.run.finish("diverged")
        text = "\n".join(await bench.look())
        assert "预测错了：训练结果不是这样。" in text
        assert "发散           是" in text
        assert "那需要更小的步子。" in text
        assert bench.exercise.mark is Mark.WRONG


@pytest.mark.parametrize("how", ["died", "failed", "stopped"])
async def test_a_run_that_cannot_decide_is_told_and_not_counted(tmp_path: Path, how: str) -> None:
    async with quiz(tmp_path) as bench:
        await predicted(bench)
        if how == "died":
            bench.run.die()
        elif how == "failed":
            bench.run.write(Failed(message="The disk is full.", epoch=0))
        else:
            bench.run.finish("stop")
        text = "\n".join(await bench.look())
        assert "This prediction is not counted" in text
        assert {"died": "stopped unexpectedly", "failed": "The disk is full.", "stopped": "before it ended"}[
            how
        ] in text
        assert bench.exercise.mark is Mark.UNCOUNTED
        assert [answer.correct for answer in bench.store.answers()] == [None]
        await bench.press("enter")
        assert "Not counted, because the run was not available: 1." in await bench.text()


async def test_a_run_that_cannot_be_started_is_told_and_not_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tutor.foundation.errors import TutorError

    def start(*_: object, **__: object) -> str:
        raise TutorError("No room for a run.")

    async with quiz(tmp_path) as bench:
        monkeypatch.setattr(bench.runs, "start", start)
        await bench.go_to("diverge")
        await bench.press("1", "enter")
        await bench.pilot.app.workers.wait_for_complete()
        await settled(bench.pilot)
        assert "No room for a run." in await bench.text()
        assert bench.exercise.mark is Mark.UNCOUNTED


async def test_a_run_goes_on_while_the_learner_does_and_is_joined_again(tmp_path: Path) -> None:
    async with quiz(tmp_path, (80, 30)) as bench:
        await predicted(bench)
        await bench.press("b")
        assert bench.exercise.question.id == "slope"
        bench.run.train([None])
        bench.run.finish("diverged")
        session = bench.screen.session
        assert session is not None
        session.go(6)
        await bench.screen.show()
        await bench.look()
        assert len(bench.runs.specs) == 1
        assert bench.exercise.mark is Mark.RIGHT


async def test_the_lab_of_a_question_is_one_key_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = note_routes(monkeypatch, Lab)
    async with quiz(tmp_path) as bench:
        await bench.press(bench.digit("2.5"), "s")
        assert opened == [], "not before the lock"
        await bench.press("enter", "s")
        assert opened == [Lab("quick")]
        await bench.press("enter")
        await bench.press("n", "n", "ctrl+n", "ctrl+n")
        await predicted_now(bench)
        bench.run.train([None])
        bench.run.finish("diverged")
        await bench.look()
        await bench.press("s")
        assert opened[-1] == Lab("quick", {"optimizer.learning_rate": 5.0})


@pytest.mark.parametrize(
    ("language", "text", "words"), [("en", "It flies away", "s see why"), ("zh", "越飞越远", "s 看看为什么")]
)
async def test_a_wrong_prediction_opens_the_runs_that_decided(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, text: str, words: str
) -> None:
    opened = note_routes(monkeypatch, Run, Lab)
    async with quiz(tmp_path, language=language) as bench:
        await predicted(bench, text)
        bench.run.train([0.5] * 30)
        bench.run.finish()
        await bench.look()
        assert bench.exercise.mark is Mark.WRONG
        assert words in " ".join((await bench.text()).split())
        await bench.press("s")
        assert opened == [Run("run-1")]
        bench.runs.followers.clear()
        await bench.press("s")
        assert isinstance(opened[-1], Lab), "a run that was deleted is no reason to see nothing"


# -- in the text of a lesson -----------------------------------------------------------------------------


class Reader(TutorScreen):
    """A lesson's questions one below the other."""

    AUTO_FOCUS = ""

    def compose_body(self) -> ComposeResult:
        lesson = self.workspace.course.lesson("sample", "en") if self.workspace.course else None
        assert lesson is not None
        self.session = LessonSession(lesson, self.workspace.store)
        with VerticalScroll(can_focus=False):
            for number, question in enumerate(lesson.questions, 1):
                yield QuestionWidget(self.session.exercise(question.id), number=number)


async def test_in_a_lesson_questions_stand_in_frames_and_can_be_tried_again(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path / "home", make_lessons(tmp_path / "lessons"))
    workspace.__dict__["runs"] = FakeRuns(tmp_path / "runs")
    async with running(workspace, Reader, (80, 40)) as pilot:
        await settled(pilot)
        first = pilot.app.screen.query(QuestionWidget).first()
        rows = rows_of(pilot)
        assert rows[2].strip().startswith("▎  Question 1")
        first.focus()
        await settled(pilot)
        first.exercise.attempt.tries = 1
        await pilot.press("1", "enter")
        await settled(pilot)
        assert first.exercise.mark.value in {"right", "wrong"}
        await pilot.press("r")
        await settled(pilot)
        assert first.exercise.mark is Mark.OPEN
        reader = pilot.app.screen
        assert isinstance(reader, Reader)
        assert reader.session.exercise("mae") is first.exercise
        await pilot.press("1", "enter")
        await settled(pilot)
        assert len(workspace.store.answers()) == 2
