"""The grid of a sweep: what it reads, what it refuses, which cell is which."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.tui.lab_fakes import LAB
from tutor.foundation.errors import ExitCode, TutorError
from tutor.labs.lab_config import ControlConfig, LabConfig
from tutor.labs.lab_files import load_lab, read_lab
from tutor.runs.sweep.plan import MOST_CELLS, SweepChoice, SweepPlan, plan_sweep, values_to_try

SPEC = read_lab(LAB, Path("one-lag.toml"))


LABS = Path(__file__).resolve().parents[2] / "lessons" / "labs"
RATES = "optimizer.learning_rate=0.001,0.01,0.1"
SIZES = "batch_size=1,32,256"


def lab(name: str = "one-lag") -> LabConfig:
    return load_lab(name, LABS)


def test_the_last_axis_is_the_fastest_and_short_names_are_understood() -> None:
    plan = plan_sweep(lab(), [RATES, SIZES])
    assert [axis.key for axis in plan.axes] == ["optimizer.learning_rate", "train.batch_size"]
    assert plan.shape == (3, 3)
    assert plan.count == 9
    assert [plan.values_of(cell) for cell in (0, 1, 3, 8)] == [(0.001, 1), (0.001, 32), (0.01, 1), (0.1, 256)]
    assert plan.name_of(5) == "learning rate 0.01, batch size 256"
    with pytest.raises(IndexError):
        plan.values_of(9)


def test_a_cell_is_the_lab_with_its_own_values() -> None:
    spec = plan_sweep(lab(), [RATES, SIZES]).spec_of(5)
    assert (spec.optimizer.learning_rate, spec.train.batch_size) == (0.01, 256)
    assert spec.id == "one-lag"


def test_lists_names_and_ranges_are_values_too() -> None:
    plan = plan_sweep(lab(), ["hidden=[16],[16, 16],[]", "optimizer=gd, adam", "seed=3..5"])
    assert plan.axes[0].values == ((16,), (16, 16), ())
    assert plan.axes[1].values == ("gd", "adam")
    assert plan.axes[2].values == (3, 4, 5)
    assert plan_sweep(lab(), ["hidden=4,8"]).axes[0].values == ((4,), (8,))


def test_a_value_that_is_given_twice_is_one_cell() -> None:
    assert plan_sweep(lab(), ["learning_rate=0.1,1e-1,1,1.0"]).axes[0].values == (0.1, 1.0)


def test_where_the_learner_is_the_optimiser_a_cell_is_one_look() -> None:
    plan = plan_sweep(load_lab("two-sliders", LABS), ["w=0.5,1", "b=0,1"])
    assert plan.spec_of(0).train.epochs == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "needs a grid"),
        (["learning_rate"], "not a setting with values"),
        (["learning_rate="], "not a setting with values"),
        (["=1,2"], "not a setting with values"),
        (["hidden= "], "not a setting with values"),
        (["learing_rate=1,2"], "Did you mean learning_rate?"),
        (["title=a,b"], "not a setting that a sweep can vary"),
        (["show.panels=loss,fit"], "not a setting that a sweep can vary"),
        (["learning_rate=0.1,,0.2"], "must be a number"),
        (["learning_rate=0.1,fast"], "must be a number"),
        (["batch_size=1..0"], "no whole number"),
        (["batch_size=-1,2"], "must be a whole number"),
        (["optimizer=gd,adm"], "Did you mean adam?"),
        (["learning_rate=0.1", "optimizer.learning_rate=0.2"], "twice"),
    ],
)
def test_what_is_no_grid_is_refused_in_a_sentence(words: list[str], said: str) -> None:
    with pytest.raises(TutorError) as caught:
        plan_sweep(lab(), words)
    assert said in str(caught.value)
    assert caught.value.exit_code == ExitCode.USAGE


def test_what_is_set_for_all_cells_cannot_be_swept_too() -> None:
    with pytest.raises(TutorError, match="twice"):
        plan_sweep(lab(), ["learning_rate=0.1,0.2"], {"optimizer.learning_rate": 1.0})


@pytest.mark.parametrize(
    "words", [["seed=1..1000000"], ["seed=1..1000", "data_seed=1..1000"], ["seed=1..100", "epochs=1..10000"]]
)
def test_a_million_cells_are_refused_with_the_count(words: list[str]) -> None:
    with pytest.raises(TutorError, match=rf"1,000,000 combinations.*at most {MOST_CELLS}"):
        plan_sweep(lab(), words)


def test_the_identity_is_of_what_decides_the_losses() -> None:
    plan = plan_sweep(lab(), [RATES, SIZES])
    assert plan.identity() == plan_sweep(lab(), [RATES, SIZES]).identity()
    other_looks = msgspec.structs.replace(plan.spec, title={"en": "Another"}, show=lab("ball").show)
    assert msgspec.structs.replace(plan, spec=other_looks).identity() == plan.identity()
    seeded = load_lab("one-lag", LABS, {"seed": 2})
    others = [plan_sweep(seeded, [RATES, SIZES]), plan_sweep(lab(), [RATES]), plan_sweep(lab(), [SIZES, RATES])]
    assert len({each.identity() for each in [plan, *others]}) == 4


def test_another_table_under_the_same_name_is_another_sweep(tmp_path: Path) -> None:
    table = tmp_path / "my.csv"
    table.write_text("x,y\n" + "".join(f"{i},{2 * i}\n" for i in range(20)), encoding="utf-8")
    spec = load_lab("one-lag", LABS)
    data = msgspec.structs.replace(spec.data, name="csv", path=str(table), target="y")
    plan = SweepPlan(spec=msgspec.structs.replace(spec, data=data), axes=plan_sweep(spec, [RATES]).axes)
    before = plan.identity()
    table.write_text("x,y\n" + "".join(f"{i},{-2 * i}\n" for i in range(30)), encoding="utf-8")
    assert plan.identity() != before


def test_losses_of_other_kinds_are_not_compared() -> None:
    assert plan_sweep(lab(), [RATES]).comparable
    assert not plan_sweep(lab(), ["loss=mse,mae"]).comparable


def test_a_plan_survives_json() -> None:
    plan = plan_sweep(lab(), ["hidden=[16],[16,16]", "learning_rate=1,0.5", "shuffle=true,false"][:2])
    again = msgspec.json.decode(msgspec.json.encode(plan), type=SweepPlan)
    assert again == plan
    assert again.identity() == plan.identity()


rates = st.lists(st.floats(min_value=0, max_value=1e6, allow_subnormal=False), min_size=1, max_size=12, unique=True)
whole = st.lists(st.integers(min_value=0, max_value=10**6), min_size=1, max_size=12, unique=True)


@given(rates, whole)
def test_every_number_is_read_as_it_was_written(first: list[float], second: list[int]) -> None:
    words = [f"learning_rate={','.join(map(repr, first))}", f"batch_size={', '.join(map(str, second))}"]
    plan = plan_sweep(LabConfig(), words)
    assert [list(axis.values) for axis in plan.axes] == [first, second]
    cells = [plan.values_of(cell) for cell in range(plan.count)]
    assert cells == [(x, y) for x in first for y in second]


@given(st.text(max_size=40), st.text(max_size=60))
@example("learning_rate", "[" * 60)
@example("hidden", "[[[1]]]")
@example("w", "1979-05-27T07:32:00")
@example("seed", "1..99999999999999999999")
@example("keyword", "''")
@example("w", "nan, inf")
def test_no_word_is_more_than_refused(key: str, text: str) -> None:
    for name in (key, "learning_rate", "hidden", "optimizer", "seed", "keyword", "shuffle"):
        try:
            plan = plan_sweep(LabConfig(), [f"{name}={text}"])
        except TutorError:
            continue
        assert 1 <= plan.count <= MOST_CELLS
        assert all(plan.overrides_of(cell) for cell in range(plan.count))


def test_a_sweep_kept_before_decimal_marks_could_be_named_is_found_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tutor.runs.sweep.plan.versions", lambda: {"tutor": "1"})
    assert plan_sweep(lab(), [RATES]).identity() == "e72bf825d0ab"


def test_a_range_gives_a_handful_of_values_with_its_ends_and_choices_give_themselves() -> None:
    rate = values_to_try(ControlConfig(key="optimizer.learning_rate", low=1e-5, high=10.0))
    assert rate == (1e-05, 0.0001, 0.001, 0.01, 0.1, 1.0, 10.0)
    assert values_to_try(ControlConfig(key="data.noise", low=0.0, high=0.5)) == (0.0, 0.125, 0.25, 0.375, 0.5)
    epochs = values_to_try(ControlConfig(key="train.epochs", low=10.0, high=12.0))
    assert epochs == (10, 11, 12)
    assert all(isinstance(value, int) for value in epochs)
    assert values_to_try(ControlConfig(key="data.lags", choices=(1, 7))) == (1, 7)


def test_any_number_of_kinds_is_taken_and_the_last_goes_across() -> None:
    choice = SweepChoice(SPEC)
    assert [candidate.key for candidate in choice.candidates] == ["optimizer.learning_rate", "data.lags", "train.seed"]
    assert choice.chosen == [0, 1]
    assert choice.count == 28
    choice.move(-1)
    choice.toggle()
    assert choice.chosen == [0, 1, 2]
    assert choice.plan().shape == (7, 4, 5)
    choice.move(1)
    choice.toggle()
    plan = choice.plan()
    assert plan.shape == (4, 5)
    assert plan.spec_of(0).data.lags == 1
    assert plan.spec_of(19).train.seed == 5


def test_more_runs_than_a_map_shows_are_refused_before_the_start() -> None:
    text = LAB.replace("lags = [1, 7, 28, 56]", "lags = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]")
    choice = SweepChoice(read_lab(text, Path("x.toml")))
    choice.move(-1)
    choice.toggle()
    assert choice.count == 420
    assert choice.too_many
    with pytest.raises(TutorError, match=r"420 combinations.*at most 400.*Leave one"):
        choice.plan()


def test_nothing_chosen_is_a_sentence() -> None:
    choice = SweepChoice(SPEC)
    choice.toggle()
    choice.move(1)
    choice.toggle()
    assert choice.count == 0
    with pytest.raises(TutorError, match="space"):
        choice.plan()


def test_where_a_walk_starts_is_not_swept() -> None:
    text = LAB.replace("lags = [1, 7, 28, 56]", "w = [-1.0, 1.0]").replace('"linear"', '"linear"\nw = 0.5\nb = 0.0')
    keys = [each.key for each in SweepChoice(read_lab(text, Path("x.toml"))).candidates]
    assert "model.w" not in keys
