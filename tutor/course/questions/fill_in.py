r"""Blanks to fill in: ``[[bias\|偏置]]`` in the text, with every answer that counts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from tutor.course.code_spans import code_apart
from tutor.course.conditions import Facts
from tutor.course.lesson import BLANK, Content, Question
from tutor.course.questions.base import AnswerRow, Draft, QuestionParts, Solution, TypedAnswer, Verdict
from tutor.course.questions.numbers import read_number
from tutor.course.questions.typed import LONGEST_TEXT, TypedQuestion
from tutor.course.source import Element, Source
from tutor.foundation.suggest import is_one_typo
from tutor.foundation.traditional import simplified
from tutor.foundation.translate import translate

_BLANK = re.compile(r"(?<!\\)\[\[(?P<accepted>[^\[\]\n]{1,400})\]\]")
_OR = re.compile(r"\\?\||｜")
_MOST_BLANKS = 12

_SHORTEST_TYPO = 6
_HYPHENS = re.compile(r"(?<=[^\W\d_])[\s·・-]+(?=[^\W\d_])")
_AROUND = "。，、；：！？.,;:!?「」『』《》〈〉【】()[]<>…"
"""Punctuation that people type around an answer; folding has made the wide forms narrow."""
_FORMULA = re.compile(r"[=*^×⋅∙²³⁴-⁹¹⁰]|(?<=[A-Za-z0-9)]) ?· ?(?=[A-Za-z0-9(])")
"""A sign by which an answer is a formula."""
_RAISED = re.compile("[⁺⁻]?[⁰¹²³⁴-⁹]+")
_IN_FORMULA = str.maketrans({**dict.fromkeys("×·⋅∙", "*"), "$": ""})
_ARTICLE = re.compile(r"(?:the|an?)\s+(?=\S)", re.IGNORECASE)
_KINDS = ("问题", "任务", "problems", "problem", "task")
_TWO_NAMES = re.compile(r"(?P<one>[^()/\[\]]{1,80})[(/\[](?P<other>[^()/\[\]]{1,80})[)\]]?")
_QUOTES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-") | dict.fromkeys("‘’'`\"“”", ""))


@dataclass(frozen=True, slots=True)
class Blank:
    """A gap in a text and every answer that fills it. The first answer is the one to show.

    `also` holds the other names of an accepted term in all languages, so that its author need not list them.
    """

    accepted: tuple[str, ...]
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Blanks(Content):
    """The gaps of a prompt, in order."""

    blanks: tuple[Blank, ...]


class FillIn(TypedQuestion[Blanks]):
    """`BLANK` stands in the prompt for each blank."""

    name = "fill-in"
    content_class = Blanks
    how, how_in_lines = "quiz.fill-in", "ask.fill-in"
    not_ready, not_ready_in_lines = "quiz.type-first", "quiz.type-first"
    ends_prompt = False

    def recognise(self, parts: QuestionParts) -> Element | None:
        """The first block with a blank outside code."""
        return next((element for element, text in parts.prompt if not _is_code(element) and has_blank(text)), None)

    def read(self, source: Source, parts: QuestionParts, answering: Element) -> Blanks:
        """The blanks, which are cut out of the prompt."""
        texts, blanks = read_blanks(source, [(text, _is_code(each)) for each, text in parts.prompt], parts.heading)
        parts.prompt = [(element, text) for (element, _), text in zip(parts.prompt, texts, strict=True)]
        return Blanks(blanks)

    def answerable(self, question: Question) -> bool:
        """Return whether some answer fills a blank."""
        return bool(self.content(question).blanks)

    def differences(self, ours: Question, theirs: Question, other: str) -> Iterator[str]:
        """Another number of blanks."""
        one, two = self.size(ours), self.size(theirs)
        if one != two:
            yield translate("course.parity-blanks", id=ours.id, count=two, other=other, other_count=one)

    def with_names(self, question: Question, others: Callable[[str], Sequence[str]]) -> Question:
        """Let each blank accept the other names of its term, except those that the question itself mentions.

        In "the bias, in Chinese [[偏置]]", "bias" is not an answer. Nor is it in "the bias, also called [[intercept]]".
        """
        said = f"{question.title}\n{question.prompt}"
        blanks = tuple(
            replace(blank, also=tuple(
                name
                for name in dict.fromkeys(each for accepted in blank.accepted for each in others(accepted))
                if fold(name) not in map(fold, blank.accepted) and not is_said(name, said)
            ))
            for blank in self.content(question).blanks
        )  # fmt: skip
        return replace(question, content=Blanks(blanks))

    def size(self, question: Question) -> int:
        """How many blanks."""
        return len(self.content(question).blanks)

    def ready(self, draft: Draft) -> bool:
        """Whether anything is typed: of several blanks one is enough."""
        return any(text.strip() for text in draft.texts)

    def full(self, draft: Draft) -> bool:
        """Never: each blank is asked for, and may stay empty."""
        return False

    def grade(self, question: Question, draft: Draft, facts: Facts | None = None) -> Verdict:
        """Right if every blank is filled with an accepted answer, one typo in a long word forgiven."""
        if len(draft.texts) != self.size(question):
            msg = "one text for each blank"
            raise ValueError(msg)
        parts, notes = [], []
        for typed, blank in zip(draft.texts, self.content(question).blanks, strict=True):
            meant = _meant(typed, blank)
            parts.append(meant is not None)
            if meant is not None and fold(meant) != fold(typed):
                notes.append(translate("course.typo-forgiven", meant=meant))
        correct = all(parts)
        if sum(parts) and not correct:
            key = "course.one-blank-right" if sum(parts) == 1 else "course.blanks-right"
            notes.insert(0, translate(key, count=sum(parts), all=len(parts)))
        score = sum(parts) / len(parts) if parts else 1.0
        return Verdict(correct, score, notes=tuple(notes), parts=tuple(parts), nearly=any(parts) and not correct)

    def rows(self, question: Question, shown: Sequence[int], draft: Draft, verdict: Verdict | None) -> list[AnswerRow]:
        """Nothing: the blanks are in the prompt."""
        return []

    def solution(self, question: Question, shown: Sequence[int], draft: Draft, verdict: Verdict | None) -> Solution:
        """What belongs in the blanks that were not right."""
        blanks = self.content(question).blanks
        parts = verdict.parts if verdict is not None else (True,) * len(blanks)
        return Solution(typed=tuple(
            TypedAnswer(translate("quiz.blank-number", number=number), blank.accepted[0])
            for number, (blank, is_right) in enumerate(zip(blanks, parts, strict=True), 1)
            if not is_right
        ))  # fmt: skip

    def steps(self, question: Question) -> tuple[str, ...]:
        """Several blanks are asked for one by one."""
        size = self.size(question)
        numbers = range(1, size + 1) if size > 1 else ()
        return tuple(translate("quiz.blank-number", number=number) for number in numbers)


FILL_IN = FillIn()


def _is_code(element: Element) -> bool:
    return element.kind in {"fence", "code_block"}


def has_blank(text: str) -> bool:
    """Whether ``text``, the Markdown of one block, has a blank outside code."""
    return any(_BLANK.search(piece) for is_code, piece in code_apart(text) if not is_code)


def read_blanks(
    source: Source, prompt: Sequence[tuple[str, bool]], heading: Element
) -> tuple[list[str], tuple[Blank, ...]]:
    r"""Cut ``[[bias\|偏置]]`` out of a prompt, but not out of code.

    Args:
        source: Takes the faults.
        prompt: The Markdown of its blocks, and whether each is code.
        heading: The question's.

    Returns:
        The blocks with `BLANK` for each blank, and the blanks in order.
    """
    blanks: list[Blank] = []
    at = heading.start

    def cut(found: re.Match[str]) -> str:
        accepted = tuple(each.strip() for each in _OR.split(found["accepted"]) if each.strip())
        if not accepted:
            nonlocal at
            place = source.find(at, len(source.lines), found[0])
            at = place.line - 1
            source.fault(place, translate("course.empty-blank"))
            return found[0]
        blanks.append(Blank(accepted))
        return BLANK

    blocks = [
        text if is_code else "".join(piece if inside else _BLANK.sub(cut, piece) for inside, piece in code_apart(text))
        for text, is_code in prompt
    ]
    if len(blanks) > _MOST_BLANKS:
        source.fault(source.place(heading.start), translate("course.too-many-blanks", most=_MOST_BLANKS))
    return blocks, tuple(blanks)


def fold(text: str) -> str:
    """Return ``text`` without differences of case, width, script, spaces, quotes, or hyphens between letters.

    A minus before a digit matters and stays.
    """
    folded = simplified(unicodedata.normalize("NFKC", text)).casefold().translate(_QUOTES)
    return "".join(_HYPHENS.sub("", folded).split())


def is_said(name: str, text: str) -> bool:
    """Whether ``text`` holds ``name`` as whole words, whatever the case, the width, the script and the hyphens."""
    wanted, spread = _spread(name).strip(), _spread(text)
    at = spread.find(wanted)
    while at >= 0:
        before, behind = spread[at - 1 : at], spread[at + len(wanted) : at + len(wanted) + 1]
        if not wanted.isascii() or not (_is_letter(before) or _is_letter(behind)):
            return True
        at = spread.find(wanted, at + 1)
    return False


def _spread(text: str) -> str:
    folded = simplified(unicodedata.normalize("NFKC", text)).casefold().translate(_QUOTES)
    return " ".join(folded.replace("-", " ").split())


def _is_letter(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _meant(typed: str, blank: Blank) -> str | None:
    """Return the accepted answer that ``typed`` matches; None if it matches none.

    Punctuation around it, an article, a second right name in parentheses, a word such as "problem" after it and one
    typo in a long word do not matter. The signs of a formula may be written in any way.
    """
    folded = fold(typed)
    if not folded or len(folded) > LONGEST_TEXT:
        return None
    accepted_here = (*blank.accepted, *blank.also)
    if any(_same_formula(typed, each) for each in accepted_here):
        return typed
    names = {fold(each): each for each in reversed(accepted_here) if not _has_minus(each)}
    if folded in names:
        return names[folded]
    number = read_number(typed)
    if number is not None:
        # 1/2 fills the blank of 0.5; what is a number is never a typo.
        return typed if any(read_number(accepted) == number for accepted in blank.accepted) else None
    for reading in (_without_kind(each) for each in (folded, folded.strip(_AROUND))):
        if found := names.get(reading) or next((names[each] for each in names if _without_kind(each) == reading), None):
            return found
    if (both := _TWO_NAMES.fullmatch(folded.rstrip("。.,，"))) and both["one"] in names and both["other"] in names:
        return names[both["one"]]
    for wanted, accepted in names.items():
        is_long_word = wanted.isascii() and wanted.isalpha() and len(wanted) >= _SHORTEST_TYPO
        if is_long_word and is_one_typo(folded, wanted) and not _are_opposites(folded, wanted):
            return accepted
    article = _ARTICLE.match(typed.lstrip())
    return typed if article is not None and _meant(typed.lstrip()[article.end() :], blank) is not None else None


def _same_formula(typed: str, accepted: str) -> bool:
    """Whether an accepted answer is a formula, and what is typed is the same one in other signs: x², x^2 and x**2."""
    return _FORMULA.search(accepted) is not None and _in_plain_signs(typed) == _in_plain_signs(accepted)


def _has_minus(accepted: str) -> bool:
    """Whether an accepted answer is a formula with a minus, which `fold` would take for a hyphen."""
    return _FORMULA.search(accepted) is not None and "-" in accepted.translate(_QUOTES)


def _in_plain_signs(formula: str) -> str:
    raised = _RAISED.sub(lambda found: f"^{found[0]}", formula)
    plain = unicodedata.normalize("NFKC", raised).casefold().translate(_QUOTES).translate(_IN_FORMULA)
    return "".join(plain.replace("**", "^").split()).rstrip("。.;")


def _without_kind(folded: str) -> str:
    """``folded`` without a word that says what kind of thing it is: 回归问题 is 回归."""
    for kind in _KINDS:
        if folded.endswith(kind) and len(folded) > len(kind):
            return folded[: -len(kind)]
    return folded


def _are_opposites(left: str, right: str) -> bool:
    """Whether one letter makes the opposite: typical and atypical, symmetric and asymmetric."""
    return f"a{left}" == right or f"a{right}" == left
