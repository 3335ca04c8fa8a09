"""Answers as other programs weigh them, made into answers of a lesson: what several formats share."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Final

from tutor.course.lesson import BLANK
from tutor.exchange.items import Choice, Item, Number, Tell, plain_number, quoted
from tutor.foundation.translate import translate

GAP: Final = r"\_\_\_\_\_"
"""What stands for a blank where no answer is typed into the text."""

_ALL: Final = Decimal(100)
_MOST_DIGITS: Final = 40
_LONGEST_ACCEPTED: Final = 380
_DECIMAL = re.compile(r"[+-]?(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})(?:[eE][+-]?[0-9]{1,2})?")
_LINE = re.compile(r"(?:\\_|_){3,}")
_NOT_ACCEPTED = re.compile(r"[\[\]|｜`\n\\\ufffc]")
_GENERAL_CATEGORIES = re.compile(r"top|\$[a-z]+\$|default for .*|.*\bdefault\b", re.IGNORECASE)


def read_decimal(text: str) -> Decimal:
    """Return the number in ``text``, with a point or a comma.

    Raises:
        InvalidOperation: It is no finite number of a usual size.
    """
    text = text.strip().replace("−", "-")
    text = text if "." in text or text.count(",") != 1 else text.replace(",", ".")
    if len(text) > _MOST_DIGITS or _DECIMAL.fullmatch(text) is None:
        raise InvalidOperation
    return Decimal(text)


def as_section(category: str) -> str:
    """Return what the last part of the path of a category is called; empty if it says nothing."""
    parts = [part.strip() for part in category.replace("//", "\0").split("/") if part.strip()]
    last = parts[-1].replace("\0", "/") if parts else ""
    return "" if _GENERAL_CATEGORIES.fullmatch(last) else last[:200]


def true_false(truth: bool, feedback: tuple[str, str] = ("", "")) -> Item:
    """Return a question that is answered by true or false.

    Args:
        truth: Which of the two is right.
        feedback: On the right and on the wrong answer.
    """
    right, wrong = feedback
    choices = (
        Choice(translate("exchange.true"), truth, right if truth else wrong),
        Choice(translate("exchange.false"), not truth, wrong if truth else right),
    )
    return Item("single", "", choices=choices)


def choice_item(choices: Sequence[tuple[Decimal, Choice]], tell: Tell, *, is_single: bool) -> Item | None:
    """Return a question whose options have weights in percent.

    Args:
        choices: Options with their weights.
        tell: Takes what is lost.
        is_single: Whether only one option may be chosen.

    Returns:
        None, and it is told, if no option is right.
    """
    weights = [weight for weight, _ in choices]
    needed = _ALL if is_single else min((weight for weight in weights if weight > 0), default=_ALL)
    right = [weight >= needed for weight in weights]
    if not any(right):
        tell(translate("exchange.nothing-right"))
        return None
    is_multiple = not is_single or sum(right) > 1
    if is_single and is_multiple:
        tell(translate("exchange.one-of-several"))
    partial = {weight for weight in weights if weight > 0} if is_multiple and not is_single else {
        weight for weight in weights if weight not in {Decimal(0), _ALL}
    }  # fmt: skip
    if (is_single and partial) or (not is_single and max(partial) - min(partial) > 1):
        tell(translate("exchange.weights"))
    return Item(
        "multiple" if is_multiple else "single",
        "",
        choices=tuple(
            Choice(each.text, is_right, each.feedback) for (_, each), is_right in zip(choices, right, strict=True)
        ),
    )


def fill_in_item(answers: Sequence[tuple[Decimal | None, str, str]], tell: Tell) -> Item | None:
    """Return a question that is answered by a short text.

    Args:
        answers: Weights in percent, or None for all of it; texts, plain; and the feedback on them.
        tell: Takes what is lost.

    Returns:
        None, and it is told, if no text is accepted.
    """
    accepted, explanation = [], []
    for weight, text, feedback in answers:
        is_right = weight is None or weight >= _ALL
        if is_right and (usable := usable_answer(text, tell)):
            accepted.append(usable)
            explanation.append(feedback)
            continue
        if not is_right and weight and weight > 0:
            tell(translate("exchange.partly-right", text=quoted(text)))
        if feedback:
            tell(translate("exchange.feedback-on", text=quoted(text)))
    if not accepted:
        tell(translate("exchange.nothing-right"))
        return None
    blank = tuple(dict.fromkeys(accepted))
    while sum(map(len, blank)) + 2 * len(blank) > _LONGEST_ACCEPTED and len(blank) > 1:
        tell(translate("exchange.answer-left-out", text=quoted(blank[-1])))
        blank = blank[:-1]
    return Item("fill-in", "", blanks=(blank,), explanation="\n\n".join(dict.fromkeys(filter(None, explanation))))


def usable_answer(text: str, tell: Tell) -> str:
    """Return a short answer as a blank can accept it; empty, and it is told, if no blank can."""
    plain = " ".join(text.replace("\\*", "\0").split())
    if "*" in plain:
        tell(translate("exchange.wildcard", text=quoted(text)))
        return ""
    plain = plain.replace("\0", "*")
    if not plain or _NOT_ACCEPTED.search(plain) or len(plain) > _LONGEST_ACCEPTED:
        tell(translate("exchange.answer-left-out", text=quoted(text)))
        return ""
    return plain


def numeric_item(answers: Sequence[tuple[Decimal | None, Number | None, str]], tell: Tell) -> Item | None:
    """Return a question that is answered by a number: the first of the numbers that are wholly right.

    Args:
        answers: Weights in percent, or None for all of it; ranges, or None for what is no number; and the feedback.
        tell: Takes what is lost.
    """
    number, explanation = None, ""
    for weight, range_, feedback in answers:
        is_right = weight is None or weight >= _ALL
        each = None if range_ is None or range_.low > range_.high else range_
        if is_right and each is not None and number is None:
            number, explanation = each, feedback
            continue
        if each is not None and (weight is None or weight > 0):
            key = "exchange.partly-right" if not is_right else "exchange.answer-left-out"
            tell(translate(key, text=str(each)))
        if feedback:
            tell(translate("exchange.feedback-on", text="*" if each is None else plain_number(each.middle)))
    if number is None:
        tell(translate("exchange.nothing-right"))
        return None
    return Item("numeric", "", number=number, explanation=explanation)


def with_gap(prompt: str) -> str:
    """Return a prompt in which a line to write on is the blank of a fill-in question; unchanged if there is none."""
    return _LINE.sub(BLANK, prompt, count=1) if BLANK not in prompt else prompt
