"""``tutor quiz`` and ``tutor review``: lines in, lines out, and the memory of the screens."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.stores import open_store
from tests.study.samples import EVERY, FILL_IN, MATCH, MULTIPLE, NUMERIC, ORDERING, PREDICT, SINGLE
from tests.tui.conftest import write_course
from tests.tui.quiz_lessons import make_lessons
from tutor.course.questions.base import places_in
from tutor.foundation import clock
from tutor.foundation.errors import TutorError
from tutor.foundation.translate import use_language
from tutor.plain.asking import Asker, Command, Outcome, command_in, percent_in
from tutor.plain.quiz import show_due
from tutor.plain.quiz_command import quiz, review
from tutor.progress.cards import Side, term_key
from tutor.progress.records import Answer
from tutor.progress.store import ProgressStore
from tutor.study.attempt import Attempt, attempt_from_answer
from tutor.study.question_attempt import AttemptContext, QuestionAttempt


@pytest.fixture
def store(own_home: Path) -> ProgressStore:
    return open_store().store


def ask(store: ProgressStore, attempt: Attempt, *lines: str, **more: bool) -> tuple[Outcome, str, QuestionAttempt]:
    out = io.StringIO()
    exercise = QuestionAttempt(attempt, AttemptContext(store))
    source = io.StringIO("".join(f"{line}\n" for line in lines))
    return Asker(None, None, source=source, out=out, **more).ask(exercise, "1"), out.getvalue(), exercise


def place(attempt: Attempt, text: str) -> str:
    """The number under which an option is shown."""
    return str(1 + [attempt.question.options[index].text for index in attempt.shown].index(text))


# -- reading ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "places"),
    [("2", [1]), ("1 3", [0, 2]), ("1,3", [0, 2]), ("1，3、2", [0, 2, 1]), ("312", [2, 0, 1]), ("2.", [1]),
     ("", None), ("0", None), ("5", None), ("1 x", None), ("-1", None), ("²", None), ("9" * 5000, None)],
)  # fmt: skip
def test_numbers_of_options_are_read_in_every_way_one_writes_them(line: str, places: list[int] | None) -> None:
    assert places_in(line, 4) == places


@given(st.text(max_size=60), st.sampled_from(EVERY), st.integers(0, 9))
def test_no_line_breaks_anything(line: str, question: object, seed: int) -> None:
    attempt = Attempt(question, seed)  # type: ignore[arg-type]
    command_in(line)
    percent_in(line)
    draft = attempt.type.read_line(attempt.question, attempt.shown, attempt.draft, line)
    if draft is not None:
        assert attempt.put(draft)


def test_commands_are_words_after_a_slash_in_both_languages() -> None:
    assert command_in("/hint") is command_in("/提示") is Command.HINT
    assert command_in("/ SKIP ") is Command.SKIP
    assert command_in("、提示") is command_in("／提示。") is Command.HINT
    assert percent_in("９０％") == percent_in("90。") == 0.9
    assert command_in("/what") is Command.HELP
    assert command_in("1/2") is None
    assert command_in("/2") is None
    assert command_in("hint") is None


def test_how_sure_is_a_percentage_from_50_to_100() -> None:
    assert [percent_in(each) for each in ("50", "87 %", "100%", "49", "101", "", "x")] == [0.5, 0.87, 1.0, *[None] * 4]


# -- one question ----------------------------------------------------------------------------------------


def test_a_wrong_choice_gets_the_authors_word_and_the_answer(store: ProgressStore) -> None:
    attempt = Attempt(SINGLE, 2)
    outcome, said, _ = ask(store, attempt, place(attempt, "The sum"))
    assert outcome is Outcome.ANSWERED
    assert "Incorrect." in said.splitlines()
    assert "That is the sum." in said
    assert f"{place(attempt, 'The mean')}. The mean" in said.partition("answer:")[2]
    assert "Why of single." in said
    (answer,) = store.answers()
    assert (answer.correct, answer.given) == (False, (0,))


def test_what_is_no_answer_is_asked_again(store: ProgressStore) -> None:
    attempt = Attempt(SINGLE, 2)
    _, said, _ = ask(store, attempt, "mean", "9", "", "1 2", place(attempt, "The mean"))
    assert said.count("Please type one number from 1 to 4") == 4
    assert "Correct." in said


def test_several_options_an_order_a_number_and_blanks(store: ProgressStore) -> None:
    several = Attempt(MULTIPLE, 1)
    ask(store, several, f"{place(several, 'b')} {place(several, 'w')}")
    order = Attempt(ORDERING, 1)
    ask(store, order, "".join(place(order, letter) for letter in "ABCD"))
    ask(store, Attempt(NUMERIC), "about one", "72e-2")
    _, said, _ = ask(store, Attempt(FILL_IN), "bias", "wieght")
    assert [answer.correct for answer in store.answers()] == [True] * 4
    assert "weight" in said.partition("blank 2> ")[2]


def test_a_blank_is_taken_back_before_the_lock(store: ProgressStore) -> None:
    _, said, _ = ask(store, Attempt(FILL_IN), "weight", "/undo", "bias", "weight")
    assert "Correct." in said
    assert store.answers()[0].given == ("bias", "weight")


def test_hints_come_one_by_one_and_unsure_is_a_question_mark(store: ProgressStore) -> None:
    attempt = Attempt(SINGLE, 2)
    _, said, _ = ask(store, attempt, "/hint", "/hint", "/hint", f"{place(attempt, 'The mean')} ?")
    assert "Hint 1: First hint." in said
    assert "Hint 2: Second hint." in said
    assert "There are no more hints." in said
    assert "Correct, although you were unsure." in said
    (answer,) = store.answers()
    assert (answer.hints, answer.unsure) == (2, True)


def test_how_sure_is_asked_before_the_feedback_and_may_be_passed(store: ProgressStore) -> None:
    attempt = Attempt(SINGLE, 2)
    _, said, _ = ask(store, attempt, place(attempt, "The mean"), "80", confidence=True)
    assert said.index("How sure are you") < said.index("Correct.")
    attempt = Attempt(SINGLE, 2)
    ask(store, attempt, place(attempt, "The mean"), "", confidence=True)
    assert [answer.confidence for answer in store.answers()] == [0.8, None]


def test_the_answer_can_be_asked_for_but_a_prediction_is_ventured(store: ProgressStore) -> None:
    _, said, _ = ask(store, Attempt(NUMERIC), "/show")
    assert "You asked for the answer, so this counts as not known." in said
    assert "Your number must be within ± 0.01." in said
    assert "answer: 0.72 ± 0.01" in said
    outcome, said, _ = ask(store, Attempt(PREDICT), "/show", "/leave")
    assert outcome is Outcome.LEFT
    assert "A prediction has no answer to show yet" in said


def test_a_prediction_without_runs_is_not_counted(store: ProgressStore) -> None:
    _, said, exercise = ask(store, Attempt(PREDICT), "1")
    assert "is not counted" in said
    assert exercise.attempt.verdict is None
    assert store.answers()[0].correct is None


@pytest.mark.parametrize(
    ("word", "outcome"), [("/skip", "skipped"), ("/back", "back"), ("/退出", "left"), (None, "left")]
)
def test_a_question_can_be_left_in_every_way(store: ProgressStore, word: str | None, outcome: str) -> None:
    found, _, _ = ask(store, Attempt(SINGLE), *([word] if word else []))
    assert found == outcome
    assert store.answers() == []


# -- a whole quiz ----------------------------------------------------------------------------------------


@pytest.fixture
def lessons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "lessons"
    make_lessons(folder)
    monkeypatch.setenv("TUTOR_LESSONS", str(folder))
    return folder


def type_in(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))


def test_in_chinese_names_end_in_a_chinese_colon(store: ProgressStore) -> None:
    use_language("zh")
    _, said, _ = ask(store, Attempt(NUMERIC), "/答案")
    assert "要求：误差 ± 0.01 以内。" in said
    assert "答案：0.72 ± 0.01" in said


def test_closed_standard_input_leaves_with_a_sentence(
    lessons: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", None)
    assert quiz("sample", seed=4) == 0
    assert capsys.readouterr().out.endswith("Your answers are saved. Come back any time.\n")


def test_a_quiz_in_a_pipe_is_left_and_goes_on_where_it_was(
    lessons: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    type_in(monkeypatch, "1")
    assert quiz("sample", seed=4) == 0
    out = capsys.readouterr().out
    assert "Question 1 of 6" in out
    assert "Question 2 of 6" in out
    assert "Your answers are saved" in out
    type_in(monkeypatch, *["/show"] * 4, "/skip")
    quiz("sample")
    out = capsys.readouterr().out
    assert "You continue where you left off." in out
    assert "Question 1 of 6" not in out
    assert "of 6 correct" in out
    assert "Try again what is not correct yet" in out
    store = open_store().store
    assert len(store.answers()) == 5
    assert store.open_quiz("lesson:sample") is not None


def test_only_the_wrong_ones_are_asked_again(
    lessons: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    type_in(monkeypatch, *["/show"] * 5, "/skip", "r", "/leave")
    quiz("sample", seed=4)
    assert "Question 1 of 6" in capsys.readouterr().out.partition("Press Enter to leave.")[2]


def test_a_prediction_is_decided_by_a_real_run(
    lessons: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    type_in(monkeypatch, *["/skip"] * 5, "1", "/leave")
    quiz("sample", seed=4)
    out = capsys.readouterr().out
    assert "Now the run decides." in out
    assert "diverged: yes" in out
    (answer,) = open_store().store.answers()
    assert answer.correct is not None
    assert len(answer.runs) == 1


@pytest.mark.parametrize("language", ["en", "zh"])
def test_both_languages_ask(
    lessons: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], language: str
) -> None:
    use_language(language)
    type_in(monkeypatch, "/leave")
    quiz("sample")
    assert ("Question 1 of 6" if language == "en" else "第 1 题，共 6 题") in capsys.readouterr().out


def test_a_lesson_that_is_not_there_is_said(lessons: Path) -> None:
    with pytest.raises(TutorError, match="sampel"):
        quiz("sampel")


# -- a review --------------------------------------------------------------------------------------------


def test_a_review_in_a_pipe(
    tmp_path: Path, store: ProgressStore, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TUTOR_LESSONS", str(write_course(tmp_path / "course")))
    now = clock.utc_now()
    store.record_answer(Answer("loss", "loss-first", "single", (1,), correct=False, at=now - timedelta(days=2)))
    store.cards.see([term_key("loss-function", Side.NAME)], "loss", now - timedelta(days=1))
    store.close()
    show_due()
    assert capsys.readouterr().out.splitlines()[0] == "2 due"
    type_in(monkeypatch, "/show", "loss function", "/show", "/show")
    assert review() == 0
    out = capsys.readouterr().out
    assert "Cards due today: 2." in out
    assert "Card 1 of 2" in out
    assert "What … means in one sentence." in out
    assert "Correct." in out
    assert "1 of 4 correct" in out
    type_in(monkeypatch)
    review()
    assert "Nothing is due." in capsys.readouterr().out


def test_a_review_of_nothing_says_what_will_be_reviewed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TUTOR_LESSONS", str(write_course(tmp_path / "course")))
    review()
    assert "There is nothing to review yet." in capsys.readouterr().out


# -- pairs -----------------------------------------------------------------------------------------------


def test_pairs_are_asked_line_by_line_and_the_wrong_ones_are_told(store: ProgressStore) -> None:
    attempt = Attempt(MATCH, 2)
    number = {index: str(place) for place, index in enumerate(attempt.shown, 1)}
    lines = (number[0], number[0], number[1], "/undo", number[2], number[1], number[3])
    _, said, exercise = ask(store, attempt, *lines)
    assert "letter:\n  a. a\n" in said
    assert all(f"  {number[index]}. {text}\n" in said for index, text in enumerate(("one", "two", "three", "four")))
    assert said.count("a different one for each line") == 1, "one that another line has is no answer"
    assert said.count("b. b> ") == 3
    assert "Not fully correct. 2 of 4 pairs are correct.\n" in said
    assert said.partition("Correct pairs:\n")[2].startswith("  b. b — two\n  c. c — three\nWhy:")
    (answer,) = store.answers()
    assert (answer.kind, answer.given, answer.score, answer.correct) == ("match", (0, 2, 1, 3), 0.5, False)
    again = attempt_from_answer(MATCH, 2, answer.given)
    assert again is not None
    assert again.verdict == exercise.attempt.verdict


def test_all_pairs_can_be_given_on_one_line(store: ProgressStore) -> None:
    attempt = Attempt(MATCH, 5)
    _, said, _ = ask(store, attempt, " ".join(str(attempt.shown.index(index) + 1) for index in range(4)))
    assert "Correct." in said
    assert "Correct pairs" not in said


def test_the_answer_of_pairs_can_be_asked_for(store: ProgressStore) -> None:
    _, said, _ = ask(store, Attempt(MATCH, 5), "1", "/show")
    assert said.partition("Correct pairs:\n")[2].startswith("  a. a — one\n  b. b — two\n")
    assert store.answers()[0].given == ()
