"""Which formulas of a lesson cannot be shown as their author means them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from tutor.course.checks import lines_of, place_of, texts_of
from tutor.course.code_spans import without_code
from tutor.course.lesson import Block, Exercise, Fault, Lesson, Question, Term
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.suggest import is_one_typo
from tutor.foundation.translate import sentences, translate
from tutor.typeset.maths import is_balanced, known_macros, unread_macros
from tutor.typeset.parse import formulas_in

_MOST_FAULTS = 200
"""Of one lesson; more are no mistakes."""
_DISPLAY = re.compile(r"(?<!\\)\$\$[^$]{1,2000}\$\$|\\\$")
"""A closed formula on lines of its own, or an escaped dollar sign."""


def faults_of_formulas(lesson: Lesson) -> list[Fault]:
    """Return a fault for each LaTeX macro in a lesson that is unknown, and for each formula with a lost brace."""
    lines = lines_of(lesson.path)
    blocks = (*lesson.blocks, *lesson.variants, *lesson.left_out)
    faults = (fault for block in blocks for fault in _faults_of_block(block, lines))
    return list(dict.fromkeys(islice(faults, _MOST_FAULTS)))


def _faults_of_block(block: Block, lines: list[str]) -> Iterator[Fault]:
    for tex in dict.fromkeys(tex for text in _every_text(block) for tex in formulas_in(text)):
        for macro in unread_macros(tex):
            place = place_of(macro, block.place, lines)
            near = next((name for name in sorted(known_macros()) if is_one_typo(macro[1:], name)), "")
            meant = translate("course.did-you-mean", near=f"\\{near}") if near else ""
            message = translate("course.unknown-macro", macro=harmless_line(macro)[:40])
            yield Fault(place, message, sentences(meant, translate("course.unknown-macro-hint")))
        if not is_balanced(tex):
            place = place_of(tex.strip().partition("\n")[0], block.place, lines)
            yield Fault(place, translate("course.unbalanced-formula"))

    for text in _every_text(block):
        if _DISPLAY.sub("", without_code(text)).count("$$") % 2:
            place = place_of("$$", block.place, lines)
            yield Fault(place, translate("course.unclosed-formula"), translate("course.unclosed-formula-hint"))


def _every_text(block: Block) -> list[str]:
    if isinstance(block, Term):
        return [block.name, block.formula, *texts_of(block)]
    return [block.title, *texts_of(block)] if isinstance(block, Question | Exercise) else texts_of(block)
