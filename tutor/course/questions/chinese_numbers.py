"""Numbers as Chinese people write them: 三, 一百零五, 负一点八一, 三分之一, 百分之五, 0。115, 3个."""

from __future__ import annotations

import re

_WRITTEN = ("零〇", "一壹", "二两兩贰貳", "三叁參", "四肆", "五伍", "六陆陸", "七柒", "八捌", "九玖")
_DIGITS = {each: value for value, characters in enumerate(_WRITTEN) for each in characters}
_TENS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_MYRIADS = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
_NUMERAL = f"[{''.join((*_DIGITS, *_TENS, *_MYRIADS))}]"
_NUMBER = re.compile(rf"(?P<whole>{_NUMERAL}{{1,30}})(?:[点點](?P<part>[{''.join(_DIGITS)}]{{1,30}}))?")
_FRACTION = re.compile(rf"(?P<under>{_NUMERAL}{{1,30}})分之(?P<over>.{{1,40}})")
_COUNTED = re.compile(
    rf"(?<=[\d%％‰{''.join((*_DIGITS, *_TENS, *_MYRIADS))}半])"
    r"\s?(?:回合|[个個次轮輪天种種层層类類步项項组組行列张張条條人份维維])$"
)
"""What is counted, behind a number: 3个, 五轮."""
_MANY = re.compile(r"(?P<digits>[0-9]{1,12}(?:\.[0-9]{1,12})?)\s?(?P<unit>[万萬亿億])")
"""Digits before a unit: 1.5万."""
_STOP = re.compile(r"(?<=\S)[。｡．.,，、；;！!]$")
_POINT = re.compile(r"(?<=\d)[。｡](?=\d)")


def in_western_signs(text: str) -> str:
    """Return ``text`` with the number in it, if it is one as Chinese people write it, in Western signs.

    A text that is no such number comes back with at most its punctuation changed. The time grows with the length.
    """
    text = _POINT.sub(".", text.strip())
    text = _STOP.sub("", text).strip()
    sign = ""
    if text[:1] in ("负", "負"):
        sign, text = "-", text[1:].lstrip()
    text = _COUNTED.sub("", text)
    return sign + (_value(text) or text)


def _value(text: str) -> str | None:
    if text in ("半", "一半"):
        return "1/2"
    if found := _MANY.fullmatch(text):
        return f"{found['digits']}e{len(str(_MYRIADS[found['unit']])) - 1}"
    if found := _FRACTION.fullmatch(text):
        under, over = _value(found["under"]), _value(found["over"]) or found["over"]
        return f"{over}/{under}"
    found = _NUMBER.fullmatch(text)
    if found is None:
        return None
    whole = _whole(found["whole"])
    if whole is None:
        return None
    return f"{whole}.{''.join(str(_DIGITS[each]) for each in found['part'])}" if found["part"] else str(whole)


def _whole(text: str) -> int | None:
    """The whole number in Chinese numerals, or digit by digit as in 二〇二六; None if it is neither."""
    if len(text) > 1 and all(each in _DIGITS for each in text):
        return int("".join(str(_DIGITS[each]) for each in text))
    total = section = digit = 0
    lowest_myriad, lowest_ten = 10**16, 10**4
    waiting = False
    for each in text:
        if each in _DIGITS:
            if waiting and digit:
                return None  # 三四十
            digit, waiting = _DIGITS[each], True
        elif each in _TENS:
            unit = _TENS[each]
            if unit >= lowest_ten:
                return None
            section += (digit if waiting else 1) * unit
            digit, waiting, lowest_ten = 0, False, unit
        else:
            unit = _MYRIADS[each]
            if unit >= lowest_myriad or not section + digit:
                return None
            total += (section + digit) * unit
            section = digit = 0
            waiting, lowest_myriad, lowest_ten = False, unit, 10**4
    return total + section + digit
