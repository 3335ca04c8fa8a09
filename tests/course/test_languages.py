"""Lessons in any language: their own words for Hint and Answer, and what is shown where one is not translated."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.course.writing import ANSWERS, HEAD, said, write_lesson
from tests.languages import write_language
from tutor.course.catalogue import Course
from tutor.course.checks import check_course
from tutor.course.files import language_folders, language_of, pack_of
from tutor.course.questions.numbers import read_number
from tutor.course.questions.numeric import NUMERIC
from tutor.course.reader import Reading, read_text
from tutor.foundation.translate import use_language

Q = "## Q\n\n<!-- q: q1 -->\n\n"
QUESTION = Q + "> Konsilo: rigardu.\n> **Helpo:** denove.\n\n**Respondo:** 0,72 ± 0,01\n"
TERM = "## Rapido\n\n<!-- term: rate -->\n\nKiom.\n\n**Formulo** $a$\n\n**Vidu** [mem](#rate)\n"


def reading(body: str, language: str, written_in: str | None = None) -> Reading:
    return read_text(Path(f"lessons/{language}/03-a.md"), (HEAD + body).encode(), language, written_in=written_in)


def messages(body: str, language: str) -> list[str]:
    return [fault.message for fault in reading(body, language).faults]


@pytest.mark.parametrize(("language", "written_in"), [("eo", None), ("en", ""), ("eo", "")])
def test_a_lesson_has_the_words_of_its_language(own_home: Path, language: str, written_in: str | None) -> None:
    write_language(own_home)
    read = reading(QUESTION.replace("0,72 ± 0,01", "0.72") + TERM, language, written_in)
    assert read.faults == ()
    assert read.lesson is not None
    (question,) = read.lesson.questions
    assert question.hints == ("rigardu.", "denove.")
    assert NUMERIC.content(question).low <= 0.72
    (term,) = read.lesson.terms
    assert (term.definition, term.formula, term.see) == ("Kiom.", "$a$", ("rate",))


@pytest.mark.parametrize("word", ["Hint", "提示", "Konsilo"])
def test_the_words_that_ship_hold_in_every_language(own_home: Path, word: str) -> None:
    write_language(own_home)
    read = reading(f"{Q}> {word}: x\n\n{ANSWERS}", "eo")
    assert read.faults == ()
    assert read.lesson is not None
    assert read.lesson.questions[0].hints == ("x",)


def test_a_language_does_not_change_the_lessons_of_others(own_home: Path) -> None:
    body = f"{Q}> Note: look\n\n{ANSWERS}\n\n## More\n\nSecret: no answer.\n"
    before = {code: reading(body, code) for code in ("en", "zh", "fr")}
    write_language(own_home, "eo", {"language": {"hint": "Note", "answer": "Secret"}})
    assert {code: reading(body, code) for code in ("en", "zh", "fr")} == before
    assert reading(body, "eo") != before["en"]


def test_a_language_that_nobody_speaks_has_english_words() -> None:
    read = reading(f"{Q}> Hint: x\n\n**Answer:** 3\n", "fr")
    assert read.faults == ()
    assert read.lesson is not None
    assert (read.lesson.language, read.lesson.questions[0].hints) == ("fr", ("x",))


@pytest.mark.parametrize(
    "line", ["Respondo: 3", "> Respondo: 3", "**Kial**", "__Respondo__: 3", "Kial: 3", "- Konsilo: 3", "### Respondo"]
)
def test_what_may_give_an_answer_away_is_told_in_its_words_too(own_home: Path, line: str) -> None:
    assert messages(f"Text.\n\n{line}\n", "eo") == []
    write_language(own_home)
    assert messages(f"Text.\n\n{line}\n", "eo") == [said("stray-word")]


@pytest.mark.parametrize("line", ["> Konsil: 3", "> Konsilo 3", "> Konsilu: 3", "> Respondo: 3", "Kial: 3"])
def test_a_damaged_word_in_a_question_is_told(own_home: Path, line: str) -> None:
    write_language(own_home)
    assert messages(f"{Q}{line}\n\n{ANSWERS}", "eo") == [said("unread-word")]


def test_words_of_a_language_that_mean_something_to_expressions_are_words(own_home: Path) -> None:
    write_language(own_home, "eo", {"language": {"hint": "(a+)+$, [x, Hel.o", "answer": "***, |"}})
    assert messages(f"{Q}> aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!: x\n\n{ANSWERS}", "eo") == []
    read = reading(f"{Q}> Hel.o: x\n\n{ANSWERS}", "eo")
    assert read.lesson is not None
    assert read.lesson.questions[0].hints == ("x",)


# -- numbers ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "limits"),
    [
        ("0,72 ± 0,01", (0.71, 0.73)), ("0,71..0,73", (0.71, 0.73)), ("1.234,5", (1234.5, 1234.5)),
        ("1 234,5", (1234.5, 1234.5)), ("0.5", (0.5, 0.5)), ("2,125", (2.125, 2.125)), ("-,5", (-0.5, -0.5)),
        ("1,234.5", (1234.5, 1234.5)), ("2,5e3", (2500.0, 2500.0)), ("1,5/3", (0.5, 0.5)), ("1,2,3", None),
        ("1.2,3", None), ("1,2.3", None),
    ],
)  # fmt: skip
def test_a_decimal_comma_is_read_where_the_language_has_it(
    own_home: Path, answer: str, limits: tuple[float, float] | None
) -> None:
    write_language(own_home)
    read = reading(f"{Q}**Respondo:** {answer}\n", "eo")
    found = NUMERIC.content(read.lesson.questions[0]) if read.lesson is not None and read.lesson.questions else None
    assert (None if found is None else (found.low, found.high)) == (limits and pytest.approx(limits))


def test_an_english_lesson_reads_no_decimal_comma(own_home: Path) -> None:
    write_language(own_home)
    use_language("eo")
    assert messages(f"{Q}**Answer:** 0,72\n", "en") == [said("bad-answer", answer="0,72")]


def test_a_learner_types_numbers_as_the_language_in_use_has_them(own_home: Path) -> None:
    write_language(own_home)
    assert read_number("0,5") is None
    assert read_number("2,125") == 2125
    use_language("eo")
    assert read_number("0,5") == read_number("0.5") == read_number("1/2")
    assert read_number("2,125") == read_number("2.125")


# -- folders ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["fr", "pt-BR", "zh-Hant"])
def test_a_folder_of_any_language_holds_lessons(tmp_path: Path, code: str) -> None:
    write_lesson(tmp_path, f"{code}/01-a.md", Q + ANSWERS)
    course = Course(tmp_path)
    assert course.languages == [code]
    assert check_course(tmp_path) == []
    assert [(each.id, each.language) for each in course.headers("en")] == [("a", code)]
    lesson = course.lesson("a", "zh")
    assert lesson is not None
    assert lesson.language == code


def test_english_comes_first_then_those_of_the_interface(tmp_path: Path) -> None:
    for code in ("aa", "zh", "pt-BR", "en"):
        write_lesson(tmp_path, f"{code}/01-a.md", Q + ANSWERS)
    assert language_folders(tmp_path) == ["en", "zh", "aa", "pt-BR"]


@pytest.mark.parametrize("beside", ["README.md", "data/a.csv", "src/main.py"])
def test_a_folder_with_a_short_name_is_no_language(tmp_path: Path, beside: str) -> None:
    path = write_lesson(tmp_path, "ml/01-a.md")
    (tmp_path / beside).parent.mkdir(exist_ok=True)
    (tmp_path / beside).write_text("x")
    assert (pack_of(path), language_of(path)) == (tmp_path / "ml", "")
    course = Course(tmp_path / "ml")
    assert course.languages == ["en"]
    reading = course.reading(path, "zh")
    assert reading.lesson is not None
    assert reading.lesson.language == "zh"


@pytest.mark.parametrize("beside", ["pack.toml", "labs/a.toml", "en/02-b.md", "zh/02-b.md"])
def test_what_stands_beside_it_says_that_it_is_one(tmp_path: Path, beside: str) -> None:
    path = write_lesson(tmp_path, "fr/01-a.md")
    (tmp_path / beside).parent.mkdir(exist_ok=True)
    (tmp_path / beside).write_text("x")
    assert (pack_of(path), language_of(path)) == (tmp_path, "fr")


@pytest.mark.parametrize(("name", "code"), [("pt_BR", "pt-BR"), ("EN", "en"), ("Zh-Hant", "zh-Hant")])
def test_a_language_folder_by_another_name_is_told(tmp_path: Path, name: str, code: str) -> None:
    write_lesson(tmp_path, f"{name}/01-a.md")
    write_lesson(tmp_path, "fr/01-a.md")
    assert [fault.message for fault in check_course(tmp_path)] == [said("misnamed-language", name=name, code=code)]


def test_lessons_beside_a_short_folder_are_a_pack_without_languages(tmp_path: Path) -> None:
    write_lesson(tmp_path, "01-a.md")
    write_lesson(tmp_path, "old/01-b.md")
    assert Course(tmp_path).languages == ["en"]
    assert [each.id for each in Course(tmp_path).headers("zh")] == ["a"]


# -- lessons that are not translated ---------------------------------------------------------------------


def test_a_lesson_that_is_not_translated_is_english_before_it_is_anything_else(tmp_path: Path, own_home: Path) -> None:
    for code in ("zh", "en", "aa"):
        write_lesson(tmp_path, f"{code}/01-a.md")
    write_lesson(tmp_path, "zh/02-b.md")
    write_lesson(tmp_path, "aa/03-c.md")
    assert [each.language for each in Course(tmp_path).headers("eo")] == ["en", "zh", "aa"]
    write_language(own_home, "eo", {"language": {"fallback": "zh"}})
    assert [each.language for each in Course(tmp_path).headers("eo")] == ["zh", "zh", "aa"]


def test_the_parts_of_a_half_translated_course_stay_whole(tmp_path: Path) -> None:
    for code, parts in (("en", ("One", "Two")), ("eo", ("Unu", ""))):
        write_lesson(tmp_path, f"{code}/01-a.md", part=parts[0])
        if code == "en":
            write_lesson(tmp_path, "en/02-b.md")
            write_lesson(tmp_path, "en/03-c.md", part="Two")
    write_lesson(tmp_path, "eo/04-d.md")
    write_lesson(tmp_path, "en/04-d.md")
    found = [(each.id, each.language, each.part) for each in Course(tmp_path).headers("eo")]
    assert found == [("a", "eo", "Unu"), ("b", "en", "Unu"), ("c", "en", "Two"), ("d", "eo", "Two")]


def test_what_a_translated_lesson_needs_may_be_in_english_only(tmp_path: Path) -> None:
    write_lesson(tmp_path, "en/01-a.md", "## Rate\n\n<!-- term: rate -->\n\nHow far.\n")
    write_lesson(tmp_path, "en/02-b.md", "[x](#rate)\n", needs="[a]")
    write_lesson(tmp_path, "eo/02-b.md", "[x](#rate)\n", needs="[a]")
    assert check_course(tmp_path) == []
    write_lesson(tmp_path, "eo/02-b.md", "[x](#rat)\n", needs="[a]")
    assert [fault.message for fault in check_course(tmp_path)] == [said("unknown-link", id="rat")]


def test_a_third_language_is_held_against_the_first(tmp_path: Path) -> None:
    for code in ("en", "zh", "eo"):
        write_lesson(tmp_path, f"{code}/01-a.md", f"{Q}**Answer:** {4 if code == 'eo' else 3}\n")
    assert [fault.message for fault in check_course(tmp_path)] == [said("parity-answer", id="q1", other="en/01-a.md")]
