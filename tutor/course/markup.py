"""Report Markdown that tutor does not show as its author meant it: pictures, footnotes, raw HTML, callouts and so on.

Code hosts draw some of these, so a lesson may look right there. Unlike what `lookalikes` finds, they give no answer
away, so nothing is left out because of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tutor.course.code_spans import without_code
from tutor.course.lab_fence import is_lab_info
from tutor.course.lesson import Fault
from tutor.course.source import ID_DIRECTIVES, Element, Source, comments_of, directive, without_comments
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.suggest import is_one_typo, nearest
from tutor.foundation.translate import translate

_FORMULA = re.compile(r"\$[^$]{1,1000}\$")
_IMAGE = re.compile(r"(?<!\\)!\[[^\[\]\n]{0,300}\]\s?(?:\(|\[(?P<name>[^\[\]\n]{0,100})\])")
_FOOTNOTE = re.compile(r"(?<!\\)\[\^(?P<name>[^\]\s\[]{1,60})\]")
_LINK_DEFINITION = re.compile(r"\s{0,3}\[(?!\^)(?P<name>[^\]\[\n]{1,100})\]:\s{0,3}\S")
_TAG = re.compile(r"(?<!\\)<(?P<name>[A-Za-z][A-Za-z0-9-]{0,20})(?:\s[^<>\n]{0,300})?/?>")
_SHOWN_TAGS = frozenset({"br", "details", "summary"})
"""``<br>`` breaks a line. The others are read around explanations, and `lookalikes` reports them elsewhere."""
_ALERT = re.compile(r"\s{0,3}\[!(?P<word>\w{1,20})\]")
_LABEL = re.compile(r"[\s*_]{0,4}(?P<word>[^\W\d_]{1,14})[*_]{0,3}\s{0,2}[:：]")
_CALLOUTS = frozenset(
    {
        "tip", "tips", "note", "notes", "nb", "info", "important", "warning", "warnings", "caution", "danger",
        "attention", "remark", "remarks", "example", "reminder",
        "注意", "注", "备注", "小贴士", "贴士", "警告", "说明", "重要", "小心", "例", "例子", "补充",
    }
)  # fmt: skip
_WORDS = re.compile(r"[A-Za-z]+")
_LAB_KEY = re.compile(r"\s{0,8}use\s{0,8}=")
_EXERCISE_FENCES = ("exercise", "cases", "check", "harness")
_COMMENT_KEY = re.compile(r"\s{0,20}(?P<key>[^\W\d_][^\W_ ]{0,19})\s{0,5}[:：]")
_SHORTEST_WITH_TYPO = 4
_DIRECTIVES = (*ID_DIRECTIVES, "when", "figure", "draw", "opening")
_INVENTED = frozenset({"lab", "labs", "hint", "answer", "why", "exercise", "option", "options", "solution", "run"})
"""What authors expect to be a comment and is written otherwise."""


# Translation keys: what is wrong, and what to do.
_IMAGE_FAULT = ("course.image", "course.image-hint")
_FOOTNOTE_FAULT = ("course.footnote", "course.footnote-hint")
_LINK_DEFINITION_FAULT = ("course.link-definition", "course.link-definition-hint")
_RAW_HTML_FAULT = ("course.raw-html", "course.raw-html-hint")
_CALLOUT_FAULT = ("course.callout", "course.callout-hint")
_NOT_A_LAB_FAULT = ("course.not-a-lab", "course.not-a-lab-hint")
_NOT_AN_EXERCISE_FENCE_FAULT = ("course.not-an-exercise-fence", "course.not-an-exercise-fence-hint")
_UNREAD_COMMENT_FAULT = ("course.unread-comment", "course.unread-comment-hint")
_MISTYPED_COMMENT_FAULT = ("course.unread-comment", "course.mistyped-comment-hint")
_WIDE_ROW_FAULT = ("course.wide-row", "course.wide-row-hint")
_NO_TABLE_FAULT = ("course.no-table", "course.no-table-hint")
_BAR = re.compile(r"(?<!\\)\|")
_ROW = re.compile(r"\s{0,3}\|.*\|\s*")
_ONCE = (_FOOTNOTE_FAULT, _LINK_DEFINITION_FAULT)
"""What is written in two places by its name and reported at the first."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The hint with the name that was probably meant; empty if none is similar."""
    near = nearest(name, known)
    return translate("course.did-you-mean", near=near) if near else ""


def without_formulas(text: str) -> str:
    """Return ``text`` with spaces in place of its formulas. Line ends stay, so positions do not change."""
    return _FORMULA.sub(_blank, text) if "$" in text else text


class _Found(NamedTuple):
    """A piece of a text that is not shown as it was meant: where it is, and the keys of its message and hint."""

    line: int
    text: str
    keys: tuple[str, str]
    name: str = ""


def refuse_unshown(source: Source, elements: list[Element]) -> None:
    """Report the Markdown of a lesson that is not shown as it was meant, at most once in a line and once for each name.

    Lines that already have a fault are passed over, because what stands there may be a part of what is broken.
    """
    told: set[tuple[tuple[str, str], str]] = set()
    faulty = {fault.place.line for fault in source.faults}
    for element in elements:
        if element.kind in {"html_block", "table"} and not faulty.isdisjoint(range(element.start + 1, element.end + 1)):
            continue
        for found in _found_in(source, element):
            place = source.find(found.line, element.end, found.text)
            mark = (found.keys, found.name if found.keys in _ONCE else f"{place.line}")
            if mark in told or place.line in faulty:
                continue
            told |= {mark, (_LINK_DEFINITION_FAULT, found.name)}
            faulty.add(place.line)
            message, hint = found.keys
            said = translate(message, name=found.name, text=found.text.strip()[:40])
            source.faults.append(Fault(place, harmless_line(said), translate(hint)))


def _found_in(source: Source, element: Element) -> Iterator[_Found]:
    for token in element.tokens:
        start = token.map[0] + source.first if token.map is not None else element.start
        if token.type == "fence":
            yield from _in_info(start, token.info.strip(), token.content)
        elif token.type == "table_open" and token.map is not None:
            yield from _in_rows(source, element, range(start + 2, token.map[1] + source.first))
        elif token.type in {"inline", "html_block"} and token.content:
            yield from _in_comments(start, token.content)
            yield from _in_text(start, token.content, is_html=token.type == "html_block")
    if element.kind == "blockquote":
        yield from _in_quotation(element)
    elif element.kind == "paragraph":
        lines = source.lines[element.start : element.end]
        if len(lines) > 1 and all(map(_ROW.fullmatch, lines[:2])):
            yield _Found(element.start, "|", _NO_TABLE_FAULT)


def _in_rows(source: Source, element: Element, rows: range) -> Iterator[_Found]:
    """Yield each row that has more cells than the header of its table, because Markdown drops the others."""
    wide = sum(token.type == "th_open" for token in element.tokens)
    for number in rows if sum(token.type == "table_open" for token in element.tokens) == 1 else ():
        cells = _BAR.split(source.lines[number].lstrip("> \t").removeprefix("|").rstrip())
        lost = [cell.strip() for cell in cells[wide:]]
        if any(lost):
            yield _Found(number, next(filter(None, lost)), _WIDE_ROW_FAULT, next(filter(None, lost))[:40])


def _in_text(start: int, content: str, *, is_html: bool) -> Iterator[_Found]:
    text = content if is_html else without_code(content)
    plain = without_formulas(without_comments(text))
    written = content.split("\n")
    for number, line in enumerate(plain.split("\n")):
        at = start + number
        if found := _IMAGE.search(line):
            yield _Found(at, written[number][found.start() :], _IMAGE_FAULT, found["name"] or "")
        if found := _FOOTNOTE.search(line):
            yield _Found(at, found[0], _FOOTNOTE_FAULT, found["name"])
        if found := _LINK_DEFINITION.match(line):
            yield _Found(at, written[number].strip(), _LINK_DEFINITION_FAULT, found["name"])
        for found in _TAG.finditer(line):
            if found["name"].casefold() not in _SHOWN_TAGS:
                yield _Found(at, found[0], _RAW_HTML_FAULT)
                break


def _blank(formula: re.Match[str]) -> str:
    return "\n".join(" " * len(line) for line in formula[0].split("\n"))


def _in_quotation(element: Element) -> Iterator[_Found]:
    first = next((token for token in element.tokens if token.type == "inline"), None)
    if first is None or element.tokens[1].type != "paragraph_open":
        return
    line = first.content.partition("\n")[0]
    if found := _ALERT.match(line):
        yield _Found(element.start, found[0].strip(), _CALLOUT_FAULT, found["word"])
    elif (found := _LABEL.match(line)) and found["word"].casefold() in _CALLOUTS:
        yield _Found(element.start, line.strip()[:40], _CALLOUT_FAULT, found["word"])


def _in_info(start: int, info: str, content: str) -> Iterator[_Found]:
    """Yield the fence if it was probably meant to be a lab, or a part of an exercise."""
    if is_meant_as_lab(info, content):
        yield _Found(start, info or "```", _NOT_A_LAB_FAULT)
    elif (meant := meant_exercise_fence(info)) and info.split() != ["python", meant]:
        yield _Found(start, info, _NOT_AN_EXERCISE_FENCE_FAULT, meant)


def is_meant_as_lab(info: str, content: str) -> bool:
    """Whether a fence is no lab, but was probably meant to be one."""
    words = [word.casefold() for word in _WORDS.findall(info.partition("alt=")[0])]
    if is_lab_info(info) or not words:
        return False
    if {"lab", "labs", "tomllab", "labtoml"} & {*words}:
        return True
    return words[0] == "toml" and (
        _LAB_KEY.match(content) is not None or any(is_one_typo(each, "lab") for each in words)
    )


def meant_exercise_fence(info: str) -> str:
    """The part of an exercise that a fence of Python was probably meant to be, such as ``cases``; empty for none."""
    words = info.casefold().split()
    if len(words) != 2 or words[0] not in {"python", "py"}:
        return ""
    return words[1] if words[1] in _EXERCISE_FENCES else nearest(words[1], _EXERCISE_FENCES) or ""


def meant_directive(text: str, name: str) -> str | None:
    """The value of a comment ``<!-- name: value -->``, also if its name has a typo; None if there is none."""
    found = directive(text, name)
    if found is not None:
        return found
    for comment in comments_of(text):
        key, *value = re.split("[:：]", comment, maxsplit=1)
        if value and is_one_typo(key.strip().casefold(), name):
            return value[0].strip()
    return None


def _in_comments(start: int, content: str) -> Iterator[_Found]:
    """Yield comments that begin like one that has a meaning."""
    if "<!--" not in content:
        return
    at = 0
    for comment in comments_of(without_code(content)):
        at = max(at, content.find(comment, at))
        found = _COMMENT_KEY.match(comment)
        key = found["key"].casefold() if found else ""
        if not key or key in _DIRECTIVES:
            continue
        meant = (each for each in _DIRECTIVES if len(each) >= _SHORTEST_WITH_TYPO and is_one_typo(key, each))
        if (near := next(meant, "")) or key in _INVENTED:
            line = start + content.count("\n", 0, at)
            keys = _MISTYPED_COMMENT_FAULT if near else _UNREAD_COMMENT_FAULT
            yield _Found(line, comment.strip().partition("\n")[0], keys, near)
