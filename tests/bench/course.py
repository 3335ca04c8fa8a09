"""What reading and looking up cost: lesson files, a search at each key, mentions in running text.

Run as ``python -m tests.bench.course``. The figures of 10,000 terms stand beside those of 100, from the same run.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from time import perf_counter

from tutor.course.glossary import Glossary, GlossaryEntry
from tutor.course.reader import read_text
from tutor.foundation import paths

_SYLLABLES = [f"{first}{vowel}" for first in "bcdfghjklmnprstvwxyz" for vowel in "aeiou"][::4]
_HAN = [chr(0x4E00 + index) for index in range(3_000)]


def _glossary(size: int, chance: random.Random) -> Glossary:
    def word() -> str:
        return "".join(chance.choice(_SYLLABLES) for _ in range(chance.randint(2, 4)))

    def entry(index: int) -> GlossaryEntry:
        en = " ".join(word() for _ in range(chance.randint(1, 3)))
        zh = "".join(chance.choice(_HAN) for _ in range(chance.randint(2, 6)))
        return GlossaryEntry(f"t{index}", {"en": en, "zh": zh}, {"en": (word(),)}, {"en": en}, "", (), "lesson")

    return Glossary(entry(index) for index in range(size))


def _milliseconds(work: Callable[[], object], repeats: int = 3) -> float:
    """The fastest of some runs: what the work costs when nobody else is at it."""
    times = []
    for _ in range(repeats):
        begin = perf_counter()
        work()
        times.append(1000 * (perf_counter() - begin))
    return min(times)


def _worst_key(glossary: Glossary) -> float:
    """The slowest of the searches while names are typed letter by letter, some with a typo."""
    glossary.search("x")  # builds what the search looks at
    worst = 0.0
    for entry in glossary.entries("en")[:: max(1, len(glossary) // 40)]:
        name = entry.name("en")
        for query in (*(name[:end] for end in range(1, len(name) + 1)), f"{name[:4]}q{name[5:]}"):
            worst = max(worst, _milliseconds(lambda query=query: glossary.search(query)))  # type: ignore[misc]
    return worst


def main() -> None:
    """Print a line of figures each."""
    chance = random.Random(1)
    for path in sorted(each for language in ("en", "zh") for each in (paths.lessons_folder() / language).glob("*.md")):
        raw = path.read_bytes()
        read_text(path, raw, path.parent.name)  # imports are start-up's figure, not this one's
        took = _milliseconds(lambda: read_text(path, raw, path.parent.name))  # noqa: B023 - called at once
        print(f"read {path.parent.name}/{path.name}: {len(raw) / 1024:.0f} KiB in {took:.1f} ms")
    few, many = _glossary(100, chance), _glossary(10_000, chance)
    slowest = _worst_key(few), _worst_key(many)
    print(f"slowest key: {slowest[0]:.2f} ms of 100 terms, {slowest[1]:.1f} ms of 10,000")
    text = " ".join(chance.choice(_SYLLABLES) + chance.choice(_SYLLABLES) for _ in range(1_000))
    took_few, took_many = (_milliseconds(lambda: each.find_mentions(text, "en")) for each in (few, many))  # noqa: B023
    print(f"mentions in 1,000 words: {took_few:.2f} ms of 100 terms, {took_many:.2f} ms of 10,000")


if __name__ == "__main__":
    main()
