"""What of a run is worth a word to whoever looks elsewhere: its end, that it diverges, that it reaches its goal."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from tutor.foundation.notify import notify
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import translate
from tutor.labs.goals import goal_of_run
from tutor.progress.settings import load_settings
from tutor.runs.words import state_in_a_list

if TYPE_CHECKING:
    from tutor.labs.goals import Goal
    from tutor.runs.summary import RunSummary


class RunNews:
    """Follows one run after another and tells each piece of news once.

    Args:
        joins: Whether the runs were going before: then what had happened at the first look is no news.
    """

    def __init__(self, *, joins: bool) -> None:
        self._joins = joins
        self._run = ""
        self._told: set[str] = set()
        self._goal: Goal | None = None

    def take(self, summary: RunSummary | None) -> str:
        """Return what is new since the last call, as a sentence; empty if nothing is."""
        if summary is None or not summary.run:
            return ""
        if summary.run != self._run:
            self._run, self._told = summary.run, set()
            self._goal = goal_of_run(summary.spec) if summary.spec is not None else None
            if self._joins:
                self._told.update(self._news(summary))
        fresh = [each for each in self._news(summary) if each not in self._told]
        self._told.update(fresh)
        if not fresh:
            return ""
        parts = [translate(each, state=state_in_a_list(summary.state)) for each in fresh]
        name = harmless_line(summary.spec.id if summary.spec is not None else summary.run)
        return translate("notify.run", name=name, run=summary.run[-4:], what=translate("transfer.comma").join(parts))

    def _news(self, summary: RunSummary) -> list[str]:
        news = []
        if self._goal is not None and "notify.goal" not in self._told:
            verdict = self._goal.verdict(summary.facts())
            if verdict is not None and verdict.met:
                news.append("notify.goal")
        if summary.diverged:
            news.append("notify.diverged")
        if summary.ended:
            news.append("notify.ended")
        return news


class Ring:
    """Says on the terminal what happens to runs, if the learner's settings want it; in a pipe, not at all.

    Args:
        joins: See `RunNews`.
    """

    def __init__(self, *, joins: bool) -> None:
        self._way = load_settings(keep_aside=False).settings.notify
        self._news = RunNews(joins=joins)

    def look(self, summary: RunSummary) -> None:
        """Say what is new in a run."""
        if self._way and (news := self._news.take(summary)):
            notify(sys.stderr, news, self._way, os.environ)
