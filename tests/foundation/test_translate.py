"""Interface text in two languages."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tutor
from tutor.foundation.clock import short_duration
from tutor.foundation.languages import plain_texts
from tutor.foundation.suggest import nearest
from tutor.foundation.translate import (
    language,
    language_of_environment,
    listed,
    translate,
    use_language,
)


def test_the_same_key_speaks_the_language_in_use() -> None:
    english = translate("errors.no-lessons-folder", folder="/x")
    use_language("zh")
    chinese = translate("errors.no-lessons-folder", folder="/x")
    assert english != chinese
    assert "/x" in english
    assert "/x" in chinese
    assert language() == "zh"


def test_an_unknown_key_shows_itself() -> None:
    assert translate("errors.no-such-key") == "errors.no-such-key"
    assert translate("no-such-file.key") == "no-such-file.key"


def test_an_unknown_language_is_english() -> None:
    use_language("zh")
    use_language("klingon")
    assert language() == "en"


@pytest.mark.parametrize(
    ("value", "expected"), [("zh_CN.UTF-8", "zh"), ("en_GB.UTF-8", "en"), ("C", "en"), ("", "en"), ("de_DE", "en")]
)
def test_the_locale_chooses_the_first_language(monkeypatch: pytest.MonkeyPatch, value: str, expected: str) -> None:
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.delenv("LC_MESSAGES", raising=False)
    monkeypatch.setenv("LANG", value)
    assert language_of_environment() == expected


@pytest.mark.parametrize(
    ("seconds", "shown"), [(-1, "0 s"), (4.9, "4 s"), (180, "3 min"), (7200, "2 h"), (1e6, "11 d")]
)
def test_durations_are_short(seconds: float, shown: str) -> None:
    assert short_duration(seconds) == shown


def test_the_nearest_name_is_offered_only_when_it_is_near() -> None:
    assert nearest("lerning_rate", ["learning_rate", "batch_size"]) == "learning_rate"
    assert nearest("Adam", ["adam", "sgd"]) == "adam"
    assert nearest("zzz", ["adam", "sgd"]) is None


FILES = sorted((Path(tutor.__file__).parent / "translations").glob("*/*.toml"))


def test_every_file_is_read_without_the_reader_of_toml_as_it_would_read_it() -> None:
    sources = [file.read_text(encoding="utf-8") for file in FILES]
    assert len(sources) > 50
    assert list(map(plain_texts, sources)) == list(map(tomllib.loads, sources))


@pytest.mark.parametrize(
    "source",
    [
        'a = "one"\nb = """\ntwo"""', 'a = "one" # why', "a = 'one'", "a = 1", '[table]\na = "one"',
        'a = "one"\na = "two"',
        'a.b = "one"', '"a" = "one"', 'a = "\\U0001F600"', 'a = "\\ud800"', 'a = "one', "a", 'a = "\\/"', 'é = "one"',
    ],
)  # fmt: skip
def test_whatever_else_toml_allows_or_refuses_is_left_to_its_reader(source: str) -> None:
    assert plain_texts(source) is None


@given(st.lists(st.text(alphabet="ab\"\\ntu=#[]' é中", max_size=12), max_size=4))
def test_lines_that_are_read_mean_what_they_mean_in_toml(lines: list[str]) -> None:
    source = "\n".join(f'k{number} = "{line}"' for number, line in enumerate(lines))
    texts = plain_texts(source)
    assert texts is None or texts == tomllib.loads(source)


@pytest.mark.parametrize(("name", "expected"), [("en", "gd, adam"), ("zh", "gd、adam")])
def test_names_are_listed_as_the_language_parts_them(name: str, expected: str) -> None:
    before = language()
    try:
        use_language(name)
        assert listed(["gd", "adam"]) == expected
        assert listed([]) == ""
    finally:
        use_language(before)


@pytest.mark.parametrize(("term", "locale", "code"), [
    ("linux", "zh_CN.UTF-8", "en"), ("xterm-256color", "zh_CN.UTF-8", "zh"), ("linux", "en_GB.UTF-8", "en"),
])  # fmt: skip
def test_a_console_without_chinese_glyphs_speaks_english(
    term: str, locale: str, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", term)
    monkeypatch.setenv("LC_ALL", locale)
    assert language_of_environment() == code
