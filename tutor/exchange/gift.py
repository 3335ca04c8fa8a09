r"""GIFT, the plain text that Moodle reads: ``::Name:: Question? {=right ~wrong}``.

The text is read once from its beginning to its end. See Moodle's documentation of the GIFT format.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from tutor.course.lesson import BLANK
from tutor.exchange.answers import (
    GAP,
    as_section,
    choice_item,
    fill_in_item,
    numeric_item,
    read_decimal,
    true_false,
    with_gap,
)
from tutor.exchange.items import Choice, Collection, Item, Loss, Number, Tell, plain_number, quoted
from tutor.exchange.markup import from_html, from_plain, looks_like_html, to_html, to_plain
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import translate

_ESCAPED = "~=#{}:"
_FORMAT = re.compile(r"\s*\[(?P<name>html|moodle|plain|markdown)\]", re.IGNORECASE)
_ID = re.compile(r"\[id:(?P<id>[^\]]{1,100})\]")
_WEIGHT = re.compile(r"\s*%(?P<weight>-?[0-9]{1,3}(?:[.,][0-9]{1,8})?)%")
_CATEGORY = "$CATEGORY:"
_TRUTHS = {"T": True, "TRUE": True, "F": False, "FALSE": False}
_MOST_ANSWERS = 200


def read_gift(text: str) -> Collection:
    """Read GIFT. Never raises: what cannot be read is reported with its line."""
    found = Collection()
    reader = _Reader(found)
    comments = 0
    for block in _blocks(text):
        comments += block.comments
        if block.category:
            reader.section = as_section(block.category)
        if block.lines:
            reader.read(block)
    if comments:
        found.lose(translate("exchange.comments", count=comments))
    return found


@dataclass
class _Block:
    """The lines of one question, and what the comments above it say."""

    line: int = 0
    lines: list[str] = field(default_factory=list)
    id: str = ""
    comments: int = 0
    category: str = ""


def _blocks(text: str) -> Iterator[_Block]:
    """Yield questions, which blank lines part. A blank line between braces parts only if a new question begins."""
    block = _Block()
    is_inside = False
    blank = False
    for number, line in enumerate(text.split("\n"), 1):
        stripped = line.strip()
        if stripped.startswith("//"):
            found = _ID.search(stripped[:500])
            if found is not None and not block.lines:
                block.id = found["id"].strip()
            else:
                block.comments += 1
            continue
        starts = stripped.startswith(("::", _CATEGORY))
        if block.lines and ((not stripped and not is_inside) or (starts and (blank or not is_inside))):
            yield block
            block, is_inside = _Block(), False
        blank = not stripped
        if not stripped:
            continue
        if stripped.startswith(_CATEGORY):
            yield _Block(category=harmless_line(stripped[len(_CATEGORY) :]).strip(), comments=block.comments)
            block = _Block()
            continue
        block.line = block.line or number
        block.lines.append(line)
        is_inside = _is_inside(line, is_inside)
    yield block


def _is_inside(line: str, is_inside: bool) -> bool:
    """Return whether the end of a line is between braces."""
    for at, sign in _signs(line, "{}"):
        is_inside = sign == "{" if at >= 0 else is_inside
    return is_inside


def _signs(text: str, wanted: str, start: int = 0) -> Iterator[tuple[int, str]]:
    """Yield the places of ``wanted`` characters that no backslash stands before, from ``start`` on."""
    escaped = False
    for at in range(start, len(text)):
        sign = text[at]
        if escaped:
            escaped = False
        elif sign == "\\":
            escaped = True
        elif sign in wanted:
            yield at, sign


def _place(text: str, sign: str, start: int = 0) -> int:
    return next((at for at, _ in _signs(text, sign, start)), -1)


def _unescaped(text: str) -> str:
    r"""Return ``text`` without GIFT's backslashes; ``\n`` is a line end, and others, as in a formula, stay."""
    pieces, at = [], 0
    while (found := text.find("\\", at)) >= 0 and found + 1 < len(text):
        pieces.append(text[at:found])
        behind = text[found + 1]
        if behind in _ESCAPED or behind == "\\":
            pieces.append(behind)
        elif behind == "n":
            pieces.append("\n")
        else:
            pieces.append("\\" + behind)
        at = found + 2
    return "".join([*pieces, text[at:]])


@dataclass
class _Answer:
    """An answer: its sign, its weight in percent or None, its text as it stands in the file, and its feedback."""

    sign: str
    weight: Decimal | None
    text: str
    feedback: str

    @property
    def is_right(self) -> bool:
        return self.sign == "=" and self.weight in {None, Decimal(100)}


class _Reader:
    def __init__(self, found: Collection) -> None:
        self._found = found
        self.section = ""
        self._format = ""

    def read(self, block: _Block) -> None:
        """Read one question."""
        text = "\n".join(block.lines).strip()
        title = ""
        if text.startswith("::"):
            end = text.find("::", 2)
            while end > 0 and text[end - 1] == "\\":
                end = text.find("::", end + 1)
            if end > 0:
                title, text = _unescaped(text[2:end]).strip(), text[end + 2 :]
        tell = self._found.teller(title or quoted(text), block.line)
        self._format = ""
        if found := _FORMAT.match(text):
            self._format, text = found["name"].casefold(), text[found.end() :]
        shown = from_plain(" ".join(title.split()), tell, inline=True)
        base = Item("text", "", shown, id=block.id, section=self.section, line=block.line)
        start = _place(text, "{")
        if start < 0:
            self._add_passage(base, text, tell)
            return
        end = _place(text, "}", start + 1)
        if end < 0:
            tell(translate("exchange.gift-open"))
            return
        self._read_answers(base, text[:start], text[start + 1 : end], text[end + 1 :], tell)

    def _add_passage(self, base: Item, text: str, tell: Tell) -> None:
        self._found.add(Item("text", self._markdown(text, tell), base.title, section=base.section, line=base.line))

    def _markdown(self, text: str, tell: Tell, *, inline: bool = False) -> str:
        """The Markdown of a text, in the format that it names, or else that of its question."""
        found = _FORMAT.match(text)
        name = found["name"].casefold() if found is not None else self._format
        text = _unescaped(text[found.end() :] if found is not None else text).strip()
        if name == "markdown":
            return " ".join(text.split()) if inline else text
        if name == "html" or (name != "plain" and looks_like_html(text)):
            return from_html(text if name == "html" else text.replace("\n", "<br>"), tell, inline=inline)
        return from_plain(text, tell, inline=inline)

    def _read_answers(self, base: Item, before: str, answers: str, behind: str, tell: Tell) -> None:
        answers, _, general = _apart(answers, "####")
        explanation = self._markdown(general, tell)
        prompt = self._markdown(before, tell)
        if behind.strip():
            prompt = f"{prompt} {BLANK} {self._markdown(behind, tell)}".strip()
        parts = {"explanation": explanation}
        told = answers.strip()
        if not told:
            tell(translate("exchange.essay"))
        elif told.startswith("#"):
            self._add_number(base, prompt, told[1:], parts, tell)
        elif (truth := _TRUTHS.get(_apart(told, "#")[0].strip().upper())) is not None:
            wrong, _, right = _apart(_apart(told, "#")[2], "#")
            feedback = (self._markdown(right, tell), self._markdown(wrong, tell))
            self._add(true_false(truth, feedback), base, prompt, parts)
        else:
            self._add_listed(base, prompt, _answers_of(told), parts, tell)

    def _add(self, item: Item | None, base: Item, prompt: str, parts: dict[str, str]) -> None:
        if item is None:
            return
        prompt = with_gap(prompt) if item.kind == "fill-in" else prompt.replace(BLANK, GAP)
        explanation = "\n\n".join(filter(None, (parts["explanation"], item.explanation)))
        self._found.add(
            Item(
                item.kind, prompt, base.title, item.choices, item.pairs, item.blanks, item.number, item.hints,
                explanation, base.id, base.section, base.line,
            )
        )  # fmt: skip

    def _add_number(self, base: Item, prompt: str, told: str, parts: dict[str, str], tell: Tell) -> None:
        answers = _answers_of(told) if told.lstrip().startswith(("=", "~")) else [_answer("=", told)]
        numbers = [
            (each.weight, _number(_unescaped(each.text)), self._markdown(each.feedback, tell)) for each in answers
        ]
        self._add(numeric_item(numbers, tell), base, prompt, parts)

    def _add_listed(self, base: Item, prompt: str, answers: list[_Answer], parts: dict[str, str], tell: Tell) -> None:
        if not answers:
            tell(translate("exchange.no-answers"))
        elif all(each.sign == "=" for each in answers) and all("->" in each.text for each in answers):
            self._add_pairs(base, prompt, answers, parts, tell)
        elif all(each.sign == "=" for each in answers):
            accepted = [
                (each.weight, _unescaped(each.text).strip(), self._markdown(each.feedback, tell)) for each in answers
            ]
            self._add(fill_in_item(accepted, tell), base, prompt, parts)
        else:
            is_single = any(each.sign == "=" for each in answers)
            choices = [
                (
                    Decimal(100) if each.is_right else each.weight or Decimal(0),
                    Choice(self._markdown(each.text, tell, inline=True), feedback=self._markdown(each.feedback, tell)),
                )
                for each in answers
            ]
            self._add(choice_item(choices, tell, is_single=is_single), base, prompt, parts)

    def _add_pairs(self, base: Item, prompt: str, answers: list[_Answer], parts: dict[str, str], tell: Tell) -> None:
        pairs = []
        for each in answers:
            left, _, right = each.text.partition("->")
            sides = (self._markdown(left, tell, inline=True), self._markdown(right, tell, inline=True))
            if each.feedback:
                tell(translate("exchange.feedback"))
            if sides[0]:
                pairs.append(sides)
            else:
                tell(translate("exchange.extra-partner", text=sides[1]))
        self._add(Item("match", prompt, pairs=tuple(pairs)), base, prompt, parts)


def _apart(text: str, sign: str) -> tuple[str, str, str]:
    """Part ``text`` at the first ``sign`` that no backslash stands before."""
    at = _place(text, sign[0])
    while at >= 0 and not text.startswith(sign, at):
        at = _place(text, sign[0], at + 1)
    return (text, "", "") if at < 0 else (text[:at], sign, text[at + len(sign) :])


def _answers_of(text: str) -> list[_Answer]:
    """The answers of a list; text before the first sign belongs to none."""
    places = [*_signs(text, "=~")][:_MOST_ANSWERS]
    ends = [*(at for at, _ in places[1:]), len(text)] if places else []
    return [_answer(sign, text[at + 1 : end]) for (at, sign), end in zip(places, ends, strict=True)]


def _answer(sign: str, text: str) -> _Answer:
    text, _, feedback = _apart(text, "#")
    weight = None
    if found := _WEIGHT.match(text):
        weight, text = Decimal(found["weight"].replace(",", ".")), text[found.end() :]
    return _Answer(sign, weight, text.strip(), feedback.strip())


def _number(text: str) -> Number | None:
    """``1822``, ``1822:5`` or ``1..5``."""
    try:
        if ".." in text:
            low, _, high = text.partition("..")
            return Number(read_decimal(low), read_decimal(high))
        middle, _, half = text.partition(":")
        tolerance = read_decimal(half) if half.strip() else Decimal(0)
        return Number(read_decimal(middle) - tolerance, read_decimal(middle) + tolerance)
    except InvalidOperation:
        return None


# -- writing ---------------------------------------------------------------------------------------------------


def write_gift(items: Iterable[Item]) -> tuple[str, list[Loss]]:
    """Return questions as GIFT, and what GIFT cannot say of them."""
    written: list[str] = []
    losses: list[Loss] = []
    for item in items:
        answers = _written_answers(item)
        if answers is None:
            losses.append(Loss(translate("exchange.not-in-gift"), item.id))
            continue
        if item.hints:
            losses.append(Loss(translate("exchange.no-hints"), item.id))
        general = f"\n####{_html(item.explanation)}" if item.explanation else ""
        prompt = _html(item.prompt.replace(BLANK, GAP))
        title = _escaped(to_plain(item.title))
        written.append(f"// [id:{item.id}]\n::{title}::[html]{prompt} {{\n{answers}{general}\n}}\n")
    return "\n".join(written), losses


def _written_answers(item: Item) -> str | None:
    """The answers between the braces; None if GIFT has no such question."""
    match item.kind:
        case "single":
            return "\n".join(f"{'=' if each.right else '~'}{_choice(each)}" for each in item.choices)
        case "multiple":
            right = sum(each.right for each in item.choices)
            wrong = len(item.choices) - right
            weights = {True: _share(right), False: f"-{_share(wrong)}" if wrong else ""}
            return "\n".join(f"~%{weights[each.right]}%{_choice(each)}" for each in item.choices)
        case "numeric" if item.number is not None:
            return f"#{plain_number(item.number.middle)}:{plain_number(item.number.half)}"
        case "match":
            return "\n".join(
                f"={_html(left, inline=True)} -> {_escaped(to_plain(right))}" for left, right in item.pairs
            )
        case "fill-in" if len(item.blanks) == 1:
            return "\n".join(f"={_escaped(each)}" for each in item.blanks[0])
    return None


def _share(count: int) -> str:
    """The share of one of ``count`` in percent, in the steps that Moodle knows."""
    return plain_number(round(Decimal(100) / count, 5))


def _choice(choice: Choice) -> str:
    feedback = f"#{_html(choice.feedback)}" if choice.feedback else ""
    return f"{_html(choice.text, inline=True)}{feedback}"


def _html(markdown: str, *, inline: bool = False) -> str:
    text = to_html(markdown, inline=inline)
    # A blank line would end the question, and only code keeps its lines.
    return _escaped(text.replace("\n", "&#10;" if "<pre" in text else " "))


def _escaped(text: str) -> str:
    text = text.replace("\\", "\\\\")
    for sign in _ESCAPED:
        text = text.replace(sign, f"\\{sign}")
    return " ".join(text.split("\n"))
