"""The models. Those that are not networks are in this folder: functions, rules, forecasts and coin flips.

`MODELS` says what the rest of the program has to know about a model, and needs no NumPy.
"""

from __future__ import annotations

from dataclasses import dataclass

from tutor.ml.registry import registry


@dataclass(frozen=True, slots=True)
class Model:
    """What is known about a model before it is made.

    Args:
        name: As labs name it.
        network: Whether it is trained as a network, which may have no hidden layers.
        layers: Whether it may have hidden layers.
        numbers: Whether its outputs are numbers and never probabilities.
        rule: Whether it is a threshold on one count.
        guesses: Whether its loss is the fraction of mistakes.
        by_gradient: Whether it can be trained by the optimizers that follow a gradient.
        other_optimizers: Which of `tutor.ml.settings.WITHOUT_GRADIENT` it can be trained by.
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
        """Whether its parameters follow a gradient step by step."""
        return self.network or self.name == "function"

    def optimizers(self) -> tuple[str, ...]:
        """The names of the optimizers that can train it."""
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
