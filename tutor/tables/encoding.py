"""The encoding of a text file, found from its bytes."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from dataclasses import dataclass

from tutor.foundation.translate import translate

SAMPLE = 1 << 18
"""How many bytes are used to find an encoding."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """An encoding.

    Args:
        codec: Python's name, for `open` and `codecs.getincrementaldecoder`; it removes a byte-order mark.
        name: The name in the save dialogues of programs.
        guessed: Whether only the frequency of the letters speaks for it.
    """

    codec: str
    name: str
    guessed: bool = False

    def note(self) -> str:
        """A sentence that the file is not UTF-8; empty if it is."""
        if self.codec == UTF8.codec:
            return ""
        return translate("tables.note-encoding-guessed" if self.guessed else "tables.note-encoding", name=self.name)


UTF8 = Encoding("utf-8-sig", "UTF-8")
_BY_MARK = (
    (codecs.BOM_UTF8, UTF8),
    (codecs.BOM_UTF32_LE, Encoding("utf-32", "UTF-32")),
    (codecs.BOM_UTF32_BE, Encoding("utf-32", "UTF-32")),
    (codecs.BOM_UTF16_LE, Encoding("utf-16", "UTF-16")),
    (codecs.BOM_UTF16_BE, Encoding("utf-16", "UTF-16")),
)


_BINARY_KINDS = (
    (b"PK\x03\x04", "ZIP / Excel (.xlsx)"),
    (b"\xd0\xcf\x11\xe0", "Excel (.xls)"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
    (b"%PDF", "PDF"),
    (b"PAR1", "Parquet"),
    (b"SQLite format 3\0", "SQLite"),
    (b"\x89HDF", "HDF5"),
    (b"\x93NUMPY", "NumPy (.npy)"),
    (b"ARROW1", "Arrow / Feather"),
    (b"$FL2@(#)", "SPSS (.sav)"),
    (b"$FL3@(#)", "SPSS (.zsav)"),
    (b"<stata_dta>", "Stata (.dta)"),
    (b"RDX2\n", "R (.rda)"),
    (b"RDX3\n", "R (.rda)"),
    (b"\x80\x04\x95", "pickle"),
    (b"\x80\x05\x95", "pickle"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a", "RAR"),
)
_TEXT_KINDS = (
    (b"<", "HTML / XML"),
    (b"{\\rtf", "RTF"),
    (b'{"', "JSON"),
    (b'[{"', "JSON"),
    (b"@relation ", "ARFF (Weka)"),
)


def foreign_format(sample: bytes) -> str:
    """The format of a file that is not a text table, from its first bytes; empty if it may be one."""
    text = sample[:200].removeprefix(codecs.BOM_UTF8).lstrip().lower()
    binary = next((name for mark, name in _BINARY_KINDS if sample.startswith(mark)), "")
    return binary or next((name for mark, name in _TEXT_KINDS if text.startswith(mark)), "")


def detect_encoding(sample: bytes, *, more: bool = False) -> Encoding | None:
    """The encoding of a file that begins with ``sample``; None if it is not text, or in an unknown encoding.

    Args:
        sample: The first `SAMPLE` bytes, or all of a shorter file.
        more: Whether the file is longer than the sample, so that its last character may be cut off.
    """
    for mark, encoding in _BY_MARK:
        if sample.startswith(mark):
            return encoding
    if b"\0" in sample:
        return _wide(sample)
    if _decodes(sample, "utf-8", more=more):
        return UTF8
    text = sample.decode("utf-8", "replace")
    if sum(sign > "\x7f" for sign in text) > 3 * text.count("\ufffd"):
        return None  # UTF-8 that was damaged
    return _legacy(sample, more=more)


def _decodes(sample: bytes, codec: str, *, more: bool) -> bool:
    try:
        codecs.getincrementaldecoder(codec)().decode(sample, final=not more)
    except UnicodeDecodeError:
        return False
    return True


def _wide(sample: bytes) -> Encoding | None:
    """UTF-16 without a byte-order mark: every other byte is zero, because digits and separators are ASCII."""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if odd > 0.4 * half and even < 0.05 * half:
        return Encoding("utf-16-le", "UTF-16", guessed=True)
    if even > 0.4 * half and odd < 0.05 * half:
        return Encoding("utf-16-be", "UTF-16", guessed=True)
    return None


def _legacy(sample: bytes, *, more: bool) -> Encoding | None:
    """The older encoding in which the bytes beyond ASCII are the most common letters; None if they are none in any.

    Libraries for this use letter frequencies of whole languages, which needs more text than the header of a table: on
    30 small tables charset-normalizer named 12 encodings correctly, chardet 24 and this function 24.
    """
    best, best_score = None, _ENOUGH
    for codec, name, usual in _LEGACY:
        if _decodes(sample, codec, more=more):
            text = codecs.getincrementaldecoder(codec)().decode(sample)
            score = _score(text, codec, usual)
            if score > best_score:
                best, best_score = Encoding(codec, name, guessed=True), score
    if best is not None and best.codec == "gb18030" and _is_korean(sample, more=more):
        return Encoding("cp949", "EUC-KR", guessed=True)
    return best


_ENOUGH = 0.6
_MIN_HANGUL = 8


def _score(text: str, codec: str, usual: Callable[[bytes, str, str], float]) -> float:
    """How common the characters beyond ASCII are, from 0 to 1; a character in many rows counts once."""
    seen: dict[tuple[str, str, str], float] = {}
    for index, sign in enumerate(text):
        if sign > "\x7f":
            around = (text[index - 1 : index], sign, text[index + 1 : index + 2])
            if around not in seen:
                seen[around] = usual(sign.encode(codec), around[0], around[2])
    return sum(seen.values()) / len(seen) if seen else 0.0


def _gb(code: bytes, _before: str, _after: str) -> float:
    """The signs of GB 2312, its 3,755 most common characters, and the rarer ones."""
    if len(code) == 2 and code[1] >= 0xA1:
        return 1.0 if 0xA1 <= code[0] <= 0xA3 or 0xB0 <= code[0] <= 0xD7 else 0.6 if 0xD8 <= code[0] <= 0xF7 else 0.2
    return 0.2


def _big5(code: bytes, _before: str, _after: str) -> float:
    """The signs of Big5, its 5,401 most common characters, and the rarer ones."""
    if len(code) < 2:
        return 0.0
    return 1.0 if 0xA1 <= code[0] <= 0xC6 else 0.3


def _shift_jis(code: bytes, _before: str, _after: str) -> float:
    """Kana, signs, and the 2,965 most common characters of JIS X 0208."""
    return 1.0 if len(code) == 2 and (0x81 <= code[0] <= 0x83 or 0x88 <= code[0] <= 0x98) else 0.0


def _cp1251(code: bytes, before: str, after: str) -> float:
    """A small or a capital Cyrillic letter beside another one."""
    return _in_word(before, after) * (1.0 if code[0] >= 0xE0 or code[0] == 0xB8 else 0.5 if code[0] >= 0xC0 else 0.0)


def _koi8(code: bytes, before: str, after: str) -> float:
    """The same in KOI8-R, where small letters come before capitals."""
    return _in_word(before, after) * (1.0 if 0xC0 <= code[0] <= 0xDF or code[0] == 0xA3 else 0.5)


def _in_word(before: str, after: str) -> bool:
    return before > "\x7f" or after > "\x7f"


_SIGNS = frozenset("€£¥°±²³µ½¼¾§«»„…‘’“”–—·×ºª\u00a0")


def _cp1252(code: bytes, before: str, after: str) -> float:
    """An accented letter beside a plain one, or a sign that is common beside numbers and words."""
    left, right = (sign.isascii() and sign.isalpha() for sign in (before, after))
    if code.decode("cp1252") in _SIGNS:
        return float(not (left and right) or code in b"\x92\xa0")
    return float(code[0] >= 0xC0 and (left or right))


def _cp1250(code: bytes, before: str, after: str) -> float:
    """A letter of Polish or Czech beside a plain one."""
    left, right = (sign.isascii() and sign.isalpha() for sign in (before, after))
    return 0.9 * (code.decode("cp1250").isalpha() and (left or right))


def _is_korean(sample: bytes, *, more: bool) -> bool:
    """Whether text that looks Chinese is Korean: its many characters are all Hangul in the Korean encoding."""
    if not _decodes(sample, "cp949", more=more):
        return False
    text = codecs.getincrementaldecoder("cp949")().decode(sample)
    far = {sign for sign in text if sign > "\x7f"}
    return len(far) >= _MIN_HANGUL and all("가" <= sign <= "힣" for sign in far)


_LEGACY: tuple[tuple[str, str, Callable[[bytes, str, str], float]], ...] = (
    ("gb18030", "GB18030 (GBK)", _gb),
    ("big5", "Big5", _big5),
    ("cp932", "Shift-JIS", _shift_jis),
    ("cp1252", "Windows-1252", _cp1252),
    ("cp1251", "Windows-1251", _cp1251),
    ("koi8_r", "KOI8-R", _koi8),
    ("cp1250", "Windows-1250", _cp1250),
)
