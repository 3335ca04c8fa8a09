"""Moodle XML: a ``quiz`` of questions, as Moodle's question bank exports and imports it.

See Moodle's documentation of the Moodle XML format, and ``question/format/xml/format.php`` in its source.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from tutor.course.lesson import BLANK
from tutor.exchange.answers import (
    GAP,
    as_section,
    choice_item,
    fill_in_item,
    numeric_item,
    read_decimal,
    with_gap,
)
from tutor.exchange.items import Choice, Collection, Item, Loss, Number, Tell, plain_number
from tutor.exchange.markup import from_html, from_plain, to_html, to_plain
from tutor.exchange.xml_tree import Node
from tutor.foundation.translate import translate

_FEEDBACKS = ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback")
_USUAL_FEEDBACKS = frozenset({
    "your answer is correct.", "your answer is partially correct.", "your answer is incorrect.",
    "回答正确。", "回答部分正确。", "回答错误。", "回答不正确。",
    "你的回答正确。", "你的回答部分正确。", "你的回答错误。",
})  # fmt: skip
"""What Moodle puts there unless an author changes it."""

_CLOZE = re.compile(r"(?<!\\)\{(?P<weight>[0-9]{0,4}):(?P<kind>[A-Z_]{1,24}):(?P<answers>(?:[^{}\\]|\\.){0,4000}+)\}")
_SHORT = frozenset({"SHORTANSWER", "SA", "MW", "SHORTANSWER_C", "SAC", "MWC"})
_CLOZE_ANSWER = re.compile(r"(?P<sign>=|%(?P<weight>-?[0-9]{1,3}(?:\.[0-9]{1,5})?)%)?(?P<text>.*)", re.DOTALL)


def read_moodle(root: Node) -> Collection:
    """Read the questions of a ``quiz``. What cannot be carried over is reported with its line."""
    found = Collection()
    section = ""
    for node in root.nodes:
        if node.name != "question":
            found.lose(translate("exchange.element", tag=node.name[:40]), line=node.line)
            continue
        if node.attributes.get("type") == "category":
            category = node.first("category")
            section = as_section(category.text_of("text") if category is not None else "")
            continue
        _read_question(found, node, section)
    return found


def _read_question(found: Collection, node: Node, section: str) -> None:
    name_node = node.first("name")
    name = name_node.text_of("text") if name_node is not None else ""
    tell = found.teller(name, node.line)
    kind = node.attributes.get("type", "")
    read = _READERS.get(kind)
    prompt = _text_of(node.first("questiontext"), tell)
    if read is None:
        tell(translate("exchange.essay") if kind == "essay" else translate("exchange.unknown-kind", kind=kind[:40]))
        return
    item = read(node, prompt, tell)
    if item is None:
        return
    _tell_extras(node, tell)
    general = _text_of(node.first("generalfeedback"), tell)
    found.add(
        replace(
            item,
            title=from_plain(name, tell, inline=True),
            prompt=item.prompt or prompt,
            hints=tuple(filter(None, (_text_of(each, tell) for each in node.all("hint")))),
            explanation="\n\n".join(filter(None, (general, item.explanation))),
            id=node.text_of("idnumber"),
            section=section,
            line=node.line,
        )
    )


def _tell_extras(node: Node, tell: Tell) -> None:
    """Report what a question has beside its answers."""
    for each in _FEEDBACKS:
        text = _text_of(node.first(each), lambda _message: None)
        if text and text.casefold() not in _USUAL_FEEDBACKS:
            tell(translate("exchange.combined-feedback"))
            break
    if node.first("tags") is not None and any(True for _ in node.below("tag")):
        tell(translate("exchange.tags"))
    if node.text_of("usecase") == "1":
        tell(translate("exchange.case"))
    if node.first("units") is not None and any(True for _ in node.below("unit")):
        tell(translate("exchange.units"))
    if any(True for _ in node.below("file")):
        tell(translate("exchange.files"))


def _text_of(node: Node | None, tell: Tell, *, inline: bool = False) -> str:
    """The Markdown of an element that holds a text and names its format."""
    if node is None:
        return ""
    text = node.text_of("text")
    match node.attributes.get("format", "html"):
        case "plain_text":
            return from_plain(text, tell, inline=inline)
        case "markdown":
            return " ".join(text.split()) if inline else text
        case "moodle_auto_format":
            return from_html(text.replace("\n", "<br>"), tell, inline=inline)
    return from_html(text, tell, inline=inline)


def _weight(node: Node) -> Decimal:
    try:
        return read_decimal(node.attributes.get("fraction", "0"))
    except InvalidOperation:
        return Decimal(0)


def _feedback(node: Node, tell: Tell) -> str:
    return _text_of(node.first("feedback"), tell)


def _read_choice(node: Node, _prompt: str, tell: Tell) -> Item | None:
    is_single = node.text_of("single") not in {"false", "0"}
    choices = [
        (_weight(each), Choice(_text_of(each, tell, inline=True), feedback=_feedback(each, tell)))
        for each in node.all("answer")
    ]
    return choice_item(choices, tell, is_single=is_single)


def _read_truth(node: Node, _prompt: str, tell: Tell) -> Item | None:
    words = {"true": translate("exchange.true"), "false": translate("exchange.false")}
    choices = [
        (
            _weight(each),
            Choice(words.get(each.text_of("text").casefold(), each.text_of("text")), False, _feedback(each, tell)),
        )
        for each in node.all("answer")
    ]
    return choice_item(choices, tell, is_single=True)


def _read_short(node: Node, prompt: str, tell: Tell) -> Item | None:
    answers = [(_weight(each), each.text_of("text"), _feedback(each, tell)) for each in node.all("answer")]
    item = fill_in_item(answers, tell)
    return item and replace(item, prompt=with_gap(prompt))


def _read_number(node: Node, _prompt: str, tell: Tell) -> Item | None:
    answers = []
    for each in node.all("answer"):
        try:
            middle, half = read_decimal(each.text_of("text")), read_decimal(each.text_of("tolerance") or "0")
            number: Number | None = Number(middle - abs(half), middle + abs(half))
        except InvalidOperation:
            number = None
        answers.append((_weight(each), number, _feedback(each, tell)))
    return numeric_item(answers, tell)


def _read_pairs(node: Node, _prompt: str, tell: Tell) -> Item | None:
    pairs = []
    for each in node.all("subquestion"):
        answer = each.first("answer")
        right = from_plain(answer.text_of("text"), tell, inline=True) if answer is not None else ""
        left = _text_of(each, tell, inline=True)
        if left:
            pairs.append((left, right))
        elif right:
            tell(translate("exchange.extra-partner", text=right))
    return Item("match", "", pairs=tuple(pairs))


def _read_ordering(node: Node, _prompt: str, tell: Tell) -> Item | None:
    lines = sorted(node.all("answer"), key=_weight)
    return Item("ordering", "", choices=tuple(Choice(_text_of(each, tell, inline=True)) for each in lines))


def _read_passage(_node: Node, prompt: str, _tell: Tell) -> Item | None:
    return Item("text", prompt)


def _read_cloze(node: Node, _prompt: str, tell: Tell) -> Item | None:
    """Read a text with gaps, if all of them are typed words: a menu or a number is more than a blank can ask."""
    holder = node.first("questiontext")
    text = holder.text_of("text") if holder is not None else ""
    blanks: list[tuple[str, ...]] = []
    for found in _CLOZE.finditer(text):
        accepted = _cloze_answers(found["answers"], tell) if found["kind"] in _SHORT else ()
        if not accepted:
            tell(translate("exchange.cloze", kind=found["kind"]))
            return None
        blanks.append(accepted)
    if not blanks:
        tell(translate("exchange.no-answers"))
        return None
    prompt = from_html(_CLOZE.sub(BLANK, text.replace(BLANK, "")), tell)
    return Item("fill-in", prompt, blanks=tuple(blanks))


def _cloze_answers(text: str, tell: Tell) -> tuple[str, ...]:
    answers = []
    for each in re.split(r"(?<!\\)~", text):
        found = _CLOZE_ANSWER.fullmatch(each)
        if found is None:
            continue
        answer, _, feedback = found["text"].replace("\\#", "\0").partition("#")
        weight = Decimal(100) if found["sign"] == "=" else Decimal(found["weight"] or 0)
        words = re.sub(r"\\([}~/\"#])", r"\1", html.unescape(answer.replace("\0", "#")))
        answers.append((weight, words, feedback))
    item = fill_in_item(answers, tell)
    if item is not None and item.explanation:
        tell(translate("exchange.feedback"))
    return item.blanks[0] if item is not None else ()


_READERS = {
    "multichoice": _read_choice,
    "truefalse": _read_truth,
    "shortanswer": _read_short,
    "numerical": _read_number,
    "matching": _read_pairs,
    "ordering": _read_ordering,
    "description": _read_passage,
    "cloze": _read_cloze,
    "multianswer": _read_cloze,
}


# -- writing ---------------------------------------------------------------------------------------------------


def write_moodle(items: Iterable[Item]) -> tuple[str, list[Loss]]:
    """Return questions as Moodle XML, and what it cannot say of them."""
    losses: list[Loss] = []
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<quiz>"]
    section = ""
    for item in items:
        if item.section != section:
            section = item.section
            path = html.escape(f"top/{section.replace('/', '//')}")
            lines += ['<question type="category">', f"<category><text>{path}</text></category>", "</question>"]
        written = list(_answers(item))
        if not written:
            losses.append(Loss(translate("exchange.not-in-moodle"), item.id))
            continue
        lines += _question(item, written)
    return "\n".join([*lines, "</quiz>", ""]), losses


_PLAIN = '<answer fraction="100" format="moodle_auto_format">'
_STAR = r"\*"
"""A star alone stands for any text."""
_TYPES = {
    "single": "multichoice", "multiple": "multichoice", "ordering": "ordering", "match": "matching",
    "numeric": "numerical", "text": "description",
}  # fmt: skip


def _question(item: Item, answers: list[str]) -> Iterator[str]:
    is_cloze = item.kind == "fill-in" and len(item.blanks) > 1
    kind = "cloze" if is_cloze else "shortanswer" if item.kind == "fill-in" else _TYPES[item.kind]
    yield f'<question type="{kind}">'
    yield f"<name><text>{html.escape(to_plain(item.title))}</text></name>"
    yield _text("questiontext", _with_gaps(item) if is_cloze else to_html(item.prompt.replace(BLANK, GAP)))
    yield _text("generalfeedback", to_html(item.explanation))
    yield "<defaultgrade>1</defaultgrade><penalty>0.3333333</penalty><hidden>0</hidden>"
    yield f"<idnumber>{html.escape(item.id)}</idnumber>"
    yield from (each for each in answers if each)
    yield from (_text("hint", to_html(each)) for each in item.hints)
    yield "</question>"


def _answers(item: Item) -> Iterator[str]:
    """The elements of the answers; nothing if Moodle has no such question."""
    match item.kind:
        case "single" | "multiple":
            yield from _choices(item)
        case "ordering":
            yield "<layouttype>VERTICAL</layouttype><selecttype>ALL</selecttype>"
            yield "<gradingtype>RELATIVE_TO_CORRECT</gradingtype>"
            for number, each in enumerate(item.choices, 1):
                yield _answer(str(number), to_html(each.text, inline=True), "")
        case "match":
            yield "<shuffleanswers>true</shuffleanswers>"
            for left, right in item.pairs:
                text = _text("subquestion", to_html(left, inline=True)).removesuffix("</subquestion>")
                yield f"{text}<answer><text>{html.escape(to_plain(right))}</text></answer></subquestion>"
        case "numeric" if item.number is not None:
            middle, half = plain_number(item.number.middle), plain_number(item.number.half)
            yield f"{_PLAIN}<text>{middle}</text><tolerance>{half}</tolerance></answer>"
        case "fill-in" if len(item.blanks) == 1:
            yield "<usecase>0</usecase>"
            for accepted in item.blanks[0]:
                yield f"{_PLAIN}<text>{html.escape(accepted.replace('*', _STAR))}</text></answer>"
        case "fill-in" | "text":
            yield ""


def _choices(item: Item) -> Iterator[str]:
    yield f"<single>{'true' if item.kind == 'single' else 'false'}</single>"
    yield "<shuffleanswers>true</shuffleanswers><answernumbering>none</answernumbering>"
    right = sum(each.right for each in item.choices)
    wrong = len(item.choices) - right
    for each in item.choices:
        share = Decimal(100) / right if each.right else -Decimal(100) / wrong
        weight = Decimal(0) if item.kind == "single" and not each.right else share
        yield _answer(plain_number(round(weight, 5)), to_html(each.text, inline=True), each.feedback)


def _with_gaps(item: Item) -> str:
    """The text of a fill-in question with Moodle's gaps in it."""
    first, *pieces = to_html(item.prompt).split(BLANK)
    gaps = ("{1:SHORTANSWER:" + "~".join(f"={_cloze_word(each)}" for each in blank) + "}" for blank in item.blanks)
    return first + "".join(f"{gap}{piece}" for gap, piece in zip(gaps, pieces, strict=False))


def _cloze_word(text: str) -> str:
    return html.escape(re.sub(r"([}~/\"#])", r"\\\1", text), quote=False)


def _answer(weight: str, text: str, feedback: str) -> str:
    told = _text("feedback", to_html(feedback)) if feedback else ""
    return f'<answer fraction="{weight}" format="html"><text>{_data(text)}</text>{told}</answer>'


def _text(name: str, text: str) -> str:
    return f'<{name} format="html"><text>{_data(text)}</text></{name}>'


def _data(text: str) -> str:
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>" if text else ""
