"""An option shows what its author wrote wherever it is shown, and nothing else of the file."""

from __future__ import annotations

import html

import pytest

from tests.course.writing import lesson_of
from tutor.plain.anki import back, front
from tutor.plain.asking import question_lines
from tutor.plain.read import lines_of
from tutor.study.attempt import Attempt
from tutor.tui.questions.rows import Cursor, ask_rows

SIGNS = ["> 0.5", "# of rows", "- 0.5", "1. foo", "| a |", "~~~", "---", "[x]"]


@pytest.mark.parametrize(
    ("options", "sign"),
    [(f"1. [ ] No\n2. [x] {sign}\n", sign) for sign in SIGNS]
    + [(f"- [x] {sign}\n- [ ] No\n", sign) for sign in SIGNS]
    + [(f"1. \\{sign}\n2. No\n", sign) for sign in ("> 0.5", "# of rows", "- 0.5")],
)
def test_the_sign_of_an_option_is_seen(options: str, sign: str) -> None:
    lesson = lesson_of(f"### - 1 or # 2?\n\n<!-- q: q1 -->\n\n{options}")
    (question,) = lesson.questions
    rows = ask_rows(Attempt(question), 60, Cursor()).rows
    shown = {
        "screen": ["".join(span.text for span in row).strip() for row in rows],
        "lines": list(question_lines(Attempt(question))),
        "read": list(lines_of(lesson)),
        "front": html.unescape(front(question)).split("<br>"),
        "back": html.unescape(back(question)).split("<br>"),
    }
    for where, lines in shown.items():
        assert any(line.endswith(sign) for line in lines), where
        assert where == "back" or any("- 1 or # 2?" in line for line in lines), where
