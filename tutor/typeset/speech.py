"""Formulas, tables and drawings in words, for whoever listens to a page.

``w ← w − η ∂L/∂w`` becomes "w becomes w minus eta times the partial derivative of L with respect to w". Screen readers
skip most of such signs, or name them so differently that a formula cannot be followed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import replace
from math import isinf, isnan

from tutor.foundation.translate import translate
from tutor.typeset.elements import (
    CodeBlock,
    DisplayMaths,
    Element,
    Heading,
    Listing,
    Paragraph,
    Quote,
    Run,
    Runs,
    Table,
)
from tutor.typeset.maths import SUBSCRIPTS, SUPERSCRIPTS
from tutor.typeset.spelling import GREEK

_ACCENTS = {"\u0302": "hat", "\u0304": "bar", "\u0303": "tilde", "\u20d7": "vector", "\u0307": "dot"}
_SIGNS = {
    "=": "equals", "≠": "not-equal", "<": "less", ">": "greater", "≤": "at-most", "≥": "at-least", "≈": "about",
    "+": "plus", "−": "minus", "±": "plus-minus", "·": "times", "⋅": "times", "×": "times", "/": "over", "←": "becomes",
    "→": "to", "⇒": "implies", "↦": "to", "∈": "in", "∑": "sum", "∏": "product", "∇": "gradient", "∞": "infinity",
    "√": "root", "*": "star", "\ue012": "negative", "‖": "norm", "∼": "distributed",
    "∝": "proportional", "⊙": "times", "∘": "after",
}  # fmt: skip
_BRACKETS = {"(": "open", ")": "close", "[": "open-square", "]": "close-square", "{": "open-brace", "}": "close-brace"}
_LOWERED = {sign: plain for plain, sign in SUBSCRIPTS.items()} | {"₋": "-", "₊": "+"}
_RAISED = {sign: plain for plain, sign in SUPERSCRIPTS.items() if sign != "*"} | {"⁻": "-", "⁺": "+"}
_POWERS = {"2": "squared", "3": "cubed", "*": "star", "T": "transposed", "ᵀ": "transposed", "′": "prime"}

_LOW, _HIGH = "".join(map(re.escape, _LOWERED)), "".join(map(re.escape, _RAISED))
_PLAIN_LETTER = rf"[^\W\d_{_LOW}{_HIGH}]"
_LETTER = rf"{_PLAIN_LETTER}(?:[\u0302\u0303\u0304\u0307\u20d7])?"
_SLOPE = re.compile(rf"∂({_LETTER}[{_LOW}]*) ?/ ?∂({_LETTER}[{_LOW}]*)")
_ABSOLUTE = re.compile(r"\|([^|\ue010]{1,20})\|")
_SUBSCRIPT_AT_END = re.compile(rf"(?:_\S|_\([^()]{{1,40}}\)|[{_LOW}])$")
_SUM = re.compile(rf"∑([{_LOW}]+)")
_CALL = re.compile(rf"(?<!{_PLAIN_LETTER})({_LETTER}[′*]*)\(({_LETTER}[{_LOW}]*[*′]?|[−\ue012-]?[\d.]+)\)")
_WRITTEN = re.compile(r"([_^])(?:\(([^()\ue010]{1,40})\)|([^\s\ue010]))")
_TOKEN = re.compile(
    rf"(?P<number>\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?)|(?P<low>[{_LOW}]+)|(?P<high>[{_HIGH}]+)|(?P<prime>′+)"
    rf"|(?P<name>{_LETTER})|(?P<space>\s+)|(?P<other>.)",
    re.DOTALL,
)
_WORDS_AND_MARKS = re.compile(rf"\ue010.|ln(?!{_PLAIN_LETTER})|[\u3400-\u9fff]+|{_PLAIN_LETTER}{{3,}}", re.DOTALL)
_GREEK_LETTERS = "".join(GREEK)
_OPERAND_BEFORE = rf"(?:^|(?<=[\d)′{_HIGH}{_LOW}])|(?<=(?<!\w)\w))"
_OPERAND_BEHIND = rf"(?=$|[\d(\[−∂√{_GREEK_LETTERS}]|\w(?![^\W\d_]))"
_MATHS_IN_TEXT = re.compile(
    rf"(?<![^\W\d_{_GREEK_LETTERS}])[{_GREEK_LETTERS}](?![^\W\d_])|−(?=[\d.{_GREEK_LETTERS}a-z(])"
    rf"|{_OPERAND_BEFORE} [=<>≤≥≈+−±·×/←→] {_OPERAND_BEHIND}"
    rf"|± ?(?=\d)|(?<=\d)[×·](?=\d)|(?<=(?<!\w)\w)·(?=\w(?!\w))|ŷ|(?<=[^\W\d_])[{_LOW}]+|(?<=[\w)])[{_HIGH}]+"
    r"|(?<=[^\W\d_])′"
)
"""What a sentence may hold of a formula outside of dollar signs."""


_EXPONENT = re.compile(r"(?<![\w.])\d{1,9}(?:\.\d{1,20})?e[+−-]?\d{1,3}(?!\w)")
_TYPED_SIGN = re.compile(r"(?<![A-Za-z0-9)\]_+-])[+-](?=\d)")
"""The sign of a number as it is typed. Screen readers skip it."""
_NO_MARKS = dict.fromkeys((0xE010, 0xE011, 0xE012, *range(0xE100, 0xF000)))
"""Private characters of Unicode: they mark what has become words and where that is kept, a word, and the minus of a
negative number."""
_NEGATIVE = re.compile(r"(^|[=<>≤≥≈≠(\[{·×/←→+,±] ?)−")


def spoken_maths(text: str) -> str:
    """Return a formula, given in Unicode as `tutor.typeset.maths` writes it, in words."""
    return _in_words(unicodedata.normalize("NFD", text).translate(_NO_MARKS))


def _in_words(text: str) -> str:
    """Return a formula, or a part of one whose negative numbers are marked already, in words."""
    text = _NEGATIVE.sub("\\1\ue012", text)
    held: list[str] = []

    def hold(words: str) -> str:
        """Keep words that are ready, and leave a mark in their place."""
        held.append(words)
        return f" \ue010{chr(0xE100 + len(held) - 1)} "

    def hold_factor(found: re.Match[str], words: str) -> str:
        """Keep words, after a "times" if something stands right before them."""
        before = found.string[: found.start()].rstrip()
        factor = before[-1:].isalnum() or before[-1:] == ")"
        return hold(f"{_say('times')} {words}" if factor and not _SUBSCRIPT_AT_END.search(before) else words)

    text = _SLOPE.sub(
        lambda found: hold_factor(found, _say("slope", over=_in_words(found[1]), under=_in_words(found[2]))), text
    )
    text = _ABSOLUTE.sub(lambda found: hold(_say("absolute", value=_in_words(found[1]))), text)
    text = _SUM.sub(lambda found: hold(_say("sum-over", index=_in_words(found[1]))), text)
    text = _CALL.sub(
        lambda found: hold_factor(found, _say("of", function=_in_words(found[1]), value=_in_words(found[2]))),
        text,
    )
    text = _WRITTEN.sub(lambda found: hold(_script(found[1] == "^", _in_words(found[2] or found[3]))), text)
    words = [word for piece in _pieces(text) for word in ([piece] if piece[0] == "\ue010" else _tokens(piece))]
    said = [held[ord(each[1]) - 0xE100] if each[0] == "\ue010" and len(each) > 1 else each for each in words if each]
    return unicodedata.normalize("NFC", _joined(said))


def _pieces(text: str) -> Iterator[str]:
    """Cut ``text`` into whole words, marks and the rest."""
    at = 0
    for found in _WORDS_AND_MARKS.finditer(text):
        if at < found.start():
            yield text[at : found.start()]
        yield f"\ue010{found[0][1]}" if found[0][0] == "\ue010" else f"\ue011{found[0]}"
        at = found.end()
    if at < len(text):
        yield text[at:]


def _tokens(text: str) -> Iterator[str]:
    if text[0] == "\ue011":  # a word
        yield "".join(f" {GREEK[each]} " if each in GREEK else each for each in text[1:]).strip()
        return
    for found in _TOKEN.finditer(text):
        token = found[0]
        match found.lastgroup:
            case "number":
                yield token
            case "low":
                yield "".join(_LOWERED[each] for each in token)
            case "high":
                yield _script(True, "".join(_RAISED[each] for each in token))
            case "prime":
                yield " ".join([_say("prime")] * len(token))
            case "name":
                accent = f" {_say(_ACCENTS[token[1]])}" if token[1:] in _ACCENTS else ""
                yield GREEK.get(token[0], token[0]) + accent
            case "space":
                continue
            case _:
                yield (
                    _say(_SIGNS[token]) if token in _SIGNS else _say(_BRACKETS[token]) if token in _BRACKETS else token
                )


def _script(raised: bool, text: str) -> str:
    if not raised:
        return text
    if text in _POWERS:
        return _say(_POWERS[text])
    return _say("power", power=spoken_maths(text.replace("-", "−")))


def _joined(words: Iterable[str]) -> str:
    """Words with spaces between them, but none before punctuation."""
    said = ""
    for word in words:
        said += word if not said or word in {",", ";", ".", "!", "%", ":"} else f" {word}"
    return said


def _say(name: str, /, **values: object) -> str:
    return translate(f"spoken.{name}", **values)


def spoken_figure(value: float) -> str:
    """Return a number in few digits and in words that no screen reader skips: ``minus 1.07``, ``infinity``."""
    if isnan(value):
        return _say("nan")
    if isinf(value):
        return _joined([_say("negative"), _say("infinity")] if value < 0 else [_say("infinity")])
    sign = f"{_say('negative')} " if value < 0 else ""
    mantissa, _, exponent = f"{abs(value):.3e}".partition("e")
    if value and not -4 <= int(exponent) < 6:
        power = spoken_maths(f"10^({int(exponent)})".replace("-", "−"))
        return f"{sign}{float(mantissa):.3g} {_say('times')} {power}"
    return f"{sign}{float(f'{abs(value):.4g}'):.10g}"


def spoken_text(text: str) -> str:
    """Return a sentence with the Greek letters and the signs of formulas in it as words."""
    if _MAY_BE_MATHS.isdisjoint(text):
        return text
    text = _EXPONENT.sub(lambda found: spoken_figure(float(found[0].replace("−", "-"))), text)
    text = _TYPED_SIGN.sub(lambda found: f"{_say('negative' if found[0] == '-' else 'plus')} ", text)
    for formula in (_SLOPE, _CALL):
        text = formula.sub(lambda found: spoken_maths(found[0]), text)
    return _MATHS_IN_TEXT.sub(_one_sign, text)


_MAY_BE_MATHS = frozenset("e(−-=<>+/·×≤≥≈±←→′ŷ" + _GREEK_LETTERS + "".join(_LOWERED) + "".join(_RAISED))
"""A text without any of these characters is heard as it is written."""


def _one_sign(found: re.Match[str]) -> str:
    sign = found[0]
    if sign[0] == "±":
        return f"{_say('plus-minus')} "
    if sign == "−":
        return f"{_say('negative')} "
    words = spoken_maths(sign) if not sign.startswith(" ") else _say(_SIGNS[sign.strip()])
    if sign.startswith(" "):
        return f" {words} "
    if sign[0] in GREEK or sign[0] == "ŷ":
        before = found.string[: found.start()]
        return f" {words}" if before[-1:].isalnum() and before[-1:].isascii() else words
    return f" {words} " if sign in "·×" else f" {words}"


def speak(elements: Iterable[Element]) -> tuple[Element, ...]:
    """Return ``elements`` as they are to be heard: formulas and tables in words, drawings as their descriptions."""
    return tuple(spoken for element in elements for spoken in _one(element))


def _one(element: Element) -> Iterator[Element]:
    match element:
        case Paragraph() | Heading():
            yield replace(element, runs=_runs(element.runs))
        case DisplayMaths(lines):
            yield from (Paragraph((Run(spoken_maths(line)),)) for line in lines if line)
        case CodeBlock(lines, description):
            if description:
                yield Paragraph((Run(f"{translate('spoken.figure')} {spoken_text(description)}"),))
            else:
                yield CodeBlock(tuple(map(spoken_text, lines)))
        case Quote(children):
            yield from speak(children)
        case Listing():
            yield replace(element, items=tuple(map(speak, element.items)))
        case Table():
            yield from _table(element)
        case _:
            return  # a rule says nothing


def _table(table: Table) -> Iterator[Element]:
    """A table as a sentence for each row: the head of each column before its cell."""
    heads = [_words(cell) for cell in table.head]
    yield Paragraph((Run(translate("spoken.table", columns=len(heads), rows=len(table.rows))),))
    rows = []
    for row in table.rows:
        cells = [(head, _words(cell)) for head, cell in zip(heads, row, strict=True)]
        named = [translate("spoken.cell", head=head, cell=cell) if head else cell for head, cell in cells if cell]
        rows.append((Paragraph((Run(translate("spoken.between-cells").join(named)),)),))
    yield Listing(None, loose=False, items=tuple(rows))


def _words(runs: Runs) -> str:
    return "".join(run.text for run in _runs(runs)).strip()


def _runs(runs: Runs) -> Runs:
    return tuple(
        run._replace(text=spoken_maths(run.text), role="text", solid=False)
        if run.role == "maths"
        else run
        if run.role == "code"
        else run._replace(text=spoken_text(run.text))
        for run in runs
    )
