"""The closed language of ``<!-- when: ... -->``: facts of finished runs, compared. Parsed, never evaluated as code.

condition  = both ("or" both)*
both       = negated ("and" negated)*
negated    = "not" negated | comparison
comparison = sum (("<" | "<=" | ">" | ">=" | "==" | "!=") sum)?
sum        = product (("+" | "-") product)*
product    = signed (("*" | "/") signed)*
signed     = "-" signed | value
value      = number | "abs" "(" sum ")" | name | "(" condition ")"
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tutor.foundation.translate import translate

Fact = float | bool | str
Facts = Mapping[str, Fact]
"""What finished runs say, by name: see `RunSummary.facts`."""
_Meaning = Callable[[Facts], "float | bool"]

_LONGEST = 1_000
"""Characters; a condition over this is a mistake, not a condition."""
_DEEPEST = 40

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)"
    r"|(?P<sign><=|>=|==|!=|[<>+\-*/()]))"
)
_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq, "!=": operator.ne,
}  # fmt: skip
_WORDS = frozenset({"and", "or", "not", "abs"})


class ConditionError(ValueError):
    """A condition that cannot be read.

    Args:
        message: What is wrong, for the author.
        column: Where in the condition's text, from 1.
    """

    def __init__(self, message: str, column: int) -> None:
        super().__init__(message)
        self.message = message
        self.column = column


@dataclass(frozen=True, slots=True)
class Condition:
    """A parsed condition.

    Args:
        text: As its author wrote it.
        names: The facts it asks for.
    """

    text: str
    names: frozenset[str]
    _meaning: _Meaning

    def holds(self, facts: Facts) -> bool:
        """Whether it is true of ``facts``.

        A comparison with a figure that is not a number (a diverged loss) is false, as is a division by zero.

        Raises:
            KeyError: ``facts`` lacks one of `names`.
        """
        missing = self.names - facts.keys()
        if missing:
            raise KeyError(min(missing))
        return _is_true(self._meaning(facts))

    def __eq__(self, other: object) -> bool:
        """Conditions with the same text are the same."""
        return isinstance(other, Condition) and self.text == other.text

    def __hash__(self) -> int:
        """As `__eq__`: by the text."""
        return hash(self.text)


def parse(text: str) -> Condition:
    """Read a condition.

    Raises:
        ConditionError: the text is not a condition.
    """
    if len(text) > _LONGEST:
        raise ConditionError(translate("course.condition-too-long", most=_LONGEST), _LONGEST)
    parser = _Parser(text)
    meaning = parser.condition()
    parser.expect_end()
    return Condition(text.strip(), frozenset(parser.names), meaning)


def _number(value: float | bool | str) -> float:
    if isinstance(value, str):
        return float("nan")
    try:
        return float(value)
    except OverflowError:  # a whole number beyond all floats
        return float("inf") if value > 0 else float("-inf")


def _is_true(value: float | bool) -> bool:
    """A figure that is not a number is no reason to believe anything."""
    return value == value and bool(value)


class _Parser:
    """Recursive descent over the grammar above; each method returns what its rule means."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._position = 0
        self._depth = 0
        self.names: set[str] = set()

    def _peek(self) -> tuple[str, str]:
        found = _TOKEN.match(self._text, self._position)
        if found is None:
            return ("end", "") if not self._text[self._position :].strip() else ("wrong", self._rest()[0])
        kind = found.lastgroup or ""
        word = found.group(kind)
        return ("word", word) if kind == "name" and word in _WORDS else (kind, word)

    def _rest(self) -> str:
        return self._text[self._position :].lstrip()

    def _take(self) -> tuple[str, str]:
        token = self._peek()
        found = _TOKEN.match(self._text, self._position)
        if found is not None:
            self._position = found.end()
        return token

    def _error(self, expected: str) -> ConditionError:
        kind, word = self._peek()
        column = len(self._text) - len(self._rest()) + 1
        if kind == "end":
            return ConditionError(translate("course.condition-ends", expected=expected), column)
        return ConditionError(translate("course.condition-expected", expected=expected, found=word), column)

    def _accept(self, *words: str) -> str | None:
        kind, word = self._peek()
        if kind in {"sign", "word"} and word in words:
            self._take()
            return word
        return None

    def expect_end(self) -> None:
        if self._peek()[0] != "end":
            raise self._error(translate("course.condition-an-end"))

    def condition(self) -> _Meaning:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise ConditionError(translate("course.condition-too-deep"), self._position + 1)
        terms = [self._both()]
        while self._accept("or"):
            terms.append(self._both())
        self._depth -= 1
        return terms[0] if len(terms) == 1 else _any_of(terms)

    def _both(self) -> _Meaning:
        terms = [self._negated()]
        while self._accept("and"):
            terms.append(self._negated())
        return terms[0] if len(terms) == 1 else _all_of(terms)

    def _negated(self) -> _Meaning:
        negations = 0
        while self._accept("not"):
            negations += 1
        meaning = self._comparison()
        if not negations:
            return meaning
        return _negation(meaning) if negations % 2 else _truth(meaning)

    def _comparison(self) -> _Meaning:
        left = self._sum()
        sign = self._accept(*_COMPARISONS)
        return left if sign is None else _comparison(_COMPARISONS[sign], left, self._sum())

    def _sum(self) -> _Meaning:
        first, steps = self._product(), []
        while sign := self._accept("+", "-"):
            steps.append((operator.add if sign == "+" else operator.sub, self._product()))
        return _arithmetic(first, steps) if steps else first

    def _product(self) -> _Meaning:
        first, steps = self._signed(), []
        while sign := self._accept("*", "/"):
            steps.append((operator.mul if sign == "*" else _divide, self._signed()))
        return _arithmetic(first, steps) if steps else first

    def _signed(self) -> _Meaning:
        minus = 0
        while self._accept("-"):
            minus += 1
        meaning = self._value()
        return _arithmetic(_constant(-1.0), [(operator.mul, meaning)]) if minus % 2 else meaning

    def _value(self) -> _Meaning:
        kind, word = self._peek()
        if kind == "number":
            self._take()
            return _constant(float(word))
        if kind == "name":
            self._take()
            self.names.add(word)
            return _fact(word)
        if self._accept("abs"):
            if not self._accept("("):
                raise self._error("“(”")
            inner = self._closed()
            return lambda facts: abs(_number(inner(facts)))
        if self._accept("("):
            return self._closed()
        raise self._error(translate("course.condition-a-value"))

    def _closed(self) -> _Meaning:
        inner = self.condition()
        if not self._accept(")"):
            raise self._error("“)”")
        return inner


def _constant(value: float) -> _Meaning:
    return lambda _facts: value


def _fact(name: str) -> _Meaning:
    def meaning(facts: Facts) -> float | bool:
        value = facts[name]
        return float("nan") if isinstance(value, str) else value

    return meaning


def _truth(meaning: _Meaning) -> _Meaning:
    return lambda facts: _is_true(meaning(facts))


def _negation(meaning: _Meaning) -> _Meaning:
    return lambda facts: not _is_true(meaning(facts))


def _any_of(terms: list[_Meaning]) -> _Meaning:
    return lambda facts: any(_is_true(term(facts)) for term in terms)


def _all_of(terms: list[_Meaning]) -> _Meaning:
    return lambda facts: all(_is_true(term(facts)) for term in terms)


def _comparison(compare: Callable[[float, float], bool], left: _Meaning, right: _Meaning) -> _Meaning:
    return lambda facts: compare(_number(left(facts)), _number(right(facts)))


def _arithmetic(first: _Meaning, steps: list[tuple[Callable[[float, float], float], _Meaning]]) -> _Meaning:
    """From the left, in a loop: a long sum must not reach the depth that Python allows for calls."""

    def meaning(facts: Facts) -> float:
        value = _number(first(facts))
        for combine, term in steps:
            value = combine(value, _number(term(facts)))
        return value

    return meaning


def _divide(left: float, right: float) -> float:
    return left / right if right else float("nan")
