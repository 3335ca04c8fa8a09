"""Panels are registered by being there, and drawn from whatever a log holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.charts.shapes import text_of
from tutor.charts.cells import plain_text
from tutor.foundation.errors import TutorError
from tutor.foundation.translate import use_language
from tutor.labs.lab_config import LabConfig
from tutor.labs.lab_files import list_labs, load_lab, with_overrides
from tutor.labs.panel import DrawStyle, Panel
from tutor.labs.panels import draw_panel, panel_class, panel_names

LESSONS = Path(__file__).resolve().parents[2] / "lessons"
AT = DrawStyle(60, 14)
BOX = {"x_name": "w", "y_name": "b", "x_low": 0.0, "x_high": 1.0, "y_low": 0.0, "y_high": 1.0}
SCENES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "fit": ({"points_x": [0, 1], "points_y": [0, 1], "x_name": "a", "y_name": "b"}, {"x": [0, 1], "y": [0, 1]}),
    "curve": ({"x": [0, 1, 2], "y": [1, 0, 1]}, {"w": 1.0, "f": 0.0, "path_w": [2, 1], "path_f": [1, 0]}),
    "surface": (
        BOX | {"columns": 2, "rows": 1, "levels": [0, 63], "loss_low": 0.1, "loss_high": 2},
        {"path": [[0, 0]]},
    ),
    "boundary": (
        BOX | {"points": [[0, 0, 0], [1, 1, 1]], "class_names": ["a", "b"]},
        {"columns": 2, "rows": 1, "classes": [0, 1], "certainty": [9, 9]},
    ),
    "confusion": ({}, {"class_names": ["a", "b"], "counts": [[1, 0], [0, 1]]}),
    "roc": (
        {},
        {
            "false_positive_rates": [0, 0, 0.5, 1],
            "recalls": [0, 0.5, 1, 1],
            "threshold": 0.5,
            "point": [0, 0.5],
            "auc": 0.9,
        },
    ),
    "precision-recall": (
        {},
        {
            "recalls": [0.5, 1, 1],
            "precisions": [1, 0.67, 0.5],
            "threshold": 0.5,
            "point": [0.5, 1],
            "f1": 0.67,
            "base": 0.5,
        },
    ),
    "reliability": ({}, {"said": [0.1, 0.9], "came_true": [0.2, 0.8], "errors": [0.1, 0.1], "gap": 0.1}),
    "decoding": (
        {},
        {
            "class_names": ["a", "b"],
            "accuracies": [0.5, 0.8],
            "stay": 0.9,
            "utterances": [[[0, 0, 1], [0, 1, 0], [0, 0, 1]]],
        },
    ),
    "series": ({"actual": [1, 2, 3], "name": "views"}, {"predicted": [1, 2, 2]}),
    "autocorrelation": ({"values": [0.6, -0.2, 0.7], "name": "views"}, {"lags": 2}),
    "updates": ({}, {"losses": [1.0, 2.0, 0.5], "last": 12, "epochs": [[10, 1.5], [12, 1.2]]}),
    "text": ({}, {"lines": ["anna", "ivo"], "known": [1, 0]}),
    "gradients": ({}, {"along": [1.0, 0.5], "across": [0.5, 2.0], "batch_size": 10, "angle": 45.0}),
    "pieces": (
        {"x": [0, 1], "y": [0, 1]},
        {"pieces": [[4.0, -2.0, 1.0]], "constant": 0.0, "hard": True, "max_error": 0.1},
    ),
    "shapes": ({}, {"layers": [["W1", [3, 7]], ["b1", [3]]]}),
    "gradient-check": (
        {},
        {"names": ["W1[1,1]"], "computed": [0.5], "measured": [0.5], "difference": 1e-9},
    ),
    "digits": (
        {"side": 2, "pixels": ["0990", "9009"], "true": [0, 1], "class_names": ["0", "1"]},
        {"predicted": [0, 0], "missed": [["9009", 1, 0]], "wrong": 1, "count": 2},
    ),
    "norms": (
        {},
        {"epochs": [1, 2], "losses": [2.0, 1.0], "gradients": [3.0, None], "parameters": [5.0, 6.0]},
    ),
    "learning-rate": (
        {"updates": [1, 2, 3], "planned": [0.1, 0.05, 0.01]},
        {"updates": [1, 2], "used": [0.1, 0.05]},
    ),
    "dead-units": ({}, {"fractions": [0.5, 1.0], "dead": 0.75}),
    "weights": ({}, {"names": ["w"], "values": [1.0]}),
    "threshold": (
        {"values": [0, 1], "counts_by_class": {"a": [3, 0], "b": [0, 3]}},
        {"threshold": 0.5, "mistakes": 0.0},
    ),
    "folds": ({}, {"measure": "loss", "train": [0.1, 0.2], "valid": [0.4, 0.2]}),
}


NONSENSE: tuple[Any, ...] = (
    "x", "", None, True, [], {}, {"a": 1}, [["x"]], [[[]]], [None], 0, -1, 10**30, 1e308, float("nan"),
    float("-inf"), [1e308, -1e308],
)  # fmt: skip
DRAWN = [name for name in panel_names() if name != "loss"]
"""A viewer draws the loss from the epochs, and not from what a panel sends."""


@pytest.mark.parametrize("name", DRAWN)
def test_every_panel_draws_what_the_log_holds(name: str) -> None:
    scene, frame = SCENES[name]
    text = text_of(draw_panel(name, scene, frame, AT), AT.width, AT.height)
    assert "does not say" not in text
    assert "Nothing" not in text


@pytest.mark.parametrize("name", DRAWN)
def test_a_log_that_makes_no_sense_is_a_sentence_and_never_a_crash(name: str) -> None:
    scene, frame = SCENES[name]
    for key in (*scene, *frame):
        for nonsense in NONSENSE:
            broken_scene = scene | ({key: nonsense} if key in scene else {})
            broken_frame = frame | ({key: nonsense} if key in frame else {})
            text_of(draw_panel(name, broken_scene, broken_frame, AT), AT.width, AT.height)
    assert "Nothing to draw yet" in plain_text(draw_panel(name, {}, {}, AT))


def test_control_characters_of_a_log_never_reach_the_terminal() -> None:
    scene, frame = SCENES["series"]
    assert "\x1b" not in plain_text(draw_panel("series", scene | {"name": "a\x1b[2J\nb"}, frame, AT))


def test_classes_of_the_course_have_chinese_names_and_those_of_ones_own_table_keep_theirs() -> None:
    frame = {"class_names": ["mail", "spam"], "counts": [[3, 1], [0, 4]]}
    use_language("zh")
    try:
        ours = draw_panel("confusion", {}, frame, DrawStyle(40, 6))
        own = draw_panel("confusion", {}, frame, DrawStyle(40, 6, own_data=True))
    finally:
        use_language("en")
    assert "垃圾" in plain_text(ours)
    assert "spam" in plain_text(own)


def test_every_panel_is_a_class_of_its_own_and_has_a_scene_in_these_tests() -> None:
    classes = [panel_class(name) for name in panel_names()]
    assert all(issubclass(each, Panel) for each in classes)
    assert len(set(classes)) == len(classes)
    assert set(SCENES) == set(DRAWN)


@pytest.mark.parametrize(
    "name", ["lost", "Loss", "", "..", "__init__", "gradient_check", "os.path", "loss\x1b[2J", "x" * 10_000]
)
def test_a_panel_that_there_is_not_is_told_so_and_imports_nothing(name: str) -> None:
    with pytest.raises(TutorError):
        panel_class(name)
    text = text_of(draw_panel(name, {"x": [1]}, {"y": [1]}, AT), AT.width, AT.height)
    assert "has no panel" in text
    assert "\x1b" not in text


def test_a_panel_that_is_nearly_right_is_suggested() -> None:
    with pytest.raises(TutorError) as told:
        panel_class("confusions")
    assert "confusion" in told.value.hint


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_lab_that_cannot_show_a_panel_is_told_what_the_panel_needs(language: str) -> None:
    use_language(language)
    try:
        specs = [LabConfig(), *(load_lab(name, LESSONS / "labs") for name in list_labs(LESSONS / "labs"))]
        for name in panel_names():
            reasons = {panel_class(name).refusal(spec) for spec in specs}
            assert "" in reasons, f"no lab may show {name}"
            assert all(reason.endswith((".", "。")) for reason in reasons - {""})
        with pytest.raises(TutorError, match="char-mlp"):
            with_overrides(LabConfig(), {"show.panels": ["text"]})
    finally:
        use_language("en")


def test_authors_find_every_panel_in_the_guide() -> None:
    guide = (LESSONS / "README.md").read_text(encoding="utf-8")
    section = guide.partition("## Panels")[2].partition("\n## ")[0]
    listed = [line.split("`")[1] for line in section.splitlines() if line.startswith("| `")]
    assert sorted(listed) == sorted(panel_names())
