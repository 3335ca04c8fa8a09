"""Files lie where the learner was told they lie."""

from __future__ import annotations

from pathlib import Path

import platformdirs
import pytest

from tutor.foundation import paths
from tutor.foundation.errors import TutorError


def test_tutor_home_holds_everything_of_the_learners(own_home: Path) -> None:
    assert paths.progress_file() == own_home / "progress.sqlite3"
    assert paths.settings_file() == own_home / "settings.json"
    assert paths.runs_folder() == own_home / "runs"
    assert paths.cache_folder() == own_home / "cache"


def test_without_tutor_home_the_platform_decides(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("TUTOR_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert paths.progress_file() == tmp_path / "data" / "tutor" / "progress.sqlite3"
    assert paths.settings_file() == tmp_path / "config" / "tutor" / "settings.json"
    assert paths.cache_folder() == tmp_path / "cache" / "tutor"


@pytest.mark.parametrize("value", ["", "relative", "/somewhere/else"])
def test_the_folders_are_those_that_platformdirs_says(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TUTOR_HOME")
    for kind in ("DATA", "CONFIG", "CACHE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", value)
    assert paths.data_folder() == platformdirs.user_data_path("tutor", appauthor=False)
    assert paths.settings_file().parent == platformdirs.user_config_path("tutor", appauthor=False)
    assert paths.cache_folder() == platformdirs.user_cache_path("tutor", appauthor=False)


def test_lessons_are_found_without_being_told() -> None:
    assert (paths.lessons_folder() / "en").is_dir()


def test_a_missing_lessons_folder_is_said_with_its_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TUTOR_LESSONS", str(tmp_path / "nowhere"))
    with pytest.raises(TutorError, match="nowhere") as told:
        paths.lessons_folder()
    assert "TUTOR_LESSONS" in told.value.hint
