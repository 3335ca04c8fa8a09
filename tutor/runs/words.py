"""What happened to a run in words: the same ones in a pipe, on a screen and for a screen reader."""

from __future__ import annotations

from collections.abc import Callable

from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import translate
from tutor.runs.control import other_author
from tutor.runs.events import LOG_VERSION, Changed, Event, Finished, Noted, Paced, Paused, Refused, Resumed
from tutor.runs.summary import RunSummary, State

STATE_SIGNS: dict[State, tuple[str, str]] = {
    "starting": ("○", "lab.state-starting"),
    "running": ("▶", "lab.state-running"),
    "paused": ("⏸", "lab.state-paused"),
    "finished": ("✓", "lab.state-finished"),
    "stopped": ("■", "lab.state-stopped"),
    "diverged": ("▲", "lab.state-diverged"),
    "failed": ("✗", "lab.state-failed"),
    "died": ("✗", "lab.state-died"),
    "unreadable": ("✗", "runs.state-unreadable"),
}
"""For each state: its sign, and the translation key of its name."""


_DRAWN = {"ball": "f(w)", "bowl": "L(u, v)", "saddle": "L(w₁, w₂)"}
"""How lessons write drawn functions; those of two logits are the others."""
_PLAIN = str.maketrans("₁₂", "12")


def drawn_name(function: str, *, ascii: bool = False) -> str:
    """What the height over a drawn function is called, as its lesson has it: ``f(w)``, ``L(u, v)``."""
    name = _DRAWN.get(function, "L(z₁, z₂)")
    return name.translate(_PLAIN) if ascii else name


def state_in_a_list(state: State) -> str:
    """The name of a state where there is room for a word only."""
    return translate("record.died" if state == "died" else STATE_SIGNS[state][1])


def describe(event: Event, title_of: Callable[[str], str] = str, called: Callable[[int], str] = str) -> str:
    """What somebody did to the run, in a sentence; empty for what training does by itself.

    What was done from another terminal is told with the name of whoever did it.

    Args:
        event: Anything that the log says.
        title_of: What a setting is called, by its dotted key.
        called: What an epoch is called, by its place: see `tutor.runs.summary.RunSummary.epoch_text`.
    """
    what = _what(event, title_of, called)
    who = other_author_of(event)
    return translate("hands.did", who=who, what=what) if what and who else what


def log_faults(summary: RunSummary) -> list[str]:
    """What is wrong with the log of a run, in sentences; usually nothing."""
    faults = []
    if summary.log_version > LOG_VERSION:
        faults.append(translate("hands.newer-log"))
    if summary.lost:
        key = "hands.line-lost" if summary.lost == 1 else "hands.lines-lost"
        faults.append(translate(key, count=summary.lost))
    return faults


_SERIES_NAMES = {
    "train_loss": "lab.train-loss",
    "valid_loss": "lab.valid-loss",
    "train_accuracy": "lab.train-accuracy",
    "valid_accuracy": "lab.valid-accuracy",
}


def not_finite_texts(summary: RunSummary) -> list[str]:
    """Which series of another program's training were nan or infinite, how often and since when, in sentences."""
    texts = []
    for name, odd in summary.not_finite.items():
        if not odd:
            continue
        first, value = next(iter(odd.items()))
        called = translate(_SERIES_NAMES[name]) if name in _SERIES_NAMES else harmless_line(name)
        key = "follow.not-finite-one" if len(odd) == 1 else "follow.not-finite"
        text = translate(key, name=called, count=len(odd), first=summary.epoch_text(first), value=f"{value:g}")
        texts.append(text[:1].upper() + text[1:])
    return texts


def other_author_of(event: Event) -> str:
    """Who did this from another terminal; empty where it was done from this one, or by nobody."""
    return other_author(getattr(event, "by", ""))


def _what(event: Event, title_of: Callable[[str], str], called: Callable[[int], str]) -> str:
    match event:
        case Finished() if other_author_of(event):
            return translate("hands.stopped", epoch=called(event.epoch))
        case Changed():
            return translate("train.changed", key=title_of(event.key), value=event.value, epoch=called(event.epoch))
        case Refused():
            return translate("watch.refused", key=harmless_line(event.key), reason=harmless_line(event.message))
        case Paced():
            pace = f"{event.pace:g}" if event.pace else "∞"
            return translate("watch.paced", pace=pace, epoch=called(event.epoch))
        case Paused():
            return translate("watch.paused", epoch=called(event.epoch))
        case Resumed():
            return translate("watch.resumed", epoch=called(event.epoch))
        case Noted():
            return translate("watch.noted", text=harmless_line(event.text), epoch=called(event.epoch))
    return ""
