"""What a training is made of, as plain values. Names are the field's own; the defaults suit a first lab."""

from __future__ import annotations

from dataclasses import dataclass

MAIL_WORDS = ("free", "winner", "meeting", "thanks")
"""What is counted in the made-up mails."""


@dataclass(frozen=True, slots=True)
class DataOptions:
    """Which examples, and how they are prepared.

    Args:
        lags: With a series, how many days back the features reach.
        rows: How many examples; 0 for all there are.
        test_fraction: The share kept for validation; None for the data set's own.
        noise: The data set's noise; None for its own.
        seed: The seed of the data; None for the data set's own.
        standardise: Shift and scale features, and a regression's labels, to mean 0 and deviation 1.
        features: The columns to use; empty for all.
        viral_day: With a series, the factor by which one training day is multiplied.
        class_order: The number given to each class, in place of 0, 1, 2, ...
        target_as: ``class``, or ``class-number`` for a regression on the class's number.
        tricky_share: With mails, the share whose words mislead.
        frames: With phones and Japanese vowels, how many neighbouring frames make one example.
        text: With ``text``, which one: ``names``, ``tale-en`` or ``tale-zh``; ``file`` for the learner's own.
        context: With ``text``, how many characters before the next one make an example.
        path: With ``csv``, and with the text ``file``: the file.
        target: With ``csv``, the column to predict.
        task: With ``csv``, ``regression`` or ``classification``; ``auto`` to go by the target.
        group: With ``csv``, the column whose equal cells belong together.
        decimal: With ``csv``, the decimal mark of its numbers, ``point`` or ``comma``; ``auto`` to find out.
        split: How rows are told apart: ``random``, ``grouped`` (no group on both sides), ``time`` (the end is kept
            back), or ``auto`` for what suits the data.
        folds: Cut the training rows into so many folds and validate on each in turn; 0 for none.
        valid_rows: Use only the first so many of the rows kept for validation; 0 for all.
    """

    lags: int = 1
    rows: int = 0
    test_fraction: float | None = None
    noise: float | None = None
    seed: int | None = None
    standardise: bool = True
    features: tuple[str, ...] = ()
    viral_day: float = 1.0
    class_order: tuple[int, ...] = ()
    target_as: str = "class"
    tricky_share: float = 0.0
    frames: int = 1
    text: str = "names"
    context: int = 3
    path: str = ""
    target: str = ""
    task: str = "auto"
    group: str = ""
    decimal: str = "auto"
    split: str = "auto"
    folds: int = 0
    valid_rows: int = 0


@dataclass(frozen=True, slots=True)
class ModelOptions:
    """The function with unknown parameters.

    Args:
        name: ``linear``, ``polynomial``, ``softmax``, ``mlp``, ``char-mlp``, ``naive``, ``function``, ``threshold``,
            ``keyword-rule`` or ``coin-flips``.
        hidden: With ``mlp``, the width of each hidden layer.
        depth: With ``mlp``, how many times the hidden layers are stacked upon each other.
        activation: With ``mlp``: ``relu``, ``tanh``, ``sigmoid``, ``hard-sigmoid`` or ``none``.
        residual: With ``mlp``, whether a hidden layer adds to the one below where both are as wide.
        dropout: With ``mlp``, the share of hidden outputs that each update erases.
        batch_norm: With ``mlp``, whether hidden layers standardise what goes into their activation over the batch.
        placed: With ``mlp`` of one hidden layer of (hard) sigmoids over one feature: whether these start side by side
            along the data instead of at random.
        pieces: With ``mlp`` of one hidden layer of (hard) sigmoids over one feature: where these start, in the units
            of the data: left end, right end and rise of each, then the constant; empty: as the rest says.
        sign_bug: With ``mlp``, whether the first layer's gradient has its sign turned round, to see what finds that.
        degree: With ``polynomial``.
        function: With ``function``: which of `tutor.ml.models.drawn_function.FUNCTIONS`.
        w: Where the (first) weight starts, in the units of the data; None for the model's own initialisation.
        b: Where the bias starts, in the units of the data; None for the model's own.
        keyword: With ``keyword-rule``, the word that is counted.
        threshold: With ``keyword-rule``, from how many on a mail counts as spam.
    """

    name: str = "linear"
    hidden: tuple[int, ...] = ()
    depth: int = 1
    activation: str = "relu"
    residual: bool = False
    dropout: float = 0.0
    batch_norm: bool = False
    placed: bool = False
    pieces: tuple[float, ...] = ()
    sign_bug: bool = False
    degree: int = 1
    function: str = "ball"
    w: float | None = None
    b: float | None = None
    keyword: str = "free"
    threshold: float = 1.0


@dataclass(frozen=True, slots=True)
class OptimizerOptions:
    """Who looks for the parameters, and how.

    Args:
        name: ``gd``, ``sgd``, ``momentum``, ``adagrad``, ``adagrad-mean``, ``rmsprop``, ``adam``, ``least-squares``
            (in closed form), ``manual`` (the learner), ``search`` (try all) or ``none``.
        learning_rate: η.
        momentum: λ, with ``momentum``.
        schedule: ``constant``, ``linear-decay``, ``cosine``, ``inverse-sqrt`` or ``warm-up``.
        warm_up: With ``warm-up``: the updates in which η rises; 0 for a tenth of all that are planned.
        alpha: α, with ``rmsprop``: the weight of the old mean square.
        weight_decay: δ: each weight's gradient grows by δ times the weight; 0 for none.
        gradient_clip: The greatest length of a gradient over all parameters; longer ones are shortened; 0 for any.
        gradient_noise: The deviation of the noise added to each entry of a gradient; 0 for none.
        eigenvector_step: Where a drawn function is all but level and curves down somewhere: the length of a step that
            way, in place of one against the gradient; 0 for none.
    """

    name: str = "gd"
    learning_rate: float = 0.01
    momentum: float = 0.9
    schedule: str = "constant"
    alpha: float = 0.9
    weight_decay: float = 0.0
    gradient_clip: float = 0.0
    gradient_noise: float = 0.0
    warm_up: int = 0
    eigenvector_step: float = 0.0


@dataclass(frozen=True, slots=True)
class TrainOptions:
    """How long, and in what pieces.

    Args:
        epochs: Passes over the training examples.
        batch_size: Examples in one update; 0 for all of them.
        seed: Of the initialisation and the shuffling.
        shuffle: Whether the examples are put in a new order for each epoch.
        updates: How many updates `epochs` stand for, so that there are as many after the batch size was turned; 0
            where it is epochs that count.
    """

    epochs: int = 100
    batch_size: int = 0
    seed: int = 1
    shuffle: bool = True
    updates: int = 0
