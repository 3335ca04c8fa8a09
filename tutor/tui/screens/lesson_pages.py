"""The texts of a lesson as pages of lines: its title, its prose, its terms. Nothing here knows a screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from tutor.course.lesson import Lesson, Prose, Term
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import translate
from tutor.typeset.breaking import break_lines
from tutor.typeset.elements import Run
from tutor.typeset.lines import BLANK, Line, Span
from tutor.typeset.page import Mentions, read_document, typeset

Page = Callable[[int, bool], Sequence[Line]]
"""Sets a text: the width in cells, whether to draw in ASCII, to lines."""

NameOf = Callable[[str], str]
"""The name of a term, or the title of a lesson, by id."""


def prose_page(block: Prose, mentions: Mentions | None = None) -> Page:
    """The page of a run of prose; it is read when it is first asked for."""
    document = read_document(block.markdown, mentions)
    return lambda width, ascii: document.lines(width, ascii=ascii)


def title_page(lesson: Lesson, title_of: NameOf) -> Page:
    """The lesson's title, how long it takes and what it builds on."""
    facts = [translate("lesson.minutes", minutes=lesson.minutes)]
    if lesson.needs:
        names = translate("lesson.and").join(title_of(need) for need in lesson.needs)
        facts.append(translate("lesson.builds-on", lessons=names))
    title = Run(harmless_line(lesson.title), "heading1")
    about = Run(harmless_line(" · ".join(facts)), "muted")

    def page(width: int, ascii: bool) -> Sequence[Line]:
        first, *others = break_lines([title], width)
        return [Line(first, heading=1), *map(Line, others), *map(Line, break_lines([about], width))]

    return _kept(page)


def term_page(term: Term, other_name: str, name_of: NameOf) -> Page:
    """A glossary entry in the text: both names, the definition, the formula and what to see beside it."""

    def page(width: int, ascii: bool) -> Sequence[Line]:
        bar = Span("| " if ascii else "▎ ", "quote-bar")
        lines = _term_lines(term, other_name, name_of, width - 2, ascii)
        return [
            Line((bar, *line.spans), line.heading) if line.spans else Line((Span(bar.text[0], bar.role),))
            for line in lines
        ]

    return _kept(page)


def _term_lines(term: Term, other_name: str, name_of: NameOf, width: int, ascii: bool) -> Iterator[Line]:
    names = [Run(harmless_line(term.name), "strong")]
    if other_name:
        names.append(Run(f" · {harmless_line(other_name)}", "muted"))
    yield from map(Line, break_lines(names, width))
    yield from typeset(term.definition, width, ascii=ascii)
    if term.formula:
        yield BLANK
        yield from typeset(term.formula, width, ascii=ascii)
    if term.see:
        yield BLANK
        runs = [Run(translate("lesson.see"), "muted")]
        for other in term.see:
            runs += [Run("  "), Run(harmless_line(name_of(other)), "term", f"#{other}", solid=True)]
        yield from map(Line, break_lines(runs, width))


def text_page(*paragraphs: tuple[str, str]) -> Page:
    """Paragraphs of plain text, each with its role: for what has to be said where a lesson should be."""

    def page(width: int, ascii: bool) -> Sequence[Line]:
        lines: list[Line] = []
        for text, role in paragraphs:
            if lines:
                lines.append(BLANK)
            lines.extend(
                map(Line, break_lines([Run(harmless_line(text), "strong" if role == "strong" else "text")], width))
            )
        return lines

    return _kept(page)


def _kept(page: Page) -> Page:
    """``page``, which remembers what it set last: a scroll asks for the same lines again and again."""
    kept: dict[tuple[int, bool], Sequence[Line]] = {}

    def remembered(width: int, ascii: bool) -> Sequence[Line]:
        if (width, ascii) not in kept:
            kept.clear()
            kept[width, ascii] = page(width, ascii)
        return kept[width, ascii]

    return remembered
