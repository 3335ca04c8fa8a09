"""Fences that place a lab, and the headings of a lesson."""

from __future__ import annotations

import pytest

from tests.course.writing import HEAD_LINES, lesson_of, messages, reading_of, said, told
from tutor.course.lesson import LabFence, Prose


def lab_of(toml: str) -> LabFence:
    (fence,) = lesson_of(f"```toml lab\n{toml}\n```\n").labs
    return fence


def told_of(toml: str) -> list[tuple[int, str]]:
    """For each fault of a fence: the line of its TOML, from 1, and the message."""
    return [(line - 1, message) for line, message in told(f"```toml lab\n{toml}\n```\n")]


def test_a_fence_says_which_lab_and_what_is_different() -> None:
    fence = lab_of('use = "one-lag"\nname = "a"\noptimizer.learning_rate = 5.0\n[train]\nepochs = 3\nsizes = [1, 2]')
    assert (fence.lab, fence.name) == ("one-lag", "a")
    assert dict(fence.overrides) == {"optimizer.learning_rate": 5.0, "train.epochs": 3, "train.sizes": [1, 2]}


@pytest.mark.parametrize("info", ["toml lab", "toml  lab", " toml lab "])
def test_the_word_lab_behind_toml_makes_a_fence_a_lab(info: str) -> None:
    assert lesson_of(f'~~~{info}\nuse = "x"\n~~~\n').labs[0].lab == "x"


@pytest.mark.parametrize("info", ["toml", "lab", "toml labs", "toml lab x", "python", ""])
def test_any_other_fence_is_code_and_told_if_it_looks_like_a_lab(info: str) -> None:
    reading = reading_of(f'```{info}\nuse = "x"\n```\n')
    assert reading.lesson is not None
    assert (reading.lesson.labs, len(reading.lesson.blocks)) == ((), 1)
    is_told = info not in {"python", ""}
    assert messages(reading.faults) == [said("not-a-lab", text=info)] * is_told


def test_toml_that_cannot_be_read_is_told_at_line_and_column() -> None:
    reading = reading_of('```toml lab\nuse = "x"\nepochs = = 3\n```\n')
    (fault,) = reading.faults
    assert (fault.place.line - HEAD_LINES, fault.place.column) == (3, 10)
    assert fault.message == said("toml-fault", problem="Invalid value")


@pytest.mark.parametrize(
    "toml", ["a = " + "9" * 5000, "a = " + "[" * 3000, 'a = "', "a = 1\na = 2", "[a]\n[a]", "a = 2024-99-99"]
)
def test_toml_that_its_own_library_stumbles_over_is_only_a_fault(toml: str) -> None:
    assert len(told_of(f'use = "x"\n{toml}')) == 1


@pytest.mark.parametrize("toml", ["", "name = 'a'", "use = 3", "use = ' '", "[use]\na = 1"])
def test_a_lab_that_does_not_say_which_is_told(toml: str) -> None:
    assert told_of(toml) == [(0, said("lab-without-use"))]


@pytest.mark.parametrize("name", ["A", "1a", "a-b", "a" * 21, "é"])
def test_the_name_of_a_run_can_stand_in_a_condition(name: str) -> None:
    assert told_of(f'use = "x"\nname = "{name}"') == [(0, said("lab-name", name=name))]


def test_a_lab_changes_at_most_60_values() -> None:
    assert told_of('use = "x"\n' + "\n".join(f"a.k{n} = 1" for n in range(61))) == [(0, said("lab-too-long", most=60))]


def test_escapes_of_toml_bring_no_control_character_back() -> None:
    fence = lab_of('use = "x"\ndata.path = "a\\u0007"\ndata.names = ["\\u202e", {k = "\\u0000"}]')
    assert dict(fence.overrides) == {"data.path": "a\ufffd", "data.names": ["\ufffd", {"k": "\ufffd"}]}


@pytest.mark.parametrize("around", ["- item\n\n{}", "> {}", "1. item\n\n   {}"])
def test_a_lab_inside_another_block_is_told(around: str) -> None:
    indent = "> " if around.startswith(">") else "   " if around.startswith("1") else "  "
    fence = f"\n{indent}".join(["```toml lab", 'use = "x"', "```"])
    assert told(around.format(fence if around.startswith((">", "1")) else f"  {fence}"))[0][1] == said("lab-inside")


def test_a_lab_that_cannot_be_read_leaves_the_text_around_it() -> None:
    lesson = reading_of("Before.\n\n```toml lab\nnothing\n```\n\nAfter.\n").lesson
    assert lesson is not None
    assert [block.markdown for block in lesson.blocks if isinstance(block, Prose)] == ["Before.", "After."]


def test_sections_have_titles_levels_anchors_and_blocks() -> None:
    lesson = lesson_of("Start.\n\n## What is it?\n\nText.\n\n### 学习率 η\n\n## What is it?\n\nAgain.\n")
    assert [(each.title, each.level, each.anchor, each.block_index) for each in lesson.sections] == [
        ("What is it?", 2, "what-is-it", 1),
        ("学习率 η", 3, "学习率-η", 2),
        ("What is it?", 2, "what-is-it-2", 3),
    ]
    for section in lesson.sections:
        block = lesson.blocks[section.block_index]
        assert isinstance(block, Prose)
        assert section.title in block.markdown


def test_a_heading_of_signs_alone_has_an_anchor_too() -> None:
    assert lesson_of("## ???\n").sections[0].anchor == "section"


def test_what_looks_like_a_heading_in_code_is_none() -> None:
    assert lesson_of("```\n## no\n```\n\n    # no\n\nText.\n").sections == ()


def test_an_empty_body_is_a_lesson_without_blocks() -> None:
    assert lesson_of("").blocks == ()
