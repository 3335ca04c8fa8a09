"""The front matter of a lesson: YAML between two ``---`` lines, read with the safe loader and checked key by key."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tutor.course.lesson import Fault, Place
from tutor.course.source import LONGEST_IDENTIFIER, is_former_id, is_identifier, is_reference
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.suggest import nearest
from tutor.foundation.translate import translate

KEYS = ("id", "title", "needs", "minutes", "part", "was")
_MOST_LINES = 60
_MOST_CHARACTERS = 8_000
_MOST_BRACKETS = 100
"""PyYAML's time grows with the square of the brackets that are open."""
_LONGEST_TITLE = 120
_LONGEST_MINUTES = 600


def _yaml_failures() -> tuple[type[Exception], ...]:
    """Return the exceptions that PyYAML raises on bad input. Its tag constructors ("!!int ''") raise many kinds."""
    import yaml

    return (yaml.YAMLError, RecursionError, ValueError, LookupError, ArithmeticError, AttributeError, TypeError)


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What a lesson says about itself."""

    id: str
    title: str
    needs: tuple[str, ...]
    minutes: int
    part: str
    was: tuple[str, ...] = ()


def _text(value: object) -> str:
    """Return a value as text. A number too long for Python to print is described in words."""
    try:
        return "" if value is None else str(value)
    except ValueError:
        return translate("course.yaml-not-text")


def end_of_front_matter(lines: list[str]) -> int:
    """Return the index of the line after the closing ``---``, or 0 if the file has no front matter."""
    if not lines or lines[0].rstrip() != "---":
        return 0
    for index in range(1, min(len(lines), _MOST_LINES)):
        if lines[index].rstrip() == "---":
            return index + 1
    return 0


def read_front_matter(path: Path, lines: list[str], faults: list[Fault]) -> FrontMatter | None:
    """Read the front matter and add its faults to ``faults``.

    Returns:
        None if it is missing or too incomplete to use the lesson.
    """
    end = end_of_front_matter(lines)
    if not end:
        opened = bool(lines) and lines[0].rstrip() == "---"
        message = translate("course.front-matter-open") if opened else translate("course.no-front-matter")
        faults.append(Fault(Place(path), message, translate("course.no-front-matter-hint")))
        return None
    values = _Values(path, "\n".join(lines[1 : end - 1]), faults)
    found = FrontMatter(
        id=values.identifier("id"),
        title=values.line("title", required=True),
        needs=values.identifiers("needs"),
        minutes=values.minutes(),
        part=values.line("part", required=False),
        was=values.former_ids("was"),
    )
    return found if found.id and found.title else None


class _Values:
    """The values of a front matter and their places."""

    def __init__(self, path: Path, text: str, faults: list[Fault]) -> None:
        self._path = path
        self._faults = faults
        self._values: dict[str, Any] = {}
        self._places: dict[str, Place] = {}
        self._meant: set[str] = set()
        """The keys that were probably meant by unknown ones, which are not reported as missing too."""
        self.readable = self._load(text)

    def _fault(self, key: str, message: str, hint: str = "") -> None:
        self._faults.append(Fault(self._places.get(key, Place(self._path)), message, hint))

    def _place(self, mark: Any) -> Place:
        # The first line of the file is the opening "---".
        return Place(self._path, mark.line + 2, mark.column + 1) if mark is not None else Place(self._path)

    def _load(self, text: str) -> bool:
        if len(text) > _MOST_CHARACTERS or sum(map(text.count, "[{")) > _MOST_BRACKETS:
            self._faults.append(Fault(Place(self._path, 2), translate("course.front-matter-too-long")))
            return False
        import yaml

        try:
            for event in yaml.parse(text, Loader=yaml.SafeLoader):
                if isinstance(event, yaml.AliasEvent):
                    self._faults.append(Fault(self._place(event.start_mark), translate("course.yaml-alias")))
                    return False
            node = yaml.compose(text, Loader=yaml.SafeLoader)
            values = yaml.safe_load(text)
        except _yaml_failures() as error:
            mark = getattr(error, "problem_mark", None)
            problem = str(getattr(error, "problem", "") or error).partition("\n")[0]
            self._faults.append(Fault(self._place(mark), translate("course.yaml-fault", problem=problem)))
            return False
        if not isinstance(node, yaml.MappingNode) or not isinstance(values, dict):
            self._faults.append(Fault(Place(self._path, 2), translate("course.yaml-not-a-mapping")))
            return False
        for key, _ in node.value:
            place, name = self._place(key.start_mark), str(key.value)
            if name in self._places:
                self._faults.append(Fault(place, translate("course.double-key", key=harmless_line(name))))
            self._places.setdefault(name, place)
        self._values = {_text(key): value for key, value in values.items()}
        self._refuse_unknown()
        return True

    def _refuse_unknown(self) -> None:
        for key in self._values:
            if key not in KEYS:
                near = nearest(key, KEYS)
                self._meant.add(near or "")
                hint = translate("course.did-you-mean", near=near) if near else ""
                self._fault(key, translate("course.unknown-key", key=harmless_line(key), known=", ".join(KEYS)), hint)

    def _missing(self, key: str) -> bool:
        if key in self._values or not self.readable:
            return key not in self._values
        if key not in self._meant:
            self._fault(key, translate("course.missing-key", key=key))
        return True

    def line(self, key: str, *, required: bool) -> str:
        if (required and self._missing(key)) or key not in self._values:
            return ""
        value = self._values[key]
        # YAML's own escapes ("\e") can restore characters that were removed from the file.
        if not isinstance(value, str) or not value.strip() or "\n" in value or len(value) > _LONGEST_TITLE:
            self._fault(key, translate("course.not-a-line", key=key, most=_LONGEST_TITLE))
            return ""
        return harmless_line(value).strip()

    def identifier(self, key: str) -> str:
        if self._missing(key):
            return ""
        value = self._values[key]
        if not isinstance(value, str) or not is_identifier(value):
            self._fault(key, translate("course.not-an-id", id=harmless_line(_text(value)[:LONGEST_IDENTIFIER])))
            return ""
        return value

    def identifiers(self, key: str) -> tuple[str, ...]:
        value = self._values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(each, str) and is_reference(each) for each in value):
            self._fault(key, translate("course.not-a-list-of-ids", key=key))
            return ()
        return tuple(value)

    def former_ids(self, key: str) -> tuple[str, ...]:
        value = self._values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(each, str) and is_former_id(each) for each in value):
            self._fault(key, translate("course.not-former-ids", key=key), translate("course.not-former-ids-hint"))
            return ()
        return tuple(value)

    def minutes(self) -> int:
        if self._missing("minutes"):
            return 0
        value = self._values["minutes"]
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= _LONGEST_MINUTES:
            self._fault("minutes", translate("course.not-minutes", most=_LONGEST_MINUTES))
            return 0
        return value
