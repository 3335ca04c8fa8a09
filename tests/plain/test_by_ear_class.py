"""A class by ear: lines that a learner types, and what a teacher does between them."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from tests.runs.test_registry import epochs, make
from tests.stores import at_the_end, open_store
from tests.tui.class_samples import PREDICTION, RUN
from tutor.classroom import seat
from tutor.classroom.desk import Desk
from tutor.classroom.folder import ClassFolder
from tutor.classroom.room import Poll
from tutor.course.catalogue import Course
from tutor.foundation.paths import lessons_folder
from tutor.foundation.translate import use_language
from tutor.plain import by_ear_class
from tutor.plain.by_ear import open_by_ear
from tutor.plain.quiz_command import quiz, review
from tutor.runs.events import Finished
from tutor.runs.follower import EVENTS_FILE, LOCK_FILE
from tutor.runs.processes import hold
from tutor.runs.registry import Runs

LESSON = f"""\
---
id: balls
title: "Balls"
minutes: 5
---

## Rolling

A ball rolls.
{PREDICTION}
<details><summary>Why</summary>

It rolls down.

</details>
"""


class Typed:
    """What a learner types; what happens in the class before a line is done when the line is read."""

    def __init__(self, *lines: str | Callable[[], object]) -> None:
        self._lines = list(lines)

    def isatty(self) -> bool:
        return False

    def readline(self, _size: int = -1) -> str:
        while self._lines and callable(self._lines[0]):
            event = self._lines.pop(0)
            assert callable(event)
            event()
        line = self._lines.pop(0) if self._lines else ""
        assert isinstance(line, str)
        return f"{line}\n" if self._lines or line else ""


class Teacher:
    """A desk in the test's own process."""

    def __init__(self, folder: ClassFolder, lessons: Path) -> None:
        self.folder = folder
        self.lessons = lessons
        question = Course(lessons).question("ball-stops", "en")
        assert question is not None
        self.desk = Desk(folder, self._now)
        at_the_end.callback(self.desk.close)
        self._question = question
        self._ahead = 0.0
        self._lock: int | None = None

    def _now(self) -> float:
        """The time, a second later at each look, so that nothing waits for the next tally."""
        self._ahead += 1
        return time.time() + self._ahead

    @property
    def poll(self) -> Poll:
        self.desk.catch_up()
        poll = self.desk.room.state.poll
        assert poll is not None
        return poll

    def sees_anna_at(self, place: str, lesson: str) -> None:
        """Wait until the class has heard that she is there."""
        for _ in range(1000):
            self.desk.catch_up()
            present = self.desk.room.learners["anna"].present
            if present is not None and (present.place, present.lesson) == (place, lesson):
                return
            time.sleep(0.005)
        raise AssertionError(f"anna is at {present}")

    def asks(self) -> None:
        self.desk.open_question(self._question)

    def counts(self, _seconds: float = 0.0) -> None:
        self.desk.catch_up()
        self.desk.tally(2)

    def closes(self) -> None:
        self.desk.close_poll(self.poll)

    def asks_again(self) -> None:
        self.desk.vote_again(self.poll)

    def runs(self) -> None:
        make(Runs(self.folder.runs), RUN, epochs(1, 1), lab="ball")
        self._lock = hold(self.folder.runs / RUN / LOCK_FILE)
        self.desk.started(self.poll, (RUN,))

    def run_ends(self) -> None:
        with (self.folder.runs / RUN / EVENTS_FILE).open("ab") as log:
            for event in (epochs(2, 2), Finished(reason="epochs", epoch=3, updates=3, seconds=0.1)):
                log.write(msgspec.json.encode(event) + b"\n")
        assert self._lock is not None
        os.close(self._lock)

    def puts_away(self) -> None:
        self.desk.put_away(self.poll)


@pytest.fixture
def teacher(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Teacher:
    lessons, folder = tmp_path / "lessons", ClassFolder(tmp_path / "class")
    for language in ("en", "zh"):
        (lessons / language).mkdir(parents=True)
        (lessons / language / "01-balls.md").write_text(LESSON, encoding="utf-8")
    (lessons / "labs").mkdir()
    shutil.copy(lessons_folder() / "labs" / "ball.toml", lessons / "labs")
    home = folder.learners / "anna"
    home.mkdir(parents=True)
    for name, value in {"LESSONS": lessons, "HOME": home, "CLASS": folder.path, "CLASS_NAME": "anna"}.items():
        monkeypatch.setenv(f"TUTOR_{name}", str(value))
    teacher = Teacher(folder, lessons)
    monkeypatch.setattr(by_ear_class, "sleep", teacher.counts)
    return teacher


@pytest.fixture
def hear(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    def typed(*lines: str | Callable[[], object]) -> str:
        monkeypatch.setattr("sys.stdin", Typed(*lines))
        open_by_ear()
        return " ".join(capsys.readouterr().out.split())

    return typed


def in_order(heard: str, *texts: str) -> None:
    at = 0
    for text in texts:
        found = heard.find(text, at)
        assert found >= 0, f"“{text}” is not heard after “{heard[max(0, at - 60) : at]}”:\n{heard}"
        at = found + len(text)


def test_a_poll_from_its_question_to_the_verdict_of_the_run(teacher: Teacher, hear: Callable[..., str]) -> None:
    heard = hear(
        teacher.asks, "?", "/poll", "nonsense", "1",
        teacher.closes, "?", teacher.counts, "?",
        teacher.asks_again, "?", "poll", "2",
        teacher.runs, "?", teacher.counts, "/poll", teacher.run_ends, "?", teacher.puts_away, "?", "/poll", "q",
    )  # fmt: skip
    in_order(
        heard,
        "begin lesson 1", "You are in a class as anna", "Your teacher sees:",
        "> ? Your teacher asks everybody a question. /poll: hear it and answer.",
        "> /poll A question to everybody", "with your name", "Where does the ball stop", "1. ", "2. ",
        "Please type one number", "> 1 Your answer is in.", "1 of 1 have answered.", "You are back where you were.",
        "The poll is closed. The answers are being counted.",
        "closed, 1 answered", "chosen by 1, yours", "Convince your neighbour",
        "asks the same question again, round 2", "> poll A question to everybody, round 2", "Your answer is in.",
        "The run that decides the poll has begun.", "> /poll Epoch 1 of", "High: chosen by", "holds now",
        "Finished after 3 epochs", "round 2, closed, 1 answered", "Why", "It rolls down.",
        "Your teacher has put the question away.",
        "> /poll Your teacher is not asking anything at the moment.", "Goodbye",
    )  # fmt: skip
    decided = heard[heard.index("Finished after") :]
    assert re.search(r"Low: chosen by \d(, yours)?, right", decided)
    assert re.search(r"High: chosen by \d(, yours)?, wrong", decided)
    teacher.desk.catch_up()
    anna = teacher.desk.room.learners["anna"]
    vote = anna.votes[next(iter(teacher.desk.room.state.polls)), 2]
    (answer,) = open_store().store.answers()
    assert (answer.key, answer.correct) == (vote.key, vote.indices == (0,))
    assert anna.answers[answer.key].correct is answer.correct
    assert not anna.here, "whoever goes, leaves"


def test_a_call_is_followed_from_within_a_question_and_help_is_asked_for(
    teacher: Teacher, hear: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(by_ear_class, "_BEAT", 0.001)
    monkeypatch.setattr(seat, "_PLACE_EVERY", 0.0)
    lesson = Course(teacher.lessons).lesson("balls", "zh")
    assert lesson is not None

    def calls() -> None:
        teacher.sees_anna_at("lesson", "balls")
        teacher.desk.follow(lesson="balls", anchor=lesson.sections[0].anchor)

    use_language("zh")
    heard = hear("", "", calls, "", "/过去", "/离开", "q", "/求助", "/离开", "help me", "q", "q").replace(" ", "")
    in_order(
        heard,
        "你以anna的名字在班级里", "第1题，共1题", "老师请大家去课文“1Balls”，Rolling。/过去：去那里。",
        "请输入1到2之间的一个编号", ">/过去", "Aballrolls.", "第1题，共1题", "Low", ">/离开", "课文：1Balls", ">q",
        "回到刚才的地方。", "Wheredoestheballstop", "High", ">/求助", "老师会看到你需要帮助。", "Low",
        ">helpme", "已取消求助。", "再见",
    )  # fmt: skip
    teacher.desk.catch_up()
    assert not teacher.desk.room.learners["anna"].help_since


def test_a_quiz_and_a_review_of_their_own_bring_the_news_of_the_class(
    teacher: Teacher, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", Typed(teacher.asks, "?", "/poll", "1", "/leave"))
    quiz("balls")
    heard = " ".join(capsys.readouterr().out.split())
    in_order(heard, "You are in a class as anna", "asks everybody a question", "Your answer is in.", "You are back")
    teacher.desk.catch_up()
    assert not teacher.desk.room.learners["anna"].here, "whoever goes, leaves"
    monkeypatch.setattr("sys.stdin", Typed())
    review()
    assert "nothing to review" in capsys.readouterr().out


def test_an_answer_that_cannot_be_saved_is_not_said_to_be_in(
    teacher: Teacher, hear: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(seat.Seat, "vote", full)
    teacher.asks()
    heard = hear("poll", "1", "q")
    assert "That could not be written: No space left on device" in heard
    assert "Your answer is in" not in heard


def test_nothing_is_heard_of_a_class_outside_of_one(
    teacher: Teacher, hear: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TUTOR_CLASS")
    teacher.asks()
    heard = hear("/poll", "help me", "q")
    assert "teacher" not in heard
    assert heard.count("is nothing that can be typed here") == 2
    assert not (teacher.folder.learners / "anna" / "class.jsonl").exists()
