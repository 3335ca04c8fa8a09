"""The course by ear: the front door, lessons and labs as lines and a prompt, for whoever uses a screen reader.

Nothing is drawn, nothing is ever written over, and whatever can be typed is said before it is asked for. Progress,
runs and attempts are those of the screens, so a learner may change between both.

`FrontDoor` is where everything begins, `LessonByEar` reads a lesson, and `LabByEar` trains a lab. Exercises in code are
in `tutor.plain.by_ear_exercise`, the prompt in `tutor.plain.by_ear_room`, a class in `tutor.plain.by_ear_class`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from tutor.course.exercises.finding import find_exercise, find_exercises
from tutor.course.exercises.project import PROJECT, has_project
from tutor.course.lesson import Exercise, LabFence, OpeningAnswer, Prose, Question, Term
from tutor.exercises.memory import Standing, standing_of
from tutor.foundation import clock, paths
from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.languages import languages
from tutor.foundation.pack_ids import MARK
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import language, translate
from tutor.plain.asking import WIDTH, Asker, Outcome, asking
from tutor.plain.by_ear_class import take_seat
from tutor.plain.by_ear_room import (
    Choice,
    InputEndedError,
    Room,
    ask_for_terms,
    asks_for_help,
    choose,
    heard,
    leaves,
)
from tutor.plain.progress import overview_lines
from tutor.plain.quiz import take_quiz, take_review
from tutor.plain.read import lesson_named, revealed_lines
from tutor.study.lesson_session import LessonSession
from tutor.study.next_lesson import lesson_to_continue
from tutor.study.question_attempt import Mark
from tutor.study.report import overview
from tutor.study.sections import section_at
from tutor.typeset.page import is_read_aloud, plain_lines, read_aloud

if TYPE_CHECKING:
    from tutor.classroom.events import Follow
    from tutor.course.catalogue import Course, LessonHeader
    from tutor.course.lesson import Block, Lesson
    from tutor.labs.lab_config import LabConfig
    from tutor.progress.store import ProgressStore
    from tutor.runs.session.mine import MineChoice


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
    from tutor.course.packs.installed import open_course

    before = is_read_aloud()
    read_aloud(True)
    try:
        course, opened = lesson_named(lesson) if lesson is not None else (open_course(), None)
        with asking(course, Asker) as (asker, store), room_of(asker, store, course) as room:
            if opened is not None:
                LessonByEar(room, opened).open()
            elif lab is not None or data is not None:
                LabByEar(room, _config(course, lab, data, overrides or {})).open()
            else:
                FrontDoor(room).open()
    except InputEndedError:
        pass
    finally:
        read_aloud(before)
    return int(ExitCode.OK)


@contextmanager
def room_of(asker: Asker, store: ProgressStore, course: Course) -> Iterator[Room]:
    """The room of a session, with the class that the learner is in, if they are in one."""
    with take_seat(asker, store, course, lambda call: _go(room, call)) as classroom:
        room = Room(asker, store, course, classroom)
        yield room


def _config(course: Course, lab: str | None, data: str | None, overrides: Mapping[str, object]) -> LabConfig:
    from tutor.plain.train import checked_config  # late, because it needs the whole of a training

    return checked_config(lab, data, overrides, course, by_hand=True)


def _go(room: Room, call: Follow) -> None:
    """Open the lab, or the lesson at its section, to which a teacher asks everybody."""
    if call.lab:
        LabByEar(room, _config(room.course, call.lab, None, {})).open()
        return
    lesson = room.course.lesson(call.lesson, language())
    if lesson is None:
        raise TutorError(translate("app.no-lesson", name=harmless_line(call.lesson)))
    LessonByEar(room, lesson, call.anchor).open()


class FrontDoor:
    """The course: what is next, what is due, and the way to everything else."""

    def __init__(self, room: Room) -> None:
        self._room = room

    def open(self) -> None:
        """Stay until the learner leaves."""
        self._room.say_wrapped(translate("ear.welcome"))
        first = True
        while True:
            self._room.be_at("home")
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
            text = translate(key, lesson=heard(header.numbered_title))
            yield Choice("", text, lambda: self._lesson(header.id))
        yield Choice("r", translate("ear.review"), self._review)
        yield Choice("c", translate("ear.lessons"), self._say_lessons)
        yield Choice("b", translate("ear.labs"), self._say_labs)
        yield Choice("x", translate("ear.exercises"), self._say_exercises)
        yield Choice("g", translate("ear.glossary"), partial(ask_for_terms, self._room))
        yield Choice("p", translate("ear.progress"), self._progress)
        yield Choice("s", translate("ear.screens"), self._screens)
        if len(languages()) > 1:
            yield Choice("l", translate("ear.language"), self._language)

    def _take(self, word: str) -> bool:
        """A number or a name opens a lesson, or else a lab, or else an exercise."""
        if self._room.course.header(word, language()) is not None:
            self._lesson(word)
            return True
        from tutor.labs.lab_files import list_labs

        if word in list_labs(self._room.course.labs):
            LabByEar(self._room, _config(self._room.course, word, None, {})).open()
            return True
        if word == PROJECT and has_project(self._room.course, language()):
            from tutor.plain.by_ear_project import ProjectByEar  # late, because it needs NumPy

            ProjectByEar(self._room).open()
            return True
        found = find_exercise(self._room.course, language(), word)
        if found is not None:
            open_exercise(self._room, found.exercise, found.lesson)
        return found is not None

    def _lesson(self, name: str) -> None:
        lesson = self._room.course.lesson(name, language())
        if lesson is None:
            raise TutorError(translate("app.no-lesson", name=name))
        LessonByEar(self._room, lesson).open()

    def _review(self) -> None:
        self._room.be_at("review")
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
            name = f"{header.pack}{MARK}{header.number} {header.title}" if header.pack else header.numbered_title
            self._room.say(f"  {heard(name)}{read}")
        self._room.say(translate("ear.type-lesson"))

    def _say_labs(self) -> None:
        from tutor.labs.lab_files import lab_titles

        met = self._room.store.attempts.met()
        for name, title in lab_titles(self._room.course.labs, language()):
            done = translate("ear.lab-done") if met.get(name) else ""
            self._room.say_choice(name, heard(title) + done)
        self._room.say(translate("ear.type-lab"))

    def _say_exercises(self) -> None:
        for found in find_exercises(self._room.course, language()):
            exercise = found.exercise
            self._room.say_choice(exercise.id, heard_title(exercise.title) + _standing_of(exercise))
        if has_project(self._room.course, language()):
            self._room.say_choice(PROJECT, translate("project.title"))
        self._room.say(translate("ear.type-exercise"))

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


_STANDINGS = {Standing.BEGUN: "ear.exercise-begun", Standing.PASSED: "ear.exercise-passed"}


def _standing_of(exercise: Exercise) -> str:
    """How an exercise stands, to be said after its title; empty if it is not begun."""
    key = _STANDINGS.get(standing_of(paths.exercises_folder(), exercise.id))
    return translate(key) if key is not None else ""


def heard_title(markdown: str) -> str:
    """A title with Markdown in it, as it is to be heard."""
    return " ".join(plain_lines(markdown, 400, inline=True))


def open_exercise(room: Room, exercise: Exercise, lesson: Lesson, *, introduce: bool = True) -> None:
    """Let the learner work on an exercise, and train a lab with what has passed."""
    from tutor.plain.by_ear_exercise import ExerciseByEar  # late, because it needs NumPy

    def open_lab(fence: LabFence) -> None:
        mine = {f"mine.{slot}": name for slot, name in exercise.slots.items()}
        LabByEar(room, _config(room.course, fence.lab, None, {**fence.overrides, **mine})).open()

    room.be_at("exercise", lesson.id)
    ExerciseByEar(room, exercise, lesson, open_lab).open(introduce=introduce)


class LessonByEar:
    """A lesson: its text part by part, its questions where they stand, its labs and its quiz.

    Args:
        room: Where the learner is.
        lesson: The lesson.
        anchor: A section that is read at once; if there is none of it, the lesson opens where the learner left it.
    """

    def __init__(self, room: Room, lesson: Lesson, anchor: str = "") -> None:
        self._room = room
        self._lesson = lesson
        self._session = LessonSession(lesson, room.store)
        self._at = self._session.position.block if self._session.fraction_read < 0.999 else 0
        called_to = next((each for each in lesson.sections if each.anchor == anchor), None)
        self._reads_at_once = called_to is not None
        if called_to is not None:
            self._at = called_to.block_index

    def open(self) -> None:
        """Stay until the learner leaves."""
        first = True
        try:
            if self._reads_at_once:
                self._read()
            while True:
                self._be_here()
                self._room.say("", *self._where())
                if not choose(self._room, list(self._choices()), self._take, first=first):
                    return
                first = False
        finally:
            self._turn_away()

    def _be_here(self) -> None:
        self._room.be_at("lesson", self._lesson.id, section_at(self._lesson, self._at) if self._lesson.sections else 0)

    def _turn_away(self) -> None:
        """Count no more time, and save the place, because something else is opened or the lesson is left."""
        self._session.on_input(in_front=False)
        self._session.save()

    def _where(self) -> Iterator[str]:
        lesson = self._lesson
        number = f"{lesson.number} " if lesson.number else ""
        yield translate("ear.lesson", title=f"{number}{heard(lesson.title)}")
        read = f"{self._session.fraction_read:.0%}"
        score = self._session.score
        yield translate("ear.lesson-state", minutes=lesson.minutes, read=read, right=score.right, questions=score.total)

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
            yield Choice(
                f"b{number}", translate("ear.lab", title=self._lab_title(fence)), partial(self._open_lab, fence)
            )
        for number, exercise in enumerate(self._lesson.exercises, 1):
            title = heard_title(exercise.title)
            yield Choice(f"x{number}", translate("ear.exercise", title=title), partial(self._open_exercise, exercise))
        yield Choice("g", translate("ear.glossary"), partial(ask_for_terms, self._room))

    def _from_start(self) -> None:
        self._at = 0
        self._read()

    def _say_contents(self) -> None:
        for number, section in enumerate(self._lesson.sections, 1):
            self._room.say_choice(number, heard(section.title))
        self._room.say(translate("ear.type-section"))

    def _take(self, word: str) -> bool:
        """A number goes to a section."""
        if not (word.isascii() and word.isdigit() and 0 < int(word) <= len(self._lesson.sections)):
            return False
        self._at = self._lesson.sections[int(word) - 1].block_index
        self._read()
        return True

    def _quiz(self) -> None:
        self._turn_away()
        self._room.be_at("quiz", self._lesson.id)
        take_quiz(self._room.asker, self._room.store, self._lesson)
        self._know_new_answers()

    def _know_new_answers(self) -> None:
        """Begin a new session, which knows the answers that were given elsewhere."""
        self._session = LessonSession(self._lesson, self._room.store)

    # -- reading -----------------------------------------------------------------------------------------

    def _read(self) -> None:
        """Read on from where the learner is, until they leave or the lesson ends."""
        blocks = self._lesson.blocks
        while self._at < len(blocks):
            self._session.on_input(in_front=True)
            self._be_here()
            at, block = self._at, blocks[self._at]
            self._session.move(at, seen_block=at)
            self._at += 1
            if not self._say(block):
                return
            follows = blocks[self._at] if self._at < len(blocks) else None
            pauses = isinstance(block, Prose | OpeningAnswer) or (
                isinstance(block, Question) and not isinstance(follows, Question)
            )
            if (
                pauses
                and not isinstance(follows, Question | LabFence | Exercise | Term)
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
            if leaves(word):
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
            self._room.say("", *plain_lines(block.markdown, WIDTH))
        elif isinstance(block, Question):
            return self._ask(block)
        elif isinstance(block, LabFence):
            self._room.say("")
            self._room.say_wrapped(translate("ear.lab-here", title=self._lab_title(block)))
            return self._offer(partial(self._open_lab, block), translate("ear.lab-or-on"))
        elif isinstance(block, Exercise):
            return self._offer_exercise(block)
        elif isinstance(block, OpeningAnswer) and self._lesson.opening is not None:
            self._room.say("", *revealed_lines(self._session, self._lesson.opening))
        elif isinstance(block, Term):
            self._room.say("", heard(block.name), *plain_lines(block.definition, WIDTH))
            self._room.say(*(plain_lines(block.formula, WIDTH) if block.formula else ()))
        return True

    def _ask(self, question: Question) -> bool:
        number = self._lesson.questions.index(question) + 1
        heading = translate("ask.question", number=number, count=len(self._lesson.questions))
        exercise = self._session.exercise(question.id)
        if exercise.attempt.locked and exercise.mark in _ANSWERED:
            said = translate(_ANSWERED[exercise.mark], question=heading, title=heard_title(question.title))
            self._room.say("", said)
            return True
        self._session.on_input(in_front=True)
        outcome = self._room.asker.ask(exercise, heading)
        self._room.say(*self._room.store.take_notices())
        if outcome is Outcome.BACK:
            self._at = max(0, self._at - 2)
        return outcome is not Outcome.LEFT

    def _offer_exercise(self, exercise: Exercise) -> bool:
        """Say what an exercise asks, and how it can be begun."""
        from tutor.plain.by_ear_exercise import exercise_lines

        self._room.say("", translate("ear.exercise-here") + _standing_of(exercise))
        self._room.say(*exercise_lines(exercise))
        self._room.say_wrapped(translate("ear.exercise-how", command=f"tutor exercise {exercise.id}"))
        do_it = partial(self._open_exercise, exercise, introduce=False)
        return self._offer(do_it, translate("ear.exercise-or-on"))

    def _offer(self, open_it: Callable[[], None], what_else: str) -> bool:
        """Open what stands here if the learner wants to. Returns whether they read on."""
        while True:
            word = self._room.read()
            if not word:
                return True
            if leaves(word):
                return False
            if word == "b":
                open_it()
                return True
            self._room.say(what_else)

    def _lab_title(self, fence: LabFence) -> str:
        from tutor.foundation.languages import in_language
        from tutor.labs.lab_files import read_title

        path = self._room.course.labs.path(fence.lab)
        title = read_title(path) if path is not None else {}
        return heard(in_language(title, language()) or fence.lab)

    def _open_lab(self, fence: LabFence) -> None:
        self._session.on_input(in_front=False)
        try:
            LabByEar(self._room, _config(self._room.course, fence.lab, None, fence.overrides)).open()
        except TutorError as error:
            self._room.say(str(error))

    def _open_exercise(self, exercise: Exercise, *, introduce: bool = True) -> None:
        self._turn_away()
        try:
            open_exercise(self._room, exercise, self._lesson, introduce=introduce)
        except TutorError as error:
            self._room.say(str(error))
        self._know_new_answers()


_ANSWERED = {
    Mark.RIGHT: "ear.answered-right",
    Mark.WRONG: "ear.answered-wrong",
    Mark.WAITING: "ear.answered-waiting",
}


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
        self._mine = self._mine_of(spec)
        self._challenge = Challenge(spec.id, spec.challenge.goal)
        if self._challenge.goal is not None:
            self._challenge.best = room.store.attempts.best(spec.id, spec.challenge.goal)

    def _mine_of(self, spec: LabConfig) -> MineChoice | None:
        """The choice between the learner's functions and the built-in ones; None if the lab has no place for one."""
        if not spec.mine:
            return None
        from tutor.exercises.mine import passed_programs
        from tutor.runs.session.mine import MineChoice

        course = self._room.course
        return MineChoice(spec.mine, lambda mine: passed_programs(mine, course, paths.exercises_folder()))

    def open(self) -> None:
        """Stay until the learner leaves."""
        from tutor.plain.lab_lines import brief_lines

        self._room.say("", *brief_lines(self._draft.spec))
        if self._mine is not None:
            self._room.say(*self._mine.lines(None), translate("ear.mine"))
        if self._challenge.best is not None and self._challenge.best.met:
            self._room.say(translate("ear.goal-was-met"))
        self._room.say_wrapped(translate("ear.lab-how-manual" if self._draft.spec.manual else "ear.lab-how"))
        while True:
            self._room.be_at("lab", lab=self._draft.spec.id)
            word = self._room.read()
            if leaves(word):
                return
            try:
                self._obey(word)
            except TutorError as error:
                self._room.say(str(error))

    def _obey(self, word: str) -> None:
        from tutor.plain.lab_lines import knob_lines

        if not word:
            self._train()
        elif asks_for_help(word):
            self._room.say(*knob_lines(self._draft.spec))
            self._room.say_wrapped(translate("ear.lab-how-manual" if self._draft.spec.manual else "ear.lab-how"))
        elif word == "u":
            change = self._draft.undo()
            self._room.say(translate("workbench.nothing-to-undo") if change is None else translate("ear.undone"))
        elif word == "m" and self._mine is not None:
            self._room.say_wrapped(self._mine.switch())
        else:
            self._set(word)

    def _set(self, word: str) -> None:
        """Set what the learner typed: ``learning rate 0.1`` or ``learning_rate=0.1``."""
        from tutor.plain.lab_lines import knob_lines, limits_of, spoken_value

        name, equals, value = word.partition("=")
        if not equals:
            name, _, value = word.rpartition(" ")
        control = self._control_named(name)
        if control is None or not value.strip():
            self._room.say(translate("ear.no-knob", word=word), *knob_lines(self._draft.spec))
            return
        try:
            self._draft.type(control, value)
        except TutorError as error:
            config = self._draft.spec.controls[control]
            if not config.choices or value.strip() in map(spoken_value, config.choices):
                raise
            # Said again with the names under which the choices were heard.
            facts = {"name": control, "limits": limits_of(config), "value": harmless_line(value)}
            raise TutorError(translate("ear.must-be", **facts)) from error
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
        from tutor.labs.mine import OWN_LOOP
        from tutor.plain.lab_lines import goal_report

        summary_facts, run = self._by_hand() if self._draft.spec.manual else self._by_worker()
        if self._draft.spec.manual and (goal := goal_report(self._draft.spec, summary_facts)) is not None:
            self._room.say_wrapped(goal.text)
        if summary_facts and not (self._mine is not None and OWN_LOOP in self._mine.programs):
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
        from tutor.labs.mine import refuse_unfit
        from tutor.plain.narrator import Narrator
        from tutor.plain.train import follow_run
        from tutor.runs.follower import RunFollower
        from tutor.runs.registry import Runs

        runs = Runs(paths.runs_folder())
        spec = with_overrides(self._draft.spec, {"train.pace": 0.0})
        if self._mine is not None:
            self._mine.refresh()
        programs = self._mine.programs if self._mine is not None else None
        refuse_unfit(spec, programs or {})
        run = runs.start(spec, data_folder=self._room.course.data_folder, programs=programs)
        follow_run(runs.folder_of(run), Narrator(sys.stdout))
        follower = RunFollower(runs.folder_of(run))
        follower.catch_up()
        return follower.summary.facts(), run


def _folded(name: str) -> str:
    return "".join(each for each in name.casefold() if each not in " _-")
