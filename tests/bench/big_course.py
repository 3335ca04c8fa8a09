"""A course of 500 lessons with 10,800 terms in two languages, to measure how screens bear a large one.

    python -m tests.bench.big_course FOLDER [--lessons 500] [--terms 10800]

Each lesson is one of the shipped ones with ids of its own, and terms put together by lot are added to its own terms.
"""

from __future__ import annotations

import argparse
import random
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from tutor.foundation import paths

_ID = re.compile(r"(<!-- (?:q|x|term): |; variant of: )([\w-]+)")
_LINK = re.compile(r"\]\((?:(\d\d-[\w-]+\.md))?#([\w-]+)\)")
_HEAD_ID = re.compile(r"^id: ([\w-]+)$", re.MULTILINE)
_NEEDS = re.compile(r"^needs: \[(.*)\]$", re.MULTILINE)
_TITLE = re.compile(r'^title: "?(.*?)"?$', re.MULTILINE)
_PART = re.compile(r'^part: "?(.*?)"?$', re.MULTILINE)
_TERM = re.compile(r"^(### .+)(\n\n<!-- term: )", re.MULTILINE)
_SYLLABLES = ("ba", "con", "de", "gra", "ing", "la", "mo", "net", "po", "re", "sig", "ta", "u", "ver", "xi", "zer")
_HAN = "学习率梯度下降损失函数模型参数权重偏置特征标签误差表面归一化正则交叉熵动量批次轮验证测试"


def _ids(texts: Iterable[str]) -> set[str]:
    return {found for text in texts for found in (*(each[1] for each in _ID.findall(text)), *_HEAD_ID.findall(text))}


def _copied(text: str, copy: int, known: set[str]) -> str:
    """A lesson whose ids end with the number of the copy; the first copy is the lesson as it is."""
    if not copy:
        return text

    def other(name: str) -> str:
        return f"{name}-c{copy}" if name in known else name

    text = _ID.sub(lambda found: f"{found[1]}{other(found[2])}", text)
    text = _LINK.sub(lambda found: f"](#{other(found[2])})", text)
    text = _HEAD_ID.sub(lambda found: f"id: {other(found[1])}", text, count=1)
    text = _NEEDS.sub(lambda found: f"needs: [{', '.join(map(other, found[1].split(', ')))}]", text, count=1)
    text = _TITLE.sub(lambda found: f'title: "{found[1]} ({copy})"', text, count=1)
    text = _PART.sub(lambda found: f'part: "{found[1]} ({copy})"', text, count=1)
    return _TERM.sub(lambda found: f"{found[1]} {copy}{found[2]}", text)


def _name(lot: random.Random, language: str) -> str:
    if language == "zh":
        return "".join(lot.choices(_HAN, k=lot.randint(3, 6)))
    words = ("".join(lot.choices(_SYLLABLES, k=lot.randint(2, 4))) for _ in range(lot.randint(1, 3)))
    return " ".join(words).capitalize()


def _terms(first: int, count: int, language: str) -> Iterator[str]:
    for number in range(first, first + count):
        name = _name(random.Random(f"{number} {language}"), language)
        see = f"\n**See** [term](#made-up-{number - 1})" if number else ""
        yield f"\n### {name} {number}\n\n<!-- term: made-up-{number} -->\n\nMade up for a large course.{see}\n"


def write_course(folder: Path, lessons: int, terms: int) -> None:
    """Write the course into ``folder``, its languages side by side."""
    shipped = paths.shipped_lessons()
    for language in ("en", "zh"):
        texts = [path.read_text(encoding="utf-8") for path in sorted((shipped / language).glob("*.md"))]
        known = _ids(texts)
        own = [len(_TERM.findall(text)) for text in texts]
        missing = terms - sum(own[number % len(texts)] for number in range(lessons))
        (folder / language).mkdir(parents=True, exist_ok=True)
        added = 0
        for number in range(lessons):
            copy, of = divmod(number, len(texts))
            upto = max(0, missing * (number + 1) // lessons)
            text = _copied(texts[of], copy, known)
            more = "".join(_terms(added, upto - added, language))
            added = upto
            (folder / language / f"{number + 1:03}-lesson.md").write_text(f"{text.rstrip()}\n{more}", encoding="utf-8")


def main() -> None:
    """Write it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--lessons", type=int, default=500)
    parser.add_argument("--terms", type=int, default=10_800)
    given = parser.parse_args()
    write_course(given.folder, given.lessons, given.terms)


if __name__ == "__main__":
    main()
