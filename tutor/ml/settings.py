"""Every setting of a lab, declared once: its type, limits, default, and whatever else anybody asks about it.

Lab files, ``--set``, controls, sweeps, the worker and `tutor.ml` itself go by these structs; `tutor.labs.settings`
turns each field into an object that can be asked. Keys are snake_case, values are kebab-case.

To add a setting, add a field here, and its title to ``translations/*/setting.toml``. A field that comes after the
first edition says since which (``since=2``), so that the sweeps that are kept go on from where they are.

This module needs no NumPy. What names a setting may take is asked of the registries in which they are, which do: so
names are checked when a lab is read or a value is set, and not when a log is decoded.
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
"""What a run may take if its lab says nothing; pauses do not count."""
MOST_SECONDS = 86_400.0
"""What a lab may ask for."""
MEMORY_MB = 2048
"""What a run's process may use if its lab says nothing."""
FEWEST_MEMORY_MB = 128
MOST_MEMORY_MB = 65_536
"""What a lab may ask for."""


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
"""Why a setting changes nothing in a lab, as a sentence; empty if it changes something, or may."""


def setting(
    *,
    short: str = "",
    also: str = "",
    live: bool = False,
    trains: bool = True,
    yardstick: bool = False,
    since: int = 1,
    unit: str = "",
    names: Callable[[], tuple[str, ...]] | None = None,
    applies: Applies | None = None,
    **limits: float,
) -> Meta:
    """The limits of a setting as msgspec checks them, and what else there is to know of it.

    Args:
        short: The name that ``--set``, fences and controls may use; without it, the last part of the key.
        also: Another such name.
        live: Whether the worker can change it between two epochs.
        trains: Whether it can change a loss, so that a sweep over it has something to compare.
        yardstick: Whether losses before and after a change of it measure different things.
        since: The edition that it came with.
        unit: What its numbers count, as a sign: ``s``.
        names: Gives the names that it may take; asked only when a value is checked.
        applies: Says why it changes nothing in a lab; without it, it always may.
        limits: ``ge``, ``gt``, ``le``, ``lt`` and ``max_length``, as `msgspec.Meta` has them.
    """
    extra = {
        "short": short,
        "also": also,
        "live": live,
        "trains": trains,
        "yardstick": yardstick,
        "since": since,
        "unit": unit,
        "registry": names,
        "applies": applies,
    }
    given: dict[str, Any] = limits
    return Meta(extra=extra, **given)


# -- names ---------------------------------------------------------------------------------------------------------

WITHOUT_GRADIENT = ("least-squares", "manual", "search", "none")
"""What may stand in place of an optimizer: in closed form, by the learner's hand, by trying all, and not at all."""

DATA_SOURCES = "datasets.sources:DATA_SOURCES"
ACTIVATIONS = "activations:ACTIVATIONS"
FUNCTIONS = "models.drawn_function:FUNCTIONS"
LOSSES = "losses:LOSSES"
OPTIMIZERS = "optimizers:OPTIMIZERS"
SCHEDULES = "schedules:SCHEDULES"
"""Where the things are that settings name, for `tutor.ml.registry.registry`."""


def registered(place: str) -> Callable[[], tuple[str, ...]]:
    """Gives the names in a registry."""
    return lambda: tuple(registry(place))


def model_names() -> tuple[str, ...]:
    """The models."""
    return tuple(MODELS)


def loss_names() -> tuple[str, ...]:
    """The losses, and what is shown in their place: a rule's mistakes, and the value of a drawn function."""
    return (*dict.fromkeys(loss.name for loss in registry(LOSSES).values()), "mistakes", "function")


def optimizer_names() -> tuple[str, ...]:
    """The optimizers, and what may stand in their place."""
    return (*registry(OPTIMIZERS), *WITHOUT_GRADIENT)


# -- what changes something in a lab -------------------------------------------------------------------------------


def _unless(changes: bool, reason: str, **values: object) -> str:
    return "" if changes else translate(reason, **values)


def _of_data(name: str) -> Applies:
    """Whether the data set goes by the setting ``name``."""

    def applies(lab: Lab) -> str:
        if name in lab.data.source.uses:
            return ""
        names = listed(sorted(each.name for each in registry(DATA_SOURCES).values() if name in each.uses))
        return translate("effects.data", names=names, found=lab.data.name)

    return applies


def _of_optimizer(name: str) -> Applies:
    """Whether the optimizer goes by the setting ``name``."""

    def applies(lab: Lab) -> str:
        those = sorted(each for each, kind in registry(OPTIMIZERS).items() if name in kind.uses)
        return _unless(lab.optimizer.name in those, "effects.optimizer", names=listed(those), found=lab.optimizer.name)

    return applies


def _of_models(fits: Callable[[Model], bool]) -> Applies:
    """Whether the model is one of those that ``fits`` picks."""

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
    return _unless(lab.model.function != "bowl", "effects.curves-up")


def _searches(lab: Lab) -> str:
    return _unless(lab.model.name != "naive", "effects.nothing-to-find")


def _starts_anywhere(lab: Lab) -> bool:
    """Whether the model is a line over one feature that is moved, by search or by hand, from where it starts."""
    many = lab.data.source.series and lab.data.lags > 1
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


def _is_scaled(lab: Lab) -> str:
    return _unless(not lab.data.source.whole, "effects.no-scale")


def _has_columns(lab: Lab) -> str:
    return _unless(not (lab.data.source.series or lab.data.source.whole), "effects.no-columns")


def _has_classes(lab: Lab) -> str:
    return _unless(lab.data.source.task in {"classification", ""} and not lab.data.source.whole, "effects.no-classes")


def _keeps_back_a_fraction(lab: Lab) -> str:
    source = lab.data.source
    return _unless("test_fraction" in source.uses or not (source.whole or source.kept_back), "effects.kept-back")


def _is_split(lab: Lab) -> str:
    source = lab.data.source
    return _unless(lab.data.folds > 0 or not (source.whole or source.kept_back), "effects.kept-back")


def _has_data_seed(lab: Lab) -> str:
    """A seed makes the examples, or says which of them are for validation."""
    source = lab.data.source
    split = lab.data.split == "random" if source.series else lab.data.folds > 0 or not source.kept_back
    return _unless("seed" in source.uses or (split and not source.whole), "effects.no-data-seed")


# -- the tables ----------------------------------------------------------------------------------------------------


class _Table(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of a lab file: unknown keys are refused."""


class DataSettings(_Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[data]``: a named data set, or a CSV of the learner's own."""

    name: Annotated[str, setting(short="data", names=registered(DATA_SOURCES), yardstick=True)] = "views"
    path: Annotated[str, setting(applies=_reads_a_file, yardstick=True)] = ""
    """With ``csv``, and with the text ``file``: the file, relative to the folder of data."""
    target: Annotated[str, setting(applies=_of_data("target"), yardstick=True)] = ""
    """With ``csv``: the column to predict."""
    task: Annotated[Literal["auto", "regression", "classification"], setting(applies=_of_data("task"))] = "auto"
    """With ``csv``: what the column to predict is taken for; ``auto``: by what it holds."""
    group: Annotated[str, setting(applies=_of_data("group"))] = ""
    """With ``csv``: the column whose equal cells belong together, such as the patient of several visits."""
    features: Annotated[tuple[str, ...], setting(applies=_has_columns, max_length=500)] = ()
    """The features to use; empty: all."""
    rows: Annotated[int, setting(applies=_has_rows, ge=0, le=1_000_000)] = 0
    """How many rows; 0: as many as the data set has."""
    lags: Annotated[int, setting(applies=_of_data("lags"), ge=1, le=365)] = 1
    """With a series: how many days back the model may look."""
    test_fraction: Annotated[float, setting(applies=_keeps_back_a_fraction, ge=0.0, le=0.9)] | None = None
    """The fraction kept back for validation; not given: what the data set's definition says."""
    noise: Annotated[float, setting(applies=_of_data("noise"), ge=0.0, le=10.0)] | None = None
    """The standard deviation of what is added to made data; not given: the data set's own."""
    seed: Annotated[int, setting(short="data_seed", applies=_has_data_seed, ge=0, le=2**31 - 1)] | None = None
    """The seed of the data, not of the training; not given: the data set's own."""
    standardise: Annotated[bool, setting(applies=_is_scaled)] = True
    """Whether features, and a regression's labels, are shifted and scaled to mean 0 and deviation 1."""
    viral_day: Annotated[float, setting(applies=_of_data("viral_day"), ge=0.0, le=1000.0)] = 1.0
    """With a series: one training day is multiplied by this."""
    class_order: Annotated[
        tuple[Annotated[int, Meta(ge=0, le=99)], ...], setting(applies=_has_classes, max_length=100)
    ] = ()
    """The number that each class is given; empty: 0, 1, 2, ..."""
    target_as: Annotated[Literal["class", "class-number"], setting(applies=_has_classes, yardstick=True)] = "class"
    """Whether class labels are classes, or numbers for a regression to hit."""
    tricky_share: Annotated[float, setting(applies=_of_data("tricky_share"), ge=0.0, le=1.0)] = 0.0
    """With mails: the fraction whose words mislead."""
    frames: Annotated[int, setting(applies=_of_data("frames"), ge=1, le=41)] = 1
    """With phones and Japanese vowels: how many neighbouring frames make one example."""
    text: Annotated[Literal["names", "tale-en", "tale-zh", "file"], setting(applies=_of_data("text"))] = "names"
    """With ``text``: which one; ``file`` for the learner's own, at ``path``."""
    context: Annotated[int, setting(applies=_of_data("context"), ge=1, le=12)] = 3
    """With ``text``: how many characters before the next one make an example."""
    split: Annotated[Literal["auto", "random", "grouped", "time"], setting(applies=_is_split)] = "auto"
    """How rows are chosen for validation: at random, whole groups, or the end; ``auto``: as suits the data."""
    folds: Annotated[int, setting(ge=0, le=20)] = 0
    """Cut the training rows into so many folds, and validate on each in turn; 0: no cross-validation."""
    valid_rows: Annotated[int, setting(applies=_is_cut_in_rows, ge=0, le=1_000_000)] = 0
    """Use only the first so many of the rows kept for validation; 0: all."""
    decimal: Annotated[Literal["auto", "point", "comma"], setting(applies=_of_data("decimal"), since=2)] = "auto"
    """With ``csv``: the decimal mark of its numbers; ``auto``: what the file shows."""

    @property
    def source(self) -> DataSource[DataSettings]:
        """What is known of the data set before it is loaded.

        Raises:
            TutorError: There is no such data set.
        """
        found: DataSource[DataSettings] = find(registry(DATA_SOURCES), self.name)
        return found


class ModelSettings(_Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[model]``: the function with unknown parameters."""

    name: Annotated[str, setting(short="model", names=model_names)] = "linear"
    hidden: Annotated[
        tuple[Annotated[int, Meta(ge=1, le=4096)], ...],
        setting(applies=_of_models(lambda model: model.layers), max_length=64),
    ] = ()
    """With ``mlp``: the width of each hidden layer."""
    depth: Annotated[int, setting(applies=_has_hidden_layers, ge=1, le=100)] = 1
    """With ``mlp``: how many times these layers are stacked upon each other."""
    activation: Annotated[str, setting(applies=_has_hidden_layers, names=registered(ACTIVATIONS))] = "relu"
    """Of the hidden layers."""
    residual: Annotated[bool, setting(applies=_has_hidden_layers)] = False
    """With ``mlp``: whether a hidden layer adds to the one below if both are as wide."""
    dropout: Annotated[float, setting(applies=_has_hidden_layers, ge=0.0, le=0.95)] = 0.0
    """With ``mlp``: the fraction of hidden outputs that each update erases."""
    batch_norm: Annotated[bool, setting(applies=_has_hidden_layers)] = False
    """With ``mlp``: whether hidden layers standardise what goes into their activation over the batch."""
    placed: Annotated[bool, setting()] = False
    """With ``mlp`` of one layer of sigmoids over one feature: whether these start side by side along the data."""
    pieces: Annotated[tuple[Annotated[float, Meta(ge=-1e9, le=1e9)], ...], setting(max_length=301)] = ()
    """With ``mlp`` of one layer of sigmoids over one feature: left end, right end and rise of each as they start, then
    the constant, in the units of the data; empty: as the rest says."""
    sign_bug: Annotated[bool, setting()] = False
    """With ``mlp``: whether the first layer's gradient has the wrong sign, to see what finds that."""
    degree: Annotated[int, setting(applies=_of_models(lambda model: model.name == "polynomial"), ge=1, le=20)] = 1
    """With ``polynomial``."""
    function: Annotated[
        str, setting(applies=_of_models(lambda model: model.name == "function"), names=registered(FUNCTIONS))
    ] = "ball"
    """With ``function``: which drawn function."""
    w: Annotated[float, setting(also="start", live=True, applies=_starts_at_w, ge=-1e6, le=1e6)] | None = None
    """Where the weight starts, in the units of the data; not given: the model's own initialisation."""
    b: Annotated[float, setting(live=True, applies=_starts_at_b, ge=-1e6, le=1e6)] | None = None
    """Where the bias starts, in the units of the data."""
    keyword: Annotated[str, setting(live=True, applies=_of_models(lambda model: model.rule))] = "free"
    """With ``keyword-rule``: the word that is counted."""
    threshold: Annotated[
        float,
        setting(live=True, applies=_of_models(lambda model: model.name == "keyword-rule"), ge=-1e6, le=1e6),
    ] = 1.0
    """With ``keyword-rule`` and ``threshold``: from how many on it counts."""
    temperature: Annotated[
        float,
        setting(live=True, trains=False, applies=_of_models(lambda model: model.name == "char-mlp"), ge=0.0, le=10.0),
    ] = 1.0
    """With ``char-mlp``: how freely it writes. Below 1 the likely characters get likelier still, at 0 the likeliest is
    always taken; above 1 all become more alike. It has no part in the training."""

    @property
    def kind(self) -> Model:
        """What is known of the model before it is made.

        Raises:
            TutorError: There is no such model.
        """
        return find(MODELS, self.name)


class LossSettings(_Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[loss]``: how wrong a guess is."""

    name: Annotated[str, setting(short="loss", live=True, names=loss_names, yardstick=True)] = "mse"
    offset: Annotated[float, setting(yardstick=True, ge=-1e6, le=1e6)] = 0.0
    """Subtracted from every loss that is reported; it moves no parameter."""


class OptimizerSettings(_Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[optimizer]``: what looks for the parameters, and how."""

    name: Annotated[str, setting(short="optimizer", names=optimizer_names, applies=_searches)] = "gd"
    learning_rate: Annotated[float, setting(live=True, applies=_descends, ge=0.0, le=1e6)] = 0.01
    """η."""
    momentum: Annotated[float, setting(live=True, applies=_of_optimizer("momentum"), ge=0.0, lt=1.0)] = 0.9
    """The fraction β of the last step that goes on."""
    schedule: Annotated[str, setting(applies=_descends, names=registered(SCHEDULES))] = "constant"
    """How the learning rate changes from update to update."""
    alpha: Annotated[float, setting(applies=_of_optimizer("alpha"), ge=0.0, lt=1.0)] = 0.9
    """The weight α of the old mean square."""
    weight_decay: Annotated[float, setting(applies=_descends, ge=0.0, le=1000.0)] = 0.0
    """How strongly each weight is drawn to zero; 0: not at all."""
    gradient_clip: Annotated[float, setting(applies=_descends, ge=0.0, le=1e6)] = 0.0
    """The greatest length of a gradient, over all parameters; longer ones are shortened; 0: any."""
    gradient_noise: Annotated[float, setting(applies=_descends, ge=0.0, le=1000.0)] = 0.0
    """The deviation of the noise on each entry of a gradient; 0: none."""
    warm_up: Annotated[int, setting(applies=_warms_up, ge=0, le=1_000_000)] = 0
    """With the schedule ``warm-up``: the updates in which the learning rate rises; 0: a tenth of all planned ones."""
    eigenvector_step: Annotated[float, setting(applies=_curves_down, ge=0.0, le=1000.0)] = 0.0
    """With a drawn function of two parameters: how far to go along the eigenvector of a negative eigenvalue if
    the gradient is next to zero; 0: never."""


class TrainSettings(_Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[train]``: how long, how fast, how repeatable."""

    epochs: Annotated[int, setting(ge=1, le=10_000_000)] = 100
    """Passes over the training examples."""
    updates: Annotated[int, setting(ge=0, le=100_000_000)] = 0
    """How many updates are wanted, whatever the size of a batch: in place of ``epochs``, and filled up to whole
    epochs; 0: go by epochs."""
    batch_size: Annotated[int, setting(live=True, applies=_has_batches, ge=0, le=1_000_000)] = 0
    """Examples in one update; 0: all of them."""
    seed: Annotated[int, setting(applies=_is_random, ge=0, le=2**31 - 1)] = 1
    """Of the initialisation and the order of the examples."""
    shuffle: Annotated[bool, setting(applies=_shuffles)] = True
    """Whether the examples are put in a new order for each epoch."""
    pace: Annotated[float, setting(trains=False, ge=0.0, le=1000.0)] = 0.0
    """Epochs a second to begin with; 0: flat out. Never changes the arithmetic."""
    stop: Annotated[str, setting()] = ""
    """``no-improvement N``: after N epochs without a better validation loss; empty: never early."""
    max_seconds: Annotated[float, setting(unit="s", gt=0.0, le=MOST_SECONDS)] = SECONDS
    """Wall time after which the run stops by itself; pauses do not count."""
    max_memory_mb: Annotated[int, setting(unit="MB", ge=FEWEST_MEMORY_MB, le=MOST_MEMORY_MB)] = MEMORY_MB
