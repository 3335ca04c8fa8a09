"""What a lab says in words: the state of its run, how it ended and why."""

from __future__ import annotations

from math import isfinite

from tutor.charts.cells import Row, Span, row_width
from tutor.charts.numbers import count, figure
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import language, sentences, translate
from tutor.labs.controls import setting_text
from tutor.labs.curve_builder import CurveBuilder
from tutor.runs.session.session import LabSession, State
from tutor.runs.summary import divergence_of
from tutor.runs.words import log_faults, not_finite_texts
from tutor.tui.widgets.rows import bar_cells

STATE_WORDS: dict[State, tuple[str, str, str]] = {
    "ready": ("○", "muted", "lab.state-ready"),
    "starting": ("○", "muted", "lab.state-starting"),
    "running": ("▶", "accent", "lab.state-running"),
    "paused": ("▮▮", "accent", "lab.state-paused"),
    "finished": ("✓", "good", "lab.state-finished"),
    "stopped": ("■", "muted", "lab.state-stopped"),
    "diverged": ("▲", "bad", "lab.state-diverged"),
    "failed": ("✗", "bad", "lab.state-failed"),
    "died": ("✗", "bad", "lab.state-died"),
    "unreadable": ("✗", "bad", "runs.state-unreadable"),
}
"""For each state: its sign, the ink of both, and the translation key of its name."""

_LOSS_NAMES: dict[str, str] = {
    "mse": "lab.loss-mse",
    "mae": "lab.loss-mae",
    "cross-entropy": "lab.loss-cross-entropy",
    "mistakes": "lab.loss-mistakes",
}


def loss_name(name: str) -> str:
    """The name of a loss for people."""
    return translate(_LOSS_NAMES[name]) if name in _LOSS_NAMES else name


def state_row(session: LabSession, room: int) -> Row:
    """How far the run is, its state, pace and seed, for the top line: as much of it as fits in ``room`` cells."""
    sign, ink, key = STATE_WORDS[session.state]
    if session.replay is not None:
        sign, ink, key = "◆", "accent", "replay.state"
    by_hand = session.spec.manual
    if by_hand and session.state == "running":
        key = "lab.state-manual"
    waits = session.state == "running" and session.summary is not None and session.summary.queued_behind > 0
    if waits:
        sign, ink, key = "○", "muted", "turns.state"
    paced = not (session.recorded or by_hand) and session.state in {"ready", "starting", "running", "paused"}
    pace = pace_text(session.pace) if paced else ""
    moving = bool(pace) and session.state == "running" and session.replay is None and not waits
    state: Row = [Span(f"{sign} ", ink), Span(pace if moving else translate(key), ink)]
    after = [pace] if pace and not moving else []
    if not session.recorded:
        after.append(translate("lab.seed", seed=session.running_spec.train.seed))
    facts = [[Span("".join(f" · {each}" for each in after[:size]), "muted")] for size in range(len(after), -1, -1)]
    place, fraction = _place(session)
    for told in facts:
        row = [*place, *state, *told]
        if row_width(row) <= room:
            line = min(_LONGEST_LINE, room - row_width(row) - 2)
            return [*_line(line, fraction), *row] if place and line >= _SHORTEST_LINE else row
    return state


_SHORTEST_LINE, _LONGEST_LINE = 6, 24
"""The cells of the line that shows how far a run is."""


def _place(session: LabSession) -> tuple[Row, float]:
    """The epoch of those planned, and the fraction of them that is done; no row if their number is unknown."""
    planned, summary = session.epochs_planned, session.summary
    if session.running_spec.manual or not planned or session.replay is not None:
        return [], 0.0
    epoch = summary.epoch if summary is not None else 0
    if summary is not None and summary.numbers:
        return [Span(f"{summary.epoch_text()}  ", "text")], epoch / planned
    last = count(planned)
    return [Span(count(epoch).rjust(len(last)), "strong"), Span(f" / {last}   ", "muted")], epoch / planned


def _line(cells: int, fraction: float) -> Row:
    done = max(0, min(cells, int(cells * fraction)))
    return [*bar_cells(done, cells), Span("  ")]


def pace_text(pace: float) -> str:
    """A pace in words."""
    if not pace:
        return translate("lab.flat-out")
    return translate("lab.pace-one") if pace == 1 else translate("lab.pace", pace=f"{pace:g}")


def outcome(session: LabSession) -> tuple[str, str]:
    """A sentence about how the run ended, and its ink; before a run, how to begin; empty while one is going.

    Faults of its log are added in any case.
    """
    text, ink = _outcome(session)
    faults = [*not_finite_texts(session.summary), *log_faults(session.summary)] if session.summary is not None else []
    return sentences(text, *faults), ink


def _outcome(session: LabSession) -> tuple[str, str]:
    state, summary = session.state, session.summary
    if session.replay is not None:
        return "", "text"
    if session.builder is not None:
        return _built(session.builder), "text"
    if summary is None:
        return _welcome(session), "text"
    epochs = summary.epoch
    if state == "unreadable" or (summary.recorded and state in {"diverged", "died"}):
        return summary.message, "bad"
    if state == "diverged":
        return _diverged(session), "bad"
    if state == "died":
        return translate("lab.says-died", epochs=epochs), "bad"
    if state == "failed":
        message = harmless_line(sentences(summary.message, summary.hint))
        return translate("lab.says-failed", message=message), "bad"
    if state == "stopped":
        return summary.end_sentence, "muted"
    if state == "finished":
        return _finished(session), "good" if session.goal_met() else "text"
    return (_manual(session), "text") if session.spec.manual else ("", "text")


def _welcome(session: LabSession) -> str:
    about = harmless_line(session.spec.about_in(language()))
    return f"{about} {_manual(session)}".strip() if session.spec.manual else about


def _manual(session: LabSession) -> str:
    names = [name for name, control in session.controls() if control.key in {"model.w", "model.b"}]
    if len(names) > 1:
        return translate("lab.says-manual", across=names[0], up=names[1])
    return translate("lab.says-manual-one", across=names[0]) if names else ""


def _diverged(session: LabSession) -> str:
    summary = session.summary
    rise = divergence_of(summary) if summary is not None else None
    if summary is None or not rise or not rise.rate or session.spec.manual:
        return translate("lab.says-diverged-plain", epochs=summary.epoch if summary is not None else 0)
    rate = setting_text(rise.rate)
    if rise.since:
        rate = translate("workbench.rate-since", rate=rate, epoch=rise.since)
    if rise.high is None or rise.low is None:
        return translate("lab.says-diverged", epochs=summary.epoch, rate=rate)
    low, high = figure(rise.low), figure(rise.high, digits=2)
    key = "workbench.diverged-far" if rise.finite else "workbench.diverged"
    return translate(key, epochs=summary.epoch, rate=rate, low=low, high=high)


def _finished(session: LabSession) -> str:
    summary = session.summary
    if summary is None:
        return ""
    text = summary.end_sentence
    counted = summary.reason == "epochs" and not summary.ended_early
    if counted and summary.best_epoch and isfinite(summary.best_valid_loss):
        best = figure(summary.best_valid_loss)
        key = "lab.says-finished-at-once" if summary.epoch == 1 else "lab.says-finished-best"
        text = translate(key, epochs=summary.epoch, loss=best, epoch=summary.epoch_text(summary.best_epoch))
    gap = " " if text.isascii() else ""
    if session.goal_met():
        text += gap + translate("lab.says-goal-met")
    return text + (gap + best if (best := _new_best(session)) else "")


def _built(builder: CurveBuilder) -> str:
    """Which hidden unit is selected, and how far the sum is from the curve."""
    unit = builder.unit
    most, mean = (figure(error, digits=3) for error in builder.errors)
    if unit is None:
        return translate("builder.none", most=most, mean=mean)
    left, right, rise = (figure(each, digits=3) for each in (unit.left, unit.right, unit.rise))
    return translate(
        "builder.says", number=builder.chosen + 1, count=len(builder.units), left=left, right=right, rise=rise,
        most=most, mean=mean,
    )  # fmt: skip


def _new_best(session: LabSession) -> str:
    """That this attempt is the best so far, if there was one before; else nothing."""
    best, beaten = session.challenge.best, session.challenge.beaten
    if best is None or beaten is None or best.run != session.run_id or best.value is None or beaten.value is None:
        return ""
    value, before = figure(best.value), figure(beaten.value)
    # A difference too small to show is not reported.
    return translate("workbench.new-best", value=value, before=before) if value != before else ""


def seed_text(session: LabSession) -> str:
    """What the seed of the next run changes: the random numbers, or nothing if the run draws none."""
    from tutor.labs.settings import SETTINGS

    seed, own = session.spec.train.seed, session.original.train.seed
    if idle := SETTINGS["train.seed"].idle_reason(session.spec):
        return translate("effects.says-idle", name=translate("lab.seed", seed=seed), reason=idle)
    return translate("workbench.says-seed", seed=seed, own=own)


def begin_text(session: LabSession) -> str:
    """How to begin."""
    return translate("lab.says-ready-manual" if session.spec.manual else "lab.says-ready")


def next_text(session: LabSession) -> str:
    """What to do after a run that has ended; empty while one is going, in a replay, or if there are no controls."""
    ended = session.state in {"finished", "stopped", "diverged"}
    if not ended or session.replay is not None or session.builder is not None or session.recorded:
        return ""
    if session.goal_met():
        return translate("lab.next-met")
    if session.spec.manual or not session.controls():
        return ""
    return translate("lab.next-again" if session.pinned else "lab.next-pin")
