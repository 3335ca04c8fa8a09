"""Every setting of a lab, declared once: its type, limits and default, and everything else that is known about it.

Lab files, ``--set``, controls, sweeps, the worker and `tutor.ml` itself use these structs; `tutor.labs.settings` turns
each field into an object. Keys are snake_case, values are kebab-case.

To add a setting, add a field here and its title in ``translations/*/setting.toml``. A field that is newer than the
first edition says since which one (``since=2``), so that kept sweeps can be continued.

This module needs no NumPy. The registries of the names that a setting may take do need it, so names are checked when a
lab is read or a value is set, and not when a log is decoded.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, Literal, Protocol

from msgspec import Meta, Struct

from tutor.foundation.translate import listed, translate
from tutor.ml.models import MODELS, Model
from tutor.ml.registry import find, registry

if TYPE_CHECKING:
    from tutor.ml.datasets.sources.source import DataSource

SECONDS = 600.0
"""The wall time of a run if its lab does not say; pauses do not count."""
MAX_SECONDS = 86_400.0
"""The longest time that a lab may ask for."""
MEMORY_MB = 2048
"""The memory of a run's process if its lab does not say."""
MIN_MEMORY_MB = 128
MAX_MEMORY_MB = 65_536
"""The limits of what a lab may ask for."""


class Lab(Protocol):
    """The settings of a lab, table by table."""

    @property
    def data(self) -> DataSettings:
        """``[data]``."""

    @property
    def model(self) -> ModelSettings:
        """``[model]``."""

    @property
    def loss(self) -> LossSettings:
        """``[loss]``."""

    @property
    def optimizer(self) -> OptimizerSettings:
        """``[optimizer]``."""

    @property
    def train(self) -> TrainSettings:
        """``[train]``."""


Applies = Callable[[Lab], str]
"""Gives the reason why a setting has no effect in a lab, as a sentence; empty if it has, or may have, an effect."""


def setting(
    *,
    short_name: str = "",
    alias: str = "",
    live: bool = False,
    trains: bool = True,
    redefines_loss: bool = False,
    since: int = 1,
    unit: str = "",
    names: Callable[[], tuple[str, ...]] | None = None,
    applies: Applies | None = None,
    **limits: float,
) -> Meta:
    """The limits of a setting as msgspec checks them, and everything else that is known about it.

    Args:
        short_name: The name that ``--set``, fences and controls may use; by default the last part of the key.
        alias: Another such name.
        live: Whether the worker can change it between two epochs.
        trains: Whether it can change a loss, so that a sweep over it makes sense.
        redefines_loss: Whether a change of it changes what a loss means, so that losses before and after it cannot be
            compared.
        since: The edition that introduced it.
        unit: The unit of its numbers, such as ``s``.
        names: Gives the names that it may take; called only when a value is checked.
        applies: Gives the reason why it has no effect in a lab; without it, the setting may always have one.
        limits: ``ge``, ``gt``, ``le``, ``lt`` and ``max_length`` of `msgspec.Meta`.
    """
    extra = {
        "short_name": short_name,
        "alias": alias,
        "live": live,
        "trains": trains,
        "redefines_loss": redefines_loss,
        "since": since,
        "unit": unit,
        "list_names": names,
        "applies": applies,
    }
    given: dict[str, Any] = limits
    return Meta(extra=extra, **given)


# -- names ---------------------------------------------------------------------------------------------------------

WITHOUT_GRADIENT = ("least-squares", "manual", "search", "none")
"""What may take the place of an optimizer: a closed form, the learner, a search over all values, or nothing."""

DATA_SOURCES = "datasets.sources:DATA_SOURCES"
ACTIVATIONS = "activations:ACTIVATIONS"
FUNCTIONS = "models.drawn_function:FUNCTIONS"
LOSSES = "losses:LOSSES"
OPTIMIZERS = "optimizers:OPTIMIZERS"
SCHEDULES = "schedules:SCHEDULES"
"""The places of the registries, for `tutor.ml.registry.registry`."""


def registered(place: str) -> Callable[[], tuple[str, ...]]:
    """A function that gives the names in a registry."""
    return lambda: tuple(registry(place))


def model_names() -> tuple[str, ...]:
    """The names of the models."""
    return tuple(MODELS)


def loss_names() -> tuple[str, ...]:
    """The names of the losses, and of what takes their place: the mistakes of a rule, the value of a drawn function."""
    return (*dict.fromkeys(loss.name for loss in registry(LOSSES).values()), "mistakes", "function")


def optimizer_names() -> tuple[str, ...]:
    """The names of the optimizers, and of what may take their place."""
    return (*registry(OPTIMIZERS), *WITHOUT_GRADIENT)


# -- when a setting has an effect ----------------------------------------------------------------------------------


def _unless(changes: bool, reason: str, **values: object) -> str:
    return "" if changes else translate(reason, **values)


def _of_data(name: str) -> Applies:
    """For a setting that has an effect if the data set uses ``name``."""

    def applies(lab: Lab) -> str:
        if name in lab.data.source.uses:
            return ""
        names = listed(sorted(each.name for each in registry(DATA_SOURCES).values() if name in each.uses))
        return translate("effects.data", names=names, found=lab.data.name)

    return applies


def _of_optimizer(name: str) -> Applies:
    """For a setting that has an effect if the optimizer uses ``name``."""

    def applies(lab: Lab) -> str:
        those = sorted(each for each, kind in registry(OPTIMIZERS).items() if name in kind.uses)
        return _unless(lab.optimizer.name in those, "effects.optimizer", names=listed(those), found=lab.optimizer.name)

    return applies


def _of_models(fits: Callable[[Model], bool]) -> Applies:
    """For a setting that has an effect if ``fits`` is true of the model."""

    def applies(lab: Lab) -> str:
        if fits(lab.model.kind):
            return ""
        names = listed(sorted(each.name for each in MODELS.values() if fits(each)))
        return translate("effects.model", names=names, found=lab.model.name)

    return applies


def _by_gradient(lab: Lab) -> bool:
    return lab.optimizer.name not in WITHOUT_GRADIENT and lab.model.kind.descends


def _descends(lab: Lab) -> str:
    return _unless(_by_gradient(lab), "effects.no-descent")


def _has_hidden_layers(lab: Lab) -> str:
    return _unless(lab.model.kind.layers and bool(lab.model.hidden), "effects.no-layers", model=lab.model.name)


def _draws_hidden_layers(lab: Lab) -> str:
    placed = lab.model.placed or bool(lab.model.pieces)
    return _has_hidden_layers(lab) or _unless(not placed, "effects.placed")


def _has_residuals(lab: Lab) -> str:
    return _has_hidden_layers(lab) or _unless(lab.model.residual, "effects.no-residuals")


def _has_batches(lab: Lab) -> str:
    batches = _by_gradient(lab) and lab.optimizer.name != "gd" and lab.model.kind.network
    return _unless(batches, "effects.whole-batches")


def _shuffles(lab: Lab) -> str:
    return _has_batches(lab) or _unless(lab.train.batch_size > 0, "effects.whole-batches")


def _is_random(lab: Lab) -> str:
    model, optimizer = lab.model, lab.optimizer
    if model.name == "function":
        random = optimizer.gradient_noise > 0 or optimizer.eigenvector_step > 0
    else:
        random = not model.kind.rule and model.name != "naive" and optimizer.name != "least-squares"
    return _unless(random, "effects.nothing-random")


def _warms_up(lab: Lab) -> str:
    name = "warm-up"
    warms = lab.optimizer.schedule == name and _by_gradient(lab)
    return _unless(warms, "effects.schedule", names=name, found=lab.optimizer.schedule)


def _curves_down(lab: Lab) -> str:
    return _unless(lab.model.function not in {"bowl", "oval"}, "effects.curves-up")


def _looks_back(lab: Lab) -> str:
    if not lab.data.source.series:
        return _of_data("lags")(lab)
    return _unless(lab.data.looks_back, "effects.no-label", label=lab.data.source.label)


def _searches(lab: Lab) -> str:
    return _unless(lab.model.name != "naive", "effects.nothing-to-find")


def _starts_anywhere(lab: Lab) -> bool:
    """Whether the model is a line over one feature that is moved from a start, by an optimizer or by hand."""
    many = lab.data.looks_back and lab.data.lags > 1
    return lab.model.name == "linear" and lab.optimizer.name != "least-squares" and not many


def _starts_at_w(lab: Lab) -> str:
    return _unless(lab.model.name == "function" or _starts_anywhere(lab), "effects.no-start")


def _starts_at_b(lab: Lab) -> str:
    two = lab.model.name == "function" and "b" in find(registry(FUNCTIONS), lab.model.function).names
    return _unless(two or _starts_anywhere(lab), "effects.no-start")


def _reads_a_file(lab: Lab) -> str:
    reads = "path" in lab.data.source.uses and (lab.data.name != "text" or lab.data.text == "file")
    return _unless(reads, "effects.no-file")


def _has_rows(lab: Lab) -> str:
    source = lab.data.source
    return _unless("rows" in source.uses or not (source.whole or source.kept_back), "effects.no-rows")


def _is_cut_in_rows(lab: Lab) -> str:
    return _unless(not lab.data.source.whole, "effects.no-rows")


def _has_two_classes(lab: Lab) -> str:
    source = lab.data.source
    classes = source.task in {"classification", ""} and lab.data.target_as == "class" and not source.whole
    if classes and source.classes in {0, 2}:
        return _unless(not lab.model.kind.guesses, "effects.no-probabilities", model=lab.model.name)
    return translate("effects.not-two-classes")


def _is_scaled(lab: Lab) -> str:
    return _unless(not lab.data.source.whole, "effects.no-scale")


def _has_columns(lab: Lab) -> str:
    source = lab.data.source
    return _unless("features" in source.uses or not (source.series or source.whole), "effects.no-columns")


def _has_classes(lab: Lab) -> str:
    return _unless(lab.data.source.task in {"classification", ""} and not lab.data.source.whole, "effects.no-classes")


def _keeps_back_a_fraction(lab: Lab) -> str:
    source = lab.data.source
    return _unless("test_fraction" in source.uses or not (source.whole or source.kept_back), "effects.kept-back")


def _is_split(lab: Lab) -> str:
    source = lab.data.source
    split = lab.data.folds > 0 or "split" in source.uses or not (source.whole or source.kept_back)
    return _unless(split, "effects.kept-back")


def _has_data_seed(lab: Lab) -> str:
    """A seed generates the examples, or decides which of them are for validation."""
    source = lab.data.source
    split = lab.data.split == "random" if source.series else lab.data.folds > 0 or not source.kept_back
    return _unless("seed" in source.uses or (split and not source.whole), "effects.no-data-seed")


# -- the tables ----------------------------------------------------------------------------------------------------


class _Table(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of a lab file: unknown keys are refused."""


class DataSettings(_Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[data]``: a named data set, or a CSV of the learner's own."""

    name: Annotated[str, setting(short_name="data", names=registered(DATA_SOURCES), redefines_loss=True)] = "views"
    """The data set; ``csv`` for a table of the author's own, ``curve`` for a function that is only drawn."""
    path: Annotated[str, setting(applies=_reads_a_file, redefines_loss=True)] = ""
    """With ``csv``, and with the text ``file``: the file, relative to the lab file or to the folder of data."""
    target: Annotated[str, setting(applies=_of_data("target"), redefines_loss=True)] = ""
    """With ``csv``: the column to predict."""
    task: Annotated[Literal["auto", "regression", "classification"], setting(applies=_of_data("task"))] = "auto"
    """With ``csv``: the task; ``auto``: what suits the column to predict."""
    group: Annotated[str, setting(applies=_of_data("group"))] = ""
    """With ``csv``: the column whose equal cells belong together, such as the patient of several visits."""
    features: Annotated[tuple[str, ...], setting(applies=_has_columns, max_length=500)] = ()
    """The features to use; empty: all."""
    rows: Annotated[int, setting(applies=_has_rows, ge=0, le=1_000_000)] = 0
    """How many rows; 0: as many as the data set has."""
    lags: Annotated[int, setting(applies=_looks_back, ge=1, le=365)] = 1
    """With a series: how many days, or hours of ``air``, the model looks back."""
    test_fraction: Annotated[float, setting(applies=_keeps_back_a_fraction, ge=0.0, le=0.9)] | None = None
    """The fraction kept back for validation; not given: what the data set's definition says."""
    noise: Annotated[float, setting(applies=_of_data("noise"), ge=0.0, le=10.0)] | None = None
    """The standard deviation of the noise in generated data; not given: the data set's own."""
    seed: Annotated[int, setting(short_name="data_seed", applies=_has_data_seed, ge=0, le=2**31 - 1)] | None = None
    """The seed of the data, not of the training; not given: the data set's own."""
    standardise: Annotated[bool, setting(applies=_is_scaled)] = True
    """Whether features, and a regression's labels, are shifted and scaled to mean 0 and standard deviation 1."""
    viral_day: Annotated[float, setting(applies=_of_data("viral_day"), ge=0.0, le=1000.0)] = 1.0
    """With a series: one training day is multiplied by this."""
    class_order: Annotated[
        tuple[Annotated[int, Meta(ge=0, le=99)], ...], setting(applies=_has_classes, max_length=100)
    ] = ()
    """The number of each class; empty: 0, 1, 2, ..."""
    target_as: Annotated[Literal["class", "class-number"], setting(applies=_has_classes, redefines_loss=True)] = "class"
    """Whether class labels are classes, or numbers that a regression predicts."""
    tricky_share: Annotated[float, setting(applies=_of_data("tricky_share"), ge=0.0, le=1.0)] = 0.0
    """With mails: the fraction whose words are misleading."""
    frames: Annotated[int, setting(applies=_of_data("frames"), ge=1, le=41)] = 1
    """With phones and Japanese vowels: how many neighbouring frames make one example."""
    text: Annotated[Literal["names", "tale-en", "tale-zh", "file"], setting(applies=_of_data("text"))] = "names"
    """With ``text``: which one; ``file`` for the learner's own, at ``path``."""
    context: Annotated[int, setting(applies=_of_data("context"), ge=1, le=12)] = 3
    """With ``text``: how many characters before the next one make an example."""
    split: Annotated[Literal["auto", "random", "grouped", "time"], setting(applies=_is_split)] = "auto"
    """How rows are chosen for validation: at random, whole groups, or the end; ``auto``: what suits the data."""
    folds: Annotated[int, setting(ge=0, le=20)] = 0
    """The number of folds that the training rows are cut into, to validate on each in turn; 0: no cross-validation."""
    valid_rows: Annotated[int, setting(applies=_is_cut_in_rows, ge=0, le=1_000_000)] = 0
    """How many of the rows kept for validation to use, from the first on; 0: all."""
    decimal: Annotated[Literal["auto", "point", "comma"], setting(applies=_of_data("decimal"), since=2)] = "auto"
    """With ``csv``: the decimal mark of its numbers; ``auto``: what the file shows."""

    @property
    def source(self) -> DataSource[DataSettings]:
        """What is known about the data set before it is loaded.

        Raises:
            TutorError: There is no such data set.
        """
        found: DataSource[DataSettings] = find(registry(DATA_SOURCES), self.name)
        return found

    @property
    def looks_back(self) -> bool:
        """Whether earlier labels of a series are among the features."""
        source = self.source
        return source.series and (not source.label or not self.features or source.label in self.features)


class ModelSettings(_Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[model]``: the function with unknown parameters."""

    name: Annotated[str, setting(short_name="model", names=model_names)] = "linear"
    """The model."""
    hidden: Annotated[
        tuple[Annotated[int, Meta(ge=1, le=4096)], ...],
        setting(applies=_of_models(lambda model: model.layers), max_length=64),
    ] = ()
    """With ``mlp``: the width of each hidden layer."""
    depth: Annotated[int, setting(applies=_has_hidden_layers, ge=1, le=100)] = 1
    """With ``mlp``: how many times these layers are repeated."""
    activation: Annotated[str, setting(applies=_has_hidden_layers, names=registered(ACTIVATIONS))] = "relu"
    """The activation of the hidden layers."""
    initial_scale: Annotated[float, setting(applies=_draws_hidden_layers, since=2, ge=0.0, le=100.0)] = 1.0
    """With ``mlp``: what all initial weights are multiplied by. With 1 a signal keeps its size from layer to layer."""
    residual: Annotated[bool, setting(applies=_has_hidden_layers)] = False
    """With ``mlp``: whether a hidden layer adds its output to that of the layer below if both are equally wide."""
    residual_scaling: Annotated[bool, setting(applies=_has_residuals, since=2)] = True
    """With ``residual``: whether the weights of such layers start smaller, divided by the square root of the depth."""
    dropout: Annotated[float, setting(applies=_has_hidden_layers, ge=0.0, le=0.95)] = 0.0
    """With ``mlp``: the probability with which an update erases a hidden output."""
    batch_norm: Annotated[bool, setting(applies=_has_hidden_layers)] = False
    """With ``mlp``: whether the inputs of each hidden activation are standardised over the batch."""
    placed: Annotated[bool, setting()] = False
    """With ``mlp`` of one layer of sigmoids over one feature: whether the units start side by side along the data."""
    pieces: Annotated[tuple[Annotated[float, Meta(ge=-1e9, le=1e9)], ...], setting(max_length=301)] = ()
    """With ``mlp`` of one layer of sigmoids over one feature: left end, right end and rise of each unit at the start,
    then the constant, in the units of the data; empty: the usual initialisation."""
    sign_bug: Annotated[bool, setting()] = False
    """With ``mlp``: whether the gradient of the first layer has the wrong sign, for the learner to find."""
    degree: Annotated[int, setting(applies=_of_models(lambda model: model.name == "polynomial"), ge=1, le=20)] = 1
    """With ``polynomial``: the highest power."""
    function: Annotated[
        str, setting(applies=_of_models(lambda model: model.name == "function"), names=registered(FUNCTIONS))
    ] = "ball"
    """With ``function``: which drawn function."""
    w: Annotated[float, setting(alias="start", live=True, applies=_starts_at_w, ge=-1e6, le=1e6)] | None = None
    """The initial weight in the units of the data; not given: the model's own initialisation."""
    b: Annotated[float, setting(live=True, applies=_starts_at_b, ge=-1e6, le=1e6)] | None = None
    """The initial bias in the units of the data."""
    keyword: Annotated[str, setting(live=True, applies=_of_models(lambda model: model.rule))] = "free"
    """With ``keyword-rule``: the word that is counted."""
    threshold: Annotated[
        float,
        setting(live=True, applies=_of_models(lambda model: model.name == "keyword-rule"), ge=-1e6, le=1e6),
    ] = 1.0
    """With ``keyword-rule`` and ``threshold``: how often the word must occur."""
    temperature: Annotated[
        float,
        setting(live=True, trains=False, applies=_of_models(lambda model: model.name == "char-mlp"), ge=0.0, le=10.0),
    ] = 1.0
    """With ``char-mlp``: how random its text is. Below 1 likely characters become more likely, at 0 the most likely one
    is always taken, and above 1 all become more alike. It has no effect on the training."""
    decision_threshold: Annotated[
        float, setting(live=True, trains=False, applies=_has_two_classes, since=2, ge=0.0, le=1.0)
    ] = 0.5
    """With two classes: the probability of the class with number 1 from which on an example is called positive. It has
    no effect on the training, nor on the accuracy, which is that at 0.5."""

    @property
    def kind(self) -> Model:
        """What is known about the model before it is made.

        Raises:
            TutorError: There is no such model.
        """
        return find(MODELS, self.name)


class LossSettings(_Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[loss]``: how a prediction is compared with the truth."""

    name: Annotated[str, setting(short_name="loss", live=True, names=loss_names, redefines_loss=True)] = "mse"
    """The loss; ``mistakes`` for a rule, ``function`` for a drawn function."""
    offset: Annotated[float, setting(redefines_loss=True, ge=-1e6, le=1e6)] = 0.0
    """Subtracted from every loss that is reported; it changes no parameter."""


class OptimizerSettings(_Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[optimizer]``: how the parameters are found."""

    name: Annotated[str, setting(short_name="optimizer", names=optimizer_names, applies=_searches)] = "gd"
    """The optimizer, or what takes its place: a formula, the learner (``manual``), a search, or nothing."""
    learning_rate: Annotated[float, setting(live=True, applies=_descends, ge=0.0, le=1e6)] = 0.01
    """The learning rate η."""
    momentum: Annotated[float, setting(live=True, applies=_of_optimizer("momentum"), ge=0.0, lt=1.0)] = 0.9
    """The fraction β of the last step that is kept."""
    schedule: Annotated[str, setting(applies=_descends, names=registered(SCHEDULES))] = "constant"
    """How the learning rate changes from update to update."""
    alpha: Annotated[float, setting(applies=_of_optimizer("alpha"), ge=0.0, lt=1.0)] = 0.9
    """The weight α of the old mean of squares."""
    weight_decay: Annotated[float, setting(applies=_descends, ge=0.0, le=1000.0)] = 0.0
    """λ, how strongly each weight is pulled to zero; 0: not at all."""
    gradient_clip: Annotated[float, setting(applies=_descends, ge=0.0, le=1e6)] = 0.0
    """The maximal length of the gradient over all parameters; a longer one is scaled down; 0: no limit."""
    gradient_noise: Annotated[float, setting(applies=_descends, ge=0.0, le=1000.0)] = 0.0
    """The standard deviation of the noise on each entry of a gradient; 0: none."""
    warm_up: Annotated[int, setting(applies=_warms_up, ge=0, le=1_000_000)] = 0
    """With the schedule ``warm-up``: the updates in which the learning rate rises; 0: a tenth of all planned ones."""
    eigenvector_step: Annotated[float, setting(applies=_curves_down, ge=0.0, le=1000.0)] = 0.0
    """With a drawn function of two parameters: how far to go along the eigenvector of a negative eigenvalue if
    the gradient is next to zero; 0: never."""


class TrainSettings(_Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[train]``: how long, in which batches, and from which seed."""

    epochs: Annotated[int, setting(ge=1, le=10_000_000)] = 100
    """Passes over the training examples."""
    updates: Annotated[int, setting(ge=0, le=100_000_000)] = 0
    """The number of updates whatever the batch size, rounded up to whole epochs, in place of ``epochs``; 0: ``epochs``
    decides."""
    batch_size: Annotated[int, setting(live=True, applies=_has_batches, ge=0, le=1_000_000)] = 0
    """The number of examples in an update; 0: all of them."""
    seed: Annotated[int, setting(applies=_is_random, ge=0, le=2**31 - 1)] = 1
    """The seed of the initialisation and of the order of the examples."""
    shuffle: Annotated[bool, setting(applies=_shuffles)] = True
    """Whether the order of the examples is new in each epoch."""
    pace: Annotated[float, setting(trains=False, ge=0.0, le=1000.0)] = 0.0
    """Epochs per second at the start; 0: as fast as possible. It never changes the arithmetic."""
    stop: Annotated[str, setting()] = ""
    """``no-improvement N``: after N epochs without a better validation loss; empty: never early."""
    max_seconds: Annotated[float, setting(unit="s", gt=0.0, le=MAX_SECONDS)] = SECONDS
    """Wall time after which the run stops by itself; pauses do not count."""
    max_memory_mb: Annotated[int, setting(unit="MB", ge=MIN_MEMORY_MB, le=MAX_MEMORY_MB)] = MEMORY_MB
    """How much memory the process of the run may take."""
