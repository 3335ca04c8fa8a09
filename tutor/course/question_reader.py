"""Read a question. The form of its answer decides its type."""

from __future__ import annotations

import re
from typing import Any

from tutor.course.former_ids import read_was
from tutor.course.id_fields import IdFields
from tutor.course.lab_fence import is_lab_fence, read_lab_fence
from tutor.course.lesson import BLANK, DEPENDENCES, Content, Question
from tutor.course.lookalikes import (
    damaged_comment,
    fault_in_question,
    fault_in_title,
    is_indented_quote,
    named_like_an_answer,
)
from tutor.course.markup import did_you_mean, is_meant_as_lab, meant_directive
from tutor.course.misplaced import refuse_misplaced, refuse_stray_id, refuse_unknown_fields
from tutor.course.option_reader import has_ticks_inside, is_tick_list
from tutor.course.questions import QUESTION_TYPES
from tutor.course.questions.base import QuestionParts, QuestionType
from tutor.course.questions.numeric import NUMERIC
from tutor.course.questions.single import SINGLE
from tutor.course.source import (
    LONGEST_IDENTIFIER,
    LOST,
    Element,
    Source,
    as_words,
    directive,
    gives_id,
    is_identifier,
    unquoted,
    without_comments,
)
from tutor.foundation.translate import translate

_FIELDS = ("was", "depends", "variant of")
"""What can stand behind the id of a question, with a colon."""

_OPENING = "opening"
"""Stands behind the id of the question that a lesson opens with, without a colon."""

_DETAILS = re.compile(r"<details\b[^>]{0,200}>", re.IGNORECASE)
_DETAILS_END = re.compile(r"</details\s{0,20}>", re.IGNORECASE)
_EXPLAINS = re.compile(r"<(?:details|summary)\b", re.IGNORECASE)
_SUMMARY = re.compile(r"<summary\b[^>]{0,200}>.{0,300}?</summary\s{0,20}>", re.IGNORECASE | re.DOTALL)


def read_question(
    source: Source, fields: IdFields, heading: Element, body: list[Element], lesson_id: str
) -> tuple[Question, bool]:
    """Read the question under ``heading``. Faults are added to `Source.faults`.

    Args:
        source: The lesson.
        fields: The fields of the comment with its id.
        heading: Its heading.
        body: The blocks below the comment.
        lesson_id: The id of the lesson.

    Returns:
        The question, as far as it can be read, and whether it can be asked. It cannot be asked if no answer could be
        right, or if its visible text may reveal the answer.
    """
    identifier = fields.id
    words = [each for each in fields.word.split("; ") if each]
    parts = QuestionParts(heading, "; ".join(each for each in words if each != _OPENING))
    refuse_unknown_fields(source, heading, fields, _FIELDS)
    _sort_out(source, body, parts)
    refuse_misplaced(source, heading)
    if fault := fault_in_title(source, heading):
        source.faults.append(fault)
        parts.gives_away = True
    # A replacement character in the author's text must not be mistaken for a blank.
    parts.prompt = [(element, text.replace(BLANK, "\ufffd")) for element, text in parts.prompt]
    type_, answering = _recognised(parts)
    content = None
    if answering is None:
        _refuse_unanswered(source, parts, type_, identifier)
    else:
        parts.gives_away |= _refuse_contradictions(source, parts, type_)
        if type_.ends_prompt:
            _leave_out_below(source, parts, answering)
        content = type_.read(source, parts, answering)
    question = Question(
        id=identifier,
        kind=type_.name,
        title=heading.content.strip(),
        prompt="\n\n".join(text for _, text in parts.prompt),
        hints=tuple(parts.hints),
        explanation=parts.explanation,
        content=content if content is not None else Content(),
        labs=tuple(parts.labs),
        place=source.place(heading.start),
        lesson_id=lesson_id,
        figure=parts.figure,
        was=read_was(source, heading, fields.listed("was")),
        depends=_dependences(source, parts, fields),
        variant_of=_original(source, heading, fields),
        opening=_OPENING in words,
    )
    _check_runs(source, parts, question)
    if content is not None:
        question = type_.drawn(question, 0)
    if parts.draw is not None and (type_ is not NUMERIC or parts.labs):
        source.fault(question.place, translate("course.draw-not-numeric"))
    return question, content is not None and type_.answerable(question) and not parts.gives_away


def _original(source: Source, heading: Element, fields: IdFields) -> str:
    """Return the id of the question that this one is a variant of; empty, with a fault, if that is not a valid id."""
    named = fields.values.get("variant of", "")
    if "variant of" in fields.values and not is_identifier(named):
        place = source.find(heading.start, len(source.lines), "variant")
        source.fault(place, translate("course.not-an-id", id=named[:LONGEST_IDENTIFIER]))
    return named


def _dependences(source: Source, parts: QuestionParts, fields: IdFields) -> frozenset[str]:
    """Return what the answer depends on. Only an answer that comes from a run can depend on anything."""
    named = [each.casefold() for each in fields.listed("depends")]
    for each in named:
        if each not in DEPENDENCES:
            place = source.find(parts.heading.start, len(source.lines), each)
            message = translate("course.unknown-dependence", name=each[:LONGEST_IDENTIFIER])
            known = translate("course.unknown-dependence-hint", known=", ".join(DEPENDENCES))
            source.fault(place, message, did_you_mean(each, DEPENDENCES) or known)
    if named and not parts.labs:
        source.fault(source.place(parts.heading.start), translate("course.dependence-without-lab"))
    return frozenset(named) & frozenset(DEPENDENCES)


def _recognised(parts: QuestionParts) -> tuple[QuestionType[Any], Element | None]:
    """Return the type of a question and the block that holds its answer, or None if no block does.

    A type that the author named takes precedence over the form of the blocks.
    """
    types = [each for each in QUESTION_TYPES if each.word == parts.word]
    found = ((each, answering) for each in types if (answering := each.recognise(parts)) is not None)
    return next(found, (types[0] if types else SINGLE, None))


def _refuse_unanswered(source: Source, parts: QuestionParts, type_: QuestionType[Any], identifier: str) -> None:
    place = source.place(parts.heading.start)
    words = [each.word for each in QUESTION_TYPES if each.word]
    if parts.word and parts.word not in words:
        there = source.find(parts.heading.start, parts.heading.end + 2, parts.word)
        message = translate("course.unknown-word", word=parts.word[:LONGEST_IDENTIFIER])
        known = [*words, _OPENING]
        hint = did_you_mean(parts.word, known) or translate("course.unknown-word-hint", known=", ".join(known))
        source.fault(there, message, hint)
    elif not (parts.gives_away or parts.unread):  # Otherwise the fault has already been reported.
        message, hint = type_.missing
        source.fault(place, translate(message, id=identifier), translate(hint))


def _sort_out(source: Source, body: list[Element], parts: QuestionParts) -> None:
    index = 0
    while index < len(body):
        element = body[index]
        if element.kind == "html_block" and _DETAILS.search(without_comments(element.content)):
            index = _take_details(source, body, index, parts)
            continue
        parts.lost_lab |= element.kind == "fence" and is_meant_as_lab(element.info, element.content)
        if is_lab_fence(element):
            fence = read_lab_fence(source, element)
            if fence is not None:
                parts.labs.append(fence)
            parts.lost_lab |= fence is None
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


def _take(source: Source, element: Element, parts: QuestionParts) -> None:
    text = source.text(element.start, element.end)
    if is_tick_list(element):
        parts.ticks.append(element)
        if fault := damaged_comment(source, element):  # The words of a condition reveal the answer.
            source.faults.append(fault)
            parts.gives_away = True
    elif has_ticks_inside(element):
        # Leave the list out, because its ticks would reveal the answer.
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
        parts.unread = True
        # The explanation follows a damaged tag. If a closing tag has no opening tag, the explanation may also be above.
        parts.is_explained |= _EXPLAINS.search(text) is not None
        parts.gives_away |= _DETAILS_END.search(text) is not None
    else:
        parts.prompt.append((element, text))


def _take_quote(source: Source, element: Element, parts: QuestionParts, text: str) -> None:
    """Take a hint from each line that begins as one. Other quotations go to the prompt if they reveal nothing."""
    lines = unquoted(text.split("\n")).split("\n")
    if source.words.hint.match(lines[0]):
        for line in lines:
            if source.words.hint.match(line):
                parts.hints.append(as_words(source.words.hint.sub("", line, count=1)))
            else:
                parts.hints[-1] += f"\n{line}"
        parts.hints = [hint.strip() for hint in parts.hints]
    elif parts.ticks or is_indented_quote(source, element):
        # Feedback that is no longer inside its option would reveal the answer in the prompt.
        place = source.place(element.start)
        source.fault(place, translate("course.loose-feedback"), translate("course.loose-feedback-hint"))
    elif fault := named_like_an_answer(source, element):
        source.faults.append(fault)
    else:
        parts.prompt.append((element, text))


def _take_comment(source: Source, element: Element, parts: QuestionParts) -> None:
    text = source.text(element.start, element.end)
    # A typo in the name is reported with everything that is not shown.
    figure, draw = meant_directive(text, "figure"), meant_directive(text, "draw")
    if figure is not None or draw is not None:
        parts.figure = figure or parts.figure
        parts.draw = draw if draw is not None else parts.draw
    elif gives_id(text):
        refuse_stray_id(source, element)
        parts.gives_away = True  # Another question, which has lost its heading, is mixed with this one.
    elif fault := fault_in_question(source, element) or named_like_an_answer(source, element):
        source.faults.append(fault)
        parts.gives_away = True
    elif without_comments(text).strip():
        parts.prompt.append((element, text))


def _take_details(source: Source, body: list[Element], index: int, parts: QuestionParts) -> int:
    """Read ``<details>`` up to its end. Return the index of the block after it."""
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
    parts.is_explained = _recognised(parts)[1] is not None
    return end + 1


def _is_id(element: Element) -> bool:
    return element.kind == "html_block" and gives_id(element.content)


def _leave_out_below(source: Source, parts: QuestionParts, answering: Element) -> None:
    """Leave out text below the answers and report it: it would be shown above them, before the learner answers."""
    below = [element for element, _ in parts.prompt if element.start > answering.start]
    if below:
        _tell_below(source, below[0], parts)
        parts.prompt = [(element, text) for element, text in parts.prompt if element.start <= answering.start]


def _tell_below(source: Source, element: Element, parts: QuestionParts) -> None:
    if not parts.told_below:
        place = source.place(element.start)
        source.fault(place, translate("course.text-below"), translate("course.text-below-hint"))
    parts.told_below = True


def _refuse_contradictions(source: Source, parts: QuestionParts, type_: QuestionType[Any]) -> bool:
    """Report and return whether the question has more than one answer block, so that it is unclear which one counts."""
    others = [each for each in QUESTION_TYPES if each is not type_ and each.certain and each.word in {"", parts.word}]
    if type_.ambiguous(parts) or any(each.recognise(parts) is not None for each in others):
        place = source.place(parts.heading.start)
        source.fault(place, translate("course.two-answers"), translate("course.two-answers-hint"))
        return True
    return False


def _check_runs(source: Source, parts: QuestionParts, question: Question) -> None:
    """Check that runs have distinct names, and that the conditions refer to the runs and the runs have conditions."""
    names = [fence.name for fence in parts.labs]
    if len(names) > 1 and (len(set(names)) < len(names) or not all(names)):
        source.fault(parts.labs[1].place, translate("course.labs-need-names"), translate("course.labs-need-names-hint"))
    if not (names or parts.lost_lab) and parts.figure:
        source.fault(question.place, translate("course.figure-without-lab"))
    if not names and not parts.lost_lab:
        for option in [each for each in question.options if each.when is not None][:1]:
            source.fault(option.place, translate("course.condition-without-lab"))
    for option in question.options:
        if option.when is None or not names or parts.lost_lab:
            continue
        if all(names) and (wrong := [each for each in option.when.names if each.partition(".")[0] not in names]):
            message = translate("course.unknown-run", name=min(wrong), known=", ".join(names))
            source.fault(option.place, message, did_you_mean(min(wrong).partition(".")[0], names))
