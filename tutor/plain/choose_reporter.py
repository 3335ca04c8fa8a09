"""Which reporter tells of a run: as asked for, else by what standard output is."""

from __future__ import annotations

import os
import sys

from tutor.plain.reporters import JsonReporter, LineReporter, Reporter, colour_of, wants_ascii


def choose_reporter(style: str | None) -> Reporter:
    """The reporter for ``style``: ``json``, ``plain``, ``narrate``, or by what standard output is."""
    if style == "json":
        return JsonReporter(sys.stdout)
    if style == "narrate":
        from tutor.plain.narrator import Narrator

        return Narrator(sys.stdout)
    if style == "plain" or not sys.stdout.isatty() or os.environ.get("TERM", "dumb") == "dumb":
        return LineReporter(sys.stdout)
    from tutor.plain.moving_chart import MovingChartReporter

    return MovingChartReporter(sys.stdout, colour=colour_of(sys.stdout), ascii=wants_ascii())
