"""How long the glossary takes with 10,000 terms in two languages: a search for each key typed, mentions, the sorting.

Run as ``python -m tests.bench.glossary [TERMS]``. A frame at 60 per second is 16 ms.
"""

from __future__ import annotations

import random
import sys
from statistics import median
from time import perf_counter

from tutor.course.glossary import Glossary, GlossaryEntry

_SYLLABLES = ("ba", "con", "de", "gra", "ing", "la", "mo", "net", "po", "re", "sig", "ta", "u", "ver", "xi", "zer")
_HAN = "学习率梯度下降损失函数模型参数权重偏置特征标签误差表面归一化正则交叉熵动量批次轮验证测试"
_QUERIES = ("gradient", "lasigbaver", "zzzzzzzz", "con-de gra", "学习率", "损", "remonet", "grazient descend")
_FRAME = 16.0


def _made_up(count: int) -> Glossary:
    """A glossary of names put together by lot, always the same ones."""
    lot = random.Random(7)

    def words(number: int) -> str:
        return " ".join("".join(lot.choices(_SYLLABLES, k=lot.randint(2, 4))) for _ in range(number))

    def entry(number: int) -> GlossaryEntry:
        return GlossaryEntry(
            id=f"term-{number}",
            names={"en": words(lot.randint(1, 3)), "zh": "".join(lot.choices(_HAN, k=lot.randint(2, 6)))},
            also={"en": (words(1),), "zh": ()},
            definitions={"en": "A word.", "zh": "一个词。"},
            formula="",
            see=(),
            lesson_id="made-up",
        )

    return Glossary(entry(number) for number in range(count))


def _milliseconds(begin: float) -> float:
    return 1000 * (perf_counter() - begin)


def _keys(glossary: Glossary, query: str) -> list[float]:
    """The time of the search behind each key of ``query``, in milliseconds; the median of five for each."""
    times = []
    for end in range(1, len(query) + 1):
        of_key = []
        for _ in range(5):
            begin = perf_counter()
            glossary.search(query[:end])
            of_key.append(_milliseconds(begin))
        times.append(median(of_key))
    return times


def main(arguments: list[str]) -> None:
    """Print one line of figures per query, then the worst key."""
    count = int(arguments[0]) if arguments else 10_000
    glossary = _made_up(count)
    begin = perf_counter()
    glossary.search("a")
    print(f"{count} terms; the first search, which makes the index: {_milliseconds(begin):.1f} ms")
    worst = 0.0
    for query in _QUERIES:
        times = _keys(glossary, query)
        worst = max(worst, *times)
        print(f"  {query:<20} median {median(times):6.2f} ms a key, worst {max(times):6.2f} ms")
    print(f"the worst key: {worst:.2f} ms, {worst / _FRAME:.0%} of a frame")
    text = " ".join(entry.name("en") for entry in glossary.entries("en")[:500]) + "学习率与梯度下降。" * 100
    for language in ("en", "zh"):
        begin = perf_counter()
        glossary.find_mentions("", language)
        first = _milliseconds(begin)
        begin = perf_counter()
        found = len(glossary.find_mentions(text, language))
        again = _milliseconds(begin)
        print(f"mentions, {language}: index {first:.1f} ms, {len(text)} characters {again:.1f} ms, {found} found")
    begin = perf_counter()
    glossary.entries("zh")
    print(f"all in order: {_milliseconds(begin):.1f} ms")


if __name__ == "__main__":
    main(sys.argv[1:])
