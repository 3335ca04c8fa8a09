"""A class as lines of text: who is there, and how the poll stands. Printed once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.classroom.desk import Desk
from tutor.classroom.polls import count_votes, option_count, question_of
from tutor.foundation.clock import short_duration
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import language, sentences, translate
from tutor.typeset.page import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tutor.classroom.folder import ClassFolder
    from tutor.classroom.room import LearnerState, Poll
    from tutor.course.catalogue import Course


def show_class(folder: ClassFolder) -> int:
    """Print the class once. Returns the exit code."""
    from tutor.workspace import Workspace

    desk, workspace = Desk(folder), Workspace()
    desk.catch_up()
    titles = {header.id: header.numbered_title for header in workspace.headers()}
    room, now = desk.room, desk.now()
    if desk.problem:
        print(desk.problem)
    print(translate("class.here", here=room.count_here(now), all=len(room.learners)))
    for name, learner in sorted(room.learners.items()):
        print(f"  {harmless_line(name)}: {_said_of(learner, titles, now)}")
    if (poll := room.state.poll) is not None:
        for line in _poll_lines(desk, poll, workspace.course):
            print(line)
    return 0


def _said_of(learner: LearnerState, titles: dict[str, str], now: float) -> str:
    if learner.problem:
        return learner.problem
    wanted = translate("class.wants-help") if learner.help_since else ""
    present = learner.present
    if not learner.is_here(now):
        gone = translate("class.gone-since", time=short_duration(now - learner.seen_at)) if learner.seen_at else ""
        return sentences(gone or translate("class.never-here"), wanted)
    where = harmless_line(titles.get(present.lesson, present.lesson)) if present is not None else ""
    section = f" § {present.section}" if present is not None and present.section else ""
    lab = f" {present.lab}" if present is not None and present.lab else ""
    count = translate("class.answers-given", count=len(learner.answers))
    return sentences(f"{where}{section}{lab}".strip() or translate("class.place-home"), count, wanted)


def _poll_lines(desk: Desk, poll: Poll, course: Course | None) -> Iterator[str]:
    question = question_of(poll, course, language())
    votes = list(desk.room.votes(poll).values())
    present = max(len(votes), desk.room.count_here(desk.now()))
    key = "class.answered-of" if poll.open else "class.closed-with"
    yield ""
    if question is not None:
        yield one_line(question.title or question.prompt, inline=bool(question.title))
    yield translate(key, answered=len(votes), present=present)
    if poll.open or question is None:
        return
    counts = count_votes(votes, option_count(question))
    for index, count in enumerate(counts.options):
        yield f"  {count}  {one_line(question.options[index].text, inline=True)}"
    for text, count in counts.texts:
        yield f"  {count}  {harmless_line(text)}"
