"""README says how much there is; here it is counted."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tutor.course.catalogue import Course

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("readme", ["README.md", ".github/README.zh.md"])
def test_the_numbers_in_readme_are_true(readme: str) -> None:
    course = Course(ROOT / "lessons")
    lessons = [lesson for lesson in course.lessons() if lesson.language == "en"]
    questions = [question for lesson in lessons for question in lesson.questions]
    counts = {
        sum(len(lesson.terms) for lesson in lessons),
        len(questions),
        len(list((ROOT / "lessons" / "labs").glob("*.toml"))),
        sum(question.predicts for question in questions),
    }
    text = (ROOT / readme).read_text(encoding="utf-8")
    passage = re.search(r"\n## (?:What is in it|里面有什么)\n\n(.*?)\n\n", text, re.DOTALL)
    assert passage is not None
    assert {int(number) for number in re.findall(r"\d+", passage[1])} == counts
