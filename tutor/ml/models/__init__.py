"""The models there are. Those that are no networks are in this folder: functions, rules, polynomials, forecasts.

What the rest of the program has to know of a model is said in `MODELS`, which needs no NumPy.
"""

from __future__ import annotations

from dataclasses import dataclass

from tutor.ml.registry import registry


@dataclass(frozen=True, slots=True)
class Model:
    """What is to be known of a model before it is made.

    Args:
        name: As labs name it.
        network: Whether it is trained as a network, if only as one without hidden layers.
        layers: Whether it may have hidden layers.
        numbers: Whether it gives numbers only, and no probabilities.
        rule: Whether it is a rule over one count, with a threshold.
        guesses: Whether its loss is the fraction of wrong guesses.
        by_gradient: Whether the optimizers that follow a gradient go with it.
        other_optimizers: Which of `tutor.ml.settings.WITHOUT_GRADIENT` go with it.
    """

    name: str
    network: bool = False
    layers: bool = False
    numbers: bool = False
    rule: bool = False
    guesses: bool = False
    by_gradient: bool = True
    other_optimizers: tuple[str, ...] = ()

    @property
    def descends(self) -> bool:
        """Whether a gradient moves its parameters step by step."""
        return self.network or self.name == "function"

    def optimizers(self) -> tuple[str, ...]:
        """The names of the optimizers that go with it."""
        return (*(registry("optimizers:OPTIMIZERS") if self.by_gradient else ()), *self.other_optimizers)


MODELS: dict[str, Model] = {
    each.name: each
    for each in (
        Model("linear", network=True, numbers=True, other_optimizers=("least-squares", "manual")),
        Model("polynomial", network=True, numbers=True, other_optimizers=("least-squares",)),
        Model("softmax", network=True),
        Model("mlp", network=True, layers=True, other_optimizers=("none",)),
        Model("char-mlp", network=True, layers=True),
        Model("naive", other_optimizers=("least-squares", "none")),
        Model("function", other_optimizers=("manual",)),
        Model("threshold", rule=True, guesses=True, by_gradient=False, other_optimizers=("search", "manual")),
        Model("keyword-rule", rule=True, guesses=True, by_gradient=False, other_optimizers=("none", "manual")),
        Model("coin-flips", guesses=True, by_gradient=False, other_optimizers=("search",)),
    )
}
