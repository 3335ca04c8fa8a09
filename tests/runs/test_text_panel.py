"""The panel of a model that writes, and the specs that it goes with."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.runs.panel_fakes import FakeTraining
from tutor.foundation.errors import TutorError
from tutor.foundation.translate import use_language
from tutor.labs.faults import LabError
from tutor.labs.lab_config import LabConfig
from tutor.labs.lab_files import load_lab, read_lab
from tutor.labs.own_lab import require_text
from tutor.labs.panel_context import PanelContext
from tutor.labs.panels.text import SHOWN, Text
from tutor.labs.settings import SETTINGS
from tutor.ml.arrays import Array
from tutor.ml.datasets.dataset import CLASSIFICATION, Dataset
from tutor.ml.datasets.sources.text import LONGEST_PIECE, MAX_VALUES, own_lines
from tutor.runs.events import Changed
from tutor.runs.in_process import run_to_end
from tutor.runs.summary import RunSummary
from tutor.runs.sweep.plan import plan_sweep
from tutor.runs.worker.adapter import TrainingAdapter

LESSONS = Path(__file__).resolve().parents[2] / "lessons"


class Writer(FakeTraining):
    """Writes "a" or "b", each as likely as the other."""

    def predict(self, x: Array) -> Array:
        last = x.reshape(len(x), -1, 3)[:, -1].argmax(axis=1)
        shares = np.where((last == 0)[:, None], [0.0, 0.5, 0.5], [1.0, 0.0, 0.0])
        return np.full_like(shares, np.nan) if self.broken else shares


def text_panel() -> Text:
    none = np.zeros((0, 9))
    data = Dataset("text", CLASSIFICATION, none, none, none, none, class_names=("⏎", "a", "b"), lines=("a",))
    return Text(PanelContext(LabConfig(), data, Writer(data), epochs=1))


def test_lines_that_stand_in_the_text_are_marked_and_counted() -> None:
    panel = text_panel()
    frame = panel.frame()
    assert frame is not None
    lines, known = frame["lines"], frame["known"]
    assert set(lines) == {"a", "b"}
    assert len(lines) == SHOWN
    assert known == [int(line == "a") for line in lines]
    assert panel.facts()["copied"] == pytest.approx(0.5, abs=0.15)
    assert panel.frame() == frame


def test_a_model_that_diverged_has_no_frame_and_no_figures() -> None:
    panel = text_panel()
    panel.context.training.broken = True  # type: ignore[attr-defined]
    assert panel.frame() is None
    assert panel.facts() == {}


@pytest.mark.parametrize("text", ["names", "tale-en", "tale-zh"])
def test_training_makes_what_is_written_more_like_the_text(text: str) -> None:
    spec = load_lab("name-writer", LESSONS / "labs", {"data.text": text, "data.context": 5})
    before = TrainingAdapter(spec, LESSONS / "data").facts()["final.copied"]
    summary = run_to_end(spec, LESSONS / "data")
    assert before == 0.0
    assert float(summary.facts()["final.copied"]) > 0.01
    assert summary.train_losses[-1] < summary.train_losses[0]


@pytest.mark.parametrize(
    ("lab", "says"),
    [
        ('[data]\nname = "text"\n[loss]\nname = "cross-entropy"', "go together"),
        ('[model]\nname = "char-mlp"\n[data]\nname = "iris"\n[loss]\nname = "cross-entropy"', "go together"),
        ('[model]\nname = "char-mlp"\n[data]\nname = "text"\nfolds = 3\n[loss]\nname = "cross-entropy"', "folds at 0"),
        ('[show]\npanels = ["text"]', "The panel text has nothing to show"),
    ],
)
def test_what_does_not_go_with_writing_is_told(lab: str, says: str) -> None:
    with pytest.raises(LabError, match=says):
        read_lab(lab, Path("mine.toml"))


OWN = [f"{first}{last}" for first in ("gal", "tor", "mel", "bri") for last in ("adon", "wen", "dir", "ion", "oth")]


def own_text(folder: Path, text: str | None = None) -> Path:
    path = folder / "elves.txt"
    path.write_text("\n".join(OWN) if text is None else text, encoding="utf-8")
    return path


def writer(path: Path, **overrides: object) -> LabConfig:
    changes = {"text": "file", "data.path": str(path), "pace": 0.0, **overrides}
    return load_lab("name-writer", LESSONS / "labs", changes)


def written(summary: RunSummary) -> list[str]:
    lines = summary.views["text"].frame["lines"]
    assert isinstance(lines, list)
    return [str(line) for line in lines]


def test_a_text_of_ones_own_is_learnt_and_written_like(tmp_path: Path) -> None:
    summary = run_to_end(writer(own_text(tmp_path), epochs=150), LESSONS / "data")
    assert summary.state == "finished", summary.message
    assert set("".join(written(summary))) <= set("".join(OWN))
    assert float(summary.facts()["final.copied"]) > 0.3


def test_the_colder_the_more_alike_and_at_nothing_all_the_same(tmp_path: Path) -> None:
    path = own_text(tmp_path)
    different = [
        len(set(written(run_to_end(writer(path, temperature=heat, epochs=60), LESSONS / "data"))))
        for heat in (0.0, 0.5, 1.0, 2.0)
    ]
    assert different[0] == 1
    assert different[1] < different[3]
    assert different == sorted(different)


def test_temperature_is_turned_while_it_goes_on_and_changes_no_loss(tmp_path: Path) -> None:
    spec = writer(own_text(tmp_path), epochs=6)
    turn = Changed(epoch=3, updates=0, key="model.temperature", value=0.0)
    plain, cold = run_to_end(spec, LESSONS / "data"), run_to_end(spec, LESSONS / "data", changes=[turn])
    assert len(cold.changes) == 1
    assert len(set(written(cold))) == 1 < len(set(written(plain)))
    assert cold.train_losses.tobytes() == plain.train_losses.tobytes()


def test_temperature_is_none_of_what_a_model_elsewhere_goes_by() -> None:
    assert SETTINGS["model.temperature"].idle_reason(load_lab("moons-net", LESSONS / "labs"))
    with pytest.raises(TutorError, match="temperature"):
        plan_sweep(load_lab("name-writer", LESSONS / "labs"), ["temperature=0.5,1"])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_text_that_cannot_be_learnt_from_is_told_before_any_run(language: str, tmp_path: Path) -> None:
    (tmp_path / "latin.txt").write_bytes(b"good\nst\xe9phane\n")
    (tmp_path / "few.txt").write_text("one\n\n\ntwo\n", encoding="utf-8")
    use_language(language)
    try:
        for path, said in (
            (tmp_path / "nowhere.txt", "nowhere.txt"),
            (tmp_path, str(tmp_path)),
            (tmp_path / "latin.txt", "latin.txt:2"),
            (tmp_path / "few.txt", "2"),
        ):
            with pytest.raises(TutorError, match=said) as told:
                require_text(writer(path))
            assert told.value.hint
    finally:
        use_language("en")
    with pytest.raises(LabError, match=r"data\.path"):
        load_lab("name-writer", LESSONS / "labs", {"text": "file"})


def test_what_is_in_a_text_steers_no_terminal(tmp_path: Path) -> None:
    lines = [f"\x1b[31m{name}\x1b]0;own\x07\u202e" for name in OWN]
    summary = run_to_end(writer(own_text(tmp_path, "\n".join(lines)), epochs=30), LESSONS / "data")
    assert summary.state == "finished", summary.message
    assert all(line.isprintable() for line in written(summary))


def test_of_a_text_that_is_too_large_so_much_is_used_as_memory_bears_and_that_is_said(tmp_path: Path) -> None:
    path = own_text(tmp_path, "".join(f"line {number} of many\n" for number in range(100_000)))
    lines, notes = own_lines(path, 12)
    characters = len(set("".join(lines))) + 1
    assert 10 <= len(lines) < 100_000
    assert sum(len(line) + 1 for line in lines) * 12 * characters <= MAX_VALUES
    assert len(notes) == 1
    assert str(len(lines)) in notes[0]


def test_a_long_line_is_cut_into_pieces_and_none_of_it_is_lost(tmp_path: Path) -> None:
    lines, notes = own_lines(own_text(tmp_path, "ab" * 3000), 3)
    assert "".join(lines) == "ab" * 3000
    assert max(map(len, lines)) == LONGEST_PIECE
    assert notes == ()
