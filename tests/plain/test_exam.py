"""``tutor exam``: lines in, lines out, no feedback until it is handed in."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from tests.stores import open_store
from tests.tui.quiz_lessons import make_lessons
from tutor.foundation.translate import use_language
from tutor.plain.exam import exam

FEEDBACK = ("Correct.", "Incorrect.", "Why:")


@pytest.fixture(autouse=True)
def course(tmp_path: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_lessons(tmp_path / "lessons")
    monkeypatch.setenv("TUTOR_LESSONS", str(tmp_path / "lessons"))


@pytest.fixture
def take(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> object:
    def run(*lines: str, **more: object) -> str:
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
        assert exam("sample", **{"seed": 3, **more}) == 0  # type: ignore[arg-type]
        return capsys.readouterr().out

    return run


def test_one_goes_back_and_forth_flags_leaves_and_hands_in(take: object) -> None:
    said = take("/skip", "/flag", "/skip", "/back", "/overview")  # type: ignore[operator]
    assert "1 of 5" in said, "the prediction is left out, because its run would be feedback"
    assert "Flagged: the overview shows it." in said
    assert "Not answered yet: 5." in said
    assert "   2  flagged open" in said
    assert not any(each in said for each in FEEDBACK)
    assert "Your answers are saved." in said, "the end of the input leaves the exam"
    assert open_store().store.answers() == []
    said = take("9", "2", "/hint", "/show", "/overview", "/hand-in")  # type: ignore[operator]
    assert "You continue where you left off." in said
    assert "Question 2 of 5 · flagged open" in said
    assert said.count("An exam gives no hints") == 2
    assert "0 of 5 correct" in said
    assert "80% is needed" in said
    assert said.count("You did not answer this question") == 5, "an order that nobody touched is no answer"
    assert "Questions you got wrong: 1, 2, 3, 4, 5." in said
    assert len(open_store().store.answers()) == 5


def test_an_answer_is_a_draft_that_is_shown_and_can_be_changed(take: object) -> None:
    lines = []
    for _ in range(5):
        lines += ["/skip"]
    said = take(*lines)  # type: ignore[operator]
    slope = next(number for number in range(1, 6) if "The slope of" in said.split("Question ")[number])
    said = take(str(slope), "0.5", "/back", "0.72", "/overview", "/hand-in")  # type: ignore[operator]
    assert "Your answer: 0.5" in said
    assert "1 of 5 correct" in said
    (right,) = [each for each in open_store().store.answers() if each.correct]
    assert (right.question_id, right.given) == ("slope", ("0.72",))


def test_time_that_is_up_hands_it_in(take: object, monkeypatch: pytest.MonkeyPatch) -> None:
    said = take("/leave", minutes=10)  # type: ignore[operator]
    assert "10 min left" in said
    monkeypatch.setattr("tutor.study.exam_session.ExamSession.seconds", property(lambda _: 601.0))
    said = take("/skip", fresh=True, minutes=10)  # type: ignore[operator]
    assert "Time is up, so the exam was handed in." in said
    assert "0 of 5 correct" in said


def test_commands_are_understood_in_chinese(take: object) -> None:
    use_language("zh")
    said = take("/标记", "/总览", "/交卷")  # type: ignore[operator]
    assert "已标记" in said
    assert "答对 0 题，共 5 题" in said
