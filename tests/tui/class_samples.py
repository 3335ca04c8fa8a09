"""A class on the small course: a lesson with a prediction, a seat for a learner, and runs written by hand."""

from __future__ import annotations

from pathlib import Path

import msgspec

from tests.runs.test_registry import epochs, make
from tests.stores import at_the_end
from tutor.classroom.desk import Desk
from tutor.classroom.folder import ClassFolder, Membership
from tutor.classroom.seat import WHAT_IS_SEEN, Seat
from tutor.course.lesson import Question
from tutor.runs.events import Finished
from tutor.runs.follower import EVENTS_FILE
from tutor.runs.registry import Runs
from tutor.tui.app import TutorApp
from tutor.tui.classroom import LearnerSide, TeacherSide
from tutor.workspace import Workspace

RUN = "20260101-100000-aaaa"
PREDICTION = """
## Where does the ball stop

<!-- q: ball-stops -->

What will the last loss be?

```toml lab
use = "ball"
```

1. [x] Low
   <!-- when: final.train_loss < 0.4 -->
2. [ ] High
   <!-- when: final.train_loss >= 0.4 -->
"""


def add_prediction(lessons: Path) -> None:
    """Put a question that a run decides into the first lesson."""
    for language in ("en", "zh"):
        (path,) = (lessons / language).glob("01-*.md")
        path.write_text(path.read_text(encoding="utf-8") + PREDICTION, encoding="utf-8")


def question(workspace: Workspace, question_id: str) -> Question:
    assert workspace.course is not None
    found = workspace.course.question(question_id, "en")
    assert found is not None
    return found


def seat_in(folder: ClassFolder, name: str, *, new: bool = False) -> Seat:
    """The seat of a learner who has read what a teacher sees, unless the learner is ``new``."""
    home = folder.learners / name
    home.mkdir(parents=True, exist_ok=True)
    seat = Seat(Membership(folder, name, home))
    at_the_end.callback(seat.leave)
    if not new:
        seat.see(WHAT_IS_SEEN)
        seat.be_at("home")
    return seat


def desk_in(folder: ClassFolder) -> Desk:
    """A desk, closed when the test ends."""
    desk = Desk(folder)
    at_the_end.callback(desk.close)
    return desk


def run_begins(folder: ClassFolder) -> None:
    """The class's run has trained one epoch, with a loss of 1."""
    make(Runs(folder.runs), RUN, epochs(1, 1), lab="ball")


def run_ends(folder: ClassFolder) -> None:
    """It ends after three epochs, with a loss of 1/3."""
    with (folder.runs / RUN / EVENTS_FILE).open("ab") as log:
        for event in (epochs(2, 2), Finished(reason="epochs", epoch=3, updates=3, seconds=0.1)):
            log.write(msgspec.json.encode(event) + b"\n")


def learner_in_a_poll(app: TutorApp, folder: ClassFolder) -> None:
    """Give the app a seat in a class in which a poll is open."""
    desk = desk_in(folder)
    desk.open_question(question(app.workspace, "learning-first"))
    seat = seat_in(folder, "anna")
    seat.open()
    app.classroom = side = LearnerSide(app, seat)
    side.read_question(lambda: None)


def teacher_of(app: TutorApp, folder: ClassFolder) -> None:
    """Give the app a desk."""
    app.classroom = TeacherSide(app, desk_in(folder))
