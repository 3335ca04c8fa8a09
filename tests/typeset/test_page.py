from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutor.foundation.safe_text import harmless
from tutor.typeset.elements import DECORATION, Line
from tutor.typeset.page import one_line, plain_lines, read_document, typeset


def texts(markdown: str, width: int = 60, *, ascii: bool = False) -> list[str]:
    return [line.text for line in typeset(markdown, width, ascii=ascii)]


def roles(markdown: str, width: int = 60) -> list[tuple[str, str]]:
    return [(span.text, span.role) for line in typeset(markdown, width) for span in line.spans]


def test_thoughts_are_separated_by_one_blank_line() -> None:
    assert texts("## One\nFirst.\n\n\n\nSecond.") == ["One", "", "First.", "", "Second."]


def test_the_first_line_of_a_heading_says_its_level() -> None:
    lines = typeset("### A heading that is far too long\n\nText", 16)
    assert [line.heading for line in lines] == [3, 0, 0, 0]
    assert lines[0].spans[0].role == lines[1].spans[0].role == "heading3"


def test_source_lines_join_with_a_space_but_chinese_without_one() -> None:
    assert texts("one\ntwo") == ["one two"]
    assert texts("学习\n率，\n很小”\n的 loss\n很大") == ["学习率，很小”的 loss 很大"]


def test_emphasis_code_maths_and_links_have_their_roles() -> None:
    assert roles("a **b** *c* `d` $e$ [f](#g) [h](i.md)") == [
        ("a ", "text"), ("b", "strong"), (" ", "text"), ("c", "emphasis"), (" ", "text"), ("d", "code"), (" ", "text"),
        ("e", "maths"), (" ", "text"), ("f", "term"), (" ", "text"), ("h", "link"),
    ]  # fmt: skip


def test_links_keep_their_target_and_short_addresses_are_shown() -> None:
    lines = typeset(
        "[rate](#learning-rate), [site](https://a.org/b), <https://c.org>, [x](https://" + "y" * 50 + ")", 90
    )
    assert [(span.text, span.target) for span in lines[0].spans if span.target][:4] == [
        ("rate", "#learning-rate"),
        ("site", "https://a.org/b"),
        (" (https://a.org/b)", "https://a.org/b"),
        ("https://c.org", "https://c.org"),
    ]
    assert "yyy" not in lines[0].text


def test_maths_becomes_unicode() -> None:
    assert texts(r"where $\eta$ is small") == ["where η is small"]


def test_maths_at_the_start_is_read_whatever_the_end_of_the_text_is() -> None:
    assert texts(r"$\eta$, or else 1") == ["η, or else 1"]
    assert texts("$5 or $6") == ["$5 or $6"]
    assert texts("a 5$m$ note") == ["a 5$m$ note"]


def test_display_maths_stands_indented_on_its_own_lines() -> None:
    assert texts("so\n\n$$\ng = 3 \\\\\nw = 2\n$$\n\nthus") == ["so", "", "    g = 3", "    w = 2", "", "thus"]
    assert texts("$g = 3$") == ["    g = 3"]
    assert texts("```math\ng = 3\n```") == ["    g = 3"]


def test_lists_hang_and_nest() -> None:
    assert texts("- one two three four\n  - nested\n- five", 18) == [
        "• one two three", "  four", "  ◦ nested", "• five",
    ]  # fmt: skip
    assert texts("9. nine\n10. ten", 60) == ["   9. nine", "  10. ten"]


def test_a_loose_list_has_air_between_its_items() -> None:
    assert texts("- one\n\n- two") == ["  • one", "", "  • two"]


def test_quotes_have_a_bar_on_every_line() -> None:
    assert texts("> one two three\n>\n> four", 12) == ["│ one two", "│ three", "│", "│ four"]


def test_code_keeps_its_spaces_and_long_lines_go_on_below() -> None:
    assert texts("```python\nif x:\n    y = 1\n\nz\n```") == ["    if x:", "        y = 1", "", "    z"]
    assert texts("```\nw = w - 0.01 * gradient\n```", 20) == ["  w = w - 0.01 *", "  gradient"]


def test_ascii_mode_draws_without_box_characters() -> None:
    drawn = "\n".join(texts("- a\n  - b\n\n> c\n\n---\n\n|d|\n|-|\n|e|", ascii=True))
    assert drawn.isascii()


def test_images_speak_their_alternative_text() -> None:
    assert texts('![A bowl](a.png) ![](b/c.png "t") ![](d/e.png)') == ["A bowl t e.png"]


def test_comments_vanish_and_other_html_is_text() -> None:
    assert texts("a <!-- b --> c\n\n<!-- d\ne -->\n\n<b>f</b>\n\n<div>g</div>") == [
        "a c",
        "",
        "<b>f</b>",
        "",
        "<div>g</div>",
    ]
    assert texts("a<br>b") == ["a", "b"]


def test_control_characters_from_text_and_entities_are_harmless() -> None:
    drawn = "\n".join(texts("\x1b[31mred\x1b[0m &#27; &#x202e; `\x07` [a](#b\x9b)\n\n```\n\x1b]0;title\x07\n```"))
    assert not any(unicodedata.category(character) in {"Cc", "Cf"} for character in drawn.replace("\n", ""))
    assert "red" in drawn


def test_console_markup_stays_text() -> None:
    assert texts("[red]x[/red] [@click=app.quit]y[/]") == ["[red]x[/red] [@click=app.quit]y[/]"]


def test_mentions_become_terms_in_plain_words_only() -> None:
    asked: list[str] = []

    def mentions(text: str) -> list[tuple[int, int, str]]:
        asked.append(text)
        at = text.find("loss")
        return [(at, at + 4, "loss")] if at >= 0 else []

    document = read_document("## loss\n\nThe loss `loss` **loss** [loss](#other).", mentions)
    spans = [(span.text, span.target) for line in document.lines(60) for span in line.spans if span.target]
    assert spans == [("loss", "#loss"), ("loss", "#other")]
    assert asked[0] == "The loss "


def test_a_page_is_set_once_per_width() -> None:
    document = read_document("one two three")
    assert document.lines(20) is document.lines(20)
    assert document.lines(20) != document.lines(10)


def test_the_plain_page_underlines_its_headings() -> None:
    assert plain_lines("# 学习\n\n## One\n\ntext\n\n### Two", 40) == [
        "学习", "====", "", "One", "---", "", "text", "", "Two",
    ]  # fmt: skip


def visible(lines: tuple[Line, ...]) -> str:
    spans = (span for line in lines for span in line.spans if span.role not in DECORATION)
    return "".join("".join(span.text for span in spans).split())


_PIECES = st.sampled_from([
    "# ", "## ", "\n", "\n\n", "- ", "  - ", "1. ", "> ", "```\n", "$$\n", "$x^2$", "**", "*", "`", "[a](#b)", "<b>",
    "<!-- c -->", "---\n", "| a | b |\n|---|:-:|\n| 1 | 学 |\n", "word ", "学习率", "，", "（", "\x1b[1m", "&#x1b;",
    "![alt](u)", "\U0001f469\u200d\U0001f467", "e\u0301", "\u202e", "\x00",
    "\\", "    ", "a very long compound-word ", "https://example.org/" + "x" * 30,
])  # fmt: skip
_MARKDOWN = st.one_of(st.lists(_PIECES, max_size=30).map("".join), st.text(max_size=200))


@settings(max_examples=300)
@given(_MARKDOWN, st.integers(10, 100), st.booleans())
def test_any_text_fits_any_width_without_control_characters(markdown: str, width: int, ascii: bool) -> None:
    for line in typeset(markdown, width, ascii=ascii):
        assert line.width <= width
        assert line.text == line.text.rstrip(" ")
        assert harmless(line.text) == line.text
        assert "\n" not in line.text
        assert "\x1b" not in line.text


@settings(max_examples=300)
@given(_MARKDOWN.filter(lambda text: "|" not in text), st.integers(10, 100))
def test_the_words_are_the_same_at_every_width(markdown: str, width: int) -> None:
    assert visible(typeset(markdown, width)) == visible(typeset(markdown, 4000))


@given(
    st.lists(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=40), min_size=1), st.integers(10, 60)
)
def test_no_word_of_plain_text_is_lost(words: list[str], width: int) -> None:
    assert visible(typeset("p " + " ".join(words), width)) == "p" + "".join(words)


@pytest.mark.parametrize("width", [10, 24, 40, 76])
def test_deep_nesting_still_fits(width: int) -> None:
    markdown = "\n".join("  " * depth + "- level" for depth in range(15)) + "\n\n" + ">" * 12 + " quoted deeply here"
    assert all(line.width <= width for line in typeset(markdown, width))


SIGNS = ["> 0.5", "# of rows", "- 0.5", "+ 1", "* 2", "1. foo", "10) foo", "| a |", "~~~", "---", "***", "===", "<b>",
         "[x]", "<div>", "[x]: #y", "$$", "<?php", "> - # 1. a"]  # fmt: skip


@pytest.mark.parametrize("text", SIGNS)
def test_words_that_can_only_be_a_paragraph_are_set_as_they_are_written(text: str) -> None:
    assert [line.text for line in typeset(text, 40, inline=True)] == [text]
    assert one_line(text) == text
    assert plain_lines(f"    {text}", 40, inline=True) == [text]


def test_words_keep_their_emphasis_maths_code_and_escapes() -> None:
    (line,) = typeset("\\> *a* `b` $x_1$ [c](#c)", 40, inline=True)
    assert line.text == "> a b x₁ c"
    assert [span.role for span in line.spans if span.text.strip() and span.role != "text"] == [
        "emphasis",
        "code",
        "maths",
        "term",
    ]
    assert typeset(" \n", 40, inline=True) == ()
