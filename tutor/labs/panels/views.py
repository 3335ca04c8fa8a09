"""What the panels of a run show: the payloads of `tutor.runs.events.View`, computed from a training.

A scene is sent once, a frame whenever it changed. Everything is plain lists of finite numbers, rounded to
about four significant digits, and small: a viewer at the end of a slow line reads them too.
"""

from __future__ import annotations

from typing import NotRequired, TypedDict


class FitScene(TypedDict):
    """The data of a model with one feature, in the units of the data."""

    points_x: list[float]
    points_y: list[float]
    valid_x: list[float]
    valid_y: list[float]
    x_name: str
    y_name: str


class FitFrame(TypedDict):
    """The model's curve through it."""

    x: list[float]
    y: list[float]


class CurveScene(TypedDict):
    """A drawn function of one parameter."""

    x: list[float]
    y: list[float]


class CurveFrame(TypedDict):
    """Where the parameter is, and the way it came."""

    w: float
    f: float
    path_w: list[float]
    path_f: list[float]


class SurfaceScene(TypedDict):
    """The loss over two parameters: ``levels`` (0 to 63) by rows from the top, low is good."""

    x_name: str
    y_name: str
    x_low: float
    x_high: float
    y_low: float
    y_high: float
    columns: int
    rows: int
    levels: list[int]
    loss_low: float
    loss_high: float


class SurfaceFrame(TypedDict):
    """The way over the surface, [x, y] by [x, y]; the last is where it is now."""

    path: list[list[float]]
    names: NotRequired[list[str]]
    """Of a drawn function: what there is to know where it is now, such as its parameters and its height."""
    values: NotRequired[list[float]]


class BoundaryScene(TypedDict):
    """The examples over two features: [x, y, class]."""

    x_name: str
    y_name: str
    x_low: float
    x_high: float
    y_low: float
    y_high: float
    points: list[list[float]]
    class_names: list[str]


class BoundaryFrame(TypedDict):
    """The class that the model gives to each cell, by rows from the top, and how sure it is (0 to 9)."""

    columns: int
    rows: int
    classes: list[int]
    certainty: list[int]


class ConfusionFrame(TypedDict):
    """Validation examples: rows are the true class, columns the predicted one."""

    class_names: list[str]
    counts: list[list[int]]


class SeriesScene(TypedDict):
    """The last validation days of a series."""

    actual: list[float]
    name: str


class SeriesFrame(TypedDict):
    """What the model says of those days."""

    predicted: list[float]


class AutocorrelationScene(TypedDict):
    """How a series correlates with itself 1, 2, ... days before."""

    values: list[float]
    name: str


class AutocorrelationFrame(TypedDict):
    """How many days the model looks back."""

    lags: int


class UpdatesFrame(TypedDict):
    """The loss of each of the last updates' batches, up to the ``last``; [update, loss of all examples] by epoch."""

    losses: list[float]
    last: int
    epochs: list[list[float]]


class GradientsFrame(TypedDict):
    """Gradients of batches against that of all examples, whose length is 1; the usual angle in degrees."""

    along: list[float]
    across: list[float]
    batch_size: int
    angle: float


class PiecesScene(TypedDict):
    """The curve that a sum of bends is to meet."""

    x: list[float]
    y: list[float]


class PiecesFrame(TypedDict):
    """The bends [w, b, c], each c·σ(b + w·x), and the constant, in the units of the data."""

    pieces: list[list[float]]
    constant: float
    hard: bool
    max_error: float


class ShapesFrame(TypedDict):
    """The parameters of a network: name and shape of each table."""

    layers: list[list[object]]


class GradientCheckFrame(TypedDict):
    """Some slopes of the loss, by backpropagation and measured, and how far apart all that were checked are."""

    names: list[str]
    computed: list[float]
    measured: list[float]
    difference: float


class DigitsScene(TypedDict):
    """Handwritten digits: ``side`` by ``side`` pixels each, figures from 0 (paper) to 9 (ink), by rows."""

    side: int
    pixels: list[str]
    true: list[int]
    class_names: list[str]


class DigitsFrame(TypedDict):
    """What the model reads in them; and of all ``count`` digits, some of the ``wrong``: [pixels, true, predicted]."""

    predicted: list[int]
    missed: list[list[object]]
    wrong: int
    count: int


class NormsFrame(TypedDict):
    """By epoch: the training loss, the norm of the last gradient, and that of all parameters.

    Of a long run each entry stands for several epochs, up to the one that is named: the largest of their figures.
    """

    epochs: list[int]
    losses: list[float]
    gradients: list[float | None]
    parameters: list[float]


class WeightsFrame(TypedDict):
    """The parameters of a small model by name."""

    names: list[str]
    values: list[float]


class ThresholdScene(TypedDict):
    """How many examples of each class have each value of the one feature."""

    values: list[float]
    counts_by_class: dict[str, list[int]]


class ThresholdFrame(TypedDict):
    """Where the threshold is, and the share of mistakes on the training examples."""

    threshold: float
    mistakes: float


class FoldsFrame(TypedDict):
    """With cross-validation: the figures of each fold in training, and on the rows that it was not trained on."""

    measure: str
    """``loss`` or ``accuracy``."""
    train: list[float | None]
    valid: list[float | None]


class TextFrame(TypedDict):
    """Lines that a model writes, and for each whether (1) or not (0) it stands in the text that was trained on."""

    lines: list[str]
    known: list[int]
