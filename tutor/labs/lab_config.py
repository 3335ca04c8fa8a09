"""What a run is asked to do: the one definition behind lab files, fences, ``--set`` and the log.

A spec is read from data by `tutor.labs.lab_files`, which reports every fault in one go; the structs here
hold the names, the defaults and the ranges. Keys are snake_case, values are kebab-case.
"""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from msgspec import Meta, Struct, field

DataName = Literal[
    "views",
    "rebound",
    "blobs",
    "moons",
    "spiral",
    "iris",
    "penguins",
    "diabetes",
    "spambase",
    "digits",
    "bike-sharing",
    "mails",
    "wave",
    "quadratic",
    "phones",
    "japanese-vowels",
    "vowels",
    "coins",
    "text",
    "curve",
    "csv",
]
ModelName = Literal[
    "linear", "polynomial", "softmax", "mlp", "char-mlp", "naive", "function", "threshold", "keyword-rule", "coin-flips"
]
ActivationName = Literal["sigmoid", "hard-sigmoid", "tanh", "relu", "none"]
FunctionName = Literal["ball", "bowl", "saddle", "cross-entropy", "squared-error"]
LossName = Literal["mse", "mae", "cross-entropy", "mistakes", "function"]
OptimizerName = Literal[
    "gd", "sgd", "momentum", "adagrad", "adagrad-mean", "rmsprop", "adam", "least-squares", "manual", "search", "none"
]
ScheduleName = Literal["constant", "linear-decay", "cosine", "inverse-sqrt", "warm-up"]
PanelName = Literal[
    "loss",
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
]
TextName = Literal["names", "tale-en", "tale-zh", "file"]
TEXTS: tuple[TextName, ...] = get_args(TextName)
PANELS: tuple[PanelName, ...] = get_args(PanelName)

SECONDS = 600.0
"""What a run may take if its lab says nothing; pauses do not count."""
MOST_SECONDS = 86_400.0
"""What a lab may ask for."""
MEMORY_MB = 2048
"""What a run's process may use if its lab says nothing."""
FEWEST_MEMORY_MB = 128
MOST_MEMORY_MB = 65_536
"""What a lab may ask for."""

Share = Annotated[float, Meta(ge=0.0, le=1.0)]
Seed = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Parameter = Annotated[float, Meta(ge=-1e6, le=1e6)]
LearningRate = Annotated[float, Meta(ge=0.0, le=1e6)]
Value = bool | int | float | str | tuple[int | str, ...]
"""A value that one control or one ``--set`` can take."""


class _Table(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of a lab file: unknown keys are refused."""


class DataSettings(_Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[data]``: a named data set, or a CSV of the learner's own."""

    name: DataName = "views"
    path: str = ""
    """With ``csv``, and with the text ``file``: the file, relative to the folder of data."""
    target: str = ""
    """With ``csv``: the column to predict."""
    task: Literal["auto", "regression", "classification"] = "auto"
    """With ``csv``: what the column to predict is taken for; ``auto``: by what it holds."""
    group: str = ""
    """With ``csv``: the column whose equal cells belong together, such as the patient of several visits."""
    features: Annotated[tuple[str, ...], Meta(max_length=500)] = ()
    """The features to use; empty: all."""
    rows: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    """How many rows; 0: as many as the data set has."""
    lags: Annotated[int, Meta(ge=1, le=365)] = 1
    """With a series: how many days back the model may look."""
    test_fraction: Annotated[float, Meta(ge=0.0, le=0.9)] | None = None
    """The share kept back for validation; not given: what the data set's definition says."""
    noise: Annotated[float, Meta(ge=0.0, le=10.0)] | None = None
    seed: Seed | None = None
    """The seed of the data, not of the training; not given: the data set's own."""
    standardise: bool = True
    viral_day: Annotated[float, Meta(ge=0.0, le=1000.0)] = 1.0
    """With a series: one training day is multiplied by this."""
    class_order: Annotated[tuple[Annotated[int, Meta(ge=0, le=99)], ...], Meta(max_length=100)] = ()
    """The number that each class is given; empty: 0, 1, 2, ..."""
    target_as: Literal["class", "class-number"] = "class"
    """Whether class labels are classes, or numbers for a regression to hit."""
    tricky_share: Share = 0.0
    """With mails: the share whose words mislead."""
    frames: Annotated[int, Meta(ge=1, le=41)] = 1
    """With phones and Japanese vowels: how many neighbouring frames make one example."""
    text: TextName = "names"
    """With ``text``: which one; ``file`` for the learner's own, at ``path``."""
    context: Annotated[int, Meta(ge=1, le=12)] = 3
    """With ``text``: how many characters before the next one make an example."""
    split: Literal["auto", "random", "grouped", "time"] = "auto"
    """How rows are told apart for validation; ``auto``: in the way that suits the data."""
    folds: Annotated[int, Meta(ge=0, le=20)] = 0
    """Cut the training rows into so many folds, and validate on each in turn; 0: no cross-validation."""
    valid_rows: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    """Use only the first so many of the rows kept for validation; 0: all."""
    decimal: Literal["auto", "point", "comma"] = "auto"
    """With ``csv``: the decimal mark of its numbers; ``auto``: what the file shows."""


class ModelSettings(_Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[model]``: the function with unknown parameters."""

    name: ModelName = "linear"
    hidden: Annotated[tuple[Annotated[int, Meta(ge=1, le=4096)], ...], Meta(max_length=64)] = ()
    """With ``mlp``: the width of each hidden layer."""
    depth: Annotated[int, Meta(ge=1, le=100)] = 1
    """With ``mlp``: how many times these layers are stacked upon each other."""
    activation: ActivationName = "relu"
    residual: bool = False
    """With ``mlp``: whether a hidden layer adds to the one below where both are as wide."""
    dropout: Annotated[float, Meta(ge=0.0, le=0.95)] = 0.0
    """With ``mlp``: the share of hidden outputs that each update erases."""
    batch_norm: bool = False
    """With ``mlp``: whether hidden layers standardise what goes into their activation over the batch."""
    placed: bool = False
    """With ``mlp`` of one layer of sigmoids over one feature: whether these start side by side along the data."""
    pieces: Annotated[tuple[Annotated[float, Meta(ge=-1e9, le=1e9)], ...], Meta(max_length=301)] = ()
    """With ``mlp`` of one layer of sigmoids over one feature: left end, right end and rise of each as they start, then
    the constant, in the units of the data; empty: as the rest says."""
    sign_bug: bool = False
    """With ``mlp``: whether the first layer's gradient has the wrong sign."""
    degree: Annotated[int, Meta(ge=1, le=20)] = 1
    """With ``polynomial``."""
    function: FunctionName = "ball"
    """With ``function``: which drawn function."""
    w: Parameter | None = None
    """Where the weight starts, in the units of the data; not given: the model's own initialisation."""
    b: Parameter | None = None
    """Where the bias starts, in the units of the data."""
    keyword: str = "free"
    """With ``keyword-rule``."""
    threshold: Parameter = 1.0
    """With ``keyword-rule`` and ``threshold``: from how many on it counts."""
    temperature: Annotated[float, Meta(ge=0.0, le=10.0)] = 1.0
    """With ``char-mlp``: how freely it writes. Below 1 the likely characters get likelier still, at 0 the likeliest is
    always taken; above 1 all become more alike. It has no part in the training."""


class LossSettings(_Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[loss]``: how wrong a guess is."""

    name: LossName = "mse"
    offset: Annotated[float, Meta(ge=-1e6, le=1e6)] = 0.0
    """Subtracted from every loss that is told; it moves no parameter."""


class OptimizerSettings(_Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[optimizer]``: who looks for the parameters, and how."""

    name: OptimizerName = "gd"
    learning_rate: LearningRate = 0.01
    momentum: Annotated[float, Meta(ge=0.0, lt=1.0)] = 0.9
    """With ``momentum``: the share λ of the last step that goes on."""
    schedule: ScheduleName = "constant"
    alpha: Annotated[float, Meta(ge=0.0, lt=1.0)] = 0.9
    """With ``rmsprop``: the weight α of the old mean square."""
    weight_decay: Annotated[float, Meta(ge=0.0, le=1000.0)] = 0.0
    """How strongly each weight is drawn to zero; 0: not at all."""
    gradient_clip: Annotated[float, Meta(ge=0.0, le=1e6)] = 0.0
    """The greatest length of a gradient; 0: any."""
    gradient_noise: Annotated[float, Meta(ge=0.0, le=1000.0)] = 0.0
    """The deviation of the noise on each entry of a gradient; 0: none."""
    warm_up: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    """With the schedule ``warm-up``: the updates in which the learning rate rises; 0: a tenth of all planned ones."""
    eigenvector_step: Annotated[float, Meta(ge=0.0, le=1000.0)] = 0.0
    """With a drawn function of two parameters: how far to go along the eigenvector of a negative eigenvalue where
    the gradient is next to zero; 0: never."""


class TrainSettings(_Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[train]``: how long, how fast, how repeatable."""

    epochs: Annotated[int, Meta(ge=1, le=10_000_000)] = 100
    updates: Annotated[int, Meta(ge=0, le=100_000_000)] = 0
    """How many updates are wanted, whatever the size of a batch: in place of ``epochs``, and filled up to whole
    epochs; 0: go by epochs."""
    batch_size: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    """Examples in one update; 0: all of them."""
    seed: Seed = 1
    shuffle: bool = True
    pace: Annotated[float, Meta(ge=0.0, le=1000.0)] = 0.0
    """Epochs a second to begin with; 0: flat out. Never changes the arithmetic."""
    stop: str = ""
    """``no-improvement N``: after N epochs without a better validation loss; empty: never early."""
    max_seconds: Annotated[float, Meta(gt=0.0, le=MOST_SECONDS)] = SECONDS
    """Wall time after which the run stops by itself; pauses do not count."""
    max_memory_mb: Annotated[int, Meta(ge=FEWEST_MEMORY_MB, le=MOST_MEMORY_MB)] = MEMORY_MB


class ShowConfig(_Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[show]``: what the worker computes for the viewers, in the order in which they show it."""

    panels: tuple[PanelName, ...] = ("loss",)
    features: Annotated[tuple[str, ...], Meta(max_length=2)] = ()
    """The two features that span a boundary; empty: the first two."""


class ControlConfig(_Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One control: a range, or choices. ``learning_rate = [1e-5, 10.0]`` is short for low and high."""

    key: str
    """The dotted key that it turns, such as ``optimizer.learning_rate``."""
    low: float | None = None
    high: float | None = None
    choices: tuple[Value, ...] = ()

    @property
    def is_range(self) -> bool:
        """Whether any number from `low` to `high` may be chosen, rather than one of `choices`."""
        return not self.choices

    def allows(self, value: object) -> bool:
        """Whether ``value`` lies within the limits of this control."""
        if self.choices:
            return value in self.choices
        return isinstance(value, int | float) and (self.low or 0.0) <= value <= (self.high or 0.0)

    @property
    def logarithmic(self) -> bool:
        """Whether equal steps are equal ratios: a range of positive numbers over two decades or more."""
        return self.low is not None and self.high is not None and self.low > 0 and self.high / self.low >= 100


class ChallengeConfig(_Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[challenge]``: a goal in the condition language, over the facts of the run."""

    goal: str = ""


class LabConfig(_Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that determines a run. The same spec gives the same losses, bit for bit."""

    id: str = "custom"
    title: dict[str, str] = field(default_factory=dict)
    """By language."""
    about: dict[str, str] = field(default_factory=dict)
    """By language: what there is to try and to see."""
    data: DataSettings = field(default_factory=DataSettings)
    model: ModelSettings = field(default_factory=ModelSettings)
    loss: LossSettings = field(default_factory=LossSettings)
    optimizer: OptimizerSettings = field(default_factory=OptimizerSettings)
    train: TrainSettings = field(default_factory=TrainSettings)
    show: ShowConfig = field(default_factory=ShowConfig)
    controls: dict[str, ControlConfig] = field(default_factory=dict)
    """By short name, in the order of the file."""
    challenge: ChallengeConfig = field(default_factory=ChallengeConfig)

    def title_in(self, language: str) -> str:
        """The title in ``language``; in another one where it is missing; the id where there is none."""
        return self.title.get(language) or next(iter(self.title.values()), self.id)

    def about_in(self, language: str) -> str:
        """What `about` says in ``language``, or in another one, or nothing."""
        return self.about.get(language) or next(iter(self.about.values()), "")

    @property
    def manual(self) -> bool:
        """Whether the learner is the optimiser."""
        return self.optimizer.name == "manual"


NO_DESCENT = frozenset({"least-squares", "manual", "search", "none"})
"""Optimizers that follow no gradient."""

LIVE_KEYS = frozenset(
    {
        "optimizer.learning_rate",
        "optimizer.momentum",
        "train.batch_size",
        "model.w",
        "model.b",
        "model.threshold",
        "model.keyword",
        "model.temperature",
        "loss.name",
    }
)
"""Keys that the worker can change between two epochs."""

SHORT_NAMES: dict[str, str] = {
    "learning_rate": "optimizer.learning_rate",
    "momentum": "optimizer.momentum",
    "optimizer": "optimizer.name",
    "schedule": "optimizer.schedule",
    "alpha": "optimizer.alpha",
    "weight_decay": "optimizer.weight_decay",
    "gradient_clip": "optimizer.gradient_clip",
    "gradient_noise": "optimizer.gradient_noise",
    "warm_up": "optimizer.warm_up",
    "eigenvector_step": "optimizer.eigenvector_step",
    "batch_size": "train.batch_size",
    "epochs": "train.epochs",
    "updates": "train.updates",
    "seed": "train.seed",
    "pace": "train.pace",
    "loss": "loss.name",
    "offset": "loss.offset",
    "model": "model.name",
    "hidden": "model.hidden",
    "depth": "model.depth",
    "activation": "model.activation",
    "residual": "model.residual",
    "dropout": "model.dropout",
    "batch_norm": "model.batch_norm",
    "placed": "model.placed",
    "sign_bug": "model.sign_bug",
    "degree": "model.degree",
    "function": "model.function",
    "w": "model.w",
    "b": "model.b",
    "start": "model.w",
    "keyword": "model.keyword",
    "threshold": "model.threshold",
    "temperature": "model.temperature",
    "lags": "data.lags",
    "noise": "data.noise",
    "data_seed": "data.seed",
    "task": "data.task",
    "decimal": "data.decimal",
    "standardise": "data.standardise",
    "viral_day": "data.viral_day",
    "class_order": "data.class_order",
    "target_as": "data.target_as",
    "tricky_share": "data.tricky_share",
    "frames": "data.frames",
    "text": "data.text",
    "context": "data.context",
    "features": "data.features",
    "rows": "data.rows",
    "split": "data.split",
    "folds": "data.folds",
    "valid_rows": "data.valid_rows",
}
"""Short names of controls, and the dotted keys they stand for."""
