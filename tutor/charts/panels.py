"""Any panel of a run by its name, from what the run's log says of it.

A log is a file that anyone may have written, so nothing in it is trusted to be there or to be a number: a panel
whose payload makes no sense is a sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tutor.charts.cells import Rows, sentence
from tutor.foundation.data_names import data_name
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import translate

if TYPE_CHECKING:
    from collections.abc import Iterable

Payload = Mapping[str, Any]
"""What the log holds for a panel: see ``tutor.labs.panels.views``."""

PANELS = (
    "fit",
    "curve",
    "surface",
    "boundary",
    "confusion",
    "series",
    "autocorrelation",
    "weights",
    "threshold",
    "folds",
    "updates",
    "gradients",
    "pieces",
    "shapes",
    "gradient-check",
    "digits",
    "norms",
    "text",
)
"""The panels that `draw_panel` draws; the loss has a function of its own, `tutor.charts.loss.loss_chart`."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """Where and how a panel is drawn: cells, and whether colours and more than ASCII are there."""

    width: int
    height: int
    colour: bool = True
    ascii: bool = False
    own_data: bool = False
    """Whether the data is the learner's own, whose columns and classes keep the names that they have there."""

    def name(self, value: object) -> str:
        """What a column or a class is called here."""
        text = _text(value)
        return text if self.own_data else data_name(text)

    def names(self, values: Iterable[object]) -> list[str]:
        """What columns or classes are called here."""
        return [self.name(value) for value in values]


def draw_panel(name: str, scene: Payload, frame: Payload, drawing: Drawing) -> Rows:
    """The panel ``name`` from its ``scene`` and its latest ``frame``, in exactly the cells of ``drawing``."""
    draw = _DRAWERS.get(name)
    if draw is None or not (scene or frame):
        return sentence(translate("charts.nothing-yet"), drawing.width, drawing.height)
    try:
        return draw(scene, frame, drawing)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError):
        return sentence(translate("charts.unreadable"), drawing.width, drawing.height)


def _text(value: object) -> str:
    return harmless_line(str(value))


def _texts(values: Iterable[object]) -> list[str]:
    return [_text(value) for value in values]


def _ranges(scene: Payload) -> tuple[tuple[float, float], tuple[float, float]]:
    return (
        (float(scene["x_low"]), float(scene["x_high"])),
        (float(scene["y_low"]), float(scene["y_high"])),
    )


def _table(values: Sequence[int], rows: int, columns: int) -> Any:
    import numpy as np

    return np.asarray(values, dtype=np.int64).reshape(int(rows), int(columns))


def _fit(scene: Payload, frame: Payload, at: Drawing) -> Rows:
    from tutor.charts.fit import fit_chart

    return fit_chart(
        (scene["points_x"], scene["points_y"]),
        (frame.get("x", ()), frame.get("y", ())),
        at.width,
        at.height,
        valid=(scene.get("valid_x", ()), scene.get("valid_y", ())),
        x_name=at.name(scene.get("x_name", "")),
        y_name=at.name(scene.get("y_name", "")),
        ascii=at.ascii,
    )


def _curve(scene: Payload, frame: Payload, at: Drawing) -> Rows:
    from tutor.charts.landscape import curve_chart

    return curve_chart(
        (scene["x"], scene["y"]),
        at.width,
        at.height,
        ball=(frame.get("w"), frame.get("f")),
        path=(frame.get("path_w", ()), frame.get("path_f", ())),
        ascii=at.ascii,
    )


def _surface(scene: Payload, frame: Payload, at: Drawing) -> Rows:
    from tutor.charts.landscape import surface_chart

    path = frame.get("path", ())
    return surface_chart(
        _table(scene["levels"], scene["rows"], scene["columns"]),
        _ranges(scene),
        at.width,
        at.height,
        path=([point[0] for point in path], [point[1] for point in path]),
        names=(_text(scene["x_name"]), _text(scene["y_name"])),
        losses=(scene.get("loss_low"), scene.get("loss_high")),
        colour=at.colour,
        ascii=at.ascii,
    )


def _boundary(scene: Payload, frame: Payload, at: Drawing) -> Rows:
    from tutor.charts.boundary import boundary_chart

    size = (frame.get("rows", 0), frame.get("columns", 0))
    return boundary_chart(
        scene["points"],
        _ranges(scene),
        at.width,
        at.height,
        classes=_table(frame["classes"], *size) if "classes" in frame else (),
        certainty=_table(frame["certainty"], *size) if "certainty" in frame else (),
        class_names=at.names(scene.get("class_names", ())),
        names=(at.name(scene.get("x_name", "")), at.name(scene.get("y_name", ""))),
        colour=at.colour,
        ascii=at.ascii,
    )


def _confusion(_scene: Payload, frame: Payload, at: Drawing) -> Rows:
    from tutor.charts.confusion import confusion_chart

    return confusion_chart(frame["counts"], at.names(frame["class_names"]), at.width, at.height, ascii=at.ascii)


def _series(scene: Payload, frame: Payload, at: Drawing) -> Rows:
    from tutor.charts.series import series_chart

    name = at.name(scene.get("name", ""))
    return series_chart(scene["actual"], frame.get("predicted", ()), at.width, at.height, name=name, ascii=at.ascii)


def _autocorrelation(scene: Payload, frame: Payload, at: Drawing) -> Rows:
    from tutor.charts.series import autocorrelation_chart

    return autocorrelation_chart(
        scene["values"],
        at.width,
        at.height,
        lags=int(frame.get("lags", 0)),
        name=at.name(scene.get("name", "")),
        ascii=at.ascii,
    )


def _weights(_scene: Payload, frame: Payload, at: Drawing) -> Rows:
    from tutor.charts.weights import weights_chart

    return weights_chart(at.names(frame["names"]), frame["values"], at.width, at.height, ascii=at.ascii)


def _threshold(scene: Payload, frame: Payload, at: Drawing) -> Rows:
    from tutor.charts.threshold import threshold_chart

    return threshold_chart(
        scene["values"],
        {at.name(name): counts for name, counts in scene["counts_by_class"].items()},
        at.width,
        at.height,
        threshold=frame.get("threshold"),
        mistakes=frame.get("mistakes"),
        ascii=at.ascii,
    )


def _folds(_scene: Payload, frame: Payload, at: Drawing) -> Rows:
    from tutor.charts.folds import folds_chart

    accuracy = frame.get("measure") == "accuracy"
    return folds_chart(frame["train"], frame["valid"], at.width, at.height, accuracy=accuracy, ascii=at.ascii)


def _updates(_scene: Payload, frame: Payload, at: Drawing) -> Rows:
    from tutor.charts.network import updates_chart

    whole = frame["epochs"]
    return updates_chart(
        frame["losses"],
        int(frame["last"]),
        at.width,
        at.height,
        epochs=([pair[0] for pair in whole], [pair[1] for pair in whole]),
        ascii=at.ascii,
    )


def _gradients(_scene: Payload, frame: Payload, at: Drawing) -> Rows:
    from tutor.charts.network import gradients_chart

    return gradients_chart(
        (frame["along"], frame["across"]),
        at.width,
        at.height,
        batch_size=int(frame["batch_size"]),
        angle=float(frame["angle"]),
        ascii=at.ascii,
    )


def _pieces(scene: Payload, frame: Payload, at: Drawing) -> Rows:
    from tutor.charts.hidden_units import hidden_units_chart

    return hidden_units_chart(
        (scene["x"], scene["y"]),
        frame["pieces"],
        at.width,
        at.height,
        constant=float(frame["constant"]),
        hard=bool(frame["hard"]),
        error=frame.get("max_error"),
        chosen=frame.get("chosen"),
        ascii=at.ascii,
    )


def _shapes(_scene: Payload, frame: Payload, at: Drawing) -> Rows:
    from tutor.charts.network import shapes_table

    layers = [(_text(name), [int(size) for size in shape]) for name, shape in frame["layers"]]
    return shapes_table(layers, at.width, at.height, ascii=at.ascii)


def _gradient_check(_scene: Payload, frame: Payload, at: Drawing) -> Rows:
    from tutor.charts.network import gradient_check_table

    return gradient_check_table(
        _texts(frame["names"]),
        frame["computed"],
        frame["measured"],
        at.width,
        at.height,
        difference=float(frame["difference"]),
        ascii=at.ascii,
    )


def _digits(scene: Payload, frame: Payload, at: Drawing) -> Rows:
    from tutor.charts.digits import Digit, digits_chart

    names = at.names(scene["class_names"])
    truths = [names[int(number)] for number in scene["true"]]
    read = [names[int(number)] for number in frame.get("predicted", ())] or [""] * len(truths)
    return digits_chart(
        [Digit(str(pixels), true, found) for pixels, true, found in zip(scene["pixels"], truths, read, strict=True)],
        [Digit(str(pixels), names[int(true)], names[int(found)]) for pixels, true, found in frame.get("missed", ())],
        at.width,
        at.height,
        side=int(scene["side"]),
        wrong=int(frame.get("wrong", 0)),
        count=int(frame.get("count", 0)),
        colour=at.colour,
        ascii=at.ascii,
    )


def _norms(_scene: Payload, frame: Payload, at: Drawing) -> Rows:
    from tutor.charts.network import norms_chart

    return norms_chart(
        frame["epochs"],
        frame["losses"],
        frame["gradients"],
        frame["parameters"],
        at.width,
        at.height,
        ascii=at.ascii,
    )


def _written(_scene: Payload, frame: Payload, at: Drawing) -> Rows:
    from tutor.charts.text import text_chart

    return text_chart(_texts(frame["lines"]), list(frame["known"]), at.width, at.height)


_DRAWERS: dict[str, Callable[[Payload, Payload, Drawing], Rows]] = {
    "fit": _fit,
    "curve": _curve,
    "surface": _surface,
    "boundary": _boundary,
    "confusion": _confusion,
    "series": _series,
    "autocorrelation": _autocorrelation,
    "weights": _weights,
    "threshold": _threshold,
    "folds": _folds,
    "updates": _updates,
    "gradients": _gradients,
    "pieces": _pieces,
    "shapes": _shapes,
    "gradient-check": _gradient_check,
    "digits": _digits,
    "norms": _norms,
    "text": _written,
}
