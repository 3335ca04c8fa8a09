"""A small pack that is written in a test: three lessons in two languages, with a lab, a table and a term of its own."""

from __future__ import annotations

from pathlib import Path

from tests.course.writing import write_lesson

MANIFEST = """\
id = "tides"
licence = "CC-BY-4.0"
authors = ["A. Teacher"]
version = "1.0"
languages = ["en", "zh"]

[title]
en = "Tides"
zh = "潮汐"
"""

FIRST = """\
A [moon pull](#pull) is not a [learning rate](#learning-rate), and `[pull](#pull)` is code.

### Pull

<!-- term: pull -->

What the moon does to the sea.

**See** [learning rate](#learning-rate)

## Ready?

<!-- q: ready -->

1. [x] Yes, see [the pull](#pull)
   > As in [which](#ready).
2. [ ] No

"""

SECOND = """\
```toml lab
use = "ball"
```

```toml lab
use = "one-lag"
```
"""

BALL = """\
title = { en = "High water" }
[data]
name = "csv"
path = "water.csv"
target = "height"
features = ["hour"]
[model]
name = "linear"
[train]
epochs = 3
"""


def write_shipped(folder: Path) -> Path:
    """Write a small course in place of the shipped one, which takes long to read."""
    term = "### Learning rate\n\n<!-- term: learning-rate -->\n\nHow far one update goes.\n"
    write_lesson(folder, "en/01-what-is-ml.md", "## Q\n\n<!-- q: ml -->\n\n1. [x] Yes\n2. [ ] No\n")
    write_lesson(folder, "en/03-gradient-descent.md", term)
    (folder / "labs").mkdir()
    for name in ("ball", "one-lag"):
        (folder / "labs" / f"{name}.toml").write_text(f'title = {{ en = "{name}" }}\n')
    return folder


def write_pack(folder: Path, manifest: str = MANIFEST) -> Path:
    """Write the pack. Its first lesson has the id of a shipped one, and its lab the name of a shipped one."""
    write_lesson(folder, "en/01-moon.md", FIRST, id="what-is-ml", title='"The moon"')
    write_lesson(folder, "en/02-water.md", SECOND, id="water", needs="[what-is-ml, gradient-descent]", part="Sea")
    write_lesson(folder, "zh/01-moon.md", FIRST, id="what-is-ml", title='"月亮"')
    (folder / "labs").mkdir()
    (folder / "labs" / "ball.toml").write_text(BALL)
    (folder / "data").mkdir()
    rows = "".join(f"{hour},{hour % 12}\n" for hour in range(40))
    (folder / "data" / "water.csv").write_text(f"hour,height\n{rows}")
    (folder / "pack.toml").write_text(manifest, encoding="utf-8")
    return folder
