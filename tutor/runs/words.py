"""What happened to a run, in words: the same in a pipe, on a screen and for a screen reader."""

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
    "paused": ("▮", "lab.state-paused"),
    "finished": ("✓", "lab.state-finished"),
    "stopped": ("■", "lab.state-stopped"),
    "diverged": ("▲", "lab.state-diverged"),
    "failed": ("✗", "lab.state-failed"),
    "died": ("✗", "lab.state-died"),
    "unreadable": ("✗", "runs.state-unreadable"),
}
"""For each state: its sign, and the translation key of its name."""
_DRAWN = {"ball": "f(w)", "bowl": "L(u, v)", "oval": "L(u, v)", "saddle": "L(w₁, w₂)"}
"""How lessons write drawn functions; all others are functions of two logits."""
_PLAIN = str.maketrans("₁₂", "12")


def drawn_name(function: str, *, ascii: bool = False) -> str:
    """The value of a drawn function as its lesson writes it: ``f(w)``, ``L(u, v)``."""
    name = _DRAWN.get(function, "L(z₁, z₂)")
    return name.translate(_PLAIN) if ascii else name


def state_in_a_list(state: State) -> str:
    """The name of a state, in one word."""
    return translate("record.died" if state == "died" else STATE_SIGNS[state][1])


def describe(event: Event, title_of: Callable[[str], str] = str, epoch_text: Callable[[int], str] = str) -> str:
    """Describe in a sentence what somebody did to the run; empty for what training does by itself.

    The sentence names the author if that is another terminal.

    Args:
        event: Any event of the log.
        title_of: Gives the title of a setting by its dotted key.
        epoch_text: Gives the number of an epoch by its place; see `tutor.runs.summary.RunSummary.epoch_text`.
    """
    action = _action(event, title_of, epoch_text)
    author = other_author_of(event)
    return translate("hands.did", who=author, what=action) if action and author else action


def log_faults(summary: RunSummary) -> list[str]:
    """What is wrong with the log of a run, as sentences; usually there are none."""
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
    """Which series of another program were nan or infinite, how often and since when, as sentences."""
    texts = []
    for name, odd in summary.not_finite.items():
        if not odd:
            continue
        first, value = next(iter(odd.items()))
        title = translate(_SERIES_NAMES[name]) if name in _SERIES_NAMES else harmless_line(name)
        key = "follow.not-finite-one" if len(odd) == 1 else "follow.not-finite"
        text = translate(key, name=title, count=len(odd), first=summary.epoch_text(first), value=f"{value:g}")
        texts.append(text[:1].upper() + text[1:])
    return texts


def other_author_of(event: Event) -> str:
    """The author of ``event`` if that is another terminal; empty if it is this one, or nobody."""
    return other_author(getattr(event, "by", ""))


def _action(event: Event, title_of: Callable[[str], str], epoch_text: Callable[[int], str]) -> str:
    match event:
        case Finished() if other_author_of(event):
            return translate("hands.stopped", epoch=epoch_text(event.epoch))
        case Changed():
            return translate("train.changed", key=title_of(event.key), value=event.value, epoch=epoch_text(event.epoch))
        case Refused():
            return translate("watch.refused", key=harmless_line(event.key), reason=harmless_line(event.message))
        case Paced():
            pace = f"{event.pace:g}" if event.pace else "∞"
            return translate("watch.paced", pace=pace, epoch=epoch_text(event.epoch))
        case Paused():
            return translate("watch.paused", epoch=epoch_text(event.epoch))
        case Resumed():
            return translate("watch.resumed", epoch=epoch_text(event.epoch))
        case Noted():
            return translate("watch.noted", text=harmless_line(event.text), epoch=epoch_text(event.epoch))
    return ""
