"""A glossary entry as rows: both names, what it means, its formula, where it leads."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tutor.charts.cells import Row, Rows, Span
from tutor.foundation.safe_text import harmless, harmless_line
from tutor.foundation.text_width import cell_width, shorten
from tutor.foundation.translate import listed, translate

if TYPE_CHECKING:
    from tutor.course.glossary import GlossaryEntry

NameOf = Callable[[str], str]
"""The shown name of a term or lesson id."""


def names_of(entry: GlossaryEntry, language: str) -> tuple[str, str]:
    """The name in ``language``, and the first one that another language has; empty if there is none."""
    others = entry.other_names(language)
    return harmless_line(entry.name(language)), harmless_line(others[0]) if others else ""


def title_row(entry: GlossaryEntry, language: str, room: int) -> Row:
    """``learning rate · 学习率`` in at most ``room`` cells."""
    name, other = names_of(entry, language)
    name = shorten(name, room)
    other = shorten(other, room - cell_width(name) - 3) if other else ""
    return [Span(name, "title"), *([Span(" · ", "muted"), Span(other, "text")] if other else [])]


def term_rows(
    entry: GlossaryEntry, width: int, language: str, *, name_of: NameOf, lesson_of: NameOf, followed: int = -1
) -> Rows:
    """What stands below the title.

    Args:
        entry: The term.
        width: Cells a row may take.
        language: The code of the language in use.
        name_of: Gives the name of a term id.
        lesson_of: Gives the title of a lesson id.
        followed: Which see-link is selected; none where negative.
    """
    rows: Rows = []
    if also := [harmless_line(name) for name in entry.also.get(language, ())]:
        rows += [[Span(shorten(translate("glossary.also", names=listed(also)), width), "muted")], []]
    rows += _prose(entry.definition(language), width)
    if entry.formula:
        formula = entry.formula if "$" in entry.formula else f"${entry.formula}$"
        rows += [[], *([Span("  "), *row] for row in _prose(formula, width - 2))]
    if entry.see:
        rows += [[], *see_rows(entry.see, width, name_of, followed)]
    if entry.lesson_id:
        text = translate("glossary.first-met", lesson=harmless_line(lesson_of(entry.lesson_id)))
        rows += [[], [Span(shorten(text, width), "muted")]]
    return rows


def _prose(markdown: str, width: int) -> Rows:
    from tutor.typeset.page import typeset

    lines = typeset(harmless(markdown), width)
    return [[Span(span.text, span.role) for span in line.spans] for line in lines]


def see_rows(see: tuple[str, ...], width: int, name_of: NameOf, followed: int) -> Rows:
    """The see-links, numbered from 1, broken between links."""
    word = translate("glossary.see")
    indent = cell_width(word) + 2
    rows: Rows = [[Span(word, "muted"), Span("  ")]]
    column = indent
    for index, term in enumerate(see):
        name = shorten(harmless_line(name_of(term)), width - indent - 2)
        wide = cell_width(name) + 2
        if column > indent and column + wide > width:
            rows.append([Span(" " * indent)])
            column = indent
        ground = "selected" if index == followed else None
        rows[-1] += [Span(f"{index + 1} ", "key", ground), Span(name, "link", ground), Span("   ")]
        column += wide + 3
    return rows
