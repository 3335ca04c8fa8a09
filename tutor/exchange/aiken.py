"""Aiken: a question, its options behind letters, and ``ANSWER: B``. See Moodle's documentation of the Aiken format."""

from __future__ import annotations

import re
from collections.abc import Iterable
from string import ascii_uppercase

from tutor.exchange.items import Choice, Collection, Item, ItemKind, Loss, quoted
from tutor.exchange.markup import from_plain, to_plain
from tutor.foundation.translate import translate

_OPTION = re.compile(r"\s{0,20}(?P<letter>[A-Za-z])(?:[.)]\s+|[．、）：]\s*)(?P<text>\S.*)")
_ANSWER = re.compile(
    r"\s{0,20}(?:ANSWER|(?:正确|参考|标准|正確|參考|標準)?答案)\s{0,3}[:：]\s{0,20}"
    r"(?P<letters>(?-i:[A-H]{2,8})|[A-Z](?:\s{0,3}[,;，；、]\s{0,3}[A-Z]){0,25})[.。]?\s*",
    re.IGNORECASE,
)


def looks_like_aiken(text: str) -> bool:
    """Return whether a line of ``text`` gives an answer as Aiken does."""
    return any(_ANSWER.fullmatch(line[:200]) for line in text.split("\n"))


def read_aiken(text: str) -> Collection:
    """Read Aiken. Never raises: what cannot be read is reported with its line."""
    found = Collection()
    prompt: list[str] = []
    options: list[tuple[str, str]] = []
    first = 0
    for number, line in enumerate([*text.split("\n"), ""], 1):
        answer = _ANSWER.fullmatch(line[:200])
        option = _OPTION.fullmatch(line)
        if answer is not None:
            _add(found, first or number, prompt, options, answer["letters"])
        elif option is not None and option["letter"].upper() == ascii_uppercase[len(options) % 26]:
            options.append((option["letter"].upper(), option["text"].strip()))
            continue
        elif not line.strip():
            continue
        elif options:  # a new question begins, and this one has no answer
            found.lose(translate("exchange.aiken-open"), " ".join(prompt), first)
        else:
            first = first or number
            prompt.append(line.strip())
            continue
        prompt, options, first = ([], [], 0) if answer is not None else ([line.strip()], [], number)
    if prompt or options:
        found.lose(translate("exchange.aiken-open"), " ".join(prompt), first)
    return found


def _add(found: Collection, line: int, prompt: list[str], options: list[tuple[str, str]], letters: str) -> None:
    name = " ".join(prompt)
    tell = found.teller(name, line)
    named = set(re.findall(r"[A-Z]", letters.upper()))
    if not prompt or len(options) < 2 or not named <= {letter for letter, _ in options}:
        tell(translate("exchange.aiken-open"))
        return
    choices = tuple(Choice(from_plain(text, tell, inline=True), letter in named) for letter, text in options)
    kind: ItemKind = "single" if len(named) == 1 else "multiple"
    found.add(Item(kind, from_plain("\n".join(prompt), tell), choices=choices, line=line))


def write_aiken(items: Iterable[Item]) -> tuple[str, list[Loss]]:
    """Return questions of one choice as Aiken, and what Aiken cannot say of them."""
    written: list[str] = []
    losses: list[Loss] = []
    for item in items:
        if item.kind != "single" or len(item.choices) > len(ascii_uppercase):
            losses.append(Loss(translate("exchange.not-in-aiken"), item.id))
            continue
        if item.hints:
            losses.append(Loss(translate("exchange.no-hints"), item.id))
        if item.explanation or any(each.feedback for each in item.choices):
            losses.append(Loss(translate("exchange.no-feedback"), item.id))
        lines = [
            f"{letter}. {to_plain(each.text)}" for letter, each in zip(ascii_uppercase, item.choices, strict=False)
        ]
        right = next(letter for letter, each in zip(ascii_uppercase, item.choices, strict=False) if each.right)
        # Whoever reads the format takes a question of one line.
        written.append(
            "\n".join([to_plain(item.prompt) or quoted(to_plain(item.title)), *lines, f"ANSWER: {right}", ""])
        )
    return "\n".join(written), losses
