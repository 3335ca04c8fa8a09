"""``tutor check``: every fault of a course, and with ``--run`` every claim about training held against a run."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tutor.course.catalogue import Course
from tutor.course.checks import faults_of_course
from tutor.course.files import pack_of
from tutor.course.former_ids import faults_of_former_labs
from tutor.course.lesson import Fault, Lesson, Place
from tutor.course.markup import did_you_mean
from tutor.course.packs.installed import course_to_check
from tutor.course.packs.manifest import pack_id_at, read_manifest
from tutor.course.packs.vanished import PackIds, ids_at_last_check, keep_ids, vanished
from tutor.foundation import clock, paths
from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.files import is_file, named_path, whole_path
from tutor.foundation.foreign_words import faults_of_words
from tutor.foundation.pack_ids import own_id_of
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import language_name, sentences, translate
from tutor.labs.check import faults_of_fences, faults_of_labs, fences_of, slots_of, slots_of_labs
from tutor.plain.claim_trials import faults_of, table, try_claims
from tutor.plain.lab_runs import faults_of_claims
from tutor.plain.trainings import Trainings
from tutor.study.formulas import faults_of_formulas

_KINDS = {
    "lesson": "pack.kind-lesson", "question": "pack.kind-question", "exercise": "pack.kind-exercise",
    "term": "pack.kind-term", "lab": "pack.kind-lab",
}  # fmt: skip


def check(path: str | None, *, run_labs: bool, jobs: int | None, fresh: bool = False, seeds: int | None = None) -> int:
    """Check lessons and tell of every fault, in the order of the files.

    Args:
        path: a lessons folder, one lesson file, or one lab file in a folder ``labs``; None for the lessons in use.
        run_labs: also run every training that a lesson relies on.
        jobs: runs at a time; as many as there are processors where None.
        fresh: run also what an earlier check has run with the same code and data.
        seeds: with ``run_labs``, also try every question that a run settles with so many seeds of the training, of the
            data and of the rounding, and print how often each holds; None: not.

    Returns:
        0 without faults, 1 with.

    Raises:
        TutorError: there is nothing to check at ``path``, or ``seeds`` without ``run_labs``.
    """
    if seeds is not None and not run_labs:
        raise TutorError(translate("check.seeds-need-run"), exit_code=ExitCode.USAGE)
    folder, only = _what_to_check(path)
    course = course_to_check(folder)
    faults = faults_without_runs(course)
    faults += _faults_of_languages(path, folder)
    lessons = course.lessons()
    ran = ""
    if run_labs:
        started = clock.monotonic_seconds()
        runs = Trainings(course, jobs or os.cpu_count() or 1, fresh)
        wanted = [lesson for lesson in lessons if only is None or whole_path(lesson.path) == only]
        claim_faults, questions = faults_of_claims(course, runs, wanted)
        told = {(fault.place, fault.message) for fault in faults}
        faults += [fault for fault in claim_faults if (fault.place, fault.message) not in told]
        if seeds is not None:
            faults += _try(course, runs, wanted, seeds)
        exercise_faults, proved = _prove(wanted, course)
        faults += exercise_faults
        if only is None:
            script_faults, scripts = _run_scripts(folder)
            faults += script_faults
            proved = sentences(proved, scripts)
        seconds = clock.monotonic_seconds() - started
        ran = translate("check.ran", runs=runs.count - runs.known, questions=questions, seconds=f"{seconds:.1f}")
        if runs.known:
            ran = sentences(ran, translate("check.known", runs=runs.known))
        ran = sentences(ran, proved)
    if only is not None:
        faults = _faults_of(only, faults, course)
    if only is None:
        for line in _untranslated(course, lessons):
            print(harmless_line(line))
        for line in _vanished(folder, lessons, faults):
            print(harmless_line(line))
    return _tell(sorted(set(faults)), lessons, folder, ran)


def _prove(lessons: list[Lesson], course: Course) -> tuple[list[Fault], str]:
    """Hold the exercises of ``lessons`` to their claims. Return the faults, and a sentence if there are exercises."""
    exercises = [exercise for lesson in lessons for exercise in lesson.exercises]
    if not exercises:
        return [], ""
    from tutor.exercises.proof import prove_all
    from tutor.plain.mine_proof import faults_in_labs

    started = clock.monotonic_seconds()
    faults, count = prove_all(exercises)
    faults += faults_in_labs(exercises, course)
    seconds = clock.monotonic_seconds() - started
    return faults, translate("exercise.proved", count=count, seconds=f"{seconds:.1f}")


def _run_scripts(folder: Path) -> tuple[list[Fault], str]:
    """Run the scripts of labs. Return the faults, and a sentence."""
    from tutor.plain.script_proof import faults_of_scripts

    started = clock.monotonic_seconds()
    faults, count = faults_of_scripts(folder)
    seconds = clock.monotonic_seconds() - started
    return faults, translate("script.proved", count=count, seconds=f"{seconds:.1f}")


def _try(course: Course, trainings: Trainings, lessons: list[Lesson], seeds: int) -> list[Fault]:
    """Try the claims of ``lessons``, and print how often each holds."""
    planned = try_claims(course, trainings, lessons, seeds)
    missing = len(planned.trials.missing)
    said = translate("check.trials", questions=len(planned.plans), all=planned.trials.count, missing=missing)
    print(said, file=sys.stderr, flush=True)
    planned.trials.run()
    standings = planned.standings()
    for line in table(standings):
        print(harmless_line(line))
    return list(faults_of(standings))


def faults_without_runs(course: Course) -> list[Fault]:
    """Every fault of a course that can be told without a run: of its lessons, its labs, and of what they claim."""
    labs = course.folder / "labs"
    faults = faults_of_course(course)
    for lesson in course.lessons():
        told = {(fault.place.path, fault.place.line) for fault in faults}
        found = [*faults_of_fences(lesson, course.labs), *faults_of_formulas(lesson)]
        # What cannot be read is a cause, and what follows from it on the same line is no second fault.
        faults += [fault for fault in found if (fault.place.path, fault.place.line) not in told]
    faults += faults_of_labs(labs, course.data_folder)
    return sorted({*faults, *faults_of_former_labs(labs), *_faults_of_slots(course)})


def _faults_of_slots(course: Course) -> list[Fault]:
    """Which parts of a lab name an exercise that exists neither in this course nor in the shipped one."""
    used = slots_of_labs(course.folder / "labs")
    used += [slot for lesson in course.lessons() for exercise in lesson.exercises for slot in slots_of(exercise)]
    known = {exercise.id for lesson in course.lessons() for exercise in lesson.exercises}
    # An exercise that a pack does not have is the shipped one of that name.
    if any(own_id_of(each.exercise) not in known for each in used) and course.folder != paths.shipped_lessons():
        shipped = Course(paths.shipped_lessons())
        known |= {exercise.id for lesson in shipped.lessons() for exercise in lesson.exercises}
    return [
        Fault(each.place, translate("check.no-exercise", id=each.exercise), did_you_mean(each.exercise, known))
        for each in used
        if own_id_of(each.exercise) not in known
    ]


def faults_of_file(path: Path) -> list[Fault]:
    """The faults of one lesson file, with those that only show beside its neighbours; nothing is run."""
    course = course_to_check(pack_of(path))
    return _faults_of(whole_path(path), faults_without_runs(course), course)


def _faults_of(file: Path, faults: list[Fault], course: Course) -> list[Fault]:
    """Those of ``faults`` that concern one file: its own, and of a lesson those of the labs that it uses."""
    wanted = {file}
    for lesson in course.lessons():
        if whole_path(lesson.path) == file:
            labs = [course.labs.path(fence.lab) for fence in fences_of(lesson)]
            wanted |= {whole_path(lab) for lab in labs if lab is not None}
    return sorted({fault for fault in faults if whole_path(fault.place.path) in wanted})


def _what_to_check(path: str | None) -> tuple[Path, Path | None]:
    """The course's folder, and the one file to speak of where only one was asked for."""
    if path is None:
        return paths.lessons_folder(), None
    asked = named_path(path)
    if asked.is_dir():
        return asked, None
    if is_file(asked) and asked.suffix == ".toml" and whole_path(asked).parent.name == "labs":
        return whole_path(asked).parents[1], whole_path(asked)
    if is_file(asked) and asked.suffix == ".md":
        return pack_of(asked), whole_path(asked)
    raise TutorError(
        translate("check.no-such-path", path=path),
        hint=translate("check.no-such-path-hint"),
        exit_code=ExitCode.CANNOT_READ,
    )


def _faults_of_languages(path: str | None, folder: Path) -> list[Fault]:
    """What is wrong with the words of languages from outside: the folder's, or without a path all those in use."""
    folders = [folder / "translations"] if path is not None else paths.translation_folders()
    return [Fault(Place(each.path, each.line), each.message) for every in folders for each in faults_of_words(every)]


def _untranslated(course: Course, lessons: list[Lesson]) -> list[str]:
    """A line for each language that lacks lessons which another one has."""
    everything = {lesson.id for lesson in lessons}
    pack = read_manifest(course.folder).pack
    named = dict.fromkeys((*course.languages, *(pack.languages if pack is not None else ())))
    counts = {code: len({lesson.id for lesson in lessons if lesson.language == code}) for code in named}
    return [
        translate("check.untranslated", language=language_name(code), code=code, count=count, all=len(everything))
        for code, count in counts.items()
        if count < len(everything)
    ]


def _vanished(folder: Path, lessons: list[Lesson], faults: list[Fault]) -> list[str]:
    """A line for each id that a pack had at its last check and has no more. They are told until it has no faults."""
    pack, labs = pack_id_at(folder), folder / "labs"
    if not pack:
        return []
    before = ids_at_last_check(pack)
    gone = vanished(before, lessons, labs) if before is not None else []
    if not faults:
        keep_ids(pack, PackIds.of(lessons, labs))
    return [translate("pack.vanished", kind=translate(_KINDS[kind]), id=each) for kind, each in gone]


def _tell(faults: list[Fault], lessons: list[Lesson], folder: Path, ran: str) -> int:
    for fault in faults:
        print(_relative(fault))
    if faults:
        count = len(faults)
        print(translate("check.faults-one") if count == 1 else translate("check.faults-many", count=count))
        return int(ExitCode.FAULTS_FOUND)
    print(
        translate(
            "check.clean",
            lessons=len(lessons),
            questions=sum(len(lesson.every_question) for lesson in lessons),
            terms=sum(len(lesson.terms) for lesson in lessons),
            labs=len(list((folder / "labs").glob("*.toml"))),
        )
    )
    if ran:
        print(ran)
    sys.stdout.flush()
    return int(ExitCode.OK)


def _relative(fault: Fault) -> str:
    """The fault with a short path where it lies below the current folder: what an editor can open."""
    try:
        path = whole_path(fault.place.path).relative_to(Path.cwd())
    except ValueError:
        path = fault.place.path
    said = sentences(fault.message, fault.hint)
    return harmless_line(f"{path}:{fault.place.line}:{fault.place.column}: {said}")
