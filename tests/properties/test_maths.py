"""Whatever stands between dollars becomes one harmless line."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tutor.foundation.safe_text import harmless_line
from tutor.typeset.maths import to_unicode

PIECES = st.sampled_from(
    ["\\frac", "\\sqrt", "\\hat", "\\sum", "\\left(", "\\right)", "\\begin{pmatrix}", "\\end{pmatrix}",
     "\\begin{cases}",
     "\\end{cases}", "\\begin", "\\end", "\\text", "\\operatorname", "\\mathbb", "\\\\", "\\", "{", "}", "[", "]",
     "(", ")", "^",
     "_", "&", "$", "%", "#", "~", "x", "1", "\\theta", "'", " ", "\n", "学", "\x1b", "\\unknown", "|", "\\|", "\\,",
     "\\!"]
)  # fmt: skip


@given(st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=25).map("".join)))
def test_any_text_becomes_one_line_without_control_characters(tex: str) -> None:
    line = to_unicode(tex)
    assert "\n" not in line
    assert harmless_line(line) == line


@given(PIECES, st.integers(1, 400))
def test_no_depth_is_too_deep(piece: str, count: int) -> None:
    assert isinstance(to_unicode(piece * count), str)
