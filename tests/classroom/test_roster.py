"""Who is in a class: names, keys, and a file that the server and the teacher both write."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.classroom.roster import Roster, key_text, learner_name, parse_roster
from tutor.foundation.errors import TutorError

ANNA = "ssh-ed25519 " + "A" * 68
LAPTOP = "ssh-ed25519 " + "B" * 68
BEN = "ssh-rsa " + "C" * 300


def test_a_key_is_bound_once_and_the_teachers_comments_stay(tmp_path: Path) -> None:
    path = tmp_path / "roster.toml"
    path.write_text(f'# my class\nanna = ["{ANNA} anna@home",\n  "{LAPTOP}"]\n', encoding="utf-8")
    roster = Roster(tmp_path)
    assert roster.bind("李雷", BEN)
    assert not roster.bind("李雷", "ssh-rsa " + "D" * 300)
    assert not roster.bind("carl", BEN)
    assert not roster.bind("Anna", "ssh-rsa " + "D" * 300)
    assert (roster.name_of(ANNA), roster.name_of(LAPTOP), roster.name_of(BEN)) == ("anna", "anna", "李雷")
    assert path.read_text(encoding="utf-8").startswith("# my class\n")
    assert Roster(tmp_path).names() == ["anna", "李雷"]


@pytest.mark.parametrize("left", ["", "anna = []\n", "anna = [\n]\n"])
def test_a_lost_key_is_bound_anew_once_the_teacher_has_removed_it(tmp_path: Path, left: str) -> None:
    roster = Roster(tmp_path)
    assert roster.bind("anna", ANNA)
    (tmp_path / "roster.toml").write_text(f'{left}ben = ["{BEN}"]\n', encoding="utf-8")
    assert roster.name_of(ANNA) is None
    assert roster.bind("anna", LAPTOP)
    assert parse_roster((tmp_path / "roster.toml").read_text(encoding="utf-8")) == {"anna": (LAPTOP,), "ben": (BEN,)}


def test_a_damaged_roster_is_told_and_the_one_before_holds(tmp_path: Path) -> None:
    roster = Roster(tmp_path)
    roster.bind("anna", ANNA)
    (tmp_path / "roster.toml").write_text("anna = [", encoding="utf-8")
    assert roster.name_of(ANNA) == "anna"
    assert "damaged" in roster.problem
    with pytest.raises(TutorError, match="damaged"):
        roster.bind("ben", BEN)
    assert (tmp_path / "roster.toml").read_text(encoding="utf-8") == "anna = ["
    (tmp_path / "roster.toml").write_text(f'ben = "{BEN}"\n', encoding="utf-8")
    assert (roster.names(), roster.problem) == (["ben"], "")


@pytest.mark.parametrize(
    "text", ['anna = ["x"]', "anna = 3", '"../x" = []', '".a" = []', f'anna = ["{ANNA}"]\nben = ["{ANNA}"]', "[anna]"]
)
def test_what_is_no_roster_is_refused(text: str) -> None:
    with pytest.raises(TutorError):
        parse_roster(text)


@given(st.text(max_size=60))
def test_a_name_is_a_name_of_one_folder_or_none(text: str) -> None:
    name = learner_name(text)
    assert name is None or (name == Path(name).name and not name.startswith(".") and learner_name(name) == name)
    assert key_text(text) is None
