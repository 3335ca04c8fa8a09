"""GIFT: what Moodle's format can say, and text that is none of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.exchange.reading import imported, lesson_of, ticks
from tutor.course.questions.fill_in import Blanks
from tutor.course.questions.match import Pairs
from tutor.course.questions.numeric import NumericAnswer
from tutor.exchange.gift import read_gift

SAMPLE = r"""// made by hand
$CATEGORY: $course$/top/Biology/Cells

// [id:the-cell] [tag:x]
::Power\: house:: What is \{the\} *power* of 5 \= 5? [x] {
  =Mitochondrion#Yes\: it makes ATP
  ~Nucleus#It holds DNA
  ~%50%Both
  ####Because.

  After a blank line.
}

::Sky::The sky is blue.{T#Wrong!#Right}

2+2?{#4:0.1}

Roughly? {#=1.5:0.5 =%50%2:3 #near}

Between {#1..5}

Animals {
=cat -> feline
=dog -> 1 -> canine
= -> extra
}

Two plus {=two =2 =%50%zwei} is four, \\(\\frac\{1\}\{2\}\\).

Short _____? {=a* =b#good}

Several? {~%50%one ~%50%two ~%-100%three}

Any one? {=one =two ~three}

Essay {}

Just <b>bold</b> &amp; more.

Open { =a ~b

::中文::[html]<p>梯度<em>下降</em>？<img src="a/b.png" alt="图"></p>{=<b>对</b> ~错}
"""


def test_every_kind_of_question_is_read_and_everything_else_is_told() -> None:
    questions, losses = imported("\ufeff" + SAMPLE.replace("\n", "\r\n"))
    assert [each.kind for each in questions] == [
        "single", "single", "numeric", "numeric", "numeric", "match", "fill-in", "fill-in", "multiple", "multiple",
        "single",
    ]  # fmt: skip
    cell, sky, four, near, between, animals, two, short, several, any_one, chinese = questions
    assert (cell.id, cell.title, cell.prompt) == (
        "the-cell", "Power: house", r"What is {the} \*power\* of 5 = 5? \[x\]",
    )  # fmt: skip
    assert ticks(cell) == [("Mitochondrion", True), ("Nucleus", False), ("Both", False)]
    assert [option.feedback for option in cell.options] == ["Yes: it makes ATP", "It holds DNA", ""]
    assert cell.explanation == "Because.\\\nAfter a blank line."
    assert ticks(sky) == [("True", True), ("False", False)]
    assert [option.feedback for option in sky.options] == ["Right", "Wrong!"]
    limits = [(each.low, each.high) for q in (four, near, between) if isinstance(each := q.content, NumericAnswer)]
    assert limits == [(3.9, 4.1), (1.0, 2.0), (1.0, 5.0)]
    assert isinstance(animals.content, Pairs)
    assert [(each.left, each.right) for each in animals.content.pairs] == [("cat", "feline"), ("dog", "1 -> canine")]
    assert isinstance(two.content, Blanks)
    assert two.content.blanks[0].accepted == ("two", "2")
    assert two.prompt.endswith(r"is four, $\frac{1}{2}$.")
    assert short.explanation == "good"
    assert [each.ticked for each in several.options] == [True, True, False]
    assert [each.ticked for each in any_one.options] == [True, True, False]
    assert (chinese.title, ticks(chinese)) == ("中文", [("**对**", True), ("错", False)])
    said = "\n".join(losses)
    for part in (
        "line 5 “Power: house”: Partial credit", "“extra” belongs to nothing", "“zwei” was partly right",
        "“a*” has a wild", "2 ± 3” was partly right", "“Any one?", "Essay {}”: It is left out: an essay",
        "Open { =a ~b”: It is left out: a brace", "b.png", "Comment lines that are not carried over: 1",
    ):  # fmt: skip
        assert part in said, (part, said)


def test_text_stands_in_its_section_and_belongs_to_no_question() -> None:
    lesson = lesson_of(read_gift("q {=a ~b}\n\nJust text.\n\n$CATEGORY: a/Deep\n\nr {=a ~b}\n"))
    assert [section.title for section in lesson.sections] == ["Questions", "Note", "Deep"]
    assert len(lesson.questions) == 2


def test_what_is_too_much_for_a_lesson_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tutor.exchange.lesson_text.MOST_OF_A_LESSON", 2)
    questions, losses = imported("a {=a ~b}\n\nb {=a ~b}\n\nc {=a ~b}\n\nd {=a ~b}\n")
    assert len(questions) == 2
    assert "line 5: The rest of the file is left out" in losses[0]
    assert "left: 2" in losses[0]


def test_a_question_that_a_lesson_would_misread_is_told_and_left_out() -> None:
    questions, losses = imported(
        "Same? {=a ~a}\n\nHint: no. {=a ~b}\n\n[markdown]x\n- [x] y {=a ~b}\n\nGood? {=a ~b}\n"
    )
    assert [question.prompt for question in questions] == ["Good?"]
    assert len(losses) == 3
    assert "line 1 “Same?" in losses[0]


SIGNS = st.lists(
    st.sampled_from([*"{}=~#:\\%>-/[]()$*_`|<!x \n.1AT", "::", "->", "####", "//", "<b>", "中", "&", "%50%"]),
    max_size=60,
).map("".join)


@given(SIGNS)
def test_no_text_stops_the_reader_or_makes_a_lesson_with_faults(text: str) -> None:
    lesson_of(read_gift(text))
    lesson_of(read_gift(f"q {{={text} ~b}}\n\n::{text}::[html]r{{~%50%{text} ~%50%d ~e}}\n\ns {{#{text}}}"))


def test_the_time_grows_with_the_text() -> None:
    """With the square of it, these would take minutes."""
    for unit in ("{", "\\", "::", "~%50%", "####", "\\(", "<a b='", "&#", "[html]", "=a -> b\n"):
        read_gift(f"x {{=a{unit * (60_000 // len(unit))}}}")
