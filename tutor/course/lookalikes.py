"""Find text that looks like part of a question but cannot be read as one.

With a damaged id or tick, a missing bracket or an unclosed fence, a question would be shown as ordinary text, and its
answer with it. So anything that resembles a part of a question is reported, with its place and the fix, and is never
shown: it is better to leave out a harmless paragraph than to reveal an answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Set
from functools import partial

from tutor.course.code_spans import without_code
from tutor.course.conditions import ConditionError, parse
from tutor.course.lesson import Fault, Place
from tutor.course.lesson_words import LessonWords
from tutor.course.source import Element, Source, comments_of, directive, is_identifier, without_comments
from tutor.foundation.suggest import is_one_typo
from tutor.foundation.translate import translate

_LONGEST_SIGN = 300
"""Characters in which a comment with an id, a tick or a word such as "Answer:" shows itself."""
_MOST_STARTS = 8
_SHORTEST_WITH_TYPO = 4
_AS_HYPHEN = str.maketrans(
    dict.fromkeys("–—―−‐‑‒", "--") | dict.fromkeys("＜《", "<") | dict.fromkeys("＞》", ">") | {"！": "!"}
)
_CORE = re.compile(r"(?P<left>[\W_]*)(?P<core>\w(?:.*\w)?)(?P<right>[\W_]*)", re.DOTALL)
_COMMENT_SIGN = re.compile("[<＜《!！–—―]|&lt;|--|->")
_STRAY = re.compile(r"^(\W{0,4})\w(\W{1,4})(?=\w)")
"""A letter or figure among the signs that open a comment."""
_OPENING = re.compile("[<＜《]")
_NAMES = frozenset(
    {"q", "question", "quiz", "term", "when", "figure", "draw", "exercise", "题", "题目", "问题", "术语", "练习"}
)
_DIRECTIVES = ("q", "x", "term", "when", "figure", "draw", "opening")
_KEY = re.compile(r"(?P<key>[^\W\d_]{0,12})\s{0,3}(?P<sign>[^\w\s]?)\s{0,3}(?P<value>.*)", re.DOTALL)

_BOX = r"(?:(?<![\\\[])[\[［【〔]\s{0,3}[xX×✓✔✅√*＊]?\s{0,3}[\]］】〕](?!\(|\[|:\s?(?:\#|http))|[☐☑☒✅❌⬜🗹])"
_LIST_LINE = re.compile(rf"[\s>]{{0,40}}\W{{0,6}}\w{{0,2}}\W{{0,8}}{_BOX}|\s{{0,8}}[xX]\]\s")
_ROUND_BOX = re.compile(r"[(（](?:\s{1,3}|\s?[xX✓✔√*]\s?)[)）](?:\s|$)")
_BOX_BEHIND = re.compile(rf"\s{_BOX}$")
_EMPTY_BOX_BEHIND = re.compile(r"\s[\[［【〔]\s{0,3}[\]］】〕]$")
_HALF_BOX = re.compile(r"\[\s?[xX]?\s[^\]]*$|[xX]?\s?\]\s")

_WORD_AND_COLON = re.compile(r"[\W_]{0,8}(?P<word>[^:：]{2,24})[:：]")
_OPENING_TAGS = re.compile(r"(?:\s{0,8}<[a-z]{1,10}(?:\s[^<>]{0,80})?>){1,4}", re.IGNORECASE)
_LOST_HEADING = re.compile(r"#{2,6}[^#\s]|(?:[-–—:：.,;|<>\[]#{1,6}|#[^\s#\d]) \w")
_HTML = re.compile(r"</?(?:details|summary)\b", re.IGNORECASE)

_BLANK = re.compile(r"(?<!\\)\[\[[^\[\]\n]{1,400}\]\]")
_EMPTY_BLANK = re.compile(r"(?<!\\)\[\[\]\]")
_FORMULA = re.compile(r"\$[^$]{1,1000}\$")
_BRACKET = re.compile(r"[\[\]]")
_BEHIND_INNER = re.compile(r"\]\s{0,3}[,(]")
_NARROW = str.maketrans("［］", "[]")


def fault_in_prose(source: Source, element: Element) -> Fault | None:
    """Return the fault of an element of running text that resembles part of a question, or None if it has no fault."""
    return (
        damaged_comment(source, element)
        or _fault(
            source, _lines(source, element, _LOST_HEADING.match), "course.lost-heading", "course.lost-heading-hint"
        )
        or _stray_directive(source, element)
        or _fault(source, _lines_with_ticks(source, element), "course.stray-options", "course.stray-options-hint")
        or _fault(source, _items_with_feedback(source, element), "course.stray-feedback", "course.stray-feedback-hint")
        or _fault(
            source,
            _lines(source, element, partial(_is_named, source.words)),
            "course.stray-word",
            "course.stray-word-hint",
        )
        or _fault(
            source, _headings(source, element, source.words.heading), "course.stray-word", "course.stray-word-hint"
        )
        or _fault(source, _html_lines(source, element), "course.stray-details", "course.stray-details-hint")
        or _fault(source, _blanks(source, element), "course.stray-blank", "course.stray-blank-hint")
    )


def fault_in_question(source: Source, element: Element) -> Fault | None:
    """Return a fault if an element of a prompt may reveal the answer, otherwise None."""
    return (
        damaged_comment(source, element)
        or _fault(
            source, _lines(source, element, _LOST_HEADING.match), "course.lost-heading", "course.lost-heading-hint"
        )
        or _fault(source, _lines_with_ticks(source, element), "course.bad-tick", "course.bad-tick-hint")
        or _fault(
            source,
            _headings(source, element, source.words.heading_in_question),
            "course.bad-heading",
            "course.unread-word-hint",
        )
        or _fault(source, _empty_blanks(source, element), "course.empty-blank", "course.empty-blank-hint")
        or _fault(source, _broken_blanks(source, element), "course.broken-blank", "course.broken-blank-hint")
    )


def fault_in_title(source: Source, heading: Element) -> Fault | None:
    """Return a fault if a heading contains part of its question, which would be shown as it is; otherwise None."""
    return (
        damaged_comment(source, heading)
        or _fault(source, _lines_with_ticks(source, heading), "course.bad-tick", "course.bad-tick-hint")
        or _fault(source, _blanks(source, heading), "course.stray-blank", "course.stray-blank-hint")
        or _fault(source, _html_lines(source, heading), "course.stray-details", "course.stray-details-hint")
        or _fault(
            source,
            _lines(source, heading, partial(_holds_answer, source.words)),
            "course.stray-word",
            "course.stray-word-hint",
        )
    )


def named_like_an_answer(source: Source, element: Element) -> Fault | None:
    """Return a fault for a paragraph or quotation labelled hint, answer or why that would be shown in the prompt."""
    meant = _is_nearly_hint if element.kind == "blockquote" else _gives_away
    lines = _lines(source, element, partial(meant, source.words))
    return _fault(source, lines, "course.unread-word", "course.unread-word-hint") or _fault(
        source, _html_lines(source, element), "course.stray-details", "course.stray-details-hint"
    )


def ends_explanation(element: Element) -> bool:
    """Return whether an element of running text closes an explanation that it does not open."""
    text = element.content.casefold()
    return "</details" in text and "<details" not in text


def is_indented_quote(source: Source, element: Element) -> bool:
    """Return whether an element is a quotation indented like the feedback of an option, which may be missing."""
    return element.kind == "blockquote" and source.lines[element.start].startswith(" ")


def has_option_inside(text: str) -> bool:
    """Return whether a later line of an option's text looks like another option."""
    return any(_LIST_LINE.match(line) for line in text.split("\n")[1:])


def has_quote_inside(text: str) -> bool:
    """Return whether a later line of an option's text begins like feedback, but is indented too far for it."""
    return any(line.lstrip().startswith(">") for line in text.split("\n")[1:])


def _fault(source: Source, found: Iterator[Place], message: str, hint: str) -> Fault | None:
    place = next(found, None)
    return None if place is None else Fault(place, translate(message), translate(hint))


# -- lines -----------------------------------------------------------------------------------------------


_INDENTED = "code_block"
_SHOWN_AS_WORDS = frozenset({"inline", "html_block"})


def _inlines(source: Source, element: Element, types: Set[str] = _SHOWN_AS_WORDS) -> Iterator[tuple[int, str]]:
    """Yield the source lines of an element's text with their first line number, without fences and indented code."""
    for token in element.tokens:
        if token.type in types and token.content:
            yield (token.map[0] + source.first if token.map else element.start), token.content


def _lines(source: Source, element: Element, is_meant: Callable[[str], object]) -> Iterator[Place]:
    """Yield the places of matching lines, ignoring comments. Lines indented so far that they are code count."""
    for start, content in _inlines(source, element, _SHOWN_AS_WORDS | {_INDENTED}):
        shown = without_code(without_comments(content)).split("\n")
        for number, (line, written) in enumerate(zip(shown, content.split("\n"), strict=True)):
            if line.strip() and is_meant(line[:_LONGEST_SIGN]):
                yield source.find(start + number, element.end, written.strip())


def _headings(source: Source, element: Element, words: re.Pattern[str]) -> Iterator[Place]:
    """Yield the place of a heading that consists only of matching words."""
    if element.heading_level and words.fullmatch(without_comments(element.content).strip(" *_:：?？.。")):
        yield source.place(element.start)


def _holds_answer(words: LessonWords, title: str) -> bool:
    return bool(words.bold_answer.search(title) or words.sentence.search(title))


def _is_named(words: LessonWords, line: str) -> bool:
    line = _OPENING_TAGS.sub("", line, count=1)
    return bool(words.named.match(line) or words.bold_name.match(line))


def _gives_away(words: LessonWords, line: str) -> bool:
    return _is_named(words, line) or bool(words.also_named.match(line) or words.sentence.search(line))


def _is_nearly_hint(words: LessonWords, line: str) -> bool:
    """Return whether a quoted line reveals something, or begins like a hint with a typo or a missing colon."""
    if _gives_away(words, line) or words.hint_word.match(line):
        return True
    found = _WORD_AND_COLON.match(line)
    if found is None:
        return False
    written = "".join(filter(str.isalpha, found["word"].casefold()))
    # With a shorter word, such as 提示, almost any other word is only one typo away.
    return any(len(word) >= _SHORTEST_WITH_TYPO and is_one_typo(written, word) for word in words.hint_words)


def _html_lines(source: Source, element: Element) -> Iterator[Place]:
    for start, content in _inlines(source, element, _SHOWN_AS_WORDS | {_INDENTED}):
        if found := _HTML.search(without_code(without_comments(content))):
            yield source.find(start, element.end, found[0])


# -- comments --------------------------------------------------------------------------------------------


def damaged_comment(source: Source, element: Element) -> Fault | None:
    """Return a fault for a comment that is almost one with an id or a condition, or that is never closed."""
    for start, content in _inlines(source, element, _SHOWN_AS_WORDS | {_INDENTED}):
        if not _COMMENT_SIGN.search(content):
            continue
        for line in without_comments(without_code(content), _DIRECTIVES).split("\n"):
            if any(map(_is_damaged, _starts(line))):
                place = source.find(start, element.end, line.strip()[:_LONGEST_SIGN].strip())
                return Fault(place, translate("course.damaged-comment"), translate("course.damaged-comment-hint"))
    for token in element.tokens:
        for child in token.children or ():
            if child.type == "text" and "<!--" in child.content:
                place = source.find(element.start, element.end, "<!--")
                return Fault(place, translate("course.comment-open"), translate("course.comment-open-hint"))
    return None


def _starts(line: str) -> Iterator[str]:
    """Yield the line, then the rest of the line from each character that may open a comment."""
    if len(line) > 20 * _LONGEST_SIGN:
        return
    line = line.replace("&lt;", "＜").replace("&gt;", "＞")
    yield line.strip()[:_LONGEST_SIGN]
    for count, found in enumerate(_OPENING.finditer(line)):
        if found.start() and count < _MOST_STARTS:
            text, end, _ = line[found.start() : found.start() + _LONGEST_SIGN].partition("-->")
            yield text + end


def _is_damaged(text: str) -> bool:
    """Return whether ``text`` is almost ``<!-- q: an-id -->``: most characters and words are there, but not all."""
    found = _CORE.fullmatch(_STRAY.sub(r"\1\2", text))
    if found is None:
        return False
    core, around = found["core"], (found["left"] + " " + found["right"]).translate(_AS_HYPHEN)
    if len(around.replace(" ", "")) < 3 or not any(sign in around for sign in ("--", "<!", "->", "!-")):
        return False
    if is_identifier(core) and any(colon in found["left"] for colon in ":："):  # The key itself is missing.
        return True
    found = _KEY.match(core)
    return found is not None and _is_said(found["key"].casefold(), found["sign"], found["value"].strip(), whole=core)


def _is_said(key: str, sign: str, value: str, *, whole: str) -> bool:
    identifier = value.partition(";")[0].strip()
    if key in {"when", "figure"}:
        return bool(sign) or (key == "figure" and " " not in value) or _is_condition(value)
    if key in _NAMES:
        return bool(sign) or " " not in identifier
    if key == "x":
        return is_identifier(identifier)
    if sign and key in {"questions", "terms", "exercises"}:
        return is_identifier(identifier)
    if len(key) <= 2 and ("q" in key or (sign and len(key) < 2)):
        return is_identifier(identifier)
    return is_identifier(whole) and "-" in whole


def _is_condition(text: str) -> bool:
    try:
        parse(text)
    except ConditionError:
        return False
    return any(sign in text for sign in ("<", ">", "=", "diverged", "."))


def _stray_directive(source: Source, element: Element) -> Fault | None:
    """Return a fault for a condition or a figure outside a question."""
    for start, content in _inlines(source, element):
        for comment in comments_of(without_code(content)):
            if any(directive(f"<!--{comment}-->", name) is not None for name in ("when", "figure", "draw")):
                place = source.find(start, element.end, comment)
                return Fault(place, translate("course.stray-condition"), translate("course.stray-condition-hint"))
    return None


# -- options ---------------------------------------------------------------------------------------------


def _lines_with_ticks(source: Source, element: Element) -> Iterator[Place]:
    """Yield lines that look like options: with a tick, a box, or what may have been meant as one."""
    yield from _lines(source, element, _LIST_LINE.match)
    items = list(_first_lines_of_items(element))
    ends = any(_EMPTY_BOX_BEHIND.search(line[-_LONGEST_SIGN:]) for line in items)
    for line in items:
        if _ROUND_BOX.match(line) or _HALF_BOX.match(line) or (ends and _BOX_BEHIND.search(line[-_LONGEST_SIGN:])):
            yield source.find(element.start, element.end, line)


def _first_lines_of_items(element: Element) -> Iterator[str]:
    for before, token in zip(element.tokens[1:], element.tokens[2:], strict=False):
        if before.type == "paragraph_open" and token.type == "inline" and before.level >= 2:
            yield token.content.partition("\n")[0].rstrip()


def _items_with_feedback(source: Source, element: Element) -> Iterator[Place]:
    """Yield quotations placed like the feedback of an option: below the line of an item, or indented."""
    if is_indented_quote(source, element):
        yield source.place(element.start, ">")
    if element.kind not in {"ordered_list", "bullet_list"}:
        return
    for before, token in zip(element.tokens, element.tokens[1:], strict=False):
        if before.type == "paragraph_close" and token.type == "blockquote_open" and token.map is not None:
            yield source.place(token.map[0] + source.first, ">")


# -- blanks ----------------------------------------------------------------------------------------------


def _blanks(source: Source, element: Element) -> Iterator[Place]:
    """Yield complete or broken blanks outside a question. Matrices do not count."""
    for start, content in _inlines(source, element):
        plain = _plain(content)
        if found := _BLANK.search(plain) or _EMPTY_BLANK.search(plain):
            yield source.find(start, element.end, found[0])
        yield from (place for line, place in _broken(source, element, start, plain) if "|" in line or "｜" in line)


def _empty_blanks(source: Source, element: Element) -> Iterator[Place]:
    for start, content in _inlines(source, element):
        if found := _EMPTY_BLANK.search(_plain(content)):
            yield source.find(start, element.end, found[0])


def _broken_blanks(source: Source, element: Element) -> Iterator[Place]:
    for start, content in _inlines(source, element):
        whole = _BLANK.sub(lambda found: " " * len(found[0]), without_code(without_comments(content)))
        yield from (place for _, place in _broken(source, element, start, _plain(whole)))


def _plain(text: str) -> str:
    """Return ``text`` with spaces in place of code, comments, formulas and escaped brackets."""
    text = without_code(without_comments(text)).replace("\\[", "  ").replace("\\]", "  ")
    return _FORMULA.sub(lambda found: "\n".join(" " * len(line) for line in found[0].split("\n")), text)


def _broken(source: Source, element: Element, start: int, text: str) -> Iterator[tuple[str, Place]]:
    """Yield lines with double brackets that do not form a blank, because a bracket is missing or is the wrong one."""
    for number, line in enumerate(text.split("\n")):
        narrow = line.translate(_NARROW)
        if ("[[" in narrow or "]]" in narrow) and not _is_nested(narrow):
            at = narrow.find("[[") if "[[" in narrow else narrow.find("]]")
            yield line, source.find(start + number, element.end, line[at : at + 2])


def _is_nested(line: str) -> bool:
    """Return whether all brackets of a line are balanced, as in a matrix or in a link inside brackets."""
    depth, in_twos = 0, 0
    for found in _BRACKET.finditer(line):
        depth += 1 if found[0] == "[" else -1
        in_twos += found[0] == "[" and depth == 2
        if depth < 0:
            return False
    return depth == 0 and (in_twos != 1 or _BEHIND_INNER.search(line) is not None)
