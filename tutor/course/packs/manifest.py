"""``pack.toml``: what a pack says about itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tutor.course.files import MANIFEST, is_pack
from tutor.foundation.files import read_start
from tutor.foundation.languages import in_language, is_language_code
from tutor.foundation.pack_ids import CORE, RESERVED
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import listed, translate

if TYPE_CHECKING:
    from tutor.course.lesson import Fault

_KEYS = ("id", "title", "authors", "licence", "version", "languages", "requires", "was", "home")
_LARGEST = 64 * 1024
_LONGEST_ID = 40
_LONGEST_LINE = 200
_MOST = 100
"""Items of a list, and languages of a title."""


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack, as its ``pack.toml`` describes it.

    Args:
        id: What the ids of its lessons, questions, terms and labs begin with.
        folder: Where it lies.
        title: Its title by language. Its id if it has none that can be read.
        authors: Who wrote it.
        licence: The licence of its texts.
        version: Its version, as its authors count.
        languages: The languages that it says it has, as BCP 47 tags.
        requires: The ids of packs without which it cannot be read.
        was: Its former ids; ``core`` if its lessons were read before it had an id.
        home: Where its authors publish it.
    """

    id: str
    folder: Path
    title: Mapping[str, str]
    authors: tuple[str, ...] = ()
    licence: str = ""
    version: str = ""
    languages: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    was: tuple[str, ...] = ()
    home: str = ""

    def named(self, language: str) -> str:
        """Return its title in ``language``, or else in another one."""
        return in_language(self.title, language) or self.id


@dataclass(frozen=True, slots=True)
class Manifest:
    """The result of reading a ``pack.toml``.

    `pack` is None if there is none or it has no usable id. `problems` holds the line, the message and the hint of each
    fault.
    """

    path: Path
    pack: Pack | None
    problems: tuple[tuple[int, str, str], ...] = ()

    def faults(self) -> list[Fault]:
        """Return the faults with their places."""
        from tutor.course.lesson import Fault, Place  # late, because the course map is drawn without these types

        return [Fault(Place(self.path, line or 1), message, hint) for line, message, hint in self.problems]


def is_pack_id(text: str) -> bool:
    """Return whether ``text`` can be the id of a pack: lower-case words joined by hyphens, and not reserved."""
    words = text.split("-")
    plain = len(text) <= _LONGEST_ID and text.isascii() and all(each.isalnum() for each in words)
    return plain and text == text.lower() and text not in RESERVED


def pack_id_at(folder: Path) -> str:
    """Return the id of the pack in a folder; empty if there is no pack there or it has no usable id."""
    if not is_pack(folder):
        return ""
    pack = read_manifest(folder).pack
    return pack.id if pack is not None else ""


def read_manifest(folder: Path) -> Manifest:
    """Read the ``pack.toml`` of a folder. Never raises: every problem becomes a fault."""
    path = folder / MANIFEST
    try:
        content = read_start(path, _LARGEST + 1)
    except OSError as error:
        reason = error.strerror or str(error)
        return _refused(path, 0, translate("pack.cannot-read", reason=reason), translate("pack.no-manifest-hint"))
    return read_manifest_text(path, content)


def read_manifest_text(path: Path, content: bytes) -> Manifest:
    """Read the bytes of the ``pack.toml`` at ``path``. See `read_manifest`."""
    if len(content) > _LARGEST:
        return _refused(path, 0, translate("pack.manifest-too-large", most=_LARGEST // 1024))
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return _refused(path, line, translate("course.not-utf8"), translate("course.not-utf8-hint"))
    from tutor.foundation.toml_text import TomlError, load_toml  # late, because without packs no TOML is read

    try:
        values = load_toml(text)
    except TomlError as error:
        return _refused(path, error.line, translate("pack.not-toml", problem=harmless_line(error.reason)))
    reader = _Reader(values, text)
    pack = reader.pack(path.parent)
    return Manifest(path, pack, tuple(sorted(reader.problems)))


def _refused(path: Path, line: int, message: str, hint: str = "") -> Manifest:
    return Manifest(path, None, ((line, message, hint),))


class _Reader:
    """Takes the values of a ``pack.toml`` and collects every fault."""

    def __init__(self, values: Mapping[str, Any], text: str) -> None:
        from tutor.foundation.toml_text import key_of

        self._values = values
        self._lines: dict[str, int] = {}
        for number, line in enumerate(text.split("\n"), start=1):
            if parts := key_of(line)[0]:
                self._lines.setdefault(parts[0], number)
        self.problems: list[tuple[int, str, str]] = []

    def _problem(self, key: str, message: str, hint: str = "") -> None:
        self.problems.append((self._lines.get(key, 1), message, hint))

    def pack(self, folder: Path) -> Pack | None:
        from tutor.foundation.suggest import nearest

        for key in self._values:
            if key not in _KEYS:
                near = nearest(key, _KEYS)
                hint = translate("course.did-you-mean", near=near) if near else ""
                known = ", ".join(_KEYS)
                self._problem(key, translate("course.unknown-key", key=harmless_line(key), known=known), hint)
        pack_id = self._id()
        found = Pack(
            id=pack_id,
            folder=folder,
            title=self._title(),
            authors=self._lines_of("authors"),
            licence=self._line("licence"),
            version=self._line("version"),
            languages=self._listed("languages", is_language_code, "pack.not-a-language"),
            requires=self._listed("requires", is_pack_id, "pack.not-a-pack"),
            was=self._listed("was", lambda each: each == CORE or is_pack_id(each), "pack.not-a-pack"),
            home=self._line("home"),
        )
        if pack_id and pack_id in found.requires:
            self._problem("requires", translate("pack.requires-itself"))
        return found if pack_id else None

    def _id(self) -> str:
        if "id" not in self._values:
            self._problem("", translate("pack.no-id"), translate("pack.no-id-hint"))
            return ""
        value = self._values["id"]
        if isinstance(value, str) and is_pack_id(value):
            return value
        said = harmless_line(str(value)[:_LONGEST_ID])
        if isinstance(value, str) and value in RESERVED:
            self._problem("id", translate("pack.reserved-id", id=said), translate("pack.reserved-id-hint"))
        else:
            self._problem("id", translate("course.not-an-id", id=said))
        return ""

    def _title(self) -> dict[str, str]:
        value = self._values.get("title")
        if value is None:
            self._problem("", translate("pack.no-title"), translate("pack.no-title-hint"))
            return {}
        if isinstance(value, str):
            line = self._clean("title", value)
            return {"": line} if line else {}
        if not isinstance(value, dict) or not value or len(value) > _MOST:
            self._problem("title", translate("pack.title-by-language"))
            return {}
        found = {}
        for code, each in value.items():
            if not is_language_code(code):
                self._problem("title", translate("pack.not-a-language", id=harmless_line(code[:_LONGEST_ID])))
            elif line := self._clean("title", each):
                found[code] = line
        return found

    def _clean(self, key: str, value: object) -> str:
        """Return a line of text; a fault and an empty text if it is none."""
        if isinstance(value, str) and value.strip() and "\n" not in value and len(value) <= _LONGEST_LINE:
            return harmless_line(value).strip()
        self._problem(key, translate("course.not-a-line", key=key, most=_LONGEST_LINE))
        return ""

    def _line(self, key: str) -> str:
        return self._clean(key, self._values[key]) if key in self._values else ""

    def _lines_of(self, key: str) -> tuple[str, ...]:
        value = self._values.get(key, [])
        items = [value] if isinstance(value, str) else value
        if not isinstance(items, list) or len(items) > _MOST:
            self._problem(key, translate("pack.not-a-list", key=key))
            return ()
        return tuple(filter(None, (self._clean(key, each) for each in items)))

    def _listed(self, key: str, fits: Any, message: str) -> tuple[str, ...]:
        value = self._values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value) or len(value) > _MOST:
            self._problem(key, translate("pack.not-a-list", key=key))
            return ()
        wrong = [harmless_line(each[:_LONGEST_ID]) for each in value if not fits(each)]
        if wrong:
            self._problem(key, translate(message, id=listed(wrong)))
        return tuple(dict.fromkeys(each for each in value if fits(each)))
