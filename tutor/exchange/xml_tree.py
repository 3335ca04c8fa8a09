"""XML of unknown origin as a small tree. Document types and entities are refused, and depth and size are bounded.

The parser is expat, which Python has. Without a document type there are no entities of one's own, so a file can neither
grow while it is read nor name another one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from tutor.foundation.errors import TutorError
from tutor.foundation.translate import translate

_DEEPEST = 200
_MOST_NODES = 1_000_000
_CHUNK = 1 << 16


@dataclass(slots=True)
class Node:
    """An element: its name and attributes without namespaces, its line, and what stands in it."""

    name: str
    attributes: dict[str, str]
    line: int
    children: list[Node | str] = field(default_factory=list)

    @property
    def nodes(self) -> list[Node]:
        """The elements in it."""
        return [each for each in self.children if isinstance(each, Node)]

    def all(self, name: str) -> list[Node]:
        """Return the elements of that name right in it."""
        return [each for each in self.nodes if each.name == name]

    def first(self, name: str) -> Node | None:
        """Return the first element of that name right in it."""
        return next(iter(self.all(name)), None)

    def below(self, *names: str) -> Iterator[Node]:
        """Yield the elements of these names at any depth, in order."""
        waiting = self.nodes[::-1]
        while waiting:
            node = waiting.pop()
            if node.name in names:
                yield node
            waiting += node.nodes[::-1]

    @property
    def text(self) -> str:
        """All text in it, at any depth."""
        pieces: list[str] = []
        waiting: list[Node | str] = self.children[::-1]
        while waiting:
            each = waiting.pop()
            if isinstance(each, str):
                pieces.append(each)
            else:
                waiting += each.children[::-1]
        return "".join(pieces)

    def text_of(self, name: str) -> str:
        """Return the text of the first element of that name, without space around it; empty if there is none."""
        found = self.first(name)
        return found.text.strip() if found is not None else ""


class _RefusedError(Exception):
    """Ends the parser, which passes it through."""


def read_xml(content: bytes) -> Node:
    """Read an XML document.

    Returns:
        Its root element.

    Raises:
        TutorError: It is not well formed, declares a document type, or is too deep or too large.
    """
    builder = _Builder()
    try:
        for start in range(0, len(content), _CHUNK):
            builder.parser.Parse(content[start : start + _CHUNK], False)
        builder.parser.Parse(b"", True)
    except _RefusedError as error:
        raise TutorError(str(error)) from error
    except (expat.ExpatError, ValueError, LookupError) as error:
        line = builder.parser.ErrorLineNumber
        reason = expat.ErrorString(error.code) if isinstance(error, expat.ExpatError) else str(error)
        raise TutorError(translate("exchange.bad-xml", line=line, reason=reason)) from error
    if builder.root is None:  # expat reports a document without an element, so this is only for the types
        raise TutorError(translate("exchange.bad-xml", line=1, reason=""))
    return builder.root


class _Builder:
    def __init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = self._refuse_doctype
        self.root: Node | None = None
        self._open: list[Node] = []
        self._count = 0

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > _MOST_NODES or len(self._open) >= _DEEPEST:
            raise _RefusedError(translate("exchange.large-xml", line=self.parser.CurrentLineNumber))
        own = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        node = Node(name.rpartition(" ")[2], own, self.parser.CurrentLineNumber)
        if self._open:
            self._open[-1].children.append(node)
        else:
            self.root = node
        self._open.append(node)

    def _end(self, _name: str) -> None:
        self._open.pop()

    def _text(self, text: str) -> None:
        self._open[-1].children.append(text)

    def _refuse_doctype(self, *_declared: object) -> None:
        raise _RefusedError(translate("exchange.doctype", line=self.parser.CurrentLineNumber))
