"""The same lesson in two languages asks the same and accepts the same, so that progress is shared."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.course.writing import ANSWERS, said, write_lesson
from tutor.course.checks import check_course

OTHER = "en/01-a.md"
Q = "## Q\n\n<!-- q: q1 -->\n\n"
LAB = '```toml lab\nuse = "one-lag"\n{}\n```\n\n'
AT_QUESTION = 6
"""The line of the heading of a question that opens the body."""


def told(folder: Path, english: str, chinese: str, **chinese_head: object) -> list[tuple[str, int, str]]:
    """Write one lesson in both languages. For each fault: folder and name of the file, line and message."""
    write_lesson(folder, "en/01-a.md", english)
    write_lesson(folder, "zh/01-a.md", chinese, **chinese_head)
    return [
        (fault.place.path.relative_to(folder).as_posix(), fault.place.line, fault.message)
        for fault in check_course(folder)
    ]


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        (Q + "Which?\n\n1. [ ] No\n2. [x] Yes\n", Q + "哪个？\n\n1. [ ] 不\n   > 不对\n2. [x] 是\n"),
        (Q + "The [[bias]].\n", Q + "这是[[偏置\\|bias]]。\n"),
        (Q + "**Answer:** 0.72 ± 0.01\n", Q + "**答案**：0.71..0.73\n"),
        (Q + LAB.format("a = 1") + ANSWERS, Q + LAB.format("a = 1") + ANSWERS),
    ],
)
def test_other_words_for_the_same_are_no_fault(tmp_path: Path, english: str, chinese: str) -> None:
    assert told(tmp_path, english, chinese) == []


@pytest.mark.parametrize(
    ("english", "chinese", "key", "values"),
    [
        ("1. [ ] A\n2. [x] B\n", "- [ ] A\n- [x] B\n", "parity-kind", {"kind": "multiple", "other_kind": "single"}),
        ("1. [ ] A\n2. [x] B\n", "1. A\n2. B\n", "parity-kind", {"kind": "ordering", "other_kind": "single"}),
        ("**Answer:** 3\n", "[[三]]\n", "parity-kind", {"kind": "fill-in", "other_kind": "numeric"}),
        ("1. A\n2. B\n", "1. A\n2. B\n3. C\n", "parity-options", {"count": 3, "other_count": 2}),
        ("[[a]] [[b]]\n", "[[a]]\n", "parity-blanks", {"count": 1, "other_count": 2}),
        ("1. [ ] A\n2. [x] B\n", "1. [x] A\n2. [ ] B\n", "parity-ticks", {}),
        ("**Answer:** 0.72 ± 0.01\n", "**答案：**0.72 ± 0.02\n", "parity-answer", {}),
        (LAB.format("a = 1") + ANSWERS, LAB.format("a = 2") + ANSWERS, "parity-labs", {}),
        (LAB.format("") + ANSWERS, ANSWERS, "parity-labs", {}),
        (LAB.format("") + "<!-- figure: final.w -->\n\n**Answer:** 3\n",
         LAB.format("") + "<!-- figure: final.b -->\n\n**Answer:** 3\n", "parity-answer", {}),
        (LAB.format("") + "1. [x] A <!-- when: diverged -->\n2. [ ] B\n",
         LAB.format("") + "1. [x] A <!-- when: not diverged -->\n2. [ ] B\n", "parity-conditions", {}),
    ],
)  # fmt: skip
def test_a_question_that_differs_is_told_at_its_heading(
    tmp_path: Path, english: str, chinese: str, key: str, values: dict[str, object]
) -> None:
    message = said(key, id="q1", other=OTHER, **values)
    assert told(tmp_path, Q + english, Q + chinese) == [("zh/01-a.md", AT_QUESTION, message)]


@pytest.mark.parametrize("block", [Q + ANSWERS, "## T\n\n<!-- term: q1 -->\n\nA word.\n"])
def test_what_one_language_lacks_is_told_there(tmp_path: Path, block: str) -> None:
    there = tmp_path / "en/01-a.md"
    message = said("parity-missing", id="q1", other=f"{there}:{AT_QUESTION}:1")
    assert told(tmp_path, block, "") == [("zh/01-a.md", 2, message)]
    message = message.replace("/en/", "/zh/")
    assert told(tmp_path, "", block) == [("en/01-a.md", 2, message)]


def test_another_order_of_the_questions_is_told_once(tmp_path: Path) -> None:
    one, two = Q + ANSWERS + "\n", "## R\n\n<!-- q: q2 -->\n\n" + ANSWERS + "\n"
    assert told(tmp_path, one + two, two + one) == [("zh/01-a.md", 2, said("parity-order", other=OTHER))]


def test_other_needs_are_told(tmp_path: Path) -> None:
    write_lesson(tmp_path, "en/02-b.md")
    write_lesson(tmp_path, "zh/02-b.md")
    assert told(tmp_path, "", "", needs="[b]") == [("zh/01-a.md", 2, said("parity-needs", other=OTHER))]


def test_other_labs_in_the_text_are_told_at_the_first(tmp_path: Path) -> None:
    faults = told(tmp_path, LAB.format(""), "文字。\n\n" + LAB.format("a = 2"))
    assert faults == [("zh/01-a.md", AT_QUESTION + 2, said("parity-lesson-labs", other=OTHER))]


def test_another_number_is_told(tmp_path: Path) -> None:
    write_lesson(tmp_path, "en/01-a.md")
    write_lesson(tmp_path, "zh/02-a.md")
    assert [fault.message for fault in check_course(tmp_path)] == [said("parity-number", other=OTHER)]


@pytest.mark.parametrize("there", ["en", "zh", "eo", "pt-BR"])
def test_a_lesson_that_is_not_translated_is_no_fault(tmp_path: Path, there: str) -> None:
    for language in ("en", "zh", "eo", "pt-BR"):
        write_lesson(tmp_path, f"{language}/02-b.md")
    write_lesson(tmp_path, f"{there}/01-a.md", Q + ANSWERS)
    assert check_course(tmp_path) == []


@pytest.mark.parametrize("folder", ["en", "zh", "."])
def test_a_pack_of_one_language_lacks_nothing(tmp_path: Path, folder: str) -> None:
    write_lesson(tmp_path, f"{folder}/01-a.md", Q + ANSWERS)
    assert check_course(tmp_path) == []


def test_several_differences_are_told_at_once(tmp_path: Path) -> None:
    english = Q + "1. [ ] A\n2. [x] B\n\n## R\n\n<!-- q: q2 -->\n\n**Answer:** 3\n"
    chinese = Q + "1. [x] A\n2. [ ] B\n\n## R\n\n<!-- q: q2 -->\n\n**答案：**4\n"
    assert [line for _, line, _ in told(tmp_path, english, chinese)] == [AT_QUESTION, AT_QUESTION + 7]
