"""Find the format of a file by what it holds, and read it."""

from __future__ import annotations

import codecs
import re

from tutor.exchange.aiken import looks_like_aiken, read_aiken
from tutor.exchange.anki import COLLECTIONS, looks_like_anki_text, read_anki, read_anki_text, read_database
from tutor.exchange.archives import Archive
from tutor.exchange.gift import read_gift
from tutor.exchange.items import Collection
from tutor.exchange.moodle import read_moodle
from tutor.exchange.qti import ROOTS, as_qti2, read_package, read_qti
from tutor.exchange.tsv import looks_like_tsv, read_tsv
from tutor.exchange.xml_tree import Node, read_xml
from tutor.foundation.errors import TutorError
from tutor.foundation.safe_text import harmless
from tutor.foundation.translate import translate
from tutor.tables.encoding import SAMPLE, detect_encoding

LARGEST_FILE = 256 << 20
"""Bytes of a package with media; a file of text may have `_LARGEST_TEXT`."""

_LARGEST_TEXT = 16 << 20
_DECLARED = re.compile(
    rb"<\?xml [^<>]{0,60}encoding=[\"'](gbk|gb2312|gb18030|big5|shift_jis|euc-kr|euc-jp)[\"']", re.IGNORECASE
)
"""The encodings of XML that Python's parser cannot read."""


def read_foreign(content: bytes) -> Collection:
    """Read the questions and terms of a file in any of the formats.

    Raises:
        TutorError: Its format is not known, or it is damaged.
    """
    if content.startswith(b"PK\x03\x04"):
        archive = Archive(content)
        if any(name in archive.names for name in COLLECTIONS):
            return read_anki(archive)
        return read_package(archive)
    if content.startswith(b"SQLite format 3\0"):
        found = Collection()
        read_database(content, found)
        return found
    if len(content) > _LARGEST_TEXT:
        raise TutorError(translate("exchange.large-text", most=_LARGEST_TEXT >> 20))
    if _is_xml(content):
        return _read_tree(read_xml(_in_utf8(content)))
    text, note = _decoded(content)
    # Tabs are kept for tables of terms, where they part columns.
    found = _read_text("\t".join(harmless(piece) for piece in text.split("\t")))
    if note:
        found.lose(note)
    return found


def _read_text(clean: str) -> Collection:
    if clean.lstrip().startswith(('{"', "[{")):
        raise TutorError(translate("exchange.json"), hint=translate("exchange.json-hint"))
    if looks_like_anki_text(clean):
        return read_anki_text(clean)
    if looks_like_aiken(clean):
        return read_aiken(clean.replace("\t", "    "))
    if looks_like_tsv(clean):
        return read_tsv(clean)
    if "{" in clean or "::" in clean:
        return read_gift(clean.replace("\t", "    "))
    raise TutorError(translate("exchange.unknown-format"), hint=translate("exchange.unknown-format-hint"))


def _is_xml(content: bytes) -> bool:
    start = content[:200].removeprefix(codecs.BOM_UTF8).lstrip()
    wide = content[:4] in {b"\xff\xfe<\0", b"\xfe\xff\0<"}
    return start.startswith(b"<") or wide


def _read_tree(root: Node) -> Collection:
    if root.name == "quiz":
        return read_moodle(root)
    if root.name == "questestinterop":
        raise TutorError(translate("exchange.qti1"))
    root = as_qti2(root)
    if root.name in ROOTS:
        return read_qti(root)
    raise TutorError(
        translate("exchange.unknown-xml", tag=root.name[:60]), hint=translate("exchange.unknown-format-hint")
    )


def _in_utf8(content: bytes) -> bytes:
    """XML without the declaration of an encoding that the parser does not know."""
    found = _DECLARED.match(content)
    if found is None:
        return content
    try:
        text = content.decode(found[1].decode("ascii"))
    except UnicodeDecodeError as error:
        raise TutorError(translate("exchange.no-text"), hint=translate("exchange.no-text-hint")) from error
    return text.partition("?>")[2].encode()


def _decoded(content: bytes) -> tuple[str, str]:
    """The text, and a note if its encoding is not UTF-8."""
    encoding = detect_encoding(content[:SAMPLE], more=len(content) > SAMPLE)
    try:
        text = content.decode(encoding.codec if encoding is not None else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise TutorError(translate("exchange.no-text"), hint=translate("exchange.no-text-hint")) from error
    return text, encoding.note() if encoding is not None and encoding.guessed else ""
