from __future__ import annotations

from tutor.tui.widgets.prose import Link, Piece, links_of
from tutor.typeset.page import typeset


def test_a_link_over_a_lines_end_is_one_link_of_two_pieces() -> None:
    lines = typeset("see [gradient descent](#descent) and [loss](#loss)", 14)
    assert [line.text for line in lines] == ["see gradient", "descent and", "loss"]
    assert links_of(lines) == [
        Link("#descent", (Piece(0, 4, 12), Piece(1, 0, 7))),
        Link("#loss", (Piece(2, 0, 4),)),
    ]


def test_a_link_goes_on_behind_the_indentation_of_a_list() -> None:
    lines = typeset("- the [learning rate](#learning-rate)", 16)
    assert [link.pieces for link in links_of(lines)] == [(Piece(0, 6, 14), Piece(1, 2, 6))]


def test_two_mentions_with_words_between_are_two_links() -> None:
    assert len(links_of(typeset("[a](#t) or [b](#t)", 40))) == 2


def test_columns_of_links_count_cells_and_not_characters() -> None:
    assert links_of(typeset("学习[梯度](#gradient)", 40)) == [Link("#gradient", (Piece(0, 4, 8),))]
