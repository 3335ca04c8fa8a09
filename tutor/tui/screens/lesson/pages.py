"""The texts of a lesson as pages of lines: its title, its prose, its terms. Nothing here knows a screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import language_note, translate

if TYPE_CHECKING:
    from tutor.course.catalogue import LessonHeader
    from tutor.course.glossary import Glossary
    from tutor.course.lesson import Block, Lesson, Term
    from tutor.typeset.elements import Line

Page = Callable[[int, bool], "Sequence[Line]"]
"""Sets a text: the width in cells, whether to draw in ASCII, to lines."""


class LessonPages:
    """The pages of one lesson. Made in reading order: what is named first is what becomes a link.

    Args:
        lesson: The lesson.
        headers: The lessons of the course, for the titles of those it builds on.
        glossary: All terms; without it plain words link to nothing, and a term is told in one language.
    """

    def __init__(self, lesson: Lesson, headers: Sequence[LessonHeader], glossary: Glossary | None = None) -> None:
        self._lesson = lesson
        self._titles = {header.id: header.title for header in headers}
        self._glossary = glossary
        self._names = {term.id: term.name for term in lesson.terms}
        self._mentioned: set[str] = set()

    def title(self) -> Page:
        """The lesson's title, how long it takes and what it builds on."""
        from tutor.typeset.breaking import break_lines
        from tutor.typeset.elements import Line, Run

        facts = [translate("lesson.minutes", minutes=self._lesson.minutes)]
        needs = [self._titles[need] for need in self._lesson.needs if need in self._titles]
        if needs:
            facts.append(translate("lesson.builds-on", lessons=translate("lesson.and").join(needs)))
        title = Run(harmless_line(self._lesson.title), "heading1")
        about = [
            Run(harmless_line(each), "muted") for each in (" · ".join(facts), language_note(self._lesson.language))
        ]

        def page(width: int, ascii: bool) -> Sequence[Line]:
            first, *others = break_lines([title], width)
            below = [line for run in about if run.text for line in break_lines([run], width)]
            return [Line(first, heading=1), *map(Line, others), *map(Line, below)]

        return _kept(page)

    def page_of(self, block: Block) -> Page | None:
        """The page of a block of text; None for questions and labs, which are more than text."""
        from tutor.course.lesson import Prose, Term
        from tutor.typeset.page import read_document

        if isinstance(block, Prose):
            document = read_document(block.markdown, self._mentions if self._glossary is not None else None)
            return lambda width, ascii: document.lines(width, ascii=ascii)
        if isinstance(block, Term):
            self._mentioned.add(block.id)
            return self._term(block)
        return None

    def _mentions(self, text: str) -> Iterator[tuple[int, int, str]]:
        """The terms that ``text`` is the first to name."""
        found = self._glossary.find_mentions(text, self._lesson.language) if self._glossary is not None else ()
        for mention in found:
            if mention.term_id not in self._mentioned:
                self._mentioned.add(mention.term_id)
                yield mention.start, mention.end, mention.term_id

    def _name_of(self, term_id: str) -> str:
        if term_id in self._names:
            return self._names[term_id]
        entry = self._glossary.get(term_id) if self._glossary is not None else None
        return entry.name(self._lesson.language) if entry is not None else term_id

    def _other_names(self, term_id: str) -> tuple[str, ...]:
        entry = self._glossary.get(term_id) if self._glossary is not None else None
        return entry.other_names(self._lesson.language) if entry is not None else ()

    def _term(self, term: Term) -> Page:
        """A glossary entry in the text: its names, the definition, the formula and what to see beside it."""
        from tutor.typeset.elements import Line, Span

        def page(width: int, ascii: bool) -> Sequence[Line]:
            bar = Span("| " if ascii else "▎ ", "quote-bar")
            lines = self._term_lines(term, width - 2, ascii)
            return [Line((bar, *line.spans) if line.spans else (bar._replace(text=bar.text[0]),)) for line in lines]

        return _kept(page)

    def _term_lines(self, term: Term, width: int, ascii: bool) -> Iterator[Line]:
        from tutor.typeset.breaking import break_lines
        from tutor.typeset.elements import BLANK, Line, Run
        from tutor.typeset.page import typeset

        names = [Run(harmless_line(term.name), "strong")]
        names += [Run(f" · {harmless_line(name)}", "muted") for name in self._other_names(term.id)]
        yield from map(Line, break_lines(names, width))
        yield from typeset(term.definition, width, ascii=ascii)
        if term.formula:
            yield BLANK
            yield from typeset(term.formula, width, ascii=ascii)
        if term.see:
            yield BLANK
            runs = [Run(translate("lesson.see"), "muted")]
            for other in term.see:
                runs += [Run("  "), Run(harmless_line(self._name_of(other)), "term", f"#{other}", solid=True)]
            yield from map(Line, break_lines(runs, width))


def text_page(*paragraphs: str) -> Page:
    """Paragraphs of plain text, the first one strong: what has to be said where a lesson should be."""
    from tutor.typeset.breaking import break_lines
    from tutor.typeset.elements import BLANK, Line, Run

    def page(width: int, ascii: bool) -> Sequence[Line]:
        lines: list[Line] = []
        for number, text in enumerate(paragraphs):
            run = Run(harmless_line(text), "text" if number else "strong")
            lines += [*([BLANK] if number else []), *map(Line, break_lines([run], width))]
        return lines

    return _kept(page)


def _kept(page: Page) -> Page:
    """``page``, which remembers what it set last: each line drawn asks for all of them."""
    kept: dict[tuple[int, bool], Sequence[Line]] = {}

    def remembered(width: int, ascii: bool) -> Sequence[Line]:
        if (width, ascii) not in kept:
            kept.clear()
            kept[width, ascii] = page(width, ascii)
        return kept[width, ascii]

    return remembered
