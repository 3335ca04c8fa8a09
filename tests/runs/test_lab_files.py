"""Lab files: what they mean, and what they are told when they are wrong."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.foundation.errors import TutorError
from tutor.foundation.safe_text import harmless, harmless_line
from tutor.foundation.translate import use_language
from tutor.labs.faults import LabError
from tutor.labs.lab_config import ControlConfig, LabConfig
from tutor.labs.lab_files import (
    SPEC_FILE,
    lab_titles,
    list_labs,
    load_lab,
    parse_setting,
    read_config,
    read_lab,
    to_toml,
    with_overrides,
    write_config,
)
from tutor.labs.validate import refuse_idle
from tutor.ml.settings import DataSettings

EXAMPLE = """\
id = "week-lags"
title = { en = "Looking back", zh = "回看" }

[data]                       # named data set or a CSV of the learner's own
name = "views"
lags = 7
test_fraction = 0.2

[model]
name = "mlp"
hidden = [16]
activation = "relu"
[loss]
name = "mae"
[optimizer]
name = "adam"
learning_rate = 0.001
schedule = "constant"
[train]
epochs = 200
batch_size = 32
seed = 1
stop = "no-improvement 20"

[show]
panels = ["loss", "series"]
[controls]
learning_rate = [1e-5, 10.0]
lags = [1, 7, 28, 56]
hidden = [[4], [16], [16, 16]]
[challenge]
goal = "final.valid_loss < 0.5 and updates < 5000"
"""
PATH = Path("labs/mine.toml")


def faults(text: str, overrides: dict[str, object] | None = None) -> list[str]:
    with pytest.raises(LabError) as caught:
        read_lab(text, PATH, overrides or {})
    return [str(fault) for fault in caught.value.faults]


def attempt(read: Callable[[], LabConfig]) -> LabConfig | LabError:
    try:
        return read()
    except LabError as error:
        return error


def test_a_lab_means_what_it_says() -> None:
    spec = read_lab(EXAMPLE, PATH)
    assert spec.id == "week-lags"
    assert spec.title_in("zh") == "回看"
    assert (spec.data.lags, spec.data.test_fraction) == (7, 0.2)
    assert (spec.model.hidden, spec.optimizer.learning_rate) == ((16,), 0.001)
    assert spec.show.panels == ("loss", "series")


def test_controls_are_ranges_or_choices_over_dotted_keys() -> None:
    controls = read_lab(EXAMPLE, PATH).controls
    assert list(controls) == ["learning_rate", "lags", "hidden"]
    assert controls["learning_rate"] == ControlConfig(key="optimizer.learning_rate", low=1e-5, high=10.0)
    assert controls["learning_rate"].logarithmic
    assert controls["lags"].choices == (1, 7, 28, 56)
    assert controls["hidden"].choices == ((4,), (16,), (16, 16))


def test_two_numbers_are_choices_where_they_are_called_so() -> None:
    text = "[optimizer]\nname = 'momentum'\nmomentum = 0.9\n[controls]\nmomentum = { choices = [0.0, 0.9] }\n"
    assert read_lab(text, PATH).controls["momentum"].choices == (0.0, 0.9)


def test_a_lab_without_an_id_is_named_after_its_file() -> None:
    assert read_lab("", PATH).id == "mine"


def test_an_unknown_key_is_told_with_its_line_and_the_nearest_right_name() -> None:
    (fault,) = faults(EXAMPLE.replace("learning_rate = 0.001", "learnign_rate = 0.001"))
    assert fault.startswith("labs/mine.toml:17: A lab has no key optimizer.learnign_rate.")
    assert fault.endswith("Did you mean optimizer.learning_rate?")


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        ("[data]\nname = 'views'\ngroup = 'patient'", 3, "data.group"),
        (
            "[data]\nname = 'text'\npath = 'tale.txt'\n[model]\nname = 'char-mlp'\n[loss]\nname = 'cross-entropy'",
            3,
            "data.path",
        ),
        ("[model]\nname = 'linear'\nhidden = [16]", 3, "model.hidden"),
        ("[optimizer]\nmomentum = 0.5", 2, "optimizer.momentum"),
        ("optimizer = { name = 'sgd', alpha = 0.5 }", 1, "optimizer.alpha"),
        ("[train]\nepochs = 3\nbatch_size = 16", 3, "train.batch_size"),
        ("[data]\nnoise = 0.5", 2, "data.noise"),
    ],
)
def test_what_changes_nothing_is_refused_in_a_file_as_on_the_command_line(text: str, line: int, key: str) -> None:
    (fault,) = faults(text)
    assert fault.startswith(f"labs/mine.toml:{line}: {key} changes nothing here: ")
    # The same sentence as for `--set` beside the rest of the file.
    values = tomllib.loads(text)
    table, _, name = key.partition(".")
    setting = {key: values[table].pop(name)}
    lab = with_overrides(LabConfig(), values)
    with pytest.raises(LabError) as told:
        refuse_idle(with_overrides(lab, setting), lab, setting)
    assert fault.partition(": ")[2] == told.value.faults[0].message


def test_a_file_may_say_what_is_so_anyway_and_what_a_control_brings_into_force() -> None:
    default = LabConfig().optimizer.momentum
    assert read_lab(f"[optimizer]\nmomentum = {default}\n", PATH).optimizer.momentum == default
    text = "[optimizer]\nmomentum = 0.5\n[controls]\noptimizer = {choices = ['gd', 'momentum']}\n"
    assert read_lab(text, PATH).optimizer.momentum == 0.5
    assert faults(text.replace("'momentum'", "'adam'")) != []


def test_a_file_is_judged_as_it_stands_and_not_by_what_a_lesson_makes_of_it() -> None:
    text = "[optimizer]\nname = 'momentum'\nmomentum = 0.5\n"
    assert read_lab(text, PATH, {"optimizer": "gd"}).optimizer.momentum == 0.5


def test_the_kept_spec_of_a_run_gives_every_key_and_is_read(tmp_path: Path) -> None:
    spec = with_overrides(LabConfig(), {"optimizer.momentum": 0.5, "train.batch_size": 16, "model.hidden": [4]})
    write_config(tmp_path, spec)
    assert read_config(tmp_path) == spec
    assert load_lab(tmp_path / "spec.toml", tmp_path) == spec


def test_a_key_of_another_table_is_pointed_there() -> None:
    (fault,) = faults("[train]\nlearning_rate = 1.0\n")
    assert fault.endswith("Did you mean optimizer.learning_rate?")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (
            '[model]\nname = "mpl"',
            "mine.toml:2: model.name must be one of linear, polynomial, softmax, mlp, char-mlp, naive, function,",
        ),
        ('[model]\nname = "mpl"', "Did you mean mlp?"),
        ("[train]\nepochs = 0", "mine.toml:2: train.epochs must be a whole number from 1 to 10000000, not 0."),
        ("[train]\nepochs = 1.5", "must be a whole number"),
        ('[train]\nepochs = "ten"', 'must be a whole number from 1 to 10000000, not "ten".'),
        ("[train]\nepochs = true", "not true"),
        ("[optimizer]\nlearning_rate = -0.1", "must be a number from 0 to 1000000, not -0.1."),
        ("[optimizer]\nlearning_rate = nan", "optimizer.learning_rate must be a number"),
        ("[optimizer]\nlearning_rate = inf", "optimizer.learning_rate must be a number"),
        ("[optimizer]\nmomentum = 1.0", "must be a number from 0 to below 1, not 1.0."),
        ('[data]\nname = "view"', "Did you mean views?"),
        ('[data]\nstandardise = "yes"', "data.standardise must be true or false"),
        ("[model]\nhidden = 16", "model.hidden must be a list, each item a whole number from 1 to 4096, not 16."),
        ('[show]\npanels = ["lost"]', "Did you mean loss?"),
        ("data = 3", "mine.toml:1: data must be a table"),
        ("[data.lags]\nx = 1", "data.lags must be a whole number"),
        ('title = "x"', "title must be a text for each language"),
        ("[trian]\nepochs = 3", "mine.toml:1: A lab has no key trian. Did you mean train?"),
        ('[train]\nstop = "when bored"', 'train.stop must be empty, or "no-improvement N", not when bored.'),
        ("[controls]\nlearning_rate = 3", "The control learning_rate needs a range"),
        ("[controls]\nlearning_rate = [1.0, 0.1]", "The control learning_rate needs a range"),
        ("[controls]\nlearning_rate = [-1.0, 0.1]", "controls.learning_rate must be a number"),
        ("[controls]\nactivation = ['relu', 'tahn']", "Did you mean tanh?"),
        ("[controls]\nlearnign_rate = [0.1, 1.0]", "learnign_rate is not a control. Did you mean learning_rate?"),
        ("[controls]\nlearning_rate = [0.1, 1.0]", "does not allow the lab's own optimizer.learning_rate = 0.01"),
        ('[challenge]\ngoal = "updates <"', "mine.toml:2: The goal cannot be read"),
        ('[loss]\nname = "cross-entropy"', "Cross-entropy compares"),
        ('[data]\nname = "iris"', "The model linear gives a number"),
        ('[data]\nname = "csv"', "The data set csv needs data.target."),
        ('[model]\nname = "softmax"', "Softmax gives probabilities"),
        ('[show]\npanels = ["confusion"]', "The panel confusion has nothing to show"),
        ('[model]\nname = "function"', "A drawn curve takes"),
        (
            '[data]\nname = "curve"\n[model]\nname = "function"\n[loss]\nname = "function"\noffset = 1',
            "loss.offset is for losses of data",
        ),
        ('[model]\nname = "coin-flips"', "goes with the data set coins"),
        ("[data]\nfolds = 1", "mine.toml:2: A single fold leaves nothing"),
        ('[data]\nname = "curve"\nfolds = 3', "A drawn curve has no examples"),
        (
            '[model]\nname = "mlp"\nbatch_norm = true\n[train]\nbatch_size = 1',
            "a batch needs two or more",
        ),
        ("x = ", "mine.toml:1: This is not a TOML file: Invalid value."),
    ],
)
def test_every_kind_of_fault_is_told_at_its_line(line: str, says: str) -> None:
    assert any(says in fault for fault in faults(line + "\n")), faults(line + "\n")


def test_all_faults_of_a_file_are_told_at_once_in_their_order() -> None:
    text = EXAMPLE.replace("lags = 7", "lags = 0").replace("epochs = 200", "epochs = 'x'").replace("[show]", "[shwo]")
    lines = [fault.split(":")[1] for fault in faults(text)]
    assert lines == ["6", "20", "25"]


def test_a_fault_of_a_setting_is_told_without_a_line() -> None:
    (fault,) = faults(EXAMPLE, {"optimizer.learning_rate": "fast"})
    assert fault.startswith("optimizer.learning_rate must be a number")


def test_a_fault_is_told_in_chinese() -> None:
    use_language("zh")
    (fault,) = faults("[train]\nepochs = 0\n")
    assert fault == "labs/mine.toml:2: train.epochs 应为 1 到 10000000 之间的整数，而不是 0。"


def test_a_line_is_found_behind_comments_quotes_and_long_texts() -> None:
    text = '# epochs = 1\n[title]\nen = """\nepochs = 2\n"""\n["train"]\n"epochs" = 0\n'
    (fault,) = faults(text)
    assert fault.startswith("labs/mine.toml:7: train.epochs")


def test_harmful_text_is_not_passed_on() -> None:
    assert all("\x1b" not in fault for fault in faults('"\\u001b[2J" = 1\n[data]\nname = "\\u001b]0;x"\n'))


def test_settings_replace_values_by_dotted_key_or_short_name() -> None:
    spec = read_lab(EXAMPLE, PATH, {"learning_rate": 0.1, "data.lags": 28, "hidden": 4})
    assert (spec.optimizer.learning_rate, spec.data.lags, spec.model.hidden) == (0.1, 28, (4,))
    assert with_overrides(spec, {"train.epochs": 5}).train.epochs == 5


def test_a_setting_may_go_beyond_a_control_which_then_reaches_as_far() -> None:
    spec = read_lab(EXAMPLE, PATH, {"learning_rate": 50.0, "lags": 14})
    assert (spec.controls["learning_rate"].low, spec.controls["learning_rate"].high) == (1e-5, 50.0)
    assert spec.controls["lags"].choices == (1, 7, 14, 28, 56)
    assert read_lab(to_toml(spec), PATH) == spec


def test_settings_are_held_to_the_same_rules() -> None:
    with pytest.raises(LabError, match=r"Did you mean optimizer\.learning_rate\?"):
        with_overrides(LabConfig(), {"optimizer.learning_rat": 0.1})
    with pytest.raises(LabError, match="id must be text"):
        with_overrides(LabConfig(), {"id.x": 0.1})


@pytest.mark.parametrize(
    ("word", "key", "value"),
    [
        ("optimizer.learning_rate=0.1", "optimizer.learning_rate", 0.1),
        ("train.epochs = 5", "train.epochs", 5),
        ("model.activation=tanh", "model.activation", "tanh"),
        ('model.activation="tanh"', "model.activation", "tanh"),
        ("hidden=16,16", "hidden", [16, 16]),
        ("hidden=[16, 16]", "hidden", [16, 16]),
        ("hidden=", "hidden", ""),
        ("data.standardise=false", "data.standardise", False),
        ("keyword=a=b", "keyword", "a=b"),
    ],
)
def test_a_setting_word_is_read(word: str, key: str, value: object) -> None:
    assert parse_setting(word) == (key, value)


def test_an_empty_list_can_be_set() -> None:
    key, value = parse_setting("hidden=")
    assert read_lab(EXAMPLE.replace("hidden = [[4]", "#"), PATH, {key: value}).model.hidden == ()


@pytest.mark.parametrize("word", ["", "epochs", "=3"])
def test_what_is_no_setting_is_told(word: str) -> None:
    with pytest.raises(TutorError, match=r"is not a setting.*learning_rate=0\.1"):
        parse_setting(word)


@given(st.text(max_size=60))
def test_any_word_is_a_setting_or_is_refused(word: str) -> None:
    try:
        key, _ = parse_setting(word)
    except TutorError:
        return
    assert key


@given(st.text(max_size=200))
def test_any_text_is_a_lab_or_has_faults(text: str) -> None:
    assert isinstance(attempt(lambda: read_lab(text, PATH)), LabConfig | LabError)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(
    st.sampled_from(["data.lags", "data.name", "model.hidden", "controls.lags", "title", "train", "controls"]), VALUES
)
def test_any_value_is_taken_or_refused(key: str, value: object) -> None:
    assert isinstance(attempt(lambda: with_overrides(LabConfig(), {key: value})), LabConfig | LabError)


def test_a_lab_is_found_by_name_or_path(tmp_path: Path) -> None:
    (tmp_path / "week-lags.toml").write_text(EXAMPLE, encoding="utf-8")
    assert list_labs(tmp_path) == ["week-lags"]
    assert load_lab("week-lags", tmp_path) == load_lab(str(tmp_path / "week-lags.toml"), Path("nowhere"))


def test_a_table_beside_the_lab_is_found_from_anywhere(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("x,y\n1,2\n", encoding="utf-8")
    lab = tmp_path / "mine.toml"
    lab.write_text('[data]\nname = "csv"\npath = "mine.csv"\ntarget = "y"\n', encoding="utf-8")
    assert load_lab(lab, Path("labs")).data.path == str(tmp_path / "mine.csv")


def test_a_broken_lab_is_listed_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("epochs =", encoding="utf-8")
    (tmp_path / "week-lags.toml").write_text(EXAMPLE, encoding="utf-8")
    assert lab_titles(tmp_path, "zh") == [("a", "a"), ("week-lags", "回看")]


def test_a_missing_lab_is_told_with_the_nearest_name(tmp_path: Path) -> None:
    (tmp_path / "week-lags.toml").write_text(EXAMPLE, encoding="utf-8")
    with pytest.raises(TutorError, match=r"There is no lab named week-lag\. Did you mean week-lags\?"):
        load_lab("week-lag", tmp_path)
    with pytest.raises(TutorError, match=r"cannot be read: No such file"):
        load_lab("./week-lag.toml", tmp_path)


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"\xff\xfe", "not a text file in UTF-8"), (b"# " + b"x" * 300_000, "at most 256 kB")],
)
def test_a_file_that_is_no_text_is_told(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "lab.toml"
    path.write_bytes(content)
    with pytest.raises(LabError, match=says):
        load_lab(path, tmp_path)


def test_a_spec_file_is_complete_and_reads_back_the_same(tmp_path: Path) -> None:
    spec = read_lab(EXAMPLE, PATH, {"model.w": -0.25})
    write_config(tmp_path, spec)
    assert read_config(tmp_path) == spec
    text = (tmp_path / "spec.toml").read_text(encoding="utf-8")
    assert text.startswith("# tutor ")
    assert "max_seconds = 600.0" in text
    assert "momentum = 0.9" in text


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20))
def test_any_text_survives_the_spec_file_but_for_what_steers_a_terminal(text: str) -> None:
    spec = LabConfig(id="x", title={"en": text}, about={text: "y"}, data=DataSettings(path=text))
    clean = LabConfig(
        id="x", title={"en": harmless(text)}, about={harmless_line(text): "y"}, data=DataSettings(path=text)
    )
    assert read_lab(to_toml(spec), PATH.with_name(SPEC_FILE)) == clean


@pytest.mark.parametrize(("head", "line"), [("", 2), ("name = 'views'\n", 3)])
def test_a_path_without_the_data_set_that_reads_it_is_one_fault(head: str, line: int) -> None:
    (fault,) = faults(f"[data]\n{head}path = 'mine.csv'\ntarget = 'price'\n")
    assert fault.startswith(f"labs/mine.toml:{line}: data.path is read only with the data sets csv and text")
