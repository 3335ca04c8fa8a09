"""A class behind the screens: a learner's process looks for what the teachers do, a teacher's for what everybody does.

Both only look at files, several times a second, which costs a few ``stat`` calls while nothing happens.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from contextlib import suppress
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, ClassVar, cast

from tutor.classroom.polls import option_count, question_of
from tutor.classroom.seat import WHAT_IS_SEEN
from tutor.foundation.errors import TutorError
from tutor.foundation.translate import language, translate
from tutor.tui import router, routes
from tutor.tui.commands import LEARNERS, TEACHERS, Command
from tutor.tui.poll_timer import PollTimer
from tutor.tui.screen import Commanded, TutorScreen, Whereabouts

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from textual.app import App

    from tutor.classroom.desk import Desk
    from tutor.classroom.events import Follow
    from tutor.classroom.room import Poll
    from tutor.classroom.seat import Seat
    from tutor.course.lesson import Question
    from tutor.tui.shell import Shell

LEARNER_LOOKS = 0.1
"""Seconds between two looks of a learner's process."""
TEACHER_LOOKS = 0.15
_WHERE_EVERY = 1.0
_IDLE = 60.0
"""Seconds without a key after which a learner counts as idle."""
_QUIET = 0.8
"""Seconds without a key before a poll comes over the screen that the learner types into."""
_LONGEST_WAIT = 4.0
"""Seconds after which it comes all the same."""
_OLD = 600.0
"""Seconds after which nobody who arrives is called any more."""


class ClassSide(ABC):
    """The class as an app sees it: of a learner or of a teacher.

    Args:
        app: The app.
    """

    commands: ClassVar[tuple[Command, ...]]
    """What can be done on every screen, if `offers` agrees."""

    def __init__(self, app: App[int]) -> None:
        self.app = app
        self.shell = cast("Shell", app)
        self._timer = PollTimer(app, self.look)
        self._asked: tuple[str, str] | None = None  # the poll and the language of `question`
        self.question: Question | None = None
        """What the poll asks; None before it has been read, or if this course does not have it."""
        self.question_missing = False
        """Whether this course does not have the question of the poll."""

    @property
    @abstractmethod
    def poll(self) -> Poll | None:
        """The poll that is on the screens; None if there is none."""

    @abstractmethod
    def start(self) -> None:
        """Begin to look. Call it once."""

    @abstractmethod
    def prepare(self) -> None:
        """Make in advance what a poll needs. Everything that has to be imported has been."""

    @abstractmethod
    def look(self) -> float | None:
        """Look once. Return the seconds until the next look."""

    @abstractmethod
    def offers(self, command_id: str) -> bool:
        """Whether a command of the class can be used now."""

    @abstractmethod
    def do(self, command_id: str) -> None:
        """Do what a command says."""

    def notice(self, text: str, kind: str = "info") -> None:
        """Show a sentence on the screen in front, if it can."""
        screen = next((each for each in reversed(self.shell.screen_stack) if isinstance(each, TutorScreen)), None)
        if screen is not None and screen.is_mounted:
            screen.notice(text, kind)

    def tell_screens(self) -> None:
        """Tell every screen that something has happened in the class."""
        for screen in self.shell.screen_stack:
            if isinstance(screen, Commanded) and screen.is_mounted:
                screen.class_changed()

    def read_question(self, then: Callable[[], object]) -> None:
        """Read what the poll asks, and call ``then`` on the event loop.

        That is at once if its lesson has been read. Else a thread reads it.
        """
        poll = self.poll
        if poll is None or self._asked == (poll.id, language()):
            then()
            return
        self._asked = (poll.id, language())
        self.question, self.question_missing = None, False
        workspace, spoken, opened = self.shell.workspace, language(), poll.opened
        course = workspace.course
        if not opened.lab and course is not None and course.has_read(opened.lesson, spoken):
            self._read(poll, question_of(poll, course, spoken), then)
            return

        def work() -> None:
            found = question_of(poll, workspace.course, spoken)
            self.app.call_from_thread(partial(self._read, poll, found, then))

        self.app.run_worker(work, thread=True, exit_on_error=False)

    def _read(self, poll: Poll, found: Question | None, then: Callable[[], object]) -> None:
        if self.poll is not None and self.poll.id == poll.id:
            self.question, self.question_missing = found, found is None
        then()

    def _in_front(self, route: type[routes.Route]) -> bool:
        """Whether a screen of this kind is in front; none is while the app closes."""
        stack = self.shell.screen_stack
        return bool(stack) and router.is_shown(stack[-1], route)

    def whereabouts(self) -> Whereabouts | None:
        """Where the person at this terminal is."""
        for screen in reversed(self.shell.screen_stack):
            if isinstance(screen, Commanded) and screen.is_mounted and (found := screen.whereabouts()) is not None:
                return found
        return None


class LearnerSide(ClassSide):
    """A learner's side: polls come over the screen, calls open a screen, and where the learner is, is written.

    Args:
        app: The app.
        seat: The learner's seat.
    """

    commands = LEARNERS

    def __init__(self, app: App[int], seat: Seat) -> None:
        super().__init__(app)
        self.seat = seat
        self._shown: tuple[str, int, bool] | None = None  # the poll, round and stage that were brought before
        self._wanted_since: float | None = None
        self._followed: Follow | None = None
        self._picked = ""
        self._kept: TutorScreen | None = None  # the screen of polls, once it has been made
        self._where_at = 0.0
        self._opened_at = 0.0

    @property
    def poll(self) -> Poll | None:
        return self.seat.state.poll

    def start(self) -> None:
        """Read the logs in a thread, then look."""

        def work() -> None:
            self.seat.open()
            self.app.call_from_thread(self._begin)

        self.app.run_worker(work, thread=True, exit_on_error=False)

    def _begin(self) -> None:
        self._opened_at = time.time()
        if WHAT_IS_SEEN not in self.seat.me.seen:
            router.go(self.shell, routes.ClassNotice())
        else:
            self.notice(translate("class.you-are-in", name=self.seat.name))
        self._react()
        self._timer.start()

    def look(self) -> float | None:
        """Look whether the teachers have done something."""
        if not self.shell.screen_stack:
            return None  # the app closes
        if self.seat.look():
            self._react()
        if self._wanted_since is not None:
            self._bring_when_quiet()
        now = monotonic()
        if now - self._where_at >= _WHERE_EVERY:
            self._where_at = now
            self._say_where(now)
        return LEARNER_LOOKS

    def prepare(self) -> None:
        """Make the screen of polls while nothing happens: then a poll costs each terminal one frame.

        A class has many terminals on few cores, and all of them show the poll at the same moment.
        """
        self._poll_screen()

    def _poll_screen(self) -> TutorScreen:
        if self._kept is None:
            self._kept = cast("TutorScreen", router.keep(self.shell, routes.Poll()))
        return self._kept

    def _say_where(self, now: float) -> None:
        found = self.whereabouts()
        idle = now - self.shell.last_input if self.shell.last_input else 0.0
        since = round(time.time() - idle) if idle >= _IDLE else 0.0
        if found is not None:
            self.seat.be_at(found.place, found.lesson_id, found.section, found.lab, since)

    # -- what the teachers want ---------------------------------------------------------------------------

    def _react(self) -> None:
        poll, state = self.poll, self.seat.state
        stage = (poll.id, poll.round, poll.revealed) if poll is not None else None
        if stage != self._shown:
            self._shown = stage
            self._wanted_since = monotonic() if poll is not None else None
            self._where_at = 0.0
        self._follow(state.follow)
        if state.picked != self._picked:
            self._picked = state.picked
            self._read_ahead(state.picked)
        self.tell_screens()

    def _read_ahead(self, lesson_id: str) -> None:
        """Read a lesson in a thread, so that a question of it is shown at once."""
        workspace = self.shell.workspace
        self.app.run_worker(lambda: workspace.lesson(lesson_id), thread=True, exit_on_error=False)

    def _bring_when_quiet(self) -> None:
        """Bring the poll over the screen in front, but not into the middle of a word that somebody types."""
        now, since = monotonic(), self._wanted_since
        if since is None or self.shell.too_small or not self.shell.screen_stack:
            return
        if now - self.shell.last_input < _QUIET and now - since < _LONGEST_WAIT:
            return
        self._wanted_since = None
        self.read_question(self._bring)

    def _bring(self) -> None:
        if self.poll is None or self.shell.too_small:
            return
        if any(router.is_shown(screen, routes.Poll) for screen in self.shell.screen_stack):
            self.tell_screens()
        else:
            screen = self._poll_screen()
            screen.class_changed()  # before it is shown, so that it is drawn once
            router.show(self.shell, routes.Poll(), screen)

    def _follow(self, call: Follow | None) -> None:
        """Go where a teacher calls everybody; who arrives late is called only for some minutes."""
        if call == self._followed:
            return
        self._followed = call
        if call is None or call.at < time.time() - _OLD:
            return
        route = routes.Lab(call.lab) if call.lab else routes.Lesson(call.lesson, call.anchor)
        router.go(self.shell, route)
        self.app.call_after_refresh(self.notice, translate("class.called"), "good")

    # -- what the learner does ----------------------------------------------------------------------------

    def offers(self, command_id: str) -> bool:
        """The way back to the poll is offered only while there is one behind."""
        if command_id == "class.poll":
            return self.poll is not None and not self._in_front(routes.Poll)
        return True

    def do(self, command_id: str) -> None:
        """Ask for help, go back to the poll, or show what a teacher sees."""
        if command_id == "class.help":
            self._ask_for_help()
        elif command_id == "class.poll":
            self.read_question(self._bring_to_front)
        elif not any(router.is_shown(each, routes.ClassNotice) for each in self.shell.screen_stack):
            router.go(self.shell, routes.ClassNotice())

    def _bring_to_front(self) -> None:
        while any(router.is_shown(each, routes.Poll) for each in self.shell.screen_stack[:-1]):
            self.shell.pop_screen()
        self._bring()

    def _ask_for_help(self) -> None:
        wanted = not self.seat.me.help_since
        try:
            self.seat.ask_for_help(wanted)
        except OSError as error:
            self.notice(translate("class.not-written", reason=error.strerror or str(error)), "warning")
            return
        self.notice(translate("class.help-asked" if wanted else "class.help-not-needed"), "good")


class TeacherSide(ClassSide):
    """A teacher's side: it reads everybody's logs and writes how polls stand.

    Args:
        app: The app.
        desk: The class.
    """

    commands = TEACHERS

    def __init__(self, app: App[int], desk: Desk) -> None:
        super().__init__(app)
        self.desk = desk

    @property
    def poll(self) -> Poll | None:
        return self.desk.room.state.poll

    def start(self) -> None:
        """Look from now on. What there is already is read piece by piece."""
        self._timer.start()

    def prepare(self) -> None:
        """Do nothing: a teacher's polls are on a page of the class."""

    def look(self) -> float | None:
        """Look what everybody has done, and write how the poll stands."""
        if not self.shell.screen_stack:
            return None  # the app closes
        changed = self.desk.look()
        if self.poll is not None:
            self.read_question(self._tally)
        if changed:
            self.tell_screens()
        return 0.01 if self.desk.behind else TEACHER_LOOKS

    def _tally(self) -> None:
        if self.question is not None:
            self.desk.tally(option_count(self.question))

    def offers(self, command_id: str) -> bool:
        """Everybody can be called to a lesson or a lab."""
        if command_id == "class.call":
            found = self.whereabouts()
            return self.desk.room.state.follow is not None or _can_be_followed(found)
        return not self._in_front(routes.Classroom)

    def do(self, command_id: str) -> None:
        """Go to the class, or call everybody to this place, or let them go."""
        if command_id == "class.room":
            self._go_to_room()
            return
        found = self.whereabouts()
        try:
            if found is not None and _can_be_followed(found):
                lab = found.lab if found.place == "lab" else ""
                self.desk.follow(lesson="" if lab else found.lesson_id, anchor="" if lab else found.anchor, lab=lab)
                self.notice(translate("class.everybody-called"), "good")
            else:
                self.desk.follow()
                self.notice(translate("class.nobody-called"))
        except OSError as error:
            self.notice(translate("class.not-written", reason=error.strerror or str(error)), "warning")

    def _go_to_room(self) -> None:
        while len(self.shell.screen_stack) > 1 and not self._in_front(routes.Classroom):
            self.shell.pop_screen()
        if not self._in_front(routes.Classroom):
            router.go(self.shell, routes.Classroom())

    def act(self, what: Callable[[], Any]) -> bool:
        """Do something at the desk. Return whether it was possible; if not, a notice says why."""
        try:
            what()
        except (OSError, TutorError) as error:
            reason = (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
            self.notice(translate("class.not-written", reason=reason), "warning")
            return False
        self.tell_screens()
        return True

    def close(self) -> None:
        """Leave the class."""
        with suppress(OSError):
            self.desk.close()


def _can_be_followed(found: Whereabouts | None) -> bool:
    return found is not None and bool(found.lab if found.place == "lab" else found.place == "lesson")
