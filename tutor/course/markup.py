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
from tutor.course.source import ID_DIRECTIVES, Element, Source, comments_of, without_comments
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
_DIRECTIVES = (*ID_DIRECTIVES, "when", "figure", "draw", "opening")
_INVENTED = frozenset({"lab", "labs", "hint", "answer", "why", "exercise", "option", "options", "solution", "run"})
"""What authors expect to be a comment and is written otherwise."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The hint with the name that was probably meant; empty if none is similar."""
    near = nearest(name, known)
    return translate("course.did-you-mean", near=near) if near else ""


def without_formulas(text: str) -> str:
    """Return ``text`` with spaces in place of its formulas. Line ends stay, so positions do not change."""
    return _FORMULA.sub(_blank, text) if "$" in text else text


_ONCE = frozenset({"footnote", "link-definition"})
"""What is written in two places by its name and reported at the first."""


class _Found(NamedTuple):
    """A piece of a text that is not shown as it was meant: where it is, and the key of its message."""

    line: int
    text: str
    message: str
    name: str = ""


def refuse_unshown(source: Source, elements: list[Element]) -> None:
    """Report the Markdown of a lesson that is not shown as it was meant, at most once in a line and once for each name.

    Lines that already have a fault are passed over, because what stands there may be a part of what is broken.
    """
    told: set[tuple[str, str]] = set()
    faulty = {fault.place.line for fault in source.faults}
    for element in elements:
        for found in _found_in(source, element):
            place = source.find(found.line, element.end, found.text)
            mark = (found.message, found.name if found.message in _ONCE else f"{place.line}")
            if mark in told or place.line in faulty:
                continue
            told |= {mark, ("link-definition", found.name)}
            faulty.add(place.line)
            message = translate(f"course.{found.message}", name=found.name, text=found.text.strip()[:40])
            source.faults.append(Fault(place, message, translate(f"course.{found.message}-hint")))


def _found_in(source: Source, element: Element) -> Iterator[_Found]:
    for token in element.tokens:
        start = token.map[0] + source.first if token.map is not None else element.start
        if token.type == "fence":
            yield from _in_info(start, token.info.strip(), token.content)
        elif token.type in {"inline", "html_block"} and token.content:
            yield from _in_comments(start, token.content)
            yield from _in_text(start, token.content, is_html=token.type == "html_block")
    if element.kind == "blockquote":
        yield from _in_quotation(element)


def _in_text(start: int, content: str, *, is_html: bool) -> Iterator[_Found]:
    text = content if is_html else without_code(content)
    plain = without_formulas(without_comments(text))
    written = content.split("\n")
    for number, line in enumerate(plain.split("\n")):
        at = start + number
        if found := _IMAGE.search(line):
            yield _Found(at, written[number][found.start() :], "image", found["name"] or "")
        if found := _FOOTNOTE.search(line):
            yield _Found(at, found[0], "footnote", found["name"])
        if found := _LINK_DEFINITION.match(line):
            yield _Found(at, written[number].strip(), "link-definition", found["name"])
        for found in _TAG.finditer(line):
            if found["name"].casefold() not in _SHOWN_TAGS:
                yield _Found(at, found[0], "raw-html")
                break


def _blank(formula: re.Match[str]) -> str:
    return "\n".join(" " * len(line) for line in formula[0].split("\n"))


def _in_quotation(element: Element) -> Iterator[_Found]:
    first = next((token for token in element.tokens if token.type == "inline"), None)
    if first is None or element.tokens[1].type != "paragraph_open":
        return
    line = first.content.partition("\n")[0]
    if found := _ALERT.match(line):
        yield _Found(element.start, found[0].strip(), "callout", found["word"])
    elif (found := _LABEL.match(line)) and found["word"].casefold() in _CALLOUTS:
        yield _Found(element.start, line.strip()[:40], "callout", found["word"])


def _in_info(start: int, info: str, content: str) -> Iterator[_Found]:
    """Yield the fence if it was probably meant to be a lab, or a part of an exercise."""
    words = [word.casefold() for word in _WORDS.findall(info.partition("alt=")[0])]
    if is_lab_info(info):
        return
    if {"lab", "labs", "tomllab", "labtoml"} & {*words} or (words == ["toml"] and _LAB_KEY.match(content)):
        yield _Found(start, info or "```", "not-a-lab")
    elif len(words) == 2 and words[0] in {"python", "py"} and words[1] not in _EXERCISE_FENCES:
        near = nearest(words[1], _EXERCISE_FENCES)
        if near is not None:
            yield _Found(start, info, "not-an-exercise-fence", near)


def _in_comments(start: int, content: str) -> Iterator[_Found]:
    """Yield comments that begin like one that has a meaning."""
    if "<!--" not in content:
        return
    for comment in comments_of(without_code(content)):
        found = _COMMENT_KEY.match(comment)
        key = found["key"].casefold() if found else ""
        if not key or key in _DIRECTIVES:
            continue
        meant = (each for each in _DIRECTIVES if len(each) > 3 and is_one_typo(key, each))
        if (near := next(meant, "")) or key in _INVENTED:
            line = start + content[: content.find(comment)].count("\n")
            message = "unread-comment-typo" if near else "unread-comment"
            yield _Found(line, comment.strip().partition("\n")[0], message, near)
