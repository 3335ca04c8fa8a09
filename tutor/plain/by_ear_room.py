"""What every place of the course by ear is made of: a prompt, choices that are said before they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tutor.foundation.errors import TutorError
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.text import narrow, wrapped
from tutor.foundation.translate import translate
from tutor.plain.asking import WIDTH, Asker, Command, command_called
from tutor.plain.glossary import term_lines
from tutor.typeset.speech import spoken_text

if TYPE_CHECKING:
    from tutor.course.catalogue import Course
    from tutor.plain.by_ear_class import ClassByEar
    from tutor.progress.store import ProgressStore


def leaves(word: str) -> bool:
    """Whether a folded word asks to leave."""
    return word == "q" or command_called(word) is Command.LEAVE


def asks_for_help(word: str) -> bool:
    """Whether a folded word asks what can be typed."""
    return word in {"?", "h"} or command_called(word) is Command.HELP


class InputEndedError(Exception):
    """The input has ended, so everything is left at once."""


@dataclass(frozen=True, slots=True)
class Room:
    """What every place of the course needs: who asks, what is remembered, the course, and the class if there is one."""

    asker: Asker
    store: ProgressStore
    course: Course
    classroom: ClassByEar | None = None

    def be_at(self, place: str, lesson: str = "", section: int = 0, lab: str = "") -> None:
        """Let the class know where the learner is: see `tutor.classroom.seat.Seat.be_at`."""
        if self.classroom is not None:
            self.classroom.be_at(place, lesson, section, lab)

    def say(self, *lines: str) -> None:
        """Print lines."""
        self.asker.say(*lines)

    def say_wrapped(self, text: str) -> None:
        """Print a sentence on lines of its own."""
        self.asker.say(*wrapped(text, WIDTH))

    def say_choice(self, key: object, text: str) -> None:
        """Print what can be typed, and what it is or does."""
        self.asker.say("  " + translate("ear.choice", key=key, text=text))

    def read(self) -> str:
        """What the learner types at the prompt, folded; empty if they only press Enter.

        Raises:
            InputEndedError: There is no more input.
        """
        while True:
            line = self.asker.read()
            if line is None:
                raise InputEndedError
            if self.classroom is None or not self.classroom.obeys(line, bare=True):
                return narrow(line).strip(" 。.").casefold()


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that can be typed: its letter, what it does in words, and what carries it out."""

    letter: str
    text: str
    act: Callable[[], object]


def choose(
    room: Room, choices: Sequence[Choice], also: Callable[[str], bool] = lambda _word: False, *, first: bool
) -> bool:
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
        if leaves(word):
            return False
        if asks_for_help(word):
            _say_choices(room, choices)
            if room.classroom is not None:
                room.say_wrapped(room.classroom.commands)
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
        room.say_choice(key, each.text)
    if not all_of_them:
        room.say_choice("?", translate("ear.more-choices"))
    room.say_choice("q", translate("ear.leave"))


def heard(text: str) -> str:
    """A title from a lesson, as it is to be heard."""
    return spoken_text(harmless_line(text))


def ask_for_terms(room: Room) -> None:
    """Say what terms mean until the learner presses Enter alone."""
    while True:
        room.say(translate("ear.which-term"))
        word = room.read()
        if not word or leaves(word):
            return
        try:
            room.say(*term_lines(room.course, word))
        except TutorError as error:
            room.say(error.message)
