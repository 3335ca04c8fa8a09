from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.translate import use_language
from tutor.progress.settings import Settings, load_settings, save_settings


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "new folder" / "settings.json"


def write(file: Path, content: bytes) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(content)


def test_without_a_file_the_defaults_hold_and_nothing_is_said(file: Path) -> None:
    loaded = load_settings(file)
    assert loaded.settings == Settings()
    assert loaded.notices == ()
    assert not file.parent.exists()


def test_what_was_saved_is_loaded(file: Path) -> None:
    chosen = Settings(language="zh", theme="paper", ascii=True, motion=False, screen_reader=True, daily_minutes=0)
    save_settings(chosen, file)
    assert load_settings(file).settings == chosen


def test_the_learners_own_file_is_used_where_none_is_named(own_home: Path) -> None:
    save_settings(Settings(language="zh"))
    assert (own_home / "settings.json").exists()
    assert load_settings().settings.language == "zh"


def test_keys_of_a_newer_tutor_survive_a_change(file: Path) -> None:
    write(file, b'{"language": "en", "review_minutes": 10, "nested": {"a": [1, null]}}')
    settings = load_settings(file).settings
    save_settings(settings.with_(language="zh"), file)
    content = json.loads(file.read_text())
    assert content["review_minutes"] == 10
    assert content["nested"] == {"a": [1, None]}
    assert content["language"] == "zh"


@pytest.mark.parametrize(
    "broken", [b"{", b"", b"[1]", b'"en"', b"\xff\xfe{}", b"null", b"[" * 100_000, b" " * (1 << 21)]
)
def test_a_broken_file_is_kept_aside_and_said_so(file: Path, broken: bytes) -> None:
    write(file, broken)
    loaded = load_settings(file)
    assert loaded.settings == Settings()
    (aside,) = file.parent.glob("settings.json.broken-*")
    assert aside.read_bytes() == broken
    assert not file.exists()
    assert [notice for notice in loaded.notices if aside.name in notice]
    assert load_settings(file).notices == ()


@pytest.mark.parametrize(
    ("name", "value"), [("language", "fr"), ("language", 3), ("ascii", "yes"), ("motion", None), ("theme", ["dark"])]
)
def test_a_value_that_cannot_be_used_is_named_and_the_others_hold(file: Path, name: str, value: object) -> None:
    write(file, json.dumps({"screen_reader": True, name: value}).encode())
    loaded = load_settings(file)
    assert getattr(loaded.settings, name) == getattr(Settings(), name)
    assert loaded.settings.screen_reader is True
    assert [f"“{name}”" in notice for notice in loaded.notices] == [True]


def test_notices_speak_the_language_in_use(file: Path) -> None:
    write(file, b"{")
    use_language("zh")
    assert "默认设置" in load_settings(file).notices[0]


def test_a_folder_in_the_files_place_is_said_and_left_alone(file: Path) -> None:
    file.mkdir(parents=True)
    loaded = load_settings(file)
    assert loaded.settings == Settings()
    assert str(file) in loaded.notices[0]
    assert file.is_dir()


def test_settings_that_cannot_be_saved_raise_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(TutorError) as raised:
        save_settings(Settings(), tmp_path / "file" / "settings.json")
    assert raised.value.exit_code is ExitCode.CANNOT_WRITE
    assert str(tmp_path / "file") in raised.value.message


def test_a_file_edited_with_a_byte_order_mark_is_read(file: Path) -> None:
    write(file, b'\xef\xbb\xbf{"language": "zh"}')
    assert load_settings(file).settings.language == "zh"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
NAMES = st.sampled_from(["language", "theme", "ascii", "motion", "screen_reader"]) | st.text(max_size=8)


@given(content=st.binary(max_size=60) | st.dictionaries(NAMES, JSON).map(lambda value: json.dumps(value).encode()))
def test_loading_never_raises_and_what_is_loaded_can_be_saved_again(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    file = tmp_path_factory.mktemp("settings") / "settings.json"
    file.write_bytes(content)
    settings = load_settings(file).settings
    save_settings(settings, file)
    assert load_settings(file).settings == settings
    assert load_settings(file).notices == ()


def test_who_only_looks_leaves_a_broken_file_where_it_is(file: Path) -> None:
    write(file, b"{")
    loaded = load_settings(file, keep_aside=False)
    assert loaded.settings == Settings()
    assert len(loaded.notices) == 1
    assert [each.name for each in file.parent.iterdir()] == [file.name]


@pytest.mark.parametrize("minutes", ["true", "-5", "1441", '"15"', "15.5"])
def test_a_daily_goal_that_no_day_holds_is_refused_and_said(file: Path, minutes: str) -> None:
    write(file, f'{{"daily_minutes": {minutes}}}'.encode())
    loaded = load_settings(file)
    assert loaded.settings.daily_minutes == 15
    assert "daily_minutes" in loaded.notices[0]
