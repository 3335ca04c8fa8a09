"""A small course of four lessons in both languages, and services with a home of their own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tui.screen_rows import make_workspace
from tutor.workspace import Workspace

MakeWorkspace = Callable[..., Workspace]

_LESSON = {
    "en": """\
---
id: {id}
title: "{title}"
{part}minutes: {minutes}
---

## A first section

Prose of the lesson about {title}.

## A question

<!-- q: {id}-first -->

1. [x] This one is right
   > It is.
2. [ ] This one is not
   > It is not.

## {term}

<!-- term: {term_id} -->

What {term} means in one sentence.

**See** [{see}](#{see_id})
""",
    "zh": """\
---
id: {id}
title: "{title}"
{part}minutes: {minutes}
---

## 第一节

这一课讲的是{title}。

## 一道题

<!-- q: {id}-first -->

1. [x] 这个对
   > 对。
2. [ ] 这个不对
   > 不对。

## {term}

<!-- term: {term_id} -->

用一句话说明{term}。

**See** [{see}](#{see_id})
""",
}
_LESSONS = (
    ("learning", ("What learning means", "什么是学习"), ("Looking for a function", "寻找一个函数"),
     ("Machine learning", "机器学习", "machine-learning")),
    ("loss", ("Model and loss", "模型与损失"), None, ("Loss function", "损失函数", "loss-function")),
    ("descent", ("Gradient descent: which way is down", "梯度下降"), None,
     ("Learning rate", "学习率", "learning-rate")),
    ("softmax", ("Softmax", "Softmax 与分类"), ("Classification", "分类"), ("Softmax", "Softmax", "softmax-function")),
)  # fmt: skip
_LAB = """\
id = "ball"
title = { en = "Ball on a curve", zh = "曲线上的小球" }

[data]
name = "views"
[model]
name = "linear"
"""


def write_course(folder: Path) -> Path:
    """Write the small course into ``folder``."""
    for side, language in enumerate(("en", "zh")):
        (folder / language).mkdir(parents=True)
        for number, (id_, titles, part, term) in enumerate(_LESSONS, 1):
            other = _LESSONS[number % len(_LESSONS)][3]
            text = _LESSON[language].format(
                id=id_, title=titles[side], part=f'part: "{part[side]}"\n' if part else "", minutes=10 + number,
                term=term[side], term_id=term[2], see=other[side], see_id=other[2],
            )  # fmt: skip
            (folder / language / f"{number:02}-{id_}.md").write_text(text, encoding="utf-8")
    for name in ("labs", "data"):
        (folder / name).mkdir()
    (folder / "labs" / "ball.toml").write_text(_LAB, encoding="utf-8")
    return folder


@pytest.fixture
def lessons(tmp_path: Path) -> Path:
    """The folder of the small course."""
    return write_course(tmp_path / "lessons")


@pytest.fixture
def workspace_in(tmp_path: Path, lessons: Path) -> MakeWorkspace:
    """Makes services on the small course; called with a language and settings."""

    def make(language: str = "en", **settings: object) -> Workspace:
        return make_workspace(tmp_path / "home", lessons, language=language, **settings)

    return make
