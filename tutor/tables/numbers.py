"""Numbers as people write them: ``1.234,50``, ``1 234``, ``45%``, ``$5.50``, ``−3``, ``１２``.

Each cell is parsed by itself. If its meaning is ambiguous (``1,022`` is 1022 or 1.022), its column decides, and then
the other columns of the file. If they do not decide it either, the learner has to say.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from math import nan
from typing import NamedTuple

POINT, COMMA = ".", ","
SIGNS = frozenset("_nN,.")
"""Signs with which a cell may mean something other than what Python reads, or nothing."""
LONGEST_NUMBER = 80
"""Characters; a longer cell is a word."""

MISSING = frozenset({
    "", "na", "n/a", "#n/a", "#n/a n/a", "#na", "n.a.", "n.a", "nan", "-nan", "+nan", "nan(ind)", "-nan(ind)",
    "-1.#ind", "1.#ind", "1.#qnan", "-1.#qnan", "null", "<na>", "<null>", "(null)", "\\n", "?", "#div/0!",
    "#value!", "#ref!", "#name?", "#num!", "#null!", "nat", "(blank)", "缺失", "缺失值",
    # Excel's errors in German, French, Spanish, Italian, Portuguese, Dutch, Polish and Russian
    "#nv", "#wert!", "#bezug!", "#zahl!", "#n/d", "#valeur!", "#nom?", "#nombre!", "#¡valor!", "#¡ref!", "#¡num!",
    "#¡div/0!", "#¡nulo!", "#¿nombre?", "#valore!", "#rif!", "#nome?", "#valor!", "#núm!", "#n/b", "#waarde!",
    "#verw!", "#deel/0!", "#getal!", "#naam?", "#arg!", "#adr!", "#liczba!", "#nazwa?", "#н/д", "#знач!", "#дел/0!",
    "#ссылка!", "#число!", "#имя?", "#calc!", "#spill!",
})  # fmt: skip
"""Texts for a missing value in lower case, which have no other meaning in any column."""
MISSING_AMONG_NUMBERS = frozenset({
    "-", "--", "---", "–", "—", "−", "－", ".", "..", "...", "…", "*", "**", "/", "none", "nil", "missing", "unknown",
    "unk", "not available", "not applicable", "no data", "nodata", "undefined", "empty", "blank", "tbd",
    "无", "空", "未知", "暂无", "没有", "不详", "—-", "——",
    ":", "no log", "#na#", "nd", "n.d.", "n/d", "s/d", "k.a.", "k. a.", "n.v.", "(missing)", "[missing]", "(none)",
    "._", *(f".{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"),  # of SAS and Stata
})  # fmt: skip
"""Texts for a missing value in a column of numbers; in a column of words they are words."""

_ENDLESS = frozenset(sign + word for sign in ("", "+", "-") for word in ("inf", "infinity"))
_DIGIT = re.compile(r"\d")
_FAR = re.compile(r"[^\x00-\x7f]")
_FOLDED = str.maketrans({
    "−": "-", "‒": "-", "–": "-", "﹣": "-", "－": "-", "＋": "+", "．": ".", "，": ",", "％": "%", "＄": "$",
    "￥": "¥", "’": "'", "‘": "'", "ʼ": "'", "＇": "'", "٫": ",", "٬": "'", "（": "(", "）": ")",
    **dict.fromkeys("\u00a0\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000", " "),
    **dict.fromkeys("\u200b\u200e\u200f\u2060\ufeff"),
    # wide, Arabic, Persian, Devanagari, Bengali and Thai digits
    **{
        chr(zero + digit): str(digit)
        for zero in (0xFF10, 0x0660, 0x06F0, 0x0966, 0x09E6, 0x0E50)
        for digit in range(10)
    },
})  # fmt: skip
_CELL = re.compile(
    r"(?P<paren>\()?(?P<sign>[+-]?) ?(?P<before>[^\W\d_]{0,3}[^\w\s.,'()+-]?) ?(?P<inner>[+-]?) ?"
    r"(?P<number>[0-9][0-9., ']*|[.,][0-9]+)(?P<exponent>[eEdD][+-]?[0-9]{1,4})?(?P<trailing>(?:-(?!\w))?)"
    r" ?(?P<after>[^\d\s,'()+-]{0,12})(?P<close>\))?"
)
_NO_CENTS = re.compile(r"(?<=\d[.,])(?:--?|—)(?![\d-])")
"""The dash of a round sum, as in ``1'250.–`` and ``90,-``."""
_OPEN_POINT = re.compile(r"[+-]?[1-9][0-9]{0,2}\.[0-9]{3}")
_SINGLE = re.compile(r"([0-9]*)([.,])([0-9]+)")
_MAY_BE_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")
_DECIMAL = r"(?:(?P<decimal>[.,])(?P<part>[0-9]+))?"
_GROUPED = re.compile(rf"(?P<whole>[1-9][0-9]{{0,2}}(?P<mark>[., '])[0-9]{{3}}(?:(?P=mark)[0-9]{{3}})*){_DECIMAL}")
_INDIAN = re.compile(rf"(?P<whole>[1-9][0-9]?(?P<mark>,)(?:[0-9]{{2}},)+[0-9]{{3}}){_DECIMAL}")
_CURRENCIES = frozenset({
    "usd", "eur", "gbp", "cny", "rmb", "jpy", "chf", "inr", "krw", "rub", "brl", "aud", "cad", "hkd", "twd", "sgd",
    "nzd", "sek", "nok", "dkk", "pln", "czk", "huf", "try", "mxn", "zar", "kr", "kr.", "zł", "kč", "ft", "rs",
    "rs.", "fr.", "元", "円", "원", "人民币", "美元", "欧元",
})  # fmt: skip


class Number(NamedTuple):
    """One cell as a number.

    Args:
        value: The value, with an ambiguous mark as the decimal mark: 1.022 for ``1,022``, which may also mean 1022.
        decimal: The mark that this cell shows to be the decimal mark, ``.`` or ``,``; empty if it shows none.
        ambiguous: The mark that may be the decimal mark or separate thousands; empty if there is none.
        affix: The percent sign, currency or unit around it; empty if there is none.
        grouped: Whether its thousands are separated.
    """

    value: float
    decimal: str = ""
    ambiguous: str = ""
    affix: str = ""
    grouped: bool = False


def parse_cell(text: str) -> Number | None:
    """A cell as a number; None if it is not one (see also `is_missing`). ``inf`` is a number, ``nan`` is not.

    Args:
        text: The cell, without the spaces around it.
    """
    if len(text) > LONGEST_NUMBER or "_" in text:
        return None
    if not _DIGIT.search(text):
        return Number(float(text)) if text.lower() in _ENDLESS else None
    try:
        value = float(text)
    except ValueError:
        return _parse_written(text)
    if POINT not in text:
        return Number(value)
    if _OPEN_POINT.fullmatch(text):
        return Number(value, ambiguous=POINT)
    return Number(value, decimal=POINT)


def _parse_written(text: str) -> Number | None:
    """A number in a notation that Python does not read."""
    if text.startswith('="') and text.endswith('"'):  # how programs keep Excel from changing a cell
        return parse_cell(text[2:-1].strip())
    if _FAR.search(text):
        text = text.translate(_FOLDED).strip()
    match = _CELL.fullmatch(_NO_CENTS.sub("0", text, count=1))
    if match is None:
        return None
    sign, inner, trailing = match["sign"], match["inner"], match["trailing"]
    affix = _affix(match["before"], match["after"])
    if affix is None or len(sign + inner + trailing) > 1 or bool(match["paren"]) != bool(match["close"]):
        return None
    if match["paren"] and sign + inner + trailing:
        return None
    minus = "-" in sign + inner + trailing or bool(match["paren"])
    return _digits(match["number"].rstrip(), match["exponent"] or "", affix, -1.0 if minus else 1.0)


def _affix(before: str, after: str) -> str | None:
    """The currency, percent sign or unit around a number; None if the text is none of these."""
    if before and not is_currency(before):
        return None
    if before and after:
        return before + after if is_currency(after) else None
    return before or after


def is_currency(text: str) -> bool:
    """Whether ``text`` is a currency, such as ``$``, ``US$``, ``EUR`` or ``元``."""
    return text.lower() in _CURRENCIES or (0 < len(text) <= 4 and unicodedata.category(text[-1]) == "Sc")


def _digits(digits: str, exponent: str, affix: str, sign: float) -> Number | None:
    """Digits with marks as a number, with its affix."""
    exponent = exponent.lower().replace("d", "e")
    if digits.isdigit():
        return Number(sign * float(digits + exponent), affix=affix)
    if (single := _SINGLE.fullmatch(digits)) is not None:
        whole, mark, part = single.groups()
        value = sign * float(f"{whole}.{part}{exponent}")
        if not exponent and _MAY_BE_THOUSANDS.fullmatch(digits):
            return Number(value, ambiguous=mark, affix=affix)
        return Number(value, decimal=mark, affix=affix)
    grouped = _GROUPED.fullmatch(digits) or _INDIAN.fullmatch(digits)
    if grouped is None or grouped["mark"] == grouped["decimal"]:
        return None
    whole, mark, decimal, part = grouped["whole"], grouped["mark"], grouped["decimal"], grouped["part"] or "0"
    value = sign * float(f"{whole.translate(_NO_MARKS)}.{part}{exponent}")
    return Number(value, decimal=decimal or _OTHER.get(mark, ""), affix=affix, grouped=True)


_NO_MARKS = str.maketrans(dict.fromkeys(",. '"))
_OTHER = {COMMA: POINT, POINT: COMMA}


def is_missing(text: str, *, among_numbers: bool = True) -> bool:
    r"""Whether a cell is missing: ``""``, ``NA``, ``\N``, ``#DIV/0!``; among numbers also ``-``, ``None``, ``*``."""
    lower = text.strip().lower()
    return lower in MISSING or (among_numbers and lower in MISSING_AMONG_NUMBERS)


@dataclass(frozen=True, slots=True)
class Decision:
    """The meaning of the marks in a column.

    Args:
        decimal: The decimal mark, ``.`` or ``,``; empty if every reading gives the same numbers.
        ambiguous: The mark whose meaning nothing decides; empty if all is decided.
        assumed: Whether `decimal` is only the usual mark.
    """

    decimal: str = ""
    ambiguous: str = ""
    assumed: bool = False


def decide(decimals: Iterable[str], ambiguous: Iterable[str], file_decimals: Iterable[str] = ()) -> Decision:
    """Decide the meaning of the marks in a column from its own cells, then from the other columns of the file.

    Args:
        decimals: The marks that cells of the column show to be the decimal mark (see `Number.decimal`).
        ambiguous: The ambiguous marks of its cells.
        file_decimals: The same as ``decimals`` for all columns of the file.
    """
    own, left, file = set(decimals) - {""}, set(ambiguous) - {""}, set(file_decimals) - {""}
    if len(own) == 1:
        return Decision(own.pop())
    if not left:
        return Decision()
    if not own and len(file) == 1:
        return Decision(file.pop())
    return Decision(ambiguous=min(left))


def value_as(number: Number, decimal: str) -> float:
    """The value of a cell once the decimal mark of its column is known: ``1,022`` is 1022 if that is the point.

    Returns nan if the cell shows that the decimal mark is another one.
    """
    if decimal and number.decimal and number.decimal != decimal:
        return nan
    if decimal and number.ambiguous and number.ambiguous != decimal:
        return float(round(number.value * 1000))
    return number.value
