"""The encoding of a file of text, found by its bytes."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from dataclasses import dataclass

from tutor.foundation.translate import translate

SAMPLE = 1 << 18
"""So many bytes are enough to find an encoding."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """An encoding.

    Args:
        codec: Python's name, for `open` and `codecs.getincrementaldecoder`; it takes a byte-order mark away.
        name: As programs call it where they save.
        guessed: Whether only the look of the letters speaks for it.
    """

    codec: str
    name: str
    guessed: bool = False

    def note(self) -> str:
        """That the file is not UTF-8, as a sentence; empty if it is."""
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


def detect_encoding(sample: bytes, *, more: bool = False) -> Encoding | None:
    """The encoding of a file that begins with ``sample``; None if it is no text, or of an encoding unknown here.

    Args:
        sample: The first bytes, best up to `SAMPLE` of them, or all there are.
        more: Whether the file goes on behind the sample, so that its last character may be cut.
    """
    for mark, encoding in _BY_MARK:
        if sample.startswith(mark):
            return encoding
    if b"\0" in sample:
        return _wide(sample)
    if _decodes(sample, "utf-8", more=more):
        return UTF8
    return _legacy(sample, more=more)


def _decodes(sample: bytes, codec: str, *, more: bool) -> bool:
    try:
        codecs.getincrementaldecoder(codec)().decode(sample, final=not more)
    except UnicodeDecodeError:
        return False
    return True


def _wide(sample: bytes) -> Encoding | None:
    """UTF-16 without its mark: in a table every other byte is zero, for digits and separators are ASCII."""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if odd > 0.4 * half and even < 0.05 * half:
        return Encoding("utf-16-le", "UTF-16", guessed=True)
    if even > 0.4 * half and odd < 0.05 * half:
        return Encoding("utf-16-be", "UTF-16", guessed=True)
    return None


def _legacy(sample: bytes, *, more: bool) -> Encoding | None:
    """The older encoding in which most of what is not ASCII makes common letters."""
    for codec, name, common in _LEGACY:
        if _decodes(sample, codec, more=more):
            text = codecs.getincrementaldecoder(codec)().decode(sample)
            if _share(text, codec, common) >= _ENOUGH:
                return Encoding(codec, name, guessed=True)
    return None


_ENOUGH = 0.8


def _share(text: str, codec: str, common: Callable[[bytes, str, str], bool]) -> float:
    """How many of the characters that are not ASCII are common ones."""
    far = good = 0
    previous = ""
    for index, sign in enumerate(text):
        if sign > "\x7f":
            far += 1
            good += common(sign.encode(codec), previous, text[index + 1 : index + 2])
        previous = sign
    return good / far if far else 0.0


def _is_common_gb(code: bytes, _before: str, _after: str) -> bool:
    """Level 1 of GB 2312, the 3,755 most usual characters, and its signs."""
    return len(code) == 2 and code[1] >= 0xA1 and (0xB0 <= code[0] <= 0xD7 or 0xA1 <= code[0] <= 0xA3)


def _is_common_big5(code: bytes, _before: str, _after: str) -> bool:
    """Level 1 of Big5, the 5,401 most usual characters, and its signs."""
    return len(code) == 2 and 0xA1 <= code[0] <= 0xC6


def _is_japanese(code: bytes, _before: str, _after: str) -> bool:
    """Kana, signs, and level 1 of JIS X 0208 in Shift-JIS."""
    return len(code) == 2 and (0x81 <= code[0] <= 0x83 or 0x88 <= code[0] <= 0x98)


def _is_cyrillic(code: bytes, before: str, after: str) -> bool:
    """A Cyrillic letter beside another one."""
    return (code[0] >= 0xC0 or code[0] in {0xA8, 0xB8}) and (before > "\x7f" or after > "\x7f")


def _is_western(code: bytes, before: str, after: str) -> bool:
    """An accented letter beside a plain one, or a sign that people write with numbers and words."""
    if (
        code
        in b"\x80\xa3\xa5\xb0\xb1\xb2\xb3\xb5\xbd\xbc\xa0\xa7\xab\xbb\x84\x85\x91\x92\x93\x94\x96\x97\xb7\xd7\xba\xaa"
    ):
        return True
    return code[0] >= 0xC0 and (_is_plain_letter(before) or _is_plain_letter(after))


def _is_plain_letter(sign: str) -> bool:
    return sign.isascii() and sign.isalpha()


_LEGACY: tuple[tuple[str, str, Callable[[bytes, str, str], bool]], ...] = (
    ("gb18030", "GB18030 (GBK)", _is_common_gb),
    ("big5", "Big5", _is_common_big5),
    ("cp932", "Shift-JIS", _is_japanese),
    ("cp1252", "Windows-1252", _is_western),
    ("cp1251", "Windows-1251", _is_cyrillic),
)
