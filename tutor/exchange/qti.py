"""QTI 2 and 3: items of assessments as XML, alone or in an IMS package.

The names of QTI 3 (``qti-choice-interaction``, ``response-identifier``) are those of QTI 2 (``choiceInteraction``,
``responseIdentifier``) in another spelling, so both are read as the latter. We write QTI 2.1. See IMS Question and Test
Interoperability, Assessment Test, Section and Item Information Model.
"""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Final

from tutor.course.lesson import BLANK
from tutor.exchange.answers import choice_item, fill_in_item, numeric_item, read_decimal
from tutor.exchange.archives import Archive
from tutor.exchange.items import Choice, Collection, Item, Loss, Number, Tell, plain_number
from tutor.exchange.markup import from_html, from_plain, to_html, to_plain
from tutor.exchange.xml_tree import Node, read_xml
from tutor.foundation.errors import TutorError
from tutor.foundation.translate import translate

ROOTS = frozenset({"assessmentItem", "assessmentTest", "assessmentSection"})
"""Root elements of QTI 2, and of QTI 3 as `as_qti2` spells them."""

_KEBAB = re.compile(r"-(?P<letter>[a-z])")
_NAMESPACE: Final = "http://www.imsglobal.org/xsd/imsqti_v2p1"
_VOID = frozenset({"br", "hr", "img", "col", "source", "track"})


def as_qti2(node: Node) -> Node:
    """Spell the names of QTI 3 as those of QTI 2, in ``node`` and everything in it."""
    waiting = [node]
    while waiting:
        each = waiting.pop()
        if each.name.startswith("qti-"):
            each.name = _camel(each.name.removeprefix("qti-"))
        each.attributes = {_camel(key): value for key, value in each.attributes.items()}
        waiting += each.nodes
    return node


def _camel(name: str) -> str:
    return _KEBAB.sub(lambda found: found["letter"].upper(), name)


def read_package(archive: Archive) -> Collection:
    """Read every item of an IMS package, in the order of its manifest."""
    found = Collection()
    names = [name for name in archive.names if name.casefold().endswith(".xml")]
    manifest = next((name for name in names if name.rpartition("/")[2] == "imsmanifest.xml"), None)
    listed: list[str] = []
    if manifest is not None:
        names.remove(manifest)
        folder = manifest.rpartition("/")[0]
        root = read_xml(archive.read(manifest))
        listed = [
            f"{folder}/{href}".lstrip("/") for node in root.below("file") if (href := node.attributes.get("href"))
        ]
    order = {name: place for place, name in enumerate(listed)}
    for name in sorted(names, key=lambda name: order.get(name, len(order))):
        content = archive.read(name)
        try:
            root = as_qti2(read_xml(content))
        except TutorError as error:
            found.lose(error.message, name)
            continue
        if root.name in ROOTS:
            _read_root(found, root)
        elif root.name == "questestinterop":
            found.lose(translate("exchange.qti1"), name)
    # A test only names its items, which is a loss only if they are not there.
    refs = translate("exchange.qti-refs")
    found.losses = [each for each in found.losses if each.message != refs or not found.items]
    others = [name for name in archive.names if not name.casefold().endswith((".xml", ".xsd", ".css", ".txt"))]
    if others:
        found.lose(translate("exchange.other-files", count=len(others), first=others[0][:80]))
    return found


def read_qti(root: Node) -> Collection:
    """Read one XML document of QTI, spelled as QTI 2."""
    found = Collection()
    _read_root(found, root)
    return found


def _read_root(found: Collection, root: Node) -> None:
    if root.name == "assessmentItem":
        _read_item(found, root)
        return
    found.title = found.title or root.attributes.get("title", "")
    inside = list(root.below("assessmentItem"))
    for item in inside:
        _read_item(found, item)
    if not inside and not found.items and any(True for _ in root.below("assessmentItemRef")):
        found.lose(translate("exchange.qti-refs"), root.attributes.get("title", ""), root.line)


def _read_item(found: Collection, node: Node) -> None:
    title = node.attributes.get("title", "")
    identifier = node.attributes.get("identifier", "")
    tell = found.teller(title or identifier, node.line)
    body = node.first("itemBody")
    interactions = list(body.below(*_READERS, *_UNREAD)) if body is not None else []
    gaps = [each for each in interactions if each.name == "textEntryInteraction"]
    if body is None or not interactions:
        tell(translate("exchange.no-answers"))
        return
    if len(interactions) > len(gaps) and len(interactions) > 1:
        tell(translate("exchange.several-parts"))
        return
    read = _READERS.get(interactions[0].name)
    if read is None:
        kind = interactions[0].name
        is_essay = kind == "extendedTextInteraction"
        tell(translate("exchange.essay") if is_essay else translate("exchange.unknown-kind", kind=kind[:40]))
        return
    declared = {each.attributes.get("identifier", ""): each for each in node.all("responseDeclaration")}
    item = read(node, interactions, declared, tell)
    if item is None:
        return
    carried = sum(len(each.all("feedbackInline")) for each in node.below("simpleChoice")) + _is_explanation(node)
    if sum(1 for _ in node.below("feedbackInline", "feedbackBlock", "modalFeedback")) > carried:
        tell(translate("exchange.feedback"))
    prompt = item.prompt or _prompt_of(body, interactions[0], tell)
    explanation = _explanation(node, tell) or item.explanation
    shown = from_plain(title, tell, inline=True)
    found.add(replace(item, prompt=prompt, title=shown, explanation=explanation, id=identifier, line=node.line))


def _is_explanation(node: Node) -> bool:
    """Whether the only feedback of an item is shown whatever was answered, as `write_qti` writes it."""
    feedbacks = node.all("modalFeedback")
    return len(feedbacks) == 1 and feedbacks[0].attributes.get("identifier") == "explanation"


def _explanation(node: Node, tell: Tell) -> str:
    return from_html(_markup(node.all("modalFeedback")[0]), tell) if _is_explanation(node) else ""


def _prompt_of(body: Node, interaction: Node, tell: Tell) -> str:
    """What stands in the body of an item, with the interaction's own prompt and without the interaction."""
    own = interaction.first("prompt")
    around = from_html(_markup(body, leaving_out=interaction), tell)
    return "\n\n".join(filter(None, (around, from_html(_markup(own), tell) if own is not None else "")))


def _markup(node: Node, *, leaving_out: Node | None = None, gap: str = "") -> str:
    """The content of an element as HTML, for `from_html`; depth is bounded by the reader of XML."""
    pieces: list[str] = []
    for each in node.children:
        if isinstance(each, str):
            pieces.append(html.escape(each, quote=False))
        elif each is leaving_out or each.name in {"rubricBlock", "feedbackInline", "feedbackBlock", "stylesheet"}:
            continue
        elif gap and each.name == "textEntryInteraction":
            pieces.append(gap)
        else:
            given = "".join(
                f' {key}="{html.escape(value)}"'
                for key, value in each.attributes.items()
                if key in {"src", "alt", "href"}
            )
            inner = _markup(each, leaving_out=leaving_out, gap=gap)
            pieces.append(f"<{each.name}{given}>" + ("" if each.name in _VOID else f"{inner}</{each.name}>"))
    return "".join(pieces)


def _values(declaration: Node | None) -> list[str]:
    """The values of the correct response."""
    correct = declaration.first("correctResponse") if declaration is not None else None
    return [each.text.strip() for each in correct.all("value")] if correct is not None else []


def _mapped(declaration: Node | None) -> dict[str, Decimal]:
    """The points of each answer, if they are mapped."""
    mapping = declaration.first("mapping") if declaration is not None else None
    points = {}
    for each in mapping.all("mapEntry") if mapping is not None else ():
        try:
            points[each.attributes.get("mapKey", "")] = read_decimal(each.attributes.get("mappedValue", "0"))
        except InvalidOperation:
            continue
    return points


_Declared = dict[str, Node]


def _declaration(interaction: Node, declared: _Declared) -> Node | None:
    return declared.get(interaction.attributes.get("responseIdentifier", ""))


def _read_choice(_node: Node, interactions: list[Node], declared: _Declared, tell: Tell) -> Item | None:
    (interaction, *_) = interactions
    declaration = _declaration(interaction, declared)
    right, points = _values(declaration), _mapped(declaration)
    is_single = declaration is None or declaration.attributes.get("cardinality", "single") == "single"
    if not right and points:
        best = max(points.values())
        right = [key for key, value in points.items() if value > 0 and (value == best or not is_single)]
    if len({value for value in points.values() if value > 0}) > 1:
        tell(translate("exchange.weights"))
    choices = [
        (
            Decimal(100) if each.attributes.get("identifier") in right else Decimal(0),
            Choice(from_html(_markup(each), tell, inline=True), feedback=_feedback_in(each, tell)),
        )
        for each in interaction.all("simpleChoice")
    ]
    return choice_item(choices, tell, is_single=is_single)


def _feedback_in(choice: Node, tell: Tell) -> str:
    return "\n\n".join(from_html(_markup(each), tell) for each in choice.all("feedbackInline"))


def _read_order(_node: Node, interactions: list[Node], declared: _Declared, tell: Tell) -> Item | None:
    (interaction, *_) = interactions
    lines = {
        each.attributes.get("identifier", ""): from_html(_markup(each), tell, inline=True)
        for each in interaction.all("simpleChoice")
    }
    order = _values(_declaration(interaction, declared))
    if sorted(order) != sorted(lines):
        tell(translate("exchange.nothing-right"))
        return None
    return Item("ordering", "", choices=tuple(Choice(lines[each]) for each in order))


def _read_match(_node: Node, interactions: list[Node], declared: _Declared, tell: Tell) -> Item | None:
    (interaction, *_) = interactions
    texts = {
        each.attributes.get("identifier", ""): from_html(_markup(each), tell, inline=True)
        for each in interaction.below("simpleAssociableChoice")
    }
    declaration = _declaration(interaction, declared)
    together = _values(declaration) or [key for key, value in _mapped(declaration).items() if value > 0]
    pairs = [tuple(each.split()) for each in together]
    if not pairs or not all(len(pair) == 2 and set(pair) <= set(texts) for pair in pairs):
        tell(translate("exchange.nothing-right"))
        return None
    used = {side for pair in pairs for side in pair}
    for each, text in texts.items():
        if each not in used:
            tell(translate("exchange.extra-partner", text=text))
    return Item("match", "", pairs=tuple((texts[pair[0]], texts[pair[1]]) for pair in pairs))


def _read_gaps(node: Node, interactions: list[Node], declared: _Declared, tell: Tell) -> Item | None:
    """A number, if there is one gap for one, or else a text with gaps."""
    body = node.first("itemBody")
    if body is None:
        return None
    declarations = [_declaration(each, declared) for each in interactions]
    types = {each.attributes.get("baseType", "string") for each in declarations if each is not None}
    prompt = from_html(_markup(body, gap=BLANK), tell)
    if types <= {"float", "integer"} and len(interactions) == 1:
        item = _read_number(node, declarations[0], tell)
        return item and replace(item, prompt=prompt.replace(BLANK, "").strip())
    blanks = []
    for declaration in declarations:
        points = _mapped(declaration)
        best = max(points.values(), default=Decimal(0))
        weighed = [(Decimal(100), each, "") for each in _values(declaration)]
        weighed += [(Decimal(100) if value == best else value, key, "") for key, value in points.items()]
        item = fill_in_item([each for each in weighed if each[0] > 0], tell)
        if item is None:
            return None
        blanks.append(item.blanks[0])
    return Item("fill-in", prompt, blanks=tuple(blanks))


def _read_number(node: Node, declaration: Node | None, tell: Tell) -> Item | None:
    values = _values(declaration)
    half = Decimal(0)
    for equal in node.below("equal"):
        mode, tolerance = equal.attributes.get("toleranceMode", "exact"), equal.attributes.get("tolerance", "0").split()
        try:
            half = max(map(read_decimal, tolerance))
            if mode == "relative" and values:
                half = abs(read_decimal(values[0])) * half / 100
            elif mode == "exact":
                half = Decimal(0)
        except InvalidOperation:
            tell(translate("exchange.tolerance"))
    try:
        numbers = [read_decimal(each) for each in values]
    except InvalidOperation:
        numbers = []
    return numeric_item([(None, Number(each - half, each + half), "") for each in numbers], tell)


_READERS = {
    "choiceInteraction": _read_choice,
    "orderInteraction": _read_order,
    "matchInteraction": _read_match,
    "associateInteraction": _read_match,
    "textEntryInteraction": _read_gaps,
}
_UNREAD = (
    "extendedTextInteraction", "inlineChoiceInteraction", "gapMatchInteraction", "hottextInteraction",
    "hotspotInteraction", "selectPointInteraction", "graphicOrderInteraction", "graphicAssociateInteraction",
    "graphicGapMatchInteraction", "positionObjectInteraction", "sliderInteraction", "mediaInteraction",
    "drawingInteraction", "uploadInteraction", "customInteraction", "portableCustomInteraction",
    "endAttemptInteraction",
)  # fmt: skip


# -- writing ---------------------------------------------------------------------------------------------------


def write_qti(items: Iterable[Item], title: str) -> tuple[bytes, list[Loss]]:
    """Return questions as an IMS package of QTI 2.1 with a test that asks them in order, and what it cannot say."""
    losses: list[Loss] = []
    written: list[tuple[str, str]] = []
    for item in items:
        text = _written(item)
        if text is None:
            losses.append(Loss(translate("exchange.not-in-qti"), item.id))
            continue
        if item.hints:
            losses.append(Loss(translate("exchange.no-hints"), item.id))
        written.append((item.id, text))
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in [
            ("imsmanifest.xml", _manifest([identifier for identifier, _ in written])),
            ("test.xml", _test([identifier for identifier, _ in written], title)),
            *((f"items/{identifier}.xml", text) for identifier, text in written),
        ]:
            package.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), text)
    return made.getvalue(), losses


_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'


def _manifest(names: list[str]) -> str:
    resources = "".join(
        f'<resource identifier="r-{name}" type="imsqti_item_xmlv2p1" href="items/{name}.xml">'
        f'<file href="items/{name}.xml"/></resource>\n'
        for name in names
    )
    needed = "".join(f'<dependency identifierref="r-{name}"/>' for name in names)
    return (
        f'{_XML}<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" identifier="tutor">\n'
        "<metadata><schema>QTIv2.1 Package</schema><schemaversion>1.0.0</schemaversion></metadata>\n<organizations/>\n"
        '<resources>\n<resource identifier="r-test.xml" type="imsqti_test_xmlv2p1" href="test.xml">'
        f'<file href="test.xml"/>{needed}</resource>\n{resources}</resources>\n</manifest>\n'
    )


def _test(names: list[str], title: str) -> str:
    refs = "".join(f'<assessmentItemRef identifier="i-{name}" href="items/{name}.xml"/>\n' for name in names)
    shown = html.escape(title)
    return (
        f'{_XML}<assessmentTest xmlns="{_NAMESPACE}" identifier="test" title="{shown}">\n'
        '<testPart identifier="part" navigationMode="nonlinear" submissionMode="individual">\n'
        f'<assessmentSection identifier="section" title="{shown}" visible="true">\n{refs}</assessmentSection>\n'
        "</testPart>\n</assessmentTest>\n"
    )


def _written(item: Item) -> str | None:
    """The XML of one item; None if QTI has no such question."""
    body = _body(item)
    if body is None:
        return None
    declarations, interaction, processing = body
    explanation = to_html(item.explanation)
    feedback = (
        '<modalFeedback outcomeIdentifier="FEEDBACK" identifier="explanation" showHide="show">'
        f"{explanation}</modalFeedback>\n"
        if explanation
        else ""
    )
    told = (
        '<outcomeDeclaration identifier="FEEDBACK" cardinality="single" baseType="identifier"><defaultValue>'
        "<value>explanation</value></defaultValue></outcomeDeclaration>\n"
        if explanation
        else ""
    )
    return (
        f'{_XML}<assessmentItem xmlns="{_NAMESPACE}" identifier="{html.escape(item.id)}"'
        f' title="{html.escape(to_plain(item.title))}" adaptive="false" timeDependent="false">\n{declarations}'
        '<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>\n'
        f"{told}<itemBody>{interaction}</itemBody>\n{processing}{feedback}</assessmentItem>\n"
    )


_MATCHES = '<responseProcessing template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/match_correct"/>\n'
_MAPPED = '<responseProcessing template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/map_response"/>\n'


def _body(item: Item) -> tuple[str, str, str] | None:
    """Declarations, body and processing."""
    prompt = to_html(item.prompt)
    match item.kind:
        case "single" | "multiple":
            right = [f"c{number}" for number, each in enumerate(item.choices, 1) if each.right]
            options = "".join(
                f'<simpleChoice identifier="c{number}">{to_html(each.text, inline=True)}'
                f"{_inline_feedback(each, number)}</simpleChoice>\n"
                for number, each in enumerate(item.choices, 1)
            )
            most = 1 if item.kind == "single" else 0
            inner = (
                f'{prompt}<choiceInteraction responseIdentifier="RESPONSE" shuffle="true" maxChoices="{most}">'
                f"\n{options}</choiceInteraction>"
            )
            return _declared("single" if most else "multiple", "identifier", right), inner, _MATCHES
        case "ordering":
            names = [f"c{number}" for number, _ in enumerate(item.choices, 1)]
            # The order in the file is not the answer, because `shuffle` is only a wish.
            lines = sorted(zip(names, item.choices, strict=True), key=lambda each: each[1].text)
            options = "".join(
                f'<simpleChoice identifier="{name}">{to_html(each.text, inline=True)}</simpleChoice>\n'
                for name, each in lines
            )
            inner = (
                f'{prompt}<orderInteraction responseIdentifier="RESPONSE" shuffle="true">\n{options}</orderInteraction>'
            )
            return _declared("ordered", "identifier", names), inner, _MATCHES
        case "match":
            sides = [
                "".join(
                    f'<simpleAssociableChoice identifier="{sign}{number}" matchMax="1">{to_html(text, inline=True)}'
                    "</simpleAssociableChoice>\n"
                    for number, text in enumerate(texts, 1)
                )
                for sign, texts in zip("lr", zip(*item.pairs, strict=True), strict=True)
            ]
            right = [f"l{number} r{number}" for number, _ in enumerate(item.pairs, 1)]
            sets = "".join(f"<simpleMatchSet>\n{side}</simpleMatchSet>\n" for side in sides)
            inner = (
                f'{prompt}<matchInteraction responseIdentifier="RESPONSE" shuffle="true"'
                f' maxAssociations="{len(right)}">'
                f"\n{sets}</matchInteraction>"
            )
            return _declared("multiple", "directedPair", right), inner, _MATCHES
        case "numeric" if item.number is not None:
            half = plain_number(item.number.half)
            inner = f'{prompt}<p><textEntryInteraction responseIdentifier="RESPONSE"/></p>'
            return _declared("single", "float", [plain_number(item.number.middle)]), inner, _equal(half)
        case "fill-in":
            return _gaps(item)
    return None


def _gaps(item: Item) -> tuple[str, str, str]:
    declarations, inner = "", to_html(item.prompt)
    many = len(item.blanks) > 1
    for number, blank in enumerate(item.blanks, 1):
        name = f"RESPONSE{number}" if many else "RESPONSE"
        inner = inner.replace(BLANK, f'<textEntryInteraction responseIdentifier="{name}"/>', 1)
        entries = "".join(
            f'<mapEntry mapKey="{html.escape(each)}" mappedValue="1" caseSensitive="false"/>' for each in blank
        )
        declarations += (
            f'<responseDeclaration identifier="{name}" cardinality="single" baseType="string"><correctResponse>'
            f"<value>{html.escape(blank[0], quote=False)}</value></correctResponse>"
            f'<mapping defaultValue="0">{entries}</mapping></responseDeclaration>\n'
        )
    if not many:
        return declarations, inner, _MAPPED
    maps = "".join(f'<mapResponse identifier="RESPONSE{number}"/>' for number, _ in enumerate(item.blanks, 1))
    processing = (
        f'<responseProcessing><setOutcomeValue identifier="SCORE"><sum>{maps}</sum></setOutcomeValue>'
        "</responseProcessing>\n"
    )
    return declarations, inner, processing


def _declared(cardinality: str, kind: str, right: Iterable[str]) -> str:
    values = "".join(f"<value>{html.escape(each, quote=False)}</value>" for each in right)
    return (
        f'<responseDeclaration identifier="RESPONSE" cardinality="{cardinality}" baseType="{kind}">'
        f"<correctResponse>{values}</correctResponse></responseDeclaration>\n"
    )


def _equal(half: str) -> str:
    return (
        f'<responseProcessing><responseCondition><responseIf><equal toleranceMode="absolute" tolerance="{half} {half}">'
        '<variable identifier="RESPONSE"/><correct identifier="RESPONSE"/></equal>'
        '<setOutcomeValue identifier="SCORE"><baseValue baseType="float">1</baseValue></setOutcomeValue>'
        "</responseIf></responseCondition></responseProcessing>\n"
    )


def _inline_feedback(choice: Choice, number: int) -> str:
    if not choice.feedback:
        return ""
    text = to_html(choice.feedback, inline=True)
    return (
        f'<feedbackInline outcomeIdentifier="RESPONSE" identifier="c{number}" showHide="show">{text}</feedbackInline>'
    )
