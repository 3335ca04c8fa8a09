"""Which facts a run can report, as far as the configuration of its lab tells: what conditions and goals may ask for.

`tutor.runs.summary` collects the facts of a run, from which this list must leave out none; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Iterator

from tutor.labs.lab_config import LabConfig
from tutor.labs.mine import OWN_LOOP
from tutor.labs.panels import panel_class
from tutor.labs.settings import SETTINGS

ALWAYS = ("diverged", "state", "epochs", "updates", "seconds", "parameters", "learning_rate")
OF_TRAINING = ("first.train_loss", "final.train_loss", "worst.train_loss", "worst.epoch")
OF_VALIDATION = ("first.valid_loss", "final.valid_loss", "best.valid_loss", "best.epoch")
OF_CLASSES = tuple(f"{when}.{which}_accuracy" for when in ("first", "final") for which in ("train", "valid"))
OF_TWO_CLASSES = ("precision", "recall", "f1", "auc", "false_positives", "false_negatives")


def facts_of(config: LabConfig) -> frozenset[str]:
    """The names of the facts that a run may report. What only the data can tell is included."""
    return frozenset(_facts(config))


def _facts(config: LabConfig) -> Iterator[str]:
    yield from ALWAYS
    yield from OF_TRAINING
    if config.task != "drawn" and config.data.test_fraction != 0:
        yield from OF_VALIDATION
    if "classification" in {config.task, config.data.source.task} or not config.task:
        yield from OF_CLASSES
    if config.follows_gradient:
        yield "final.gradient_norm"
    yield from (f"final.{name}" for name in _measured(config))


def _measured(config: LabConfig) -> Iterator[str]:
    """What is measured at the end, without ``final.``."""
    yield from _parameters(config)
    if config.task in {"classification", ""} and not SETTINGS["model.decision_threshold"].idle_reason(config):
        yield from OF_TWO_CLASSES
    for panel in config.show.panels:
        yield from panel_class(panel).reports


def _parameters(config: LabConfig) -> Iterator[str]:
    """The parameters of a model that is small enough for names; see `Training.small_parameters`."""
    model = config.model
    if model.name == "function":
        from tutor.ml.models.drawn_function import FUNCTIONS

        function = FUNCTIONS[model.function]
        yield from (*function.names, *function.symbols, "f", *function.facts)
        if function.hessian is not None:
            yield from ("lambda1", "lambda2")
    elif model.kind.rule:
        yield "threshold"
    elif model.kind.network and not (model.kind.layers and model.hidden) and config.task != "classification":
        many = (
            len(config.data.features) > 1
            or (model.name == "polynomial" and model.degree > 1)
            or (config.data.looks_back and config.data.lags > 1)
        )
        yield from () if many else ("w", "b")


def reports_more(config: LabConfig) -> bool:
    """Whether a run may report facts that no list has, because a function of the learner's names them."""
    return "metric" in config.mine or OWN_LOOP in config.mine
