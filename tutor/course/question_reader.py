"""A question: the shape of its list is its type."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tutor.course.answer_reader import has_blank, read_blanks, read_numeric_answer
from tutor.course.lab_fence import is_lab_fence, read_lab_fence
from tutor.course.lesson import Blank, LabFence, Option, Question, QuestionKind
from tutor.course.lookalikes import (
    damaged_comment,
    fault_in_question,
    fault_in_title,
    has_option_inside,
    has_quote_inside,
    is_indented_quote,
    named_like_an_answer,
)
from tutor.course.misplaced import refuse_misplaced, refuse_stray_id
from tutor.course.option_reader import has_tick, has_ticks_inside, is_tick_list, items_of, read_option
from tutor.course.source import LOST, Element, Source, as_words, directive, unquoted, without_comments
from tutor.foundation.translate import translate

MOST_OPTIONS = 26
_DETAILS = re.compile(r"<details\b[^>]{0,200}>", re.IGNORECASE)
_DETAILS_END = re.compile(r"</details\s{0,20}>", re.IGNORECASE)
_EXPLAINS = re.compile(r"<(?:details|summary)\b", re.IGNORECASE)
_SUMMARY = re.compile(r"<summary\b[^>]{0,200}>.{0,300}?</summary\s{0,20}>", re.IGNORECASE | re.DOTALL)


@dataclass
class _Parts:
    """What has been found in a question so far. `prompt` holds its blocks in order, plain numbered lists among them."""

    prompt: list[tuple[Element, str]] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)
    explanation: str = ""
    ticks: list[Element] = field(default_factory=list)
    answers: list[tuple[Element, str]] = field(default_factory=list)
    labs: list[LabFence] = field(default_factory=list)
    figure: str = ""
    gives_away: bool = False
    """Whether something that cannot be read may be the answer: then the question must not be shown."""

    is_explained: bool = False
    """Whether there has been an answer and then its explanation: what follows belongs to another section."""
    told_below: bool = False

    @property
    def order(self) -> Element | None:
        """The last plain numbered list: the answer, where nothing else is."""
        found = [element for element, text in self.prompt if element.kind == "ordered_list" and not has_blank(text)]
        return found[-1] if found else None


def read_question(
    source: Source, identifier: str, heading: Element, body: list[Element], lesson_id: str
) -> tuple[Question, bool]:
    """Read the question under ``heading``. Faults go to `Source.faults`.

    Returns:
        What can be read of it, and whether it can be asked: not where no answer could be right, and not where what
        would be shown may give the answer away.
    """
    parts = _sort_out(source, body)
    refuse_misplaced(source, heading)
    if fault := fault_in_title(source, heading):
        source.faults.append(fault)
        parts.gives_away = True
    prompt, blanks = read_blanks(source, [(text, _is_code(element)) for element, text in parts.prompt], heading)
    kind, answering = _kind(parts, blanks)
    _leave_out_below(source, parts, answering)
    if kind is None:
        if not parts.gives_away:  # else what is wrong has been told
            place = source.place(heading.start)
            source.fault(place, translate("course.no-answer", id=identifier), translate("course.no-answer-hint"))
        kind = QuestionKind.SINGLE
    if kind is not QuestionKind.FILL_IN:
        prompt = "\n\n".join(text for element, text in parts.prompt if element is not answering)
    options = _options(source, answering, tick_expected=kind is not QuestionKind.ORDERING)
    numeric = kind is QuestionKind.NUMERIC
    answer = read_numeric_answer(source, *parts.answers[0]) if numeric else None
    contradicts = _refuse_contradictions(source, parts, blanks, heading)
    unclear = answering is not None and _has_unclear_options(source, answering, ticked=bool(parts.ticks))
    _check_options(source, kind, options, answering)
    _check_runs(source, parts, options, heading)
    question = Question(
        id=identifier,
        kind=kind,
        title=heading.content.strip(),
        prompt=prompt,
        hints=tuple(parts.hints),
        explanation=parts.explanation,
        options=options,
        blanks=blanks if kind is QuestionKind.FILL_IN else (),
        answer=answer,
        labs=tuple(parts.labs),
        place=source.place(heading.start),
        lesson_id=lesson_id,
        figure=parts.figure,
    )
    return question, _is_answerable(question) and not (parts.gives_away or contradicts or unclear)


def _is_answerable(question: Question) -> bool:
    """Whether any answer can be right. A question that is not must never be put to a learner."""
    ticked = sum(option.ticked for option in question.options)
    if question.options and len(question.options) < 2:
        return False
    if question.kind is QuestionKind.SINGLE:
        return ticked == 1
    if question.kind is QuestionKind.MULTIPLE:
        return ticked > 0
    return bool(question.options or question.blanks or question.answer)


def _is_code(element: Element) -> bool:
    return element.kind in {"fence", "code_block"}


def _sort_out(source: Source, body: list[Element]) -> _Parts:
    parts = _Parts()
    index = 0
    while index < len(body):
        element = body[index]
        if element.kind == "html_block" and _DETAILS.search(without_comments(element.content)):
            index = _take_details(source, body, index, parts)
            continue
        if is_lab_fence(element):
            fence = read_lab_fence(source, element)
            if fence is not None:
                parts.labs.append(fence)
        elif element.kind == LOST:
            parts.gives_away = True
        elif element.kind == "html_block":
            _take_comment(source, element, parts)
        elif parts.is_explained and element.kind != "blockquote":
            _tell_below(source, element, parts)
        else:
            parts.gives_away |= refuse_misplaced(source, element)
            _take(source, element, parts)
        index += 1
    return parts


def _take(source: Source, element: Element, parts: _Parts) -> None:
    text = source.text(element.start, element.end)
    if is_tick_list(element):
        parts.ticks.append(element)
        if fault := damaged_comment(source, element):  # the words of a condition tell the answer
            source.faults.append(fault)
            parts.gives_away = True
    elif has_ticks_inside(element):
        # Not shown: the ticks would give the answer away.
        source.fault(
            source.place(element.start), translate("course.nested-options"), translate("course.nested-options-hint")
        )
    elif fault := fault_in_question(source, element):
        source.faults.append(fault)
        parts.gives_away = True
    elif element.kind == "blockquote":
        _take_quote(source, element, parts, text)
    elif element.kind == "paragraph" and (found := source.words.answer.search(text)):
        parts.figure = directive(found["answer"], "figure") or parts.figure
        parts.answers.append((element, without_comments(found["answer"]).strip()))
        if before := text[: found.start()].strip():
            parts.prompt.append((element, before))
    elif fault := named_like_an_answer(source, element):
        source.faults.append(fault)
        # What follows a damaged tag is the explanation; where one ends that never began, so may be what stands above.
        parts.is_explained |= _EXPLAINS.search(text) is not None
        parts.gives_away |= _DETAILS_END.search(text) is not None
    else:
        parts.prompt.append((element, text))


def _take_quote(source: Source, element: Element, parts: _Parts, text: str) -> None:
    """Hints, one for each line that begins as one; any other quotation belongs to the prompt, if it can."""
    lines = unquoted(text.split("\n")).split("\n")
    if source.words.hint.match(lines[0]):
        for line in lines:
            if source.words.hint.match(line):
                parts.hints.append(as_words(source.words.hint.sub("", line, count=1)))
            else:
                parts.hints[-1] += f"\n{line}"
        parts.hints = [hint.strip() for hint in parts.hints]
    elif parts.ticks or is_indented_quote(source, element):
        # Feedback that slipped out of its option: in the prompt it would give the answer away.
        place = source.place(element.start)
        source.fault(place, translate("course.loose-feedback"), translate("course.loose-feedback-hint"))
    elif fault := named_like_an_answer(source, element):
        source.faults.append(fault)
    else:
        parts.prompt.append((element, text))


def _take_comment(source: Source, element: Element, parts: _Parts) -> None:
    text = source.text(element.start, element.end)
    figure = directive(text, "figure")
    if figure is not None:
        parts.figure = figure
    elif directive(text, "q") is not None or directive(text, "term") is not None:
        refuse_stray_id(source, element)
        parts.gives_away = True  # another question, whose heading is lost, is mixed with this one
    elif fault := fault_in_question(source, element) or named_like_an_answer(source, element):
        source.faults.append(fault)
        parts.gives_away = True
    elif without_comments(text).strip():
        parts.prompt.append((element, text))


def _take_details(source: Source, body: list[Element], index: int, parts: _Parts) -> int:
    """Read ``<details>`` up to its end. Returns the index of the block behind it."""
    start = body[index].start
    end = index
    while end < len(body) and not (body[end].kind == "html_block" and _DETAILS_END.search(body[end].content)):
        end += 1
    swallowed = next((each for each in body[index + 1 : end] if _is_id(each)), None)
    if end == len(body) or swallowed is not None:
        source.fault(source.place(start), translate("course.details-open"), translate("course.details-open-hint"))
        end = min(end, len(body) - 1)
    text = source.text(start, body[end].end)
    text = _SUMMARY.sub("", _DETAILS.sub("", text, count=1), count=1)
    if ends := list(_DETAILS_END.finditer(text)):
        behind = text[ends[-1].end() :]
        text = text[: ends[-1].start()]
        if without_comments(behind).strip():
            place = source.find(start, body[end].end, behind.strip())
            source.fault(place, translate("course.behind-details"), translate("course.behind-details-hint"))
    parts.explanation = f"{parts.explanation}\n\n{text.strip()}".strip()
    answered = parts.ticks or parts.answers or parts.order or any(has_blank(text) for _, text in parts.prompt)
    parts.is_explained = bool(answered)
    return end + 1


def _is_id(element: Element) -> bool:
    names = ("q", "term") if element.kind == "html_block" else ()
    return any(directive(element.content, name) is not None for name in names)


def _kind(parts: _Parts, blanks: tuple[Blank, ...]) -> tuple[QuestionKind | None, Element | None]:
    if parts.ticks:
        first = parts.ticks[0]
        return (QuestionKind.SINGLE if first.kind == "ordered_list" else QuestionKind.MULTIPLE), first
    if parts.answers:
        return QuestionKind.NUMERIC, None
    if blanks:
        return QuestionKind.FILL_IN, None
    if parts.order is not None:
        return QuestionKind.ORDERING, parts.order
    return None, None


def _leave_out_below(source: Source, parts: _Parts, answering: Element | None) -> None:
    """Text below the answers would be shown above them, before answering: it is told and left out."""
    if answering is None and parts.answers:
        answering = parts.answers[0][0]
    if answering is None:
        return
    below = [element for element, _ in parts.prompt if element.start > answering.start]
    if below:
        _tell_below(source, below[0], parts)
        parts.prompt = [(element, text) for element, text in parts.prompt if element.start <= answering.start]


def _orders_in_two_sections(parts: _Parts) -> bool:
    """Whether numbered lists stand above and below a heading: either may be the one to put in order."""
    kinds = [element.kind for element, _ in parts.prompt if element.kind in {"heading", "ordered_list"}]
    lists = [index for index, kind in enumerate(kinds) if kind == "ordered_list"]
    return bool(lists) and "heading" in kinds[lists[0] : lists[-1]]


def _tell_below(source: Source, element: Element, parts: _Parts) -> None:
    if not parts.told_below:
        place = source.place(element.start)
        source.fault(place, translate("course.text-below"), translate("course.text-below-hint"))
    parts.told_below = True


def _refuse_contradictions(source: Source, parts: _Parts, blanks: tuple[Blank, ...], heading: Element) -> bool:
    ways = [bool(parts.ticks), bool(parts.answers), bool(blanks)]
    is_double = sum(ways) > 1 or len(parts.ticks) > 1 or len(parts.answers) > 1
    if is_double or (not any(ways) and _orders_in_two_sections(parts)):
        source.fault(source.place(heading.start), translate("course.two-answers"), translate("course.two-answers-hint"))
        return True
    return False


def _has_unclear_options(source: Source, element: Element, *, ticked: bool) -> bool:
    """Whether an option has no tick among ticks, or holds what may be the next option: its text may tell the answer."""
    start = element.tokens[0].attrGet("start")
    unclear = start is not None and int(start) > 1
    if unclear:
        source.fault(
            source.place(element.start),
            translate("course.list-start", start=start),
            translate("course.list-start-hint"),
        )
    for item in items_of(element, source.first):
        if has_option_inside(item.text):
            place = source.place(item.start)
            source.fault(place, translate("course.option-inside"), translate("course.option-inside-hint"))
            unclear = True
        elif has_quote_inside(item.text):
            place = source.place(item.start)
            source.fault(place, translate("course.feedback-inside"), translate("course.feedback-inside-hint"))
            unclear = True
        unclear = unclear or (ticked and not has_tick(item))
    return unclear


def _options(source: Source, element: Element | None, *, tick_expected: bool) -> tuple[Option, ...]:
    if element is None:
        return ()
    items = items_of(element, source.first)
    if len(items) > MOST_OPTIONS:
        source.fault(source.place(element.start), translate("course.too-many-options", most=MOST_OPTIONS))
    return tuple(read_option(source, item, tick_expected=tick_expected) for item in items[:MOST_OPTIONS])


def _check_options(source: Source, kind: QuestionKind, options: tuple[Option, ...], element: Element | None) -> None:
    if element is None:
        return
    place = source.place(element.start)
    ticked = sum(option.ticked for option in options)
    if kind is QuestionKind.SINGLE and ticked != 1:
        source.fault(place, translate("course.single-ticks", count=ticked), translate("course.single-ticks-hint"))
    if kind is QuestionKind.MULTIPLE and not ticked:
        source.fault(place, translate("course.multiple-ticks"), translate("course.multiple-ticks-hint"))
    if len(options) < 2:
        source.fault(place, translate("course.too-few-options"))
    if kind is not QuestionKind.ORDERING and len({option.text for option in options}) < len(options):
        source.fault(place, translate("course.same-options"))


def _check_runs(source: Source, parts: _Parts, options: tuple[Option, ...], heading: Element) -> None:
    """Runs that can be told apart, conditions that speak of them, and neither without the other."""
    names = [fence.name for fence in parts.labs]
    if len(names) > 1 and (len(set(names)) < len(names) or not all(names)):
        source.fault(parts.labs[1].place, translate("course.labs-need-names"), translate("course.labs-need-names-hint"))
    if not names and parts.figure:
        source.fault(source.place(heading.start), translate("course.figure-without-lab"))
    for option in options:
        if option.when is None:
            continue
        if not names:
            source.fault(option.place, translate("course.condition-without-lab"))
        elif all(names) and (wrong := [each for each in option.when.names if each.partition(".")[0] not in names]):
            source.fault(option.place, translate("course.unknown-run", name=min(wrong), known=", ".join(names)))
