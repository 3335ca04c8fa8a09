"""``was``: what a lesson, a question, a term or a lab was called, and what cannot be meant by it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.course.test_checks import told
from tests.course.writing import ANSWERS, lesson_of, said, term_of, write_lesson
from tests.course.writing import told as told_in
from tutor.course.former_ids import faults_of_former_labs, former_ids_of_labs
from tutor.course.headers import KnownId, read_headers


def question(said: str, title: str = "Q") -> str:
    return f"## {title}\n\n<!-- q: {said} -->\n\n{ANSWERS}\n"


def term(said: str) -> str:
    return f"## {said.partition(';')[0]}\n\n<!-- term: {said} -->\n\nA word.\n\n"


def test_a_question_says_what_it_was() -> None:
    (read,) = lesson_of(question("new; was: old, lesson/older")).questions
    assert (read.id, read.was) == ("new", ("old", "lesson/older"))


def test_a_type_and_former_ids_stand_behind_an_id_in_any_order() -> None:
    table = "| a | b |\n|---|---|\n| one | 1 |\n| two | 2 |\n"
    for said_there in ("new; match; was: old", "new； was：old； Match"):
        (read,) = lesson_of(f"## Q\n\n<!-- q: {said_there} -->\n\n{table}").questions
        assert (read.id, read.kind, read.was) == ("new", "match", ("old",))


def test_a_term_says_what_it_was_beside_its_other_names() -> None:
    read = term_of("A word.", head="new; also: name, 名; was: old")
    assert (read.also, read.was) == (("name", "名"), ("old",))


@pytest.mark.parametrize("wrong", ["Old Id", "a/b/c", "a/", "/b", "ö"])
def test_what_cannot_be_a_former_id_is_told(wrong: str) -> None:
    assert told_in(question(f"new; was: {wrong}")) == [(3, said("not-an-id", id=wrong))]


def test_a_name_with_a_colon_that_nobody_knows_is_told() -> None:
    assert told_in(question("new; wsa: old")) == [
        (3, said("unknown-field", name="wsa", known="was, depends, variant of"))
    ]
    assert told_in(term("new; als: old")) == [(3, said("unknown-field", name="als", known="also, was"))]


def test_a_front_matter_with_anything_but_former_ids_is_told(tmp_path: Path) -> None:
    write_lesson(tmp_path, "01-a.md", "Text.\n", was="old")
    write_lesson(tmp_path, "02-b.md", "Text.\n", was="[a b]")
    message = said("not-former-ids", key="was")
    assert [(name, text) for name, _, text in told(tmp_path)] == [("01-a.md", message), ("02-b.md", message)]


def test_a_course_that_renames_splits_and_moves_has_no_faults(tmp_path: Path) -> None:
    write_lesson(tmp_path, "01-a.md", question("q1; was: q0") + term("t1; was: t0"), was="[old]")
    write_lesson(tmp_path, "02-b.md", question("q2") + question("q3; was: old/qq"), was="[old/q2]")
    assert told(tmp_path) == []


def test_a_former_id_that_still_exists_is_told(tmp_path: Path) -> None:
    write_lesson(tmp_path, "01-a.md", question("q1; was: q2") + term("t1; was: t2"), was="[b]")
    path = write_lesson(tmp_path, "02-b.md", question("q2") + term("t2"))
    assert {text for _, _, text in told(tmp_path)} == {
        said("was-exists", was="b", where=f"{path}:2:1"),
        said("was-exists", was="q2", where=f"{path}:6:1"),
        said("was-exists", was="t2", where=f"{path}:13:1"),
    }


def test_a_former_id_that_two_claim_is_told(tmp_path: Path) -> None:
    first = write_lesson(tmp_path, "01-a.md", question("q1; was: q0"), was="[old]")
    write_lesson(tmp_path, "02-b.md", question("q2; was: old/q0"), was="[old]")
    assert {text for _, _, text in told(tmp_path)} == {
        said("was-twice", was="old", id="a", where=f"{first}:2:1"),
        said("was-twice", was="q0", id="q1", where=f"{first}:7:1"),
    }


def test_circles_are_told(tmp_path: Path) -> None:
    body = question("q1; was: q2") + question("q2; was: q3") + question("q3; was: q1") + question("q4; was: q4")
    write_lesson(tmp_path, "01-a.md", body, was="[b]")
    write_lesson(tmp_path, "02-b.md", "Text.\n", was="[a]")
    assert {text for _, _, text in told(tmp_path)} == {
        said("was-circle", path=path)
        for path in ("a → b → a", "b → a → b", "q1 → q2 → q3 → q1", "q2 → q3 → q1 → q2", "q3 → q1 → q2 → q3", "q4 → q4")
    }


def test_a_move_of_a_question_that_is_not_here_is_told(tmp_path: Path) -> None:
    write_lesson(tmp_path, "01-a.md", question("q1"), was="[old/q2]")
    assert [text for _, _, text in told(tmp_path)] == [said("was-not-here", id="q2", was="old/q2")]


def test_languages_that_differ_are_told(tmp_path: Path) -> None:
    write_lesson(tmp_path, "en/01-a.md", question("q1; was: q0") + term("t1; was: t0"), was="[old]")
    write_lesson(tmp_path, "zh/01-a.md", question("q1") + term("t1"))
    texts = [text for _, _, text in told(tmp_path)]
    assert texts == [said("parity-was", id=each, other="en/01-a.md") for each in ("a", "q1", "t1")]


def test_headers_know_terms_and_former_ids_and_remember_them(tmp_path: Path) -> None:
    body = f"```markdown\n{question('shown; was: nothing')}```\n\n{question('q1; was: q0')}{term('t1; also: x, y')}"
    write_lesson(tmp_path, "en/01-a.md", body, was="[old]")
    for _ in range(2):
        (header,) = read_headers(tmp_path, "en")
        assert header.was == ("old",)
        assert header.ids == (KnownId(False, "q1", was=("q0",)), KnownId(True, "t1", ("t1", "x", "y")))


def test_labs_say_what_they_were(tmp_path: Path) -> None:
    for name, was in (("a", '["x", "b"]'), ("b", '["x"]'), ("c", "1"), ("d", '["d"]')):
        (tmp_path / f"{name}.toml").write_text(f"was = {was}\n")
    (tmp_path / "broken.toml").write_text("was = [")
    assert former_ids_of_labs(tmp_path) == {"a": ("x", "b"), "b": ("x",), "d": ("d",)}
    assert {(fault.place.path.stem, fault.message) for fault in faults_of_former_labs(tmp_path)} == {
        ("a", said("was-exists", was="b", where=f"{tmp_path / 'b.toml'}:1:1")),
        ("b", said("was-twice", was="x", id="a", where=f"{tmp_path / 'a.toml'}:1:1")),
        ("d", said("was-circle", path="d → d")),
    }
