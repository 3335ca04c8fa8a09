"""Every key of the lab, in one table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tutor.tui.commands import Command

_RUN, _CONTROLS, _CHART = "lab.group-run", "lab.group-controls", "lab.group-chart"
_REPLAY, _BUILD = "replay.group", "builder.group"

LAB_KEYS: tuple[Command, ...] = (
    Command("lab.start", ("space",), "lab.start", "lab.start-help", group=_RUN),
    Command("lab.pause", ("space",), "lab.pause", "lab.pause-help", group=_RUN),
    Command("lab.resume", ("space",), "lab.resume", "lab.resume-help", group=_RUN),
    Command("lab.step", ("s",), "lab.step", "lab.step-help", group=_RUN),
    Command("lab.faster", ("full_stop",), "lab.faster", "lab.faster-help", group=_RUN, shown=", ."),
    Command("lab.slower", ("comma",), "lab.slower", "lab.slower-help", group=_RUN),
    Command("lab.restart", ("r",), "lab.restart", "lab.restart-help", group=_RUN),
    Command("lab.reroll", ("R",), "lab.reroll", "lab.reroll-help", group=_RUN),
    Command("lab.reroll-data", ("D",), "workbench.reroll-data", "workbench.reroll-data-help", group=_RUN),
    Command("lab.replay", ("w",), "replay.replay", "replay.replay-help", group=_RUN),
    Command("lab.replay-end", ("w",), "replay.end", "replay.end-help", group=_REPLAY),
    Command("lab.replay-play", ("space",), "replay.play", "replay.play-help", group=_REPLAY),
    Command("lab.replay-pause", ("space",), "replay.pause", "replay.pause-help", group=_REPLAY),
    Command("lab.scrub-back", ("left", "h"), "replay.back", "replay.back-help", group=_REPLAY),
    Command("lab.scrub-on", ("right",), "replay.on", "replay.on-help", group=_REPLAY, shown="← →"),
    Command("lab.scrub-start", ("home",), "replay.start", "replay.start-help", group=_REPLAY),
    Command("lab.scrub-end", ("end",), "replay.last", "replay.last-help", group=_REPLAY),
    Command("lab.replay-faster", ("full_stop",), "replay.faster", "replay.faster-help", group=_REPLAY, shown=", ."),
    Command("lab.replay-slower", ("comma",), "replay.slower", "replay.slower-help", group=_REPLAY),
    Command("lab.stop", ("x",), "lab.stop", "lab.stop-help", group=_RUN),
    Command("lab.leave", ("d",), "lab.leave", "lab.leave-help", group=_RUN),
    Command("lab.pin", ("p",), "lab.pin", "lab.pin-help", group=_RUN),
    Command("lab.unpin-all", ("P",), "compare.unpin-all", "compare.unpin-all-help", group=_RUN),
    Command("lab.compare", ("c",), "compare.compare", "compare.compare-help", group=_RUN),
    Command("lab.build", ("b",), "builder.build", "builder.build-help", group=_RUN),
    Command("lab.build-learn", ("space",), "builder.learn", "builder.learn-help", group=_BUILD),
    Command("lab.build-left", ("left",), "builder.move", "builder.move-help", group=_BUILD, shown="↑↓←→"),
    Command("lab.build-right", ("right",), "builder.right", group=_BUILD, palette=False),
    Command("lab.build-up", ("up",), "builder.up", group=_BUILD, palette=False),
    Command("lab.build-down", ("down",), "builder.down", group=_BUILD, palette=False),
    Command("lab.build-narrower", ("comma", "shift+left"), "builder.narrower", "builder.narrower-help", group=_BUILD,
            shown=", ."),
    Command("lab.build-wider", ("full_stop", "shift+right"), "builder.wider", "builder.wider-help", group=_BUILD),
    Command("lab.build-next", ("tab",), "builder.next", "builder.next-help", group=_BUILD),
    Command("lab.build-previous", ("shift+tab",), "builder.previous", "builder.previous-help", group=_BUILD),
    Command("lab.build-add", ("plus", "equals_sign"), "builder.add", "builder.add-help", group=_BUILD),
    Command("lab.build-remove", ("minus",), "builder.remove", "builder.remove-help", group=_BUILD),
    Command("lab.build-raise", ("pageup", "shift+up"), "builder.raise", "builder.raise-help", group=_BUILD),
    Command("lab.build-lower", ("pagedown", "shift+down"), "builder.lower", "builder.lower-help", group=_BUILD),
    Command("lab.build-end", ("b",), "builder.end", "builder.end-help", group=_BUILD),
    Command("lab.sweep", ("G",), "sweepscreen.sweep", "sweepscreen.sweep-help", group=_RUN),
    Command("lab.nudge", ("left", "right", "up", "down", "h", "j", "k"), "lab.turn", "lab.turn-help", group=_CONTROLS,
            shown="↑↓←→", tells_key=True, palette=False),
    Command("lab.next", ("tab",), "lab.next", group=_CONTROLS, palette=False),
    Command("lab.previous", ("shift+tab",), "lab.previous", group=_CONTROLS, palette=False),
    Command("lab.less", ("shift+left",), "lab.less", "lab.less-help", group=_CONTROLS, palette=False),
    Command("lab.more", ("shift+right",), "lab.more", "lab.more-help", group=_CONTROLS, palette=False),
    Command("lab.type", ("enter",), "lab.type", "lab.type-help", group=_CONTROLS),
    Command("lab.undo", ("u",), "workbench.undo", "workbench.undo-help", group=_CONTROLS),
    Command("lab.redo", ("U",), "workbench.redo", "workbench.redo-help", group=_CONTROLS),
    Command("lab.panel", ("v",), "lab.panel", "lab.panel-help", group=_CHART),
    Command("lab.log", ("l",), "lab.log", "lab.log-help", group=_CHART),
    Command("lab.log-across", ("a",), "workbench.log-across", "workbench.log-across-help", group=_CHART),
    Command("lab.updates", ("e",), "workbench.updates", "workbench.updates-help", group=_CHART),
    Command("lab.zoom-in", ("plus", "equals_sign"), "lab.zoom-in", "lab.zoom-in-help", group=_CHART),
    Command("lab.zoom-out", ("minus",), "lab.zoom-out", "lab.zoom-out-help", group=_CHART),
    Command("lab.zoom-off", ("z",), "lab.zoom-off", "lab.zoom-off-help", group=_CHART),
    Command("lab.cursor-left", ("left_square_bracket",), "lab.cursor-left", "lab.cursor-left-help", group=_CHART),
    Command("lab.cursor-right", ("right_square_bracket",), "lab.cursor-right", "lab.cursor-right-help", group=_CHART),
    Command("lab.cursor-back", ("left_curly_bracket",), "workbench.cursor-back", "workbench.cursor-back-help",
            group=_CHART),
    Command("lab.cursor-on", ("right_curly_bracket",), "workbench.cursor-on", "workbench.cursor-on-help",
            group=_CHART),
    Command("lab.about", ("i",), "lab.about", "lab.about-help", group=_CHART),
)  # fmt: skip
"""The lab's commands; the same key means the same as everywhere."""

TYPING_KEYS: tuple[Command, ...] = (
    Command("lab.take", ("enter",), "lab.take"),
    Command("lab.drop", ("escape",), "lab.drop"),
)
"""What can be done while a value is being typed. The screen reads these keys itself, so they are not bound."""

_FOOTERS: dict[str, tuple[str, ...]] = {
    "ready": ("start", "nudge", "step", "faster", "panel"),
    "running": ("pause", "nudge", "step", "restart", "faster", "stop", "log", "pin"),
    "paused": ("resume", "step", "nudge", "restart", "pin", "stop", "log"),
    "ended": ("start", "nudge", "pin", "compare", "replay", "log"),
    "replay": ("replay-play", "replay-pause", "scrub-on", "replay-faster", "replay-end", "panel"),
    "building": ("build-learn", "build-left", "build-next", "build-narrower", "build-add"),
    "by-hand": ("start", "nudge", "type", "pin", "panel"),
}
_MOST_IN_FOOTER = 5


def footer_of(commands: Iterable[Command], state: str, *, by_hand: bool = False) -> list[Command]:
    """The keys that matter while a run is in ``state``, of those in ``commands``; most needed first."""
    phase = "running" if state == "starting" else state if state in _FOOTERS else "ended"
    ids = [f"lab.{name}" for name in _FOOTERS["by-hand" if by_hand else phase]]
    found = {command.id: command for command in commands}
    if phase == "ended" and "lab.start" in found:
        found["lab.start"] = replace(found["lab.start"], label="lab.card-again")
    return [found[each] for each in ids if each in found][:_MOST_IN_FOOTER]
