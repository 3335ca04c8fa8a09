"""The closed language of ``<!-- when: ... -->``: facts of finished runs, compared. Parsed, never evaluated as code.

condition  = both ("or" both)*
both       = negated ("and" negated)*
negated    = "not" negated | comparison
comparison = sum (("<" | "<=" | ">" | ">=" | "==" | "!=") sum)?
sum        = product (("+" | "-") product)*
product    = signed (("*" | "/") signed)*
signed     = "-" signed | value
value      = number | function "(" condition ")" | name | "(" condition ")"
function   = "abs" | "sqrt" | "exp" | "log"

`parse_formula` reads a sum alone, which is worth a number. There are no powers and no loops, so nothing takes long.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from tutor.foundation.suggest import nearest
from tutor.foundation.translate import translate

Fact = float | bool | str
Facts = Mapping[str, Fact]
"""What finished runs say, by name: see `RunSummary.facts`."""
_LONGEST = 1_000
"""Characters; a condition over this is a mistake, not a condition."""
_DEEPEST = 40
_TINY = 1e-12
"""Below this, the larger side of a comparison counts as this large."""

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)"
    r"|(?P<sign><=|>=|==|!=|[<>+\-*/()]))"
)
_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq, "!=": operator.ne,
}  # fmt: skip


def _sqrt(value: float) -> float:
    return math.sqrt(value) if value >= 0 else math.nan


def _exp(value: float) -> float:
    try:
        return math.exp(value)
    except OverflowError:
        return math.inf


def _log(value: float) -> float:
    return math.log(value) if value > 0 else math.nan


_FUNCTIONS: dict[str, Callable[[float], float]] = {"abs": abs, "sqrt": _sqrt, "exp": _exp, "log": _log}
WORDS = frozenset({"and", "or", "not", *_FUNCTIONS})
"""What cannot be a name."""


class ConditionError(ValueError):
    """A condition that cannot be read.

    Args:
        message: What is wrong, written for the author.
        column: The column in the text of the condition, from 1.
    """

    def __init__(self, message: str, column: int) -> None:
        super().__init__(message)
        self.message = message
        self.column = column


@dataclass(frozen=True, slots=True)
class Condition:
    """A parsed condition.

    Args:
        text: The text as the author wrote it.
        names: The names of the facts that it uses.
    """

    text: str
    names: frozenset[str]
    _meaning: _Node

    def holds(self, facts: Facts) -> bool:
        """Return whether it is true of ``facts``.

        A comparison with a figure that is not a number (a diverged loss) is false, and so is a division by zero.

        Raises:
            KeyError: ``facts`` lacks one of `names`.
        """
        self._require(facts)
        return _is_true(self._meaning.value(facts))

    def margin(self, facts: Facts) -> float:
        """Return how far the condition is from changing: positive if it is true of ``facts``, negative if it is false.

        The margin of a comparison is the difference of its sides relative to the larger one. ``and`` takes the smaller
        margin, ``or`` the larger one. A condition without figures to compare has an infinite margin.

        Raises:
            KeyError: ``facts`` lacks one of `names`.
        """
        self._require(facts)
        return self._meaning.margin(facts)

    def _require(self, facts: Facts) -> None:
        missing = self.names - facts.keys()
        if missing:
            raise KeyError(min(missing))

    def __eq__(self, other: object) -> bool:
        """Return whether both have the same text."""
        return isinstance(other, Condition) and self.text == other.text

    def __hash__(self) -> int:
        """Hash the text, to agree with `__eq__`."""
        return hash(self.text)


def parse(text: str) -> Condition:
    """Read a condition.

    Raises:
        ConditionError: The text is not a condition.
    """
    return Condition(text.strip(), *_parsed(text, _Parser.condition))


@dataclass(frozen=True, slots=True)
class Formula:
    """A parsed formula: its text, the names that it uses, and its value if these names have values."""

    text: str
    names: frozenset[str]
    _meaning: _Node

    def value(self, values: Mapping[str, float]) -> float:
        """Return its value. The result is NaN after a division by zero, or a root or logarithm that is not defined.

        Raises:
            KeyError: ``values`` lacks one of `names`.
        """
        missing = self.names - values.keys()
        if missing:
            raise KeyError(min(missing))
        return _number(self._meaning.value(values))


def parse_formula(text: str) -> Formula:
    """Read a formula: sums, products, parentheses and functions, but no comparisons.

    Raises:
        ConditionError: The text is not a formula.
    """
    return Formula(text.strip(), *_parsed(text, _Parser.formula))


def hint_for_name(name: str, known: Iterable[str]) -> str:
    """The name of a fact that was probably meant by ``name``, or else the names that there are."""
    names = sorted(known)
    near = nearest(name, names)
    if near:
        return translate("course.did-you-mean", near=near)
    return translate("check.unknown-fact-hint", known=", ".join(names))


def _parsed(text: str, rule: Callable[[_Parser], _Node]) -> tuple[frozenset[str], _Node]:
    """The names in a whole text that follows ``rule``, and what it means."""
    if len(text) > _LONGEST:
        raise ConditionError(translate("course.condition-too-long", most=_LONGEST), _LONGEST)
    parser = _Parser(text)
    meaning = rule(parser)
    parser.expect_end()
    return frozenset(parser.names), meaning


def _number(value: float | bool | str) -> float:
    if isinstance(value, str):
        return math.nan
    try:
        return float(value)
    except OverflowError:  # An integer too large for a float.
        return float("inf") if value > 0 else float("-inf")


def _is_true(value: float | bool) -> bool:
    """Return whether a value counts as true. NaN does not, because it proves nothing."""
    return value == value and bool(value)


class _Node:
    """A node of the parsed condition."""

    def value(self, facts: Facts) -> float | bool:
        """Return the value of the node."""
        raise NotImplementedError

    def margin(self, facts: Facts) -> float:
        """Return how far the node is from changing: see `Condition.margin`."""
        return math.inf if _is_true(self.value(facts)) else -math.inf


@dataclass(frozen=True, slots=True)
class _Constant(_Node):
    number: float

    def value(self, facts: Facts) -> float:
        return self.number


@dataclass(frozen=True, slots=True)
class _Name(_Node):
    name: str

    def value(self, facts: Facts) -> float | bool:
        found = facts[self.name]
        return math.nan if isinstance(found, str) else found


@dataclass(frozen=True, slots=True)
class _Call(_Node):
    function: Callable[[float], float]
    inner: _Node

    def value(self, facts: Facts) -> float:
        return self.function(_number(self.inner.value(facts)))


@dataclass(frozen=True, slots=True)
class _Arithmetic(_Node):
    """A sum or product, evaluated from the left in a loop, so that a long one cannot exceed the recursion limit."""

    first: _Node
    steps: Sequence[tuple[Callable[[float, float], float], _Node]]

    def value(self, facts: Facts) -> float:
        value = _number(self.first.value(facts))
        for combine, term in self.steps:
            value = combine(value, _number(term.value(facts)))
        return value


@dataclass(frozen=True, slots=True)
class _Comparison(_Node):
    sign: str
    left: _Node
    right: _Node

    def value(self, facts: Facts) -> bool:
        return _COMPARISONS[self.sign](_number(self.left.value(facts)), _number(self.right.value(facts)))

    def margin(self, facts: Facts) -> float:
        left, right = _number(self.left.value(facts)), _number(self.right.value(facts))
        if not (math.isfinite(left) and math.isfinite(right)):
            return _Node.margin(self, facts)
        apart = (left / 2 - right / 2) / max(abs(left / 2), abs(right / 2), _TINY)  # Halves cannot overflow.
        if self.sign in {"==", "!="}:
            is_equal = math.inf if left == right else -abs(apart)
            return is_equal if self.sign == "==" else -is_equal
        return -apart if self.sign in {"<", "<="} else apart


@dataclass(frozen=True, slots=True)
class _Not(_Node):
    inner: _Node

    def value(self, facts: Facts) -> bool:
        return not _is_true(self.inner.value(facts))

    def margin(self, facts: Facts) -> float:
        return -self.inner.margin(facts)


@dataclass(frozen=True, slots=True)
class _All(_Node):
    terms: Sequence[_Node]

    def value(self, facts: Facts) -> bool:
        return all(_is_true(term.value(facts)) for term in self.terms)

    def margin(self, facts: Facts) -> float:
        return min(term.margin(facts) for term in self.terms)


@dataclass(frozen=True, slots=True)
class _Any(_Node):
    terms: Sequence[_Node]

    def value(self, facts: Facts) -> bool:
        return any(_is_true(term.value(facts)) for term in self.terms)

    def margin(self, facts: Facts) -> float:
        return max(term.margin(facts) for term in self.terms)


def _divide(left: float, right: float) -> float:
    return left / right if right else math.nan


class _Parser:
    """Recursive descent over the grammar above. Each method returns the node for its rule."""

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
        return ("word", word) if kind == "name" and word in WORDS else (kind, word)

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

    def formula(self) -> _Node:
        return self._sum()

    def condition(self) -> _Node:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise ConditionError(translate("course.condition-too-deep"), self._position + 1)
        terms = [self._both()]
        while self._accept("or"):
            terms.append(self._both())
        self._depth -= 1
        return terms[0] if len(terms) == 1 else _Any(terms)

    def _both(self) -> _Node:
        terms = [self._negated()]
        while self._accept("and"):
            terms.append(self._negated())
        return terms[0] if len(terms) == 1 else _All(terms)

    def _negated(self) -> _Node:
        negations = 0
        while self._accept("not"):
            negations += 1
        meaning = self._comparison()
        if not negations:
            return meaning
        return _Not(meaning) if negations % 2 else _Not(_Not(meaning))

    def _comparison(self) -> _Node:
        left = self._sum()
        sign = self._accept(*_COMPARISONS)
        return left if sign is None else _Comparison(sign, left, self._sum())

    def _sum(self) -> _Node:
        first, steps = self._product(), []
        while sign := self._accept("+", "-"):
            steps.append((operator.add if sign == "+" else operator.sub, self._product()))
        return _Arithmetic(first, steps) if steps else first

    def _product(self) -> _Node:
        first, steps = self._signed(), []
        while sign := self._accept("*", "/"):
            steps.append((operator.mul if sign == "*" else _divide, self._signed()))
        return _Arithmetic(first, steps) if steps else first

    def _signed(self) -> _Node:
        minus = 0
        while self._accept("-"):
            minus += 1
        meaning = self._value()
        return _Arithmetic(_Constant(-1.0), [(operator.mul, meaning)]) if minus % 2 else meaning

    def _value(self) -> _Node:
        kind, word = self._peek()
        if kind == "number":
            self._take()
            return _Constant(float(word))
        if kind == "name":
            self._take()
            self.names.add(word)
            return _Name(word)
        if (function := self._accept(*_FUNCTIONS)) is not None:
            if not self._accept("("):
                raise self._error("“(”")
            return _Call(_FUNCTIONS[function], self._closed())
        if self._accept("("):
            return self._closed()
        raise self._error(translate("course.condition-a-value"))

    def _closed(self) -> _Node:
        inner = self.condition()
        if not self._accept(")"):
            raise self._error("“)”")
        return inner
