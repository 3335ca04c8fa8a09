"""Sentences that stand where a chart cannot."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tutor.charts.cells import plain_row, sentence

CHINESE = "曲线还没有画出来，因为运行才刚刚开始；请稍等一下。"


@given(st.integers(6, 60))
def test_no_line_begins_with_punctuation(width: int) -> None:
    lines = [plain_row(row).strip() for row in sentence(CHINESE, width, 12)]
    assert "".join(lines) == CHINESE
    assert not any(line.startswith(("，", "；", "。")) for line in lines)
