"""How click's help is laid out: by cells, which is not by characters in Chinese, and with the language's colons."""

from __future__ import annotations

from collections.abc import Iterable

import click

from tutor.foundation.text import cell_width, pad, wrapped
from tutor.foundation.translate import translate

_NARROWEST = 20
"""Cells that a text has at least, however long the words on its left are."""


class HelpFormatter(click.HelpFormatter):
    """click's, whose lines are measured in cells and are not broken behind a hyphen."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write the line that shows how the command is written."""
        super().write_usage(prog, args, translate("click.usage-prefix") if prefix is None else prefix)

    def write_heading(self, heading: str) -> None:
        """Write what stands over a list."""
        self.write(f"{'':>{self.current_indent}}{translate('click.heading', heading=heading)}\n")

    def write_text(self, text: str) -> None:
        """Write sentences; an empty line parts two paragraphs."""
        indent = " " * self.current_indent
        paragraphs = (" ".join(each.split()) for each in text.split("\n\n"))
        width = max(_NARROWEST, self.width - self.current_indent)
        self.write("\n\n".join("\n".join(indent + line for line in wrapped(each, width)) for each in paragraphs))
        self.write("\n")

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write words, each with what it means beside it, or below where the words are wider than ``col_max``."""
        rows = list(rows)
        first = min(max(cell_width(words) for words, _ in rows), col_max) + col_spacing
        indent = " " * self.current_indent
        for words, meaning in rows:
            lines = wrapped(" ".join(meaning.split()), max(_NARROWEST, self.width - first - self.current_indent))
            fits = cell_width(words) <= first - col_spacing
            if not fits:
                self.write(f"{indent}{words}\n")
            for number, line in enumerate(lines):
                self.write(f"{indent}{pad(words if fits and not number else '', first)}{line}".rstrip() + "\n")
