"""The course by ear: the front door, lessons and labs as lines and a prompt, for whoever uses a screen reader.

Nothing is drawn, nothing is ever written over, and whatever can be typed is said before it is asked for. Progress,
runs and attempts are those of the screens, so a learner may change between both.

`FrontDoor` is where everything begins, `LessonByEar` reads a lesson, and `LabByEar` trains a lab.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.course.lesson import LabFence, Prose, Question, Term
from tutor.foundation import clock, paths
from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.languages import languages
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.text import narrow, wrapped
from tutor.foundation.translate import language, translate
from tutor.plain.asking import Asker, Outcome
from tutor.plain.glossary import term_lines
from tutor.plain.progress import overview_lines
from tutor.plain.quiz import asking, take_quiz, take_review
from tutor.plain.read import lesson_named
from tutor.study.lesson_session import LessonSession
from tutor.study.next_lesson import lesson_to_continue
from tutor.study.question_attempt import Mark
from tutor.study.report import overview
from tutor.typeset.page import is_read_aloud, plain_lines, read_aloud
from tutor.typeset.speech import spoken_text

if TYPE_CHECKING:
    from tutor.course.catalogue import Course, LessonHeader
    from tutor.course.lesson import Block, Lesson
    from tutor.labs.lab_config import LabConfig
    from tutor.progress.store import ProgressStore

_WIDTH = 76
_LEAVE = frozenset({"q", "quit", "exit", "退出", "离开"})
_HELP = frozenset({"?", "h", "help", "帮助"})


def open_by_ear(
    *,
    lesson: str | None = None,
    lab: str | None = None,
    data: str | None = None,
    overrides: Mapping[str, object] | None = None,
) -> int:
    """Open the course, a lesson or a lab as lines, until the learner leaves or the input ends.

    Args:
        lesson: The id or number of a lesson, or the path of a lesson file.
        lab: The id of a lab, or the path of a lab file.
        data: A table of the learner's own to make a lab of.
        overrides: New values of settings of the lab, by dotted key or short name.

    Returns:
        The exit code, 0.

    Raises:
        TutorError: Nothing has that name, or there is no lessons folder.
    """
    from tutor.course.catalogue import Course

    before = is_read_aloud()
    read_aloud(True)
    try:
        if lesson is not None:
            course, opened = lesson_named(lesson)
            with asking(course, Asker) as (asker, store):
                LessonByEar(Room(asker, store, course), opened).open()
            return int(ExitCode.OK)
        course = Course(paths.lessons_folder())
        with asking(course, Asker) as (asker, store):
            room = Room(asker, store, course)
            if lab is not None or data is not None:
                LabByEar(room, _config(course, lab, data, overrides or {})).open()
            else:
                FrontDoor(room).open()
    except _InputEndedError:
        pass
    finally:
        read_aloud(before)
    return int(ExitCode.OK)


def _config(course: Course, lab: str | None, data: str | None, overrides: Mapping[str, object]) -> LabConfig:
    from tutor.labs.lab_files import load_lab

    if data is not None:
        from tutor.labs.own_lab import own_lab

        return own_lab(Path(data), overrides)
    return load_lab(lab or "", course.labs_folder, overrides)


class _InputEndedError(Exception):
    """The input has ended, so everything is left at once."""


@dataclass(frozen=True, slots=True)
class Room:
    """What every place of the course needs: who asks, what is remembered, and the course."""

    asker: Asker
    store: ProgressStore
    course: Course

    def say(self, *lines: str) -> None:
        """Print lines."""
        self.asker.say(*lines)

    def say_wrapped(self, text: str) -> None:
        """Print a sentence on lines of its own."""
        self.asker.say(*wrapped(text, _WIDTH))

    def read(self) -> str:
        """What the learner types at the prompt, folded; empty if they only press Enter.

        Raises:
            _InputEndedError: There is no more input.
        """
        line = self.asker.read()
        if line is None:
            raise _InputEndedError
        return narrow(line).strip(" 。.").casefold()


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that can be typed: its letter, what it does in words, and what carries it out."""

    letter: str
    text: str
    act: Callable[[], object]


def choose(room: Room, choices: Sequence[Choice], also: Callable[[str], bool], *, first: bool) -> bool:
    """Say what can be typed, read one line, and carry it out. The first choice is that of Enter alone.

    Args:
        room: Where the learner is.
        choices: What can be typed.
        also: Tried with a line that is no choice. Returns whether it could do something with it.
        first: Whether to say all choices; otherwise only that of Enter, and that a question mark says all.

    Returns:
        Whether the learner stays here.
    """
    _say_choices(room, choices if first else choices[:1], all_of_them=first)
    while True:
        word = room.read()
        if word in _LEAVE:
            return False
        if word in _HELP:
            _say_choices(room, choices)
            continue
        found = choices[0] if not word and choices else next((each for each in choices if each.letter == word), None)
        if found is not None:
            try:
                found.act()
            except TutorError as error:
                room.say(str(error))
            return True
        try:
            if word and also(word):
                return True
        except TutorError as error:
            room.say(str(error))
            continue
        room.say(translate("ear.not-understood", word=word))


def _say_choices(room: Room, choices: Sequence[Choice], *, all_of_them: bool = True) -> None:
    for number, each in enumerate(choices):
        key = translate("ear.enter") if not number else each.letter
        room.say("  " + translate("ear.choice", key=key, text=each.text))
    if not all_of_them:
        room.say("  " + translate("ear.choice", key="?", text=translate("ear.more-choices")))
    room.say("  " + translate("ear.choice", key="q", text=translate("ear.leave")))


def _heard(text: str) -> str:
    """A title from a lesson, as it is to be heard."""
    return spoken_text(harmless_line(text))


class FrontDoor:
    """The course: what is next, what is due, and the way to everything else."""

    def __init__(self, room: Room) -> None:
        self._room = room

    def open(self) -> None:
        """Stay until the learner leaves."""
        self._room.say_wrapped(translate("ear.welcome"))
        first = True
        while True:
            self._room.say("", *self._where())
            if not choose(self._room, list(self._choices()), self._take, first=first):
                self._room.say(translate("ear.goodbye"))
                return
            first = False

    def _headers(self) -> Sequence[LessonHeader]:
        return self._room.course.headers(language())

    def _next(self) -> LessonHeader | None:
        states, last = self._room.store.lesson_states(), self._room.store.last_lesson()
        return lesson_to_continue(self._headers(), states, last)

    def _where(self) -> Iterator[str]:
        store = self._room.store
        states = store.lesson_states()
        headers = self._headers()
        done = sum(each.id in states and states[each.id].finished for each in headers)
        yield translate("ear.lessons-done", done=done, count=len(headers))
        yield translate("ear.due", count=store.cards.count_due(clock.utc_now()))

    def _choices(self) -> Iterator[Choice]:
        header = self._next()
        if header is not None:
            begun = header.id in self._room.store.lesson_states()
            key = "ear.go-on-with" if begun else "ear.begin-with"
            text = translate(key, lesson=_heard(header.numbered_title))
            yield Choice("", text, lambda: self._lesson(header.id))
        yield Choice("r", translate("ear.review"), self._review)
        yield Choice("c", translate("ear.lessons"), self._say_lessons)
        yield Choice("b", translate("ear.labs"), self._say_labs)
        yield Choice("g", translate("ear.glossary"), self._glossary)
        yield Choice("p", translate("ear.progress"), self._progress)
        yield Choice("s", translate("ear.screens"), self._screens)
        if len(languages()) > 1:
            yield Choice("l", translate("ear.language"), self._language)

    def _take(self, word: str) -> bool:
        """A number or a name opens a lesson, or else a lab."""
        if self._room.course.header(word, language()) is not None:
            self._lesson(word)
            return True
        from tutor.labs.lab_files import list_labs

        if word in list_labs(self._room.course.labs_folder):
            LabByEar(self._room, _config(self._room.course, word, None, {})).open()
            return True
        return False

    def _lesson(self, name: str) -> None:
        lesson = self._room.course.lesson(name, language())
        if lesson is None:
            raise TutorError(translate("app.no-lesson", name=name))
        LessonByEar(self._room, lesson).open()

    def _review(self) -> None:
        take_review(self._room.asker, self._room.store, self._room.course)

    def _say_lessons(self) -> None:
        states = self._room.store.lesson_states()
        part = ""
        for header in self._headers():
            if header.part and header.part != part:
                part = header.part
                self._room.say(harmless_line(part))
            state = states.get(header.id)
            read = translate("ear.part-read", percent=f"{state.read_fraction:.0%}") if state is not None else ""
            self._room.say(f"  {_heard(header.numbered_title)}{read}")
        self._room.say(translate("ear.type-lesson"))

    def _say_labs(self) -> None:
        from tutor.labs.lab_files import lab_titles

        met = self._room.store.attempts.met()
        for name, title in lab_titles(self._room.course.labs_folder, language()):
            done = translate("ear.lab-done") if met.get(name) else ""
            self._room.say("  " + translate("ear.choice", key=name, text=_heard(title) + done))
        self._room.say(translate("ear.type-lab"))

    def _glossary(self) -> None:
        ask_for_terms(self._room)

    def _progress(self) -> None:
        found = overview(self._room.store, self._room.course, language(), clock.utc_now())
        self._room.say(*overview_lines(found))

    def _screens(self) -> None:
        """Open the screens the next time; the setting stays as the learner has it until then."""
        from tutor.workspace import Workspace

        Workspace().change_settings(screen_reader=False)
        self._room.say(translate("ear.screens-next"))

    def _language(self) -> None:
        from tutor.workspace import Workspace

        codes = list(languages())
        Workspace().change_settings(language=codes[(codes.index(language()) + 1) % len(codes)])


def ask_for_terms(room: Room) -> None:
    """Say what terms mean until the learner presses Enter alone."""
    while True:
        room.say(translate("ear.which-term"))
        word = room.read()
        if not word or word in _LEAVE:
            return
        try:
            room.say(*term_lines(room.course, word))
        except TutorError as error:
            room.say(error.message)


class LessonByEar:
    """A lesson: its text part by part, its questions where they stand, its labs and its quiz.

    Args:
        room: Where the learner is.
        lesson: The lesson.
    """

    def __init__(self, room: Room, lesson: Lesson) -> None:
        self._room = room
        self._lesson = lesson
        self._session = LessonSession(lesson, room.store)
        self._at = self._session.position.block if self._session.fraction_read < 0.999 else 0

    def open(self) -> None:
        """Stay until the learner leaves."""
        first = True
        try:
            while True:
                self._room.say("", *self._where())
                if not choose(self._room, list(self._choices()), self._take, first=first):
                    return
                first = False
        finally:
            self._leave()

    def _leave(self) -> None:
        self._session.on_input(in_front=False)
        self._session.save()

    def _where(self) -> Iterator[str]:
        lesson = self._lesson
        number = f"{lesson.number} " if lesson.number else ""
        yield translate("ear.lesson", title=f"{number}{_heard(lesson.title)}")
        read = f"{self._session.fraction_read:.0%}"
        score = self._session.score
        yield translate(
            "ear.lesson-state", minutes=lesson.minutes, read=read, right=score.right, questions=len(lesson.questions)
        )

    def _choices(self) -> Iterator[Choice]:
        reading = Choice("t", translate("ear.read-on" if self._at else "ear.read"), self._read)
        quiz = Choice("z", translate("ear.quiz", count=len(self._lesson.questions)), self._quiz)
        quizzes = [quiz] if self._lesson.questions else []
        # Whoever has read everything is asked next.
        yield from [*quizzes, reading] if self._session.fraction_read >= 0.999 else [reading, *quizzes]
        if self._at:
            yield Choice("a", translate("ear.from-start"), self._from_start)
        yield Choice("c", translate("ear.contents"), self._say_contents)
        for number, fence in enumerate(self._lesson.labs, 1):
            yield Choice(f"b{number}", translate("ear.lab", title=self._lab_title(fence)), self._opener(fence))
        yield Choice("g", translate("ear.glossary"), lambda: ask_for_terms(self._room))

    def _opener(self, fence: LabFence) -> Callable[[], None]:
        return lambda: self._open_lab(fence)

    def _from_start(self) -> None:
        self._at = 0
        self._read()

    def _say_contents(self) -> None:
        for number, section in enumerate(self._lesson.sections, 1):
            self._room.say("  " + translate("ear.choice", key=number, text=_heard(section.title)))
        self._room.say(translate("ear.type-section"))

    def _take(self, word: str) -> bool:
        """A number goes to a section."""
        if not (word.isascii() and word.isdigit() and 0 < int(word) <= len(self._lesson.sections)):
            return False
        self._at = self._lesson.sections[int(word) - 1].block_index
        self._read()
        return True

    def _quiz(self) -> None:
        self._session.on_input(in_front=False)
        self._session.save()
        take_quiz(self._room.asker, self._room.store, self._lesson)
        self._session = LessonSession(self._lesson, self._room.store)  # it knows the answers of the quiz

    # -- reading -----------------------------------------------------------------------------------------

    def _read(self) -> None:
        """Read on from where the learner is, until they leave or the lesson ends."""
        blocks = self._lesson.blocks
        while self._at < len(blocks):
            self._session.on_input(in_front=True)
            at, block = self._at, blocks[self._at]
            self._session.move(at, seen_block=at)
            self._at += 1
            if not self._say(block):
                return
            follows = blocks[self._at] if self._at < len(blocks) else None
            pauses = isinstance(block, Prose) or (isinstance(block, Question) and not isinstance(follows, Question))
            if (
                pauses
                and not isinstance(follows, Question | LabFence | Term)
                and follows is not None
                and not self._pause()
            ):
                return
        self._at = 0
        self._room.say("", translate("ear.lesson-ends"))

    def _pause(self) -> bool:
        """Wait until the learner wants to go on. Returns whether they do."""
        self._room.say(translate("ear.goes-on"))
        while True:
            word = self._room.read()
            self._session.on_input(in_front=True)
            if not word:
                return True
            if word in _LEAVE:
                return False
            if word == "b":
                self._at = max(0, self._at - 2)
                return True
            if word == "g":
                ask_for_terms(self._room)
            self._room.say(translate("ear.goes-on"))

    def _say(self, block: Block) -> bool:
        """Print a block, or ask it. Returns whether the learner reads on."""
        if isinstance(block, Prose):
            self._room.say("", *plain_lines(block.markdown, _WIDTH))
        elif isinstance(block, Question):
            return self._ask(block)
        elif isinstance(block, LabFence):
            return self._offer(block)
        elif isinstance(block, Term):
            self._room.say("", _heard(block.name), *plain_lines(block.definition, _WIDTH))
            self._room.say(*(plain_lines(block.formula, _WIDTH) if block.formula else ()))
        return True

    def _ask(self, question: Question) -> bool:
        number = self._lesson.questions.index(question) + 1
        heading = translate("ask.question", number=number, count=len(self._lesson.questions))
        exercise = self._session.exercise(question.id)
        if exercise.attempt.locked and exercise.mark in {Mark.RIGHT, Mark.WRONG}:
            key = "ear.answered-right" if exercise.mark is Mark.RIGHT else "ear.answered-wrong"
            title = spoken_text(" ".join(plain_lines(question.title, 400, inline=True)))
            self._room.say("", translate(key, question=heading, title=title))
            return True
        self._session.on_input(in_front=True)
        outcome = self._room.asker.ask(exercise, heading)
        self._room.say(*self._room.store.take_notices())
        if outcome is Outcome.BACK:
            self._at = max(0, self._at - 2)
        return outcome is not Outcome.LEFT

    def _offer(self, fence: LabFence) -> bool:
        """Say which lab stands here, and open it if the learner wants to."""
        self._room.say("")
        self._room.say_wrapped(translate("ear.lab-here", title=self._lab_title(fence)))
        while True:
            word = self._room.read()
            if not word:
                return True
            if word in _LEAVE:
                return False
            if word == "b":
                self._open_lab(fence)
                return True
            self._room.say(translate("ear.lab-or-on"))

    def _lab_title(self, fence: LabFence) -> str:
        from tutor.foundation.languages import in_language
        from tutor.labs.lab_files import read_title

        title = read_title(self._room.course.labs_folder / f"{fence.lab}.toml")
        return _heard(in_language(title, language()) or fence.lab)

    def _open_lab(self, fence: LabFence) -> None:
        self._session.on_input(in_front=False)
        try:
            LabByEar(self._room, _config(self._room.course, fence.lab, None, fence.overrides)).open()
        except TutorError as error:
            self._room.say(str(error))


class LabByEar:
    """A lab: what it is about, its settings by name, and runs that say how they go.

    Args:
        room: Where the learner is.
        spec: The lab with the values it is opened with.
    """

    def __init__(self, room: Room, spec: LabConfig) -> None:
        from tutor.labs.draft import LabDraft
        from tutor.labs.goals import Challenge

        self._room = room
        self._draft = LabDraft(spec)
        self._challenge = Challenge(spec.id, spec.challenge.goal)
        if self._challenge.goal is not None:
            self._challenge.best = room.store.attempts.best(spec.id, spec.challenge.goal)

    def open(self) -> None:
        """Stay until the learner leaves."""
        from tutor.plain.lab_lines import brief_lines

        self._room.say("", *brief_lines(self._draft.spec))
        if self._challenge.best is not None and self._challenge.best.met:
            self._room.say(translate("ear.goal-was-met"))
        self._room.say_wrapped(translate("ear.lab-how-manual" if self._draft.spec.manual else "ear.lab-how"))
        while True:
            word = self._room.read()
            if word in _LEAVE:
                return
            try:
                self._obey(word)
            except TutorError as error:
                self._room.say(str(error))

    def _obey(self, word: str) -> None:
        from tutor.plain.lab_lines import knob_lines

        if not word:
            self._train()
        elif word in _HELP:
            self._room.say(*knob_lines(self._draft.spec))
            self._room.say_wrapped(translate("ear.lab-how-manual" if self._draft.spec.manual else "ear.lab-how"))
        elif word == "u":
            change = self._draft.undo()
            self._room.say(translate("workbench.nothing-to-undo") if change is None else translate("ear.undone"))
        else:
            self._set(word)

    def _set(self, word: str) -> None:
        """Set what the learner typed: ``learning rate 0.1`` or ``learning_rate=0.1``."""
        from tutor.plain.lab_lines import knob_lines, spoken_value

        name, equals, value = word.partition("=")
        if not equals:
            name, _, value = word.rpartition(" ")
        control = self._control_named(name)
        if control is None or not value.strip():
            self._room.say(translate("ear.no-knob", word=word), *knob_lines(self._draft.spec))
            return
        self._draft.type(control, value)
        now = self._draft.value(self._draft.spec.controls[control])
        self._room.say(translate("ear.is-now", name=control, value=spoken_value(now)))
        if self._draft.spec.manual:
            self._train()

    def _control_named(self, name: str) -> str | None:
        """The control of that name or title; spaces, hyphens and underscores are alike."""
        from tutor.labs.controls import control_title

        wanted = _folded(name)
        for each, control in self._draft.spec.controls.items():
            if wanted in {_folded(each), _folded(control_title(each, control))}:
                return each
        return None

    # -- runs --------------------------------------------------------------------------------------------

    def _train(self) -> None:
        """Run the lab as it is set, say how it goes, and keep it if it is the best attempt at the goal."""
        from tutor.plain.lab_lines import goal_report

        summary_facts, run = self._by_hand() if self._draft.spec.manual else self._by_worker()
        if self._draft.spec.manual and (goal := goal_report(self._draft.spec, summary_facts)) is not None:
            self._room.say_wrapped(goal.text)
        if summary_facts:
            attempt = self._challenge.judge(run, summary_facts, self._settings())
            if attempt is not None:
                self._room.store.attempts.keep(attempt)

    def _settings(self) -> dict[str, object]:
        return {each.key: self._draft.value(each) for each in self._draft.spec.controls.values()}

    def _by_hand(self) -> tuple[Mapping[str, float | bool | str], str]:
        """The learner is the optimizer: the loss of what they have set, at once."""
        from tutor.runs.in_process import run_to_end
        from tutor.typeset.speech import spoken_figure

        summary = run_to_end(self._draft.spec, self._room.course.data_folder)
        loss = summary.last_value("train_loss")
        self._room.say(
            translate("ear.loss-now", loss=spoken_figure(loss)) if loss is not None else translate("ear.beyond-all")
        )
        return summary.facts(), ""

    def _by_worker(self) -> tuple[Mapping[str, float | bool | str], str]:
        """A run like any other, at full speed."""
        from tutor.labs.lab_files import with_overrides
        from tutor.plain.narrator import Narrator
        from tutor.plain.train import follow_run
        from tutor.runs.follower import RunFollower
        from tutor.runs.registry import Runs

        runs = Runs(paths.runs_folder())
        spec = with_overrides(self._draft.spec, {"train.pace": 0.0})
        run = runs.start(spec, data_folder=self._room.course.data_folder)
        follow_run(runs.folder_of(run), Narrator(sys.stdout))
        follower = RunFollower(runs.folder_of(run))
        follower.catch_up()
        return follower.summary.facts(), run


def _folded(name: str) -> str:
    return "".join(each for each in name.casefold() if each not in " _-")
