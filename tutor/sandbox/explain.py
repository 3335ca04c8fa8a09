"""What stopped a program, in a sentence that a learner understands, with the piece of the line where it happened."""

from __future__ import annotations

import keyword
import re
from dataclasses import dataclass, replace
from itertools import pairwise

from tutor.foundation.program_files import place_of
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.text import shorten
from tutor.foundation.translate import sentences, translate
from tutor.sandbox.job import Failure, Stop

_LONGEST_PIECE = 60
_MOST_NAMES = 3
_QUOTED = re.compile(r"'([^']{1,80})'")
_SHAPE = re.compile(r"\([0-9, ]{0,60}\)")
_NAME = re.compile(r"[^\W\d]\w{0,60}")
_WORD = re.compile(r"\w{1,60}")
_CALLED = re.compile(r"(?P<name>[^\W\d]\w{0,60})\(\) (?:takes|missing|got)\b")
"""How Python begins to say that a call does not fit a function."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What stopped a program.

    Args:
        sentence: One or two sentences.
        line: The line of the program, from 1; 0 if it is not known.
        text: That line; empty if it is not known.
        start: The first cell of the failing piece in ``text``, from 0.
        end: The cell after its last one; equal to ``start`` if the piece is not known.
        file: The file that the line is in, for a program of several; else empty.
        line_in_file: The line, counted in that file.
    """

    sentence: str
    line: int = 0
    text: str = ""
    start: int = 0
    end: int = 0
    file: str = ""
    line_in_file: int = 0

    @property
    def in_one(self) -> str:
        """The sentence, with the line in front of it if it is known."""
        if self.file:
            place = {"file": self.file, "line": self.line_in_file}
            return translate("sandbox.at-line-of", **place, sentence=self.sentence)
        return translate("sandbox.at-line", line=self.line, sentence=self.sentence) if self.line else self.sentence


def explain(failure: Failure, source: str, *, case: str = "") -> Explanation:
    """Say what stopped a program.

    Args:
        failure: What the sandbox reported.
        source: The program.
        case: The name of the case that was being computed, for a program that hangs.
    """
    if failure.line > source.count("\n") + 1:
        # It is in what was added to the program in order to check it.
        failure = replace(failure, line=0, columns=())
    file, line_in_file = place_of(source, failure.line) if failure.line else ("", 0)
    text, start, end = _piece(failure, source)
    piece = shorten(text[start:end].strip(), _LONGEST_PIECE) or shorten(text.strip(), _LONGEST_PIECE)
    said = _of_stop(failure, piece, case) or _of_syntax(failure, text, start) or _of_exception(failure, piece)
    if failure.columns and failure.kind not in _SYNTAX:
        said = sentences(said, _shapes(failure, text[start:end]))
    return Explanation(said, failure.line, text, start, end, file, line_in_file)


def _piece(failure: Failure, source: str) -> tuple[str, int, int]:
    """Return the failing line and where in it the failing piece begins and ends, in characters."""
    lines = source.split("\n")
    if not 1 <= failure.line <= len(lines):
        return "", 0, 0
    raw = lines[failure.line - 1]
    text = harmless_line(raw)
    if len(failure.columns) != 2 or len(text) != len(raw):
        return text, 0, 0
    if failure.kind in _SYNTAX:
        start, end = failure.columns  # The compiler counts characters here.
    else:
        start, end = (len(raw.encode()[:column].decode(errors="ignore")) for column in failure.columns)
    return text, min(start, len(text)), max(min(start, len(text)), min(end, len(text)))


def _shapes(failure: Failure, piece: str) -> str:
    """Say which shapes the arrays of the failing piece have."""
    known = dict(failure.shapes)
    arrays = [name for name in dict.fromkeys(_NAME.findall(piece)) if name in known]
    return sentences(
        *(translate("sandbox.name-is-array", name=name, shape=known[name]) for name in arrays[:_MOST_NAMES])
    )


def _of_stop(failure: Failure, piece: str, case: str) -> str:
    """Return the sentence for what no exception says; empty for an exception."""
    if failure.kind == Stop.HANG:
        key = "sandbox.hang-in-case" if case else "sandbox.hang"
        return translate(key, seconds=failure.message, case=case)
    if failure.kind == Stop.FORBIDDEN:
        return translate(_FORBIDDEN.get(failure.message, "sandbox.forbidden-other"))
    if failure.kind == Stop.CRASH:
        return translate("sandbox.crash", signal=failure.message)
    if failure.kind == Stop.WRONG_RESULT:
        return translate("sandbox.wrong-result", found=failure.message)
    if failure.kind == "MemoryError":
        return translate("sandbox.memory", piece=piece) if piece else translate("sandbox.memory-somewhere")
    key = _STOPS.get(failure.kind, "")
    return translate(key, name=failure.message) if key else ""


_STOPS: dict[str, str] = {
    Stop.QUIT: "sandbox.quit",
    Stop.KILLED: "sandbox.killed",
    Stop.NOT_STARTED: "sandbox.not-started",
    Stop.TOO_LARGE: "sandbox.too-large",
    Stop.NO_FUNCTION: "sandbox.no-function",
    "SystemExit": "sandbox.quit",
    "KeyboardInterrupt": "sandbox.quit",
    "RecursionError": "sandbox.recursion",
}
_FORBIDDEN = {
    "process": "sandbox.forbidden-process",
    "thread": "sandbox.forbidden-thread",
    "file": "sandbox.forbidden-file",
    "network": "sandbox.forbidden-network",
    "library": "sandbox.forbidden-library",
}


def _of_syntax(failure: Failure, text: str, start: int) -> str:
    """Return the sentence for two faults of grammar that come from how mathematics is written; else nothing."""
    if failure.kind != "SyntaxError" or not failure.message.startswith(("invalid syntax", "cannot assign to lambda")):
        return ""
    _, found, rest = text.partition("lambda")
    if found and (rest.lstrip().startswith((")", "=", ",", "+", "-", "/")) or ":" not in rest):
        return translate("sandbox.lambda")
    words = list(_WORD.finditer(text))
    for left, right in pairwise(words):
        if left[0] == "for":
            break  # In the head of a loop it is `in` that is missing or misspelt, not a product.
        is_here = start in {left.start(), right.start()} and left.end() < right.start()
        if is_here and not text[left.end() : right.start()].strip() and not _are_keywords(left[0], right[0]):
            return translate("sandbox.no-star", left=left[0], right=right[0])
    return ""


def _are_keywords(*words: str) -> bool:
    return any(keyword.iskeyword(word) for word in words)


def _of_exception(failure: Failure, piece: str) -> str:
    """Return the sentence for an exception: one of ours if it is a common one, else Python's own words."""
    if failure.kind in _SYNTAX:
        return translate("sandbox.syntax", problem=failure.message.partition(" (exercise.py")[0])
    quoted = _QUOTED.search(failure.message)
    if quoted is not None and failure.kind in _OF_NAMES:
        return translate(_OF_NAMES[failure.kind], name=quoted[1])
    if piece and failure.kind in _OF_PIECES:
        return translate(_OF_PIECES[failure.kind], piece=piece)
    if not failure.line and failure.kind == "TypeError" and (called := _CALLED.match(failure.message)):
        return translate("sandbox.call", name=called["name"])
    if any(part in failure.message for part in _POWER):
        return translate("sandbox.power")
    if not piece:
        return translate("sandbox.raises-somewhere", kind=failure.kind, message=failure.message or failure.kind)
    return _of_piece(failure, piece)


def _of_piece(failure: Failure, piece: str) -> str:
    for part, key in _KNOWN_MESSAGES:
        if part in failure.message:
            return translate(key, piece=piece)
    shapes = [_as_shape(each) for each in _SHAPE.findall(failure.message.replace("?", ""))]
    if "broadcast" in failure.message and len(shapes) >= 2:
        return _shapes_do_not_fit(piece, shapes[0], shapes[1])
    if failure.message.startswith("matmul") or "not aligned" in failure.message:
        return translate("sandbox.matmul", piece=piece)
    return translate("sandbox.raises", piece=piece, kind=failure.kind, message=failure.message or failure.kind)


_SYNTAX = frozenset(("SyntaxError", "IndentationError", "TabError"))
_OF_NAMES = {
    "NameError": "sandbox.no-name",
    "UnboundLocalError": "sandbox.name-too-early",
    "ModuleNotFoundError": "sandbox.no-module",
}
_OF_PIECES = {"ZeroDivisionError": "sandbox.division", "PermissionError": "sandbox.not-permitted"}
_POWER = ("'bitwise_xor'", "operand type(s) for ^")
_KNOWN_MESSAGES = (
    ("can't start new thread", "sandbox.forbidden-thread"),
    ("arrays can be converted to Python scalars", "sandbox.scalar-function"),
    ("'NoneType'", "sandbox.none"),
    ("'int' object is not iterable", "sandbox.not-iterable"),
    ("'int' object is not callable", "sandbox.number-called"),
    ("'float' object is not callable", "sandbox.number-called"),
    ("truth value of an array", "sandbox.truth"),
    ("positional argument", "sandbox.signature"),
)


def _shapes_do_not_fit(piece: str, left: tuple[int, ...], right: tuple[int, ...]) -> str:
    said = translate("sandbox.shapes", piece=piece, left=_shape_text(left), right=_shape_text(right))
    short, long = sorted((left, right), key=len)
    if len(short) == 1 and len(long) == 2 and short[0] == long[0]:
        return sentences(said, translate("sandbox.keep-axis"))
    return said


def _as_shape(text: str) -> tuple[int, ...]:
    return tuple(int(each) for each in text.strip("()").replace(" ", "").split(",") if each)


def _shape_text(shape: tuple[int, ...]) -> str:
    return f"({shape[0]},)" if len(shape) == 1 else f"({', '.join(map(str, shape))})"
