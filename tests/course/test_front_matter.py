from __future__ import annotations

from pathlib import Path

import pytest

from tests.course.writing import PATH, messages, said
from tutor.course.lesson import Fault
from tutor.course.reader import Reading, read_text

GOOD = {"id": "sample", "title": "A title", "minutes": "20"}


def read(*lines: str) -> Reading:
    return read_text(PATH, "\n".join(["---", *lines, "---", "", "Text."]).encode(), "en")


def read_with(**changed: str | None) -> Reading:
    values = {key: value for key, value in {**GOOD, **changed}.items() if value is not None}
    return read(*(f"{key}: {value}" for key, value in values.items()))


def only_fault(reading: Reading) -> Fault:
    (fault,) = reading.faults
    return fault


def test_every_key_is_read() -> None:
    reading = read_with(title='"Which way: down"', needs="[model-and-loss, what-is-ml]", part='"Looking for it"')
    lesson = reading.lesson
    assert reading.faults == ()
    assert lesson is not None
    assert (lesson.id, lesson.title, lesson.minutes) == ("sample", "Which way: down", 20)
    assert (lesson.needs, lesson.part) == (("model-and-loss", "what-is-ml"), "Looking for it")
    assert (lesson.number, lesson.language, lesson.path) == (3, "en", PATH)


def test_needs_and_part_may_be_left_out() -> None:
    lesson = read_with().lesson
    assert lesson is not None
    assert (lesson.needs, lesson.part) == ((), "")


@pytest.mark.parametrize("text", ["", "Text only.\n", "\n---\nid: a\n---\n"])
def test_a_file_without_front_matter_is_told_at_its_first_line(text: str) -> None:
    reading = read_text(PATH, text.encode(), "en")
    assert reading.lesson is None
    assert (reading.faults[0].place.line, reading.faults[0].message) == (1, said("no-front-matter"))
    assert reading.faults[0].hint == said("no-front-matter-hint")


@pytest.mark.parametrize("text", ["---\nid: a\ntitle: b\n", "---\n", "---"])
def test_front_matter_that_is_never_closed_is_told(text: str) -> None:
    reading = read_text(PATH, text.encode(), "en")
    assert reading.lesson is None
    assert messages(reading.faults) == [said("front-matter-open")]


def test_front_matter_that_never_ends_is_none() -> None:
    text = "---\n" + "note: x\n" * 100 + "---\n"
    assert read_text(PATH, text.encode(), "en").lesson is None


def test_an_unknown_key_names_its_line_and_the_nearest_key() -> None:
    reading = read("id: sample", "title: A", "minute: 20", "minutes: 20")
    fault = only_fault(reading)
    assert (fault.place.line, fault.place.column) == (4, 1)
    assert "“minute”" in fault.message
    assert fault.hint == said("did-you-mean", near="minutes")
    assert reading.lesson is not None


def test_an_unknown_key_like_no_other_gets_no_suggestion() -> None:
    assert only_fault(read_with(zzz="1")).hint == ""


def test_a_yaml_alias_is_refused_where_it_stands() -> None:
    fault = only_fault(read("id: &a sample", "title: *a", "minutes: 20"))
    assert (fault.place.line, fault.place.column) == (3, 8)
    assert fault.message == said("yaml-alias")


def test_a_bomb_of_yaml_aliases_is_refused_at_once() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    assert only_fault(read(*lines)).message == said("yaml-alias")


def test_a_key_given_twice_is_told_at_its_second_place() -> None:
    fault = only_fault(read("id: sample", "title: A", "minutes: 20", "title: B"))
    assert (fault.place.line, fault.message) == (5, said("double-key", key="title"))


def test_text_that_is_not_yaml_names_the_line() -> None:
    fault = only_fault(read("id: sample", "title: A: B", "minutes: 20"))
    assert fault.place.line == 3
    assert fault.message.startswith("The front matter is not YAML: ")


@pytest.mark.parametrize("text", ["- a", "just words", "[1, 2]", "", "null", "? [a, b]\n: c", "{a: 1}: 2"])
def test_yaml_that_is_no_list_of_keys_is_a_fault(text: str) -> None:
    reading = read(text)
    assert reading.lesson is None
    assert reading.faults


@pytest.mark.parametrize(
    "value",
    ["!!int ''", "!!float ''", "!!bool x", "!!timestamp x", "!!binary é", "!!python/name:os.system", "2024-99-99",
     "!!set [a]", "!!omap x", "9" * 5000, "[" * 2000, "{" * 500, "*nothing", "&", "!", "%", "@", "`x", "'open"],
)  # fmt: skip
def test_yaml_that_its_own_library_stumbles_over_is_only_a_fault(value: str) -> None:
    assert read_with(title=value).faults


@pytest.mark.parametrize("key", ["id", "title", "minutes"])
def test_a_missing_key_is_named(key: str) -> None:
    assert only_fault(read_with(**{key: None})).message == said("missing-key", key=key)


@pytest.mark.parametrize(
    "value", ["Sample", "two words", "-a", "a-", "a--b", "yes", "3", "[a]", "a" * 61, "学习率", ""]
)
def test_an_id_is_lower_case_words_with_hyphens(value: str) -> None:
    reading = read_with(id=value)
    fault = only_fault(reading)
    assert fault.message.endswith("at most 60 of them.")
    assert fault.place.line == 2
    assert reading.lesson is None


@pytest.mark.parametrize("value", ["''", "3", "[a]", "|\n  two\n  lines", "x" * 121, '"a\\nb"'])
def test_a_title_is_one_short_line(value: str) -> None:
    assert only_fault(read_with(title=value)).message == said("not-a-line", key="title", most=120)


@pytest.mark.parametrize("value", ["0", "601", "-5", "2.5", "soon", "true", "[20]"])
def test_minutes_are_a_whole_number(value: str) -> None:
    reading = read_with(minutes=value)
    assert only_fault(reading).message == said("not-minutes", most=600)
    assert reading.lesson is not None


@pytest.mark.parametrize("value", ["one", "[Bad Id]", "[1]", "{a: b}", "[[a]]"])
def test_needs_is_a_list_of_ids(value: str) -> None:
    assert only_fault(read_with(needs=value)).message == said("not-a-list-of-ids", key="needs")


def test_escapes_of_yaml_bring_no_control_character_back() -> None:
    lesson = read_with(title='"red \\e[31m \\u202e"', part='"\\x07bell"').lesson
    assert lesson is not None
    assert (lesson.title, lesson.part) == ("red \ufffd[31m \ufffd", "\ufffdbell")


def test_all_faults_of_the_head_are_told_at_once_with_those_of_the_body() -> None:
    text = "---\nid: Bad Id\nmintes: 3\nminutes: 0\n---\n\n## Q\n\n<!-- q: q1 -->\n\nNo answer here.\n"
    found = {(fault.place.line, fault.message) for fault in read_text(PATH, text.encode(), "en").faults}
    assert found == {
        (2, said("not-an-id", id="Bad Id")),
        (3, said("unknown-key", key="mintes", known="id, title, needs, minutes, part, was")),
        (1, said("missing-key", key="title")),
        (4, said("not-minutes", most=600)),
        (7, said("no-answer", id="q1")),
    }


def test_faults_come_in_the_order_of_the_lines_and_print_as_an_editor_reads_them() -> None:
    faults = read("id: A", "title: 3", "minutes: x").faults
    assert [fault.place.line for fault in faults] == [2, 3, 4]
    assert str(faults[0]).startswith(f"{Path('lessons/en/03-sample.md')}:2:1: “A” is not an id")
