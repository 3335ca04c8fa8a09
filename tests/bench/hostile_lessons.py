"""Hostile lessons: the shipped ones damaged at random, and some made up. Counts tracebacks, hangs and answers seen.

Each lesson is read, checked, printed as ``tutor read`` does, typeset at several widths and drafted as a quiz on the
screen and on lines, before anything is answered. Counted are

- tracebacks,
- lessons that take longer than two seconds of the processor,
- control characters that get out to a row,
- answers that are seen before answering: a tick, a blank, feedback, a hint or an explanation of the undamaged lesson
  that stands in running text or in a prompt,
- questions that are lost without any fault being told.

    python -m tests.bench.hostile_lessons [--count 300] [--seed 1] [--keep FOLDER]

``--keep`` writes the lessons that were counted into a folder.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from tutor.course.catalogue import Course
from tutor.course.checks import faults_of_course
from tutor.course.lesson import Lesson, Prose, Question, Term
from tutor.course.reader import Reading, read_text
from tutor.foundation.safe_text import harmless
from tutor.plain.asking import question_lines
from tutor.plain.read import lines_of
from tutor.study.attempt import Attempt
from tutor.tui.questions.rows import Cursor, ask_rows
from tutor.typeset.page import read_document

LESSONS = Path(__file__).resolve().parents[2] / "lessons"
WIDTHS = (10, 23, 40, 76, 120)
SLOW = 2.0
SIGNS = [
    *"`[]($){}|>#-<&*_\\—：［\t\r\x0b\x00学", "```", "~~~", "<!--", "-->", "<!-- q: x -->", "[[", "]]", "$$", "1.",
    "[x]", "[ ]", "<details>", "</details>", "<summary>", "<pre>", "<script>", "**", "---", "===", "    ", "> ", "- ",
    "toml lab", "\x1b[31m", "\x1b]52;c;YQ==\x07", "\x9b2J", "\u202e", "\u2066", "\u200b", "\ufeff", "\ufffc", "&#27;",
    "e\u0301" * 9,
]  # fmt: skip
RUNS = [
    *"`[($\\{|\"' >*_<&#~-=+.学：^", "``", "![", "](", "$$", "\\{", "<!--", "[[", "]]", "<a ", "<!-", "</", "1.",
    "\\frac{", "](#", "[[a|",
]  # fmt: skip
STRUCTURE = re.compile(r"<!--|^\s*(?:[-*]|\d+\.) |\[\[|</?details|\*\*(?:Answer|答案)|^>|^#|^`{3}|^---")


ANSWER = re.compile(
    r"^\W{0,6}\[[xX]\] .*|\[\[[^\[\],]*\]\]|^\W{0,4}(?:Answer|答案|Hint|提示)\W{0,4}[:：].*", re.MULTILINE
)


def damaged(text: str, dice: random.Random) -> str:
    """``text`` with one to four damages, most of them where a question is made."""
    for _ in range(dice.choice((1, 1, 1, 2, 4))):
        lines = text.split("\n")
        meant = [index for index, line in enumerate(lines) if STRUCTURE.search(line)] or [0]
        at = dice.choice(meant) if dice.random() < 0.8 else dice.randrange(len(lines))
        lines = dice.choice(DAMAGES)(lines, at, dice)
        text = "\n".join(lines)
    return text


def _in_line(change: Callable[[str, int, random.Random], str]) -> Callable[[list[str], int, random.Random], list[str]]:
    def damage(lines: list[str], at: int, dice: random.Random) -> list[str]:
        line = lines[at]
        signs = [found.start() for found in re.finditer(r"[^\w\s]|\bq\b|\bx\b", line)] or [0]
        place = dice.choice(signs) if dice.random() < 0.7 else dice.randrange(len(line) + 1)
        return [*lines[:at], change(line, place, dice), *lines[at + 1 :]]

    return damage


def _swap(lines: list[str], at: int, dice: random.Random) -> list[str]:
    other = min(len(lines) - 1, at + dice.randint(1, 3))
    lines[at], lines[other] = lines[other], lines[at]
    return lines


DAMAGES: list[Callable[[list[str], int, random.Random], list[str]]] = [
    _in_line(lambda line, place, _: line[:place] + line[place + 1 :]),
    _in_line(lambda line, place, _: line[:place] + line[place + 1 :]),
    _in_line(lambda line, place, dice: line[:place] + dice.choice(SIGNS) + line[place + 1 :]),
    _in_line(lambda line, place, dice: line[:place] + dice.choice(SIGNS) + line[place:]),
    _in_line(lambda line, place, dice: line[:place] + dice.choice(SIGNS) * dice.choice((3, 40, 5_000)) + line[place:]),
    _in_line(lambda line, place, _: line[:place] + " " + line[place:]),
    _in_line(lambda line, place, _: line[:place]),
    lambda lines, at, _: [*lines[:at], *lines[at + 1 :]],
    lambda lines, at, dice: [*lines[:at], " " * dice.randint(1, 8) + lines[at], *lines[at + 1 :]],
    lambda lines, at, _: [*lines[:at], lines[at].lstrip(), *lines[at + 1 :]],
    lambda lines, at, _: [*lines[:at], lines[at].replace("-", "—"), *lines[at + 1 :]],
    lambda lines, at, _: [*lines[:at], lines[at].replace(":", "："), *lines[at + 1 :]],
    lambda lines, at, dice: [*lines[:at], dice.choice(SIGNS), *lines[at:]],
    lambda lines, at, _: [*lines[: at - 1], lines[at - 1] + lines[at], *lines[at + 1 :]] if at else lines,
    lambda lines, at, dice: lines[: at + dice.randint(0, 40)],
    lambda lines, at, dice: [*lines[:at], *lines[at + dice.randint(1, 6) :]],
    _swap,
]


@dataclass(frozen=True)
class Case:
    """A lesson to try.

    Args:
        name: Which it is.
        text: The file.
        secrets: What must not be seen of it before answering.
        ids: The questions it held before it was damaged.
    """

    name: str
    text: str
    secrets: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()


def damaged_lessons(count: int, seed: int) -> Iterator[Case]:
    """Shipped lessons, each damaged."""
    dice = random.Random(seed)
    sound = sorted(path for language in ("en", "zh") for path in (LESSONS / language).glob("*.md"))
    for number in range(count):
        path = dice.choice(sound)
        lesson = read_text(path, path.read_bytes(), path.parent.name).lesson
        assert lesson is not None
        text = damaged(path.read_text(encoding="utf-8"), random.Random(f"{seed} {number}"))
        yield Case(f"{number} {path.name}", text, secrets_of(lesson), frozenset(each.id for each in lesson.questions))


def crafted() -> Iterator[Case]:
    """A lesson for each kind of trap that no damage leads to."""
    head = "---\nid: l\ntitle: T\nminutes: 5\n---\n"
    for sign in RUNS:
        run = sign * (9_000 // len(sign))
        question = f"### Q\n\n<!-- q: a -->\n\n{run}\n\n1. [x] {run}\n2. [ ] b\n   > {run}\n"
        yield Case(f"run of {sign!r}", f"{head}## S\n\n{run}\n\n{question}")
        yield Case(f"lines of {sign!r}", head + f"{sign * 20}\n" * 2_000)
    for name, deep in {
        "quotes": "> " * 5_000, "lists": "- " * 5_000, "braces": "$" + "{" * 5_000 + "}" * 5_000 + "$",
        "fractions": "$" + "\\frac{" * 900 + "}{2}" * 900 + "$",
        "emphasis": "*a " * 3_000, "links": "[a](b " * 2_000, "numbers": "9" * 5_000, "one line": "a" * 1_000_000,
    }.items():  # fmt: skip
        yield Case(name, f"{head}{deep} deep\n\n### Q\n\n<!-- q: a -->\n\n**Answer:** {deep}\n")
    yield Case("fence key", head + "```toml lab\nuse = 'ball'\n" + ".".join(["a"] * 3_000) + " = 1\n```\n")
    yield Case("yaml", "---\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40)) + "---\n")
    yield Case("rows", head + "|a" * 2_000 + "|\n" + "|-" * 2_000 + "|\n" + ("|1" * 2_000 + "|\n") * 20)


def texts_before_answering(lesson: Lesson) -> Iterator[str]:
    for block in lesson.blocks:
        if isinstance(block, Prose):
            yield block.markdown
        elif isinstance(block, Term):
            yield block.definition
        elif isinstance(block, Question):
            yield f"{block.title}\n{block.prompt}"


def _flat(text: str) -> str:
    return re.sub(r"[\s>\x00-\x1f]+", " ", text)


def secrets_of(lesson: Lesson) -> frozenset[str]:
    """Lines that must not be seen before answering: hints, feedback, explanations; none that is seen anyway."""
    seen = _flat("\n".join(texts_before_answering(lesson)))
    texts: list[str] = []
    for question in lesson.questions:
        texts += [question.explanation, *question.hints, *(option.feedback for option in question.options)]
    lines = {_flat(line).strip() for text in texts for line in text.split("\n")}
    return frozenset(line for line in lines if len(line) > 30 and line not in seen)


def seen_of(lesson: Lesson, secrets: frozenset[str]) -> str:
    """What is seen of the answers: the first tick, blank, word or secret; empty where nothing is."""
    shown = "\n".join(texts_before_answering(lesson))
    plain = re.sub(r"(?ms)^```.*?^```|`[^`\n]*`", "", shown)
    if found := ANSWER.search(plain):
        return found[0]
    flat = _flat(shown)
    return next((line for line in sorted(secrets) if line in flat), "")


def show(reading: Reading) -> Iterator[str]:
    """All rows that a reader may see before answering, on the screen and on lines."""
    lesson = reading.lesson
    yield from (str(fault) for fault in reading.faults)
    if lesson is None:
        return
    yield from lines_of(lesson)
    for text in texts_before_answering(lesson):
        document = read_document(text)
        for width in WIDTHS:
            yield from (line.text for line in document.lines(width))
            yield from (line.text for line in document.lines(width, ascii=True))
    for question in lesson.questions:
        attempt = Attempt(question)
        yield from question_lines(attempt)
        for width in WIDTHS:
            for row in ask_rows(attempt, width, Cursor()).rows:
                yield "".join(span.text for span in row)
        attempt.give_up()


def faults_beside_others(path: Path) -> None:
    """The faults that only show in a course."""
    faults_of_course(Course(path.parent))


def attack(path: Path, case: Case) -> tuple[set[str], str]:
    """What goes wrong with one lesson, by kind, and the last detail."""
    path.write_bytes(case.text.encode("utf-8", "surrogatepass"))
    wrong: dict[str, str] = {}
    started = time.process_time()
    try:
        reading = read_text(path, path.read_bytes(), "en")
        faults_of_course(Course(path.parent))
        for row in show(reading):
            if harmless(row) != row or "\n" in row:
                wrong["control character"] = repr(row[:200])
    except Exception:
        return {"traceback"}, traceback.format_exc()
    seconds = time.process_time() - started
    if seconds > SLOW:
        wrong["slow"] = f"{seconds:.1f} s"
    lesson = reading.lesson
    if lesson is not None and (seen := seen_of(lesson, case.secrets)):
        wrong["answer seen"] = seen
    asked = {question.id for question in lesson.questions} if lesson is not None else set()
    lost = sorted(each for each in case.ids - asked if f"<!-- q: {each} -->" in case.text)  # those cut off are no loss
    if lost and not reading.faults:
        wrong["lost without a fault"] = ", ".join(lost)
    return set(wrong), "; ".join(wrong.values())


def campaign(cases: Iterable[Case], keep: Path | None = None) -> Counter[str]:
    """Attack with each case. Returns how many there were, and how often each thing went wrong."""
    found: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "01-hostile.md"
        for case in cases:
            wrong, detail = attack(path, case)
            found["lessons"] += 1
            found.update(wrong)
            if wrong:
                print(f"{case.name}: {', '.join(sorted(wrong))}: {detail}")
            if wrong and keep is not None:
                keep.mkdir(parents=True, exist_ok=True)
                name = re.sub(r"[^0-9a-z]+", "-", case.name.casefold())
                (keep / f"{name}.md").write_text(case.text, "utf-8", "surrogatepass")
    return found


def main() -> int:
    """Run the campaign and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path)
    arguments = parser.parse_args()
    cases = chain(damaged_lessons(arguments.count, arguments.seed), crafted())
    found = campaign(cases, arguments.keep)
    for kind in ("lessons", "traceback", "slow", "control character", "answer seen", "lost without a fault"):
        print(f"{kind}: {found[kind]}")
    return 1 if sum(found.values()) > found["lessons"] else 0


if __name__ == "__main__":
    sys.exit(main())
