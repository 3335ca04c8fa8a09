"""A question: the shape of its list is its type."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tutor.course.answer_reader import read_blanks, read_numeric_answer
from tutor.course.lab_fence import is_lab_fence, read_lab_fence
from tutor.course.lesson import Blank, LabFence, NumericAnswer, Option, Question, QuestionKind
from tutor.course.option_reader import is_tick_list, items_of, read_option
from tutor.course.source import Element, Source, directive, unquoted
from tutor.foundation.translate import translate

MOST_OPTIONS = 26
_HINT = re.compile(r"^(?:hint|提示)\s*[:：]\s*", re.IGNORECASE)
_ANSWER = re.compile(r"^\*\*(?:answer|答案)(?:[:：]\*\*|\*\*\s*[:：])\s*(?P<answer>.*)$", re.IGNORECASE | re.DOTALL)
_DETAILS = re.compile(r"<details\b", re.IGNORECASE)
_DETAILS_END = re.compile(r"</details\s*>", re.IGNORECASE)
_SUMMARY = re.compile(r"<summary\b[^>]*>.*?</summary\s*>", re.IGNORECASE | re.DOTALL)


@dataclass
class _Parts:
    """What has been found in a question so far."""

    prompt: list[str] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)
    explanation: str = ""
    ticks: list[Element] = field(default_factory=list)
    orders: list[Element] = field(default_factory=list)
    answers: list[tuple[Element, str]] = field(default_factory=list)
    labs: list[LabFence] = field(default_factory=list)
    figure: str = ""


def read_question(source: Source, identifier: str, heading: Element, body: list[Element], lesson_id: str) -> Question:
    """Read the question under ``heading``. Faults go to `Source.faults`; what can be read is returned all the same."""
    parts = _sort_out(source, body)
    prompt, blanks = read_blanks(source, "\n\n".join(parts.prompt), heading)
    kind, answering = _kind(parts, blanks)
    place = source.place(heading.start)
    if kind is None:
        source.fault(place, translate("course.no-answer", id=identifier), translate("course.no-answer-hint"))
        kind = QuestionKind.SINGLE
    options = _options(source, answering)
    answer = _numeric(source, parts) if kind is QuestionKind.NUMERIC else None
    _refuse_contradictions(source, parts, blanks, heading)
    _check_options(source, kind, options, answering, heading)
    _check_names(source, parts)
    return Question(
        id=identifier,
        kind=kind,
        title=heading.content.strip(),
        prompt=prompt if kind is QuestionKind.FILL_IN else "\n\n".join(_prompt_with(source, parts, kind)),
        hints=tuple(parts.hints),
        explanation=parts.explanation,
        options=options,
        blanks=blanks if kind is QuestionKind.FILL_IN else (),
        answer=answer,
        labs=tuple(parts.labs),
        place=place,
        lesson_id=lesson_id,
        figure=parts.figure,
    )


def _prompt_with(source: Source, parts: _Parts, kind: QuestionKind) -> list[str]:
    """The prompt, and a plain numbered list that turned out not to be the answer."""
    if kind is QuestionKind.ORDERING:
        return parts.prompt
    return [*parts.prompt, *(source.text(element.start, element.end) for element in parts.orders)]


def _sort_out(source: Source, body: list[Element]) -> _Parts:
    parts = _Parts()
    index = 0
    while index < len(body):
        element = body[index]
        if element.kind == "html_block" and _DETAILS.search(element.content):
            index = _take_details(source, body, index, parts)
            continue
        _take(source, element, parts)
        index += 1
    return parts


def _take(source: Source, element: Element, parts: _Parts) -> None:
    text = source.text(element.start, element.end)
    if is_lab_fence(element):
        fence = read_lab_fence(source, element)
        if fence is not None:
            parts.labs.append(fence)
    elif element.kind == "html_block":
        _take_comment(source, element, parts, text)
    elif element.kind == "blockquote" and _HINT.match(unquoted(text.split("\n"))):
        parts.hints.append(_HINT.sub("", unquoted(text.split("\n")), count=1))
    elif is_tick_list(element):
        parts.ticks.append(element)
    elif element.kind == "ordered_list":
        parts.orders.append(element)
    elif element.kind == "paragraph" and (found := _ANSWER.match(element.content)):
        parts.answers.append((element, found["answer"].strip()))
    else:
        parts.prompt.append(text)


def _take_comment(source: Source, element: Element, parts: _Parts, text: str) -> None:
    figure = directive(text, "figure")
    if figure is not None:
        parts.figure = figure
    elif directive(text, "q") is not None or directive(text, "term") is not None:
        source.fault(source.place(element.start), translate("course.stray-id"), translate("course.stray-id-hint"))
    elif not text.lstrip().startswith("<!--"):
        parts.prompt.append(text)


def _take_details(source: Source, body: list[Element], index: int, parts: _Parts) -> int:
    """Read ``<details>`` up to its end. Returns the index of the block behind it."""
    start = body[index].start
    end = index
    while end < len(body) and not (body[end].kind == "html_block" and _DETAILS_END.search(body[end].content)):
        end += 1
    if end == len(body):
        source.fault(source.place(start), translate("course.details-open"), translate("course.details-open-hint"))
        end -= 1
    text = source.text(start, body[end].end)
    text = _DETAILS_END.sub("", _SUMMARY.sub("", re.sub(r"<details\b[^>]*>", "", text, flags=re.IGNORECASE)))
    parts.explanation = f"{parts.explanation}\n\n{text.strip()}".strip()
    return end + 1


def _kind(parts: _Parts, blanks: tuple[Blank, ...]) -> tuple[QuestionKind | None, Element | None]:
    if parts.ticks:
        first = parts.ticks[0]
        return (QuestionKind.SINGLE if first.kind == "ordered_list" else QuestionKind.MULTIPLE), first
    if parts.answers:
        return QuestionKind.NUMERIC, None
    if blanks:
        return QuestionKind.FILL_IN, None
    if parts.orders:
        return QuestionKind.ORDERING, parts.orders[-1]
    return None, None


def _refuse_contradictions(source: Source, parts: _Parts, blanks: tuple[Blank, ...], heading: Element) -> None:
    ways = [bool(parts.ticks), bool(parts.answers), bool(blanks)]
    if sum(ways) > 1 or len(parts.ticks) > 1 or len(parts.answers) > 1:
        source.fault(source.place(heading.start), translate("course.two-answers"), translate("course.two-answers-hint"))


def _options(source: Source, element: Element | None) -> tuple[Option, ...]:
    if element is None:
        return ()
    items = items_of(element, source.first)
    if len(items) > MOST_OPTIONS:
        source.fault(source.place(element.start), translate("course.too-many-options", most=MOST_OPTIONS))
    return tuple(read_option(source, item) for item in items[:MOST_OPTIONS])


def _check_options(
    source: Source, kind: QuestionKind, options: tuple[Option, ...], element: Element | None, heading: Element
) -> None:
    place = source.place(element.start if element is not None else heading.start)
    ticked = sum(option.ticked for option in options)
    if kind is QuestionKind.SINGLE and options and ticked != 1:
        source.fault(place, translate("course.single-ticks", count=ticked), translate("course.single-ticks-hint"))
    if kind is QuestionKind.MULTIPLE and not ticked:
        source.fault(place, translate("course.multiple-ticks"), translate("course.multiple-ticks-hint"))
    if element is not None and len(options) < 2:
        source.fault(place, translate("course.too-few-options"))
    if kind is not QuestionKind.ORDERING and len({option.text for option in options}) < len(options):
        source.fault(place, translate("course.same-options"))


def _check_names(source: Source, parts: _Parts) -> None:
    names = [fence.name for fence in parts.labs]
    if len(names) > 1 and (len(set(names)) < len(names) or not all(names)):
        source.fault(parts.labs[1].place, translate("course.labs-need-names"), translate("course.labs-need-names-hint"))


def _numeric(source: Source, parts: _Parts) -> NumericAnswer | None:
    element, text = parts.answers[0]
    return read_numeric_answer(source, element, text)
