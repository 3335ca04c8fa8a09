"""``was:`` the former ids of lessons, questions, terms and labs. A learner's progress may be stored under them.

A former id is ``old-id`` or, for a question, ``old-lesson/old-id``. In the front matter, ``old-lesson`` is a former id
of the lesson, and ``old-lesson/question`` says that the question moved here from that lesson and kept its id.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tutor.course.lab_shelf import LabShelf
from tutor.course.lesson import Fault, Lesson, Place, Question, Term
from tutor.course.source import LONGEST_IDENTIFIER, Element, Source, is_former_id, is_identifier
from tutor.foundation.files import read_start
from tutor.foundation.pack_ids import in_pack, pack_of_id
from tutor.foundation.toml_text import TomlError, load_toml
from tutor.foundation.translate import translate

_LARGEST_LAB = 256 * 1024


def read_was(source: Source, heading: Element, named: Sequence[str]) -> tuple[str, ...]:
    """Return the former ids in the comment below ``heading``. Invalid ones are added to `Source.faults`."""
    for each in named:
        if not is_former_id(each):
            place = source.find(heading.start, len(source.lines), each)
            message = translate("course.not-an-id", id=each[:LONGEST_IDENTIFIER])
            source.fault(place, message, translate("course.not-former-ids-hint"))
    return tuple(each for each in named if is_former_id(each))


@dataclass(frozen=True, slots=True)
class _Claim:
    """States that ``former`` is now called ``id``. ``lesson`` is the lesson that was named, if any."""

    former: str
    lesson: str
    id: str
    home: str
    """The lesson in which it stands now; empty for a lesson itself."""
    place: Place


def faults_of_former_ids(lessons: Sequence[Lesson]) -> Iterator[Fault]:
    """Report former ids that still exist, that two items claim, or that form a circle.

    Args:
        lessons: All lessons of one language.
    """
    yield from _faults_of(list(_claims_of_lessons(lessons)), {each.id: Place(each.path, 2) for each in lessons})
    questions = [each for lesson in lessons for each in (*lesson.every_question, *lesson.left_out)]
    claims = [*_claims(questions), *_claims_of_moves(lessons)]
    yield from _faults_of(claims, {each.id: each.place for each in questions})
    for lesson in lessons:
        own = {each.id for each in (*lesson.every_question, *lesson.left_out)}
        for each in lesson.was:
            moved = each.rpartition("/")[2]
            if "/" in each and moved not in own:
                yield Fault(Place(lesson.path, 2), translate("course.was-not-here", id=moved, was=each))
    terms = [term for lesson in lessons for term in lesson.terms]
    yield from _faults_of(list(_claims(terms)), {each.id: each.place for each in terms})


def _claims(blocks: Iterable[Question] | Iterable[Term]) -> Iterator[_Claim]:
    for block in blocks:
        for each in block.was:
            lesson, _, former = each.rpartition("/")
            yield _Claim(former, lesson, block.id, block.lesson_id, block.place)


def _claims_of_lessons(lessons: Iterable[Lesson]) -> Iterator[_Claim]:
    for lesson in lessons:
        for each in lesson.was:
            if "/" not in each:
                yield _Claim(each, "", lesson.id, "", Place(lesson.path, 2))


def _claims_of_moves(lessons: Iterable[Lesson]) -> Iterator[_Claim]:
    for lesson in lessons:
        for each in lesson.was:
            former_lesson, slash, former = each.rpartition("/")
            if slash:
                yield _Claim(former, former_lesson, former, lesson.id, Place(lesson.path, 2))


def _faults_of(claims: Sequence[_Claim], existing: Mapping[str, Place]) -> Iterator[Fault]:
    first: dict[str, _Claim] = {}
    edges: dict[str, list[str]] = {}
    for claim in claims:
        edges.setdefault(claim.id, []).append(claim.former)
    for claim in claims:
        other = first.setdefault(claim.former, claim)
        if other.id != claim.id:
            message = translate("course.was-twice", was=claim.former, id=other.id, where=other.place)
            yield Fault(claim.place, message, translate("course.was-twice-hint"))
        moved = claim.former == claim.id and bool(claim.lesson) and claim.lesson != claim.home
        if moved or claim.former not in existing:
            continue
        if circle := way_back(claim.id, edges):
            yield Fault(claim.place, translate("course.was-circle", path=" → ".join(circle)))
        else:
            message = translate("course.was-exists", was=claim.former, where=existing[claim.former])
            yield Fault(claim.place, message, translate("course.was-exists-hint"))


def way_back(start: str, edges: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the path from ``start`` along ``edges`` back to ``start``, or an empty list if there is none."""
    ways = [[start]]
    seen: set[str] = set()
    while ways:
        way = ways.pop()
        for following in edges.get(way[-1], ()):
            if following == start:
                return [*way, start]
            if following not in seen:
                seen.add(following)
                ways.append([*way, following])
    return []


# -- labs ------------------------------------------------------------------------------------------------------------


def former_ids_of_labs(labs: LabShelf | Path) -> dict[str, tuple[str, ...]]:
    """Return the former ids of the labs of a course or in a folder, by lab id. An unreadable lab has none.

    Only files that contain the word are parsed, because the interfaces call this before they show a lab.
    """
    found: dict[str, tuple[str, ...]] = {}
    for name, path in LabShelf.of(labs).files():
        pack = pack_of_id(name)
        try:
            content = read_start(path, _LARGEST_LAB)
            values = load_toml(content.decode("utf-8-sig", errors="replace")) if b"was" in content else {}
        except (OSError, TomlError):
            continue
        was, own = values.get("was", []), values.get("id", path.stem)
        if isinstance(was, list) and was and isinstance(own, str):
            former = (each for each in was if isinstance(each, str) and is_identifier(each))
            found[in_pack(pack, own)] = tuple(in_pack(pack, each) for each in former)
    return found


def faults_of_former_labs(labs_folder: Path) -> Iterator[Fault]:
    """Report former ids of labs that still exist, that two labs claim, or that form a circle."""
    existing = {path.stem: Place(path) for path in sorted(labs_folder.glob("*.toml"))}
    claims = [
        _Claim(each, "", lab, "", existing.get(lab, Place(labs_folder)))
        for lab, was in former_ids_of_labs(labs_folder).items()
        for each in was
    ]
    return _faults_of(claims, existing)
