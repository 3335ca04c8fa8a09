"""How long a lesson's text takes from Markdown to lines: cold, at a new width, and once more at the same width.

Run as ``python -m tests.bench.typeset [LESSON.md ...]``. Without a file, a made-up lesson of 1,800 words.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

from tutor.typeset.page import Document, read_document

_PARAGRAPH = (
    "The **learning rate** $\\eta$ says how far one update moves the parameters along the negative gradient, and it "
    "is chosen by a person, so it is a [hyperparameter](#hyperparameter); `w` follows the slope of the loss until it "
    "is flat. A step too small wastes time, and one too large jumps over the minimum and lands *higher* than before.\n"
)
_TABLE = "| step | $w$ | loss |\n|---:|---:|---|\n" + "| 1 | 1.79 | falls |\n" * 8
_LIST = "- a bullet that has something to say about the curve\n" * 6


def _made_up(words: int = 1800) -> str:
    part = "## A section\n\n" + (_PARAGRAPH + "\n") * 3 + _TABLE + "\n" + _LIST + "\n"
    return part * max(1, words // len(part.split()))


def _milliseconds(work: Callable[[], object], repeats: int) -> float:
    times = []
    for _ in range(repeats):
        begin = perf_counter()
        work()
        times.append(1000 * (perf_counter() - begin))
    return median(times)


def main(paths: list[str]) -> None:
    """Print one line of figures per text."""
    read_document("$x$ warm").lines(76)  # imports are start-up's figure, not this one's
    texts = {path: Path(path).read_text("utf-8") for path in paths} or {"made up": _made_up()}
    for name, text in texts.items():
        begin = perf_counter()
        document = read_document(text)
        document.lines(76)
        first = 1000 * (perf_counter() - begin)
        again = _milliseconds(lambda text=text: read_document(text).lines(76), 9)  # type: ignore[misc]
        width = _milliseconds(lambda document=document: Document(document.elements).lines(70), 9)  # type: ignore[misc]
        print(
            f"{name}: {len(text.split())} words  first {first:.1f} ms  median {again:.1f} ms  new width {width:.1f} ms"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
