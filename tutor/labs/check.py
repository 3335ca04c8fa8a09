"""What is wrong with the labs of a course: faults of their files, and of the fences in lessons that use them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tutor.course.lab_shelf import LabShelf
from tutor.course.lesson import Exercise, Fault, LabFence, Lesson, Place, Question
from tutor.course.questions import question_type
from tutor.course.source import is_identifier
from tutor.foundation.errors import TutorError
from tutor.foundation.pack_ids import own_id_of
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.toml_text import key_lines, line_of
from tutor.foundation.translate import translate
from tutor.labs.facts import facts_of, reports_more
from tutor.labs.faults import LabError, LabFault
from tutor.labs.lab_check import faults_before_a_run
from tutor.labs.lab_config import LabConfig
from tutor.labs.lab_files import load_lab, text_of_lab
from tutor.labs.settings import key_of
from tutor.labs.validate import refuse_idle


def faults_of_labs(folder: Path, data_folder: Path) -> list[Fault]:
    """The faults of the lab files in a folder. Tables that they name are read, but nothing is trained.

    Args:
        folder: The lab files.
        data_folder: The data sets that labs name without a path of their own.
    """
    return [fault for path in sorted(folder.glob("*.toml")) for fault in faults_of_lab(path, data_folder)]


def faults_of_lab(path: Path, data_folder: Path) -> list[Fault]:
    """The faults of one lab file; see `faults_of_labs`."""
    try:
        lab = load_lab(str(path), path.parent)
        lines = key_lines(text_of_lab(path))
    except LabError as error:
        return [Fault(Place(path, each.line or 1), each.message, each.hint) for each in error.faults]
    except TutorError as error:
        return [Fault(Place(path, 1), error.message, error.hint)]
    faults = list(_faults_of_name(path, lab, lines))
    for key, message, hint in faults_before_a_run(lab, path.parent, data_folder):
        faults.append(Fault(Place(path, line_of(key, lines)), harmless_line(message), harmless_line(hint)))
    return faults


def _faults_of_name(path: Path, lab: LabConfig, lines: dict[str, int]) -> Iterator[Fault]:
    """Lessons find a lab by the name of its file, and progress is kept under its id, so both have to be the same."""
    if not is_identifier(path.stem):
        yield Fault(Place(path), translate("labcheck.file-name", name=harmless_line(path.stem)[:60]))
    elif own_id_of(lab.id) != path.stem:
        place = Place(path, lines.get("id", 1))
        message = translate("labcheck.other-id", id=harmless_line(own_id_of(lab.id))[:60], name=path.stem)
        yield Fault(place, message, translate("labcheck.other-id-hint"))


def faults_of_fences(lesson: Lesson, labs: LabShelf | Path) -> list[Fault]:
    """The faults of the labs that a lesson names, of the values that it gives them, and of what it claims about them.

    A fault of a lab's file stands at its line there, as in `faults_of_labs`.
    """
    faults = []
    specs: dict[Place, LabConfig] = {}
    for fence in fences_of(lesson):
        try:
            spec = spec_of_fence(fence, labs)
            if fence.overrides:
                refuse_idle(spec, load_lab(fence.lab, labs), fence.overrides)
        except LabError as error:
            faults += [_fault_in_fence(fence, each) for each in error.faults]
        except TutorError as error:
            faults.append(Fault(_place_in(fence, "use"), error.message, error.hint))
        else:
            specs[fence.place] = spec
    for question in lesson.every_question:
        if question.predicts and all(fence.place in specs for fence in question.labs):
            faults += _faults_of_claim(question, [specs[fence.place] for fence in question.labs])
    return faults


def _faults_of_claim(question: Question, specs: list[LabConfig]) -> list[Fault]:
    """What no run could decide about the answer of a question, because runs do not report the facts that it names."""
    type_ = question_type(question.kind)
    if not isinstance(question.content, type_.content_class) or any(map(reports_more, specs)):
        return []
    known: set[str] = set()
    for fence, spec in zip(question.labs, specs, strict=True):
        facts = facts_of(spec)
        known |= {f"{fence.name}.{name}" for name in facts} if fence.name else set()
        known |= facts if len(specs) == 1 else set()
    return type_.faults_of_facts(question, known)


def _fault_in_fence(fence: LabFence, fault: LabFault) -> Fault:
    if fault.path is not None:
        return Fault(Place(fault.path, fault.line or 1), fault.message, fault.hint)
    written = next((each for each in fence.lines if key_of(each) == fault.key), fault.key)
    return Fault(_place_in(fence, written), fault.message, fault.hint)


def _place_in(fence: LabFence, key: str) -> Place:
    """The place of a key in a fence; that of the fence if it is not known."""
    return Place(fence.place.path, fence.lines[key]) if key in fence.lines else fence.place


class FilledSlot(NamedTuple):
    """A part of a training that a learner's function may fill: the id of its exercise, and where it is named."""

    exercise: str
    place: Place


def slots_of_labs(folder: Path) -> list[FilledSlot]:
    """The slots in the lab files of a folder, as far as these can be read."""
    found = []
    for path in sorted(folder.glob("*.toml")):
        try:
            mine = load_lab(str(path), folder).mine
            lines = key_lines(text_of_lab(path)) if mine else {}
        except TutorError:
            continue  # told by `faults_of_lab`
        found += [FilledSlot(each, Place(path, line_of(f"mine.{slot}", lines))) for slot, each in mine.items()]
    return found


def slots_of(exercise: Exercise) -> list[FilledSlot]:
    """The slots in the labs of an exercise."""
    places = {
        key: Place(exercise.place.path, line)
        for fence in exercise.labs
        for key, line in fence.lines.items()
        if key.startswith("mine.")
    }
    return [FilledSlot(each, places.get(f"mine.{slot}", exercise.place)) for slot, each in exercise.slots.items()]


def fences_of(lesson: Lesson) -> list[LabFence]:
    """Every lab fence of a lesson, in its text, its questions and its exercises."""
    of_questions = (fence for question in lesson.every_question for fence in question.labs)
    return [*lesson.labs, *of_questions, *(fence for exercise in lesson.exercises for fence in exercise.labs)]


def spec_of_fence(fence: LabFence, labs: LabShelf | Path) -> LabConfig:
    """The configuration that a fence asks for, at full speed because nobody watches a check.

    Raises:
        TutorError: There is no such lab, or it does not accept these values.
    """
    return load_lab(fence.lab, labs, {**fence.overrides, "train.pace": 0.0})
