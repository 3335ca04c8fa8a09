"""The words inside a block: Markdown's inline tokens read as runs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING
from urllib.parse import unquote

from tutor.foundation.safe_text import harmless_line
from tutor.foundation.text import cell_width
from tutor.typeset.elements import Role, Run, Runs

if TYPE_CHECKING:
    from markdown_it.token import Token

Mentions = Callable[[str], Iterable[tuple[int, int, str]]]
"""Finds glossary terms in plain text: start, end and term id of each, in order and without overlaps."""

_ADDRESS_SHOWN = 40
_SOFT = "\r"
"""A line end of the source until its neighbours are known: it becomes a space, or nothing inside Chinese text."""
_LINE_ENDS = {"softbreak": _SOFT, "hardbreak": "\n"}

_SEVERAL_SPACES = re.compile(" {2,}")
_NARROW_CHINESE = frozenset("“”‘’…—·")


def maths(tex: str) -> str:
    """Return a LaTeX formula in Unicode, on one line."""
    from tutor.typeset.maths import to_unicode

    return " ".join(harmless_line(to_unicode(tex)).split())


class _Reader:
    """Reads the tokens of one block, and keeps count of the emphasis and links it is inside of."""

    def __init__(self, base: Role) -> None:
        self.base = base
        self.strong = 0
        self.emphasis = 0
        self.links: list[tuple[str, int]] = []
        self.runs: list[Run] = []

    def read(self, tokens: Iterable[Token]) -> list[Run]:
        for token in tokens:
            self._take(token)
        return self.runs

    def _take(self, token: Token) -> None:
        match token.type:
            case "text" | "text_special":
                self._add(token.content, self._role())
            case "softbreak" | "hardbreak":
                self.runs.append(Run(_LINE_ENDS[token.type], self._role(), self._target()))
            case "code_inline":
                self._add(token.content.strip(), "code", solid=True)
            case "math_inline" | "math_inline_double":
                self._add(maths(token.content), "maths", solid=True)
            case "strong_open" | "strong_close":
                self.strong += token.nesting
            case "em_open" | "em_close":
                self.emphasis += token.nesting
            case "link_open" | "link_close":
                self._link(token)
            case "image":
                self._add(_alternative(token), "emphasis")
            case _:
                self._markup(token.content)

    def _markup(self, html: str) -> None:
        """Read raw HTML: comments are left out, ``<br>`` breaks the line, and the rest is shown as text."""
        if html.lower().replace(" ", "").replace("/", "") == "<br>":
            self.runs.append(Run("\n", self.base))
        elif not html.startswith("<!--"):
            self._add(html, self._role())

    def _role(self) -> Role:
        if self.base.startswith("heading"):
            return self.base
        if self.links:
            return "term" if self.links[-1][0].startswith("#") else "link"
        if self.strong:
            return "strong"
        return "emphasis" if self.emphasis else self.base

    def _add(self, text: str, role: Role, *, solid: bool = False) -> None:
        if text:
            self.runs.append(Run(harmless_line(text), role, self._target(), solid))

    def _target(self) -> str:
        return self.links[-1][0] if self.links else ""

    def _link(self, token: Token) -> None:
        if token.nesting > 0:
            self.links.append((_target(str(token.attrGet("href") or "")), len(self.runs)))
            return
        target, start = self.links.pop()
        shown = "".join(run.text for run in self.runs[start:])
        outside = target.partition(":")[0] in {"http", "https", "mailto"}
        if outside and target not in {shown, f"mailto:{shown}"} and cell_width(target) <= _ADDRESS_SHOWN:
            self.runs.append(Run(f" ({target})", "muted", target))


def _target(address: str) -> str:
    return harmless_line(unquote(address) if address.startswith("#") and "%" in address else address)


def _alternative(image: Token) -> str:
    """Return an image in words: its alternative text, or else its title, or else the name of its file."""
    words = "".join(child.content for child in image.children or ()).strip()
    return words or str(image.attrGet("title") or "") or str(image.attrGet("src") or "").rpartition("/")[2]


def _is_chinese(before: str, after: str) -> bool:
    """Return whether no space belongs between two characters: one is Chinese, the other Chinese or its punctuation."""
    widths = cell_width(before), cell_width(after)
    return widths == (2, 2) or (
        2 in widths and (before in _NARROW_CHINESE or after in _NARROW_CHINESE) and bool(before and after)
    )


def _join_source_lines(runs: Sequence[Run]) -> Iterator[Run]:
    """Turn line ends of the source into spaces, or into nothing inside Chinese text."""
    for index, run in enumerate(runs):
        if run.text != _SOFT:
            yield run
            continue
        before = runs[index - 1].text[-1:] if index else ""
        after = runs[index + 1].text[:1] if index + 1 < len(runs) else ""
        if not _is_chinese(before, after):
            yield run._replace(text=" ")


def _tidy(runs: Iterable[Run]) -> Iterator[Run]:
    """Join neighbouring runs that look alike, and make several spaces one, also across two runs."""
    held: Run | None = None
    for run in runs:
        text = run.text if run.solid or "  " not in run.text else _SEVERAL_SPACES.sub(" ", run.text)
        if held is not None and held.text.endswith(" ") and text.startswith(" "):
            text = text[1:]
        if held is None:
            held = run._replace(text=text)
        elif held[1:] == run[1:] and not run.solid:
            held = held._replace(text=held.text + text)
        else:
            yield held
            held = run._replace(text=text)
    if held is not None:
        yield held


def _with_mentions(runs: Iterable[Run], mentions: Mentions) -> Iterator[Run]:
    """Turn plain words that name a term into links to it."""
    for run in runs:
        if run.role != "text" or run.target:
            yield run
            continue
        at = 0
        for start, end, term in mentions(run.text):
            if start > at:
                yield run._replace(text=run.text[at:start])
            yield Run(run.text[start:end], "term", f"#{term}")
            at = end
        if at < len(run.text):
            yield run._replace(text=run.text[at:])


def read_inline(tokens: Iterable[Token], base: Role = "text", mentions: Mentions | None = None) -> Runs:
    """Return the runs of a block's inline ``tokens``; ``base`` is the role of words without emphasis."""
    runs = list(_tidy(_join_source_lines(_Reader(base).read(tokens))))
    return tuple(_with_mentions(runs, mentions)) if mentions else tuple(runs)
