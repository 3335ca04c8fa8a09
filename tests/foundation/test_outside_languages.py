"""A language is a folder of words, found by being there; its words are anybody's."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.languages import ESPERANTO, write_language
from tutor.foundation.foreign_words import LARGEST_FILE, count_words, faults_of_words, placeholders, read_words
from tutor.foundation.languages import (
    ENGLISH,
    SHIPPED_WORDS,
    best_language,
    in_language,
    is_language_code,
    languages,
    shipped_texts,
)
from tutor.foundation.outside_languages import find_languages, speak
from tutor.foundation.translate import (
    ASKED,
    language,
    language_for,
    language_mark,
    language_name,
    language_name_here,
    language_note,
    language_of_environment,
    language_sign,
    translate,
    use_language,
)


def told(folder: Path) -> list[tuple[str, int, str]]:
    """The faults of the languages in a home: the file, the line and what is wrong."""
    return [(each.path.name, each.line, each.message) for each in faults_of_words(folder / "translations")]


def test_a_console_without_its_glyphs_shows_the_code_of_a_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "linux")
    assert (language_sign("en"), language_sign("zh")) == ("en", "zh")
    monkeypatch.delenv(ASKED, raising=False)
    assert language_for("zh") == "en", "the setting was made on another terminal"
    monkeypatch.setenv(ASKED, "zh")
    assert language_for("zh") == "zh"


def test_only_what_ships_is_there_at_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    assert list(languages()) == ["en", "zh"]
    assert language_name("zh") == "中文"
    assert (language_sign("en"), language_sign("zh")) == ("en", "中")


def test_a_folder_of_words_is_a_language(own_home: Path) -> None:
    write_language(own_home)
    assert list(languages()) == ["en", "zh", "eo"]
    assert language_name("eo") == "Esperanto"
    use_language("eo")
    assert language() == "eo"
    assert translate("home.continue") == "Daŭrigi"
    assert translate("home.section", section=1, sections="X") == "Parto 1 · X"
    own, everything = count_words(languages()["eo"])
    assert own == sum(map(len, ESPERANTO.values())) < everything


def test_a_lessons_folder_may_bring_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUTOR_LESSONS", str(tmp_path))
    write_language(tmp_path, "de", {"home": {"continue": "Weiter"}})
    speak("de")
    assert translate("home.continue") == "Weiter"
    assert language_name("de") == language_sign("de") == "de", "it does not say what it is called"


def test_two_folders_of_one_language_are_one(own_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUTOR_LESSONS", str(tmp_path))
    write_language(own_home, "de", {"home": {"continue": "Weiter"}})
    write_language(tmp_path, "de", {"home": {"continue": "Los", "start": "Anfangen"}})
    speak("de")
    assert (translate("home.continue"), translate("home.start")) == ("Weiter", "Anfangen")


def test_what_a_language_lacks_is_english_key_by_key(own_home: Path) -> None:
    write_language(own_home)
    english = translate("home.all-done"), translate("quiz.score")
    use_language("eo")
    assert (translate("home.all-done"), translate("quiz.score")) == english
    assert translate("home.nothing-at-all") == "home.nothing-at-all"


def test_a_language_may_name_another_one_to_stand_in_for_it(own_home: Path) -> None:
    write_language(own_home, "zh-Hant", {"language": {"fallback": "zh"}, "home": {"continue": "繼續"}})
    use_language("zh")
    chinese = translate("home.start")
    use_language("zh-Hant")
    assert (translate("home.continue"), translate("home.start")) == ("繼續", chinese)
    assert in_language({"en": "a", "zh": "b"}, "zh-Hant") == "b"
    assert in_language({"en": "a", "zh": ""}, "zh-Hant") == "a"
    assert in_language({"fr": "c", "en": ""}, "zh-Hant") == "c"
    assert in_language({"fr": ""}, "zh-Hant") is None


def test_languages_that_stand_in_for_each_other_end_with_english(own_home: Path) -> None:
    write_language(own_home, "aa", {"language": {"fallback": "bb"}})
    write_language(own_home, "bb", {"language": {"fallback": "aa"}})
    english = translate("home.start")
    use_language("aa")
    assert translate("home.start") == english


@pytest.mark.parametrize(
    ("locale", "code"),
    [
        ("eo_XX.UTF-8", "eo"), ("eo", "eo"), ("EO", "eo"), ("pt_PT.UTF-8@euro", "pt-BR"), ("pt_BR", "pt-BR"),
        ("de_AT", "en"), ("zh_TW.UTF-8", "zh"), ("eoo", "en"), ("C.UTF-8", "en"), ("_", "en"), ("-", "en"),
    ],
)  # fmt: skip
def test_the_locale_finds_it(own_home: Path, monkeypatch: pytest.MonkeyPatch, locale: str, code: str) -> None:
    write_language(own_home)
    write_language(own_home, "pt-BR")
    monkeypatch.setenv("LC_ALL", locale)
    assert language_of_environment() == code


def test_what_is_asked_for_this_time_goes_before_the_setting(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_language(own_home)
    assert language_for("zh") == "zh"
    monkeypatch.setenv("TUTOR_LANG", "eo")
    assert language_for("zh") == "eo"
    monkeypatch.setenv("TUTOR_LANG", "klingon")
    assert language_for("zh") == "zh"
    assert best_language("") is None


def test_what_is_shown_in_another_language_is_marked(own_home: Path) -> None:
    write_language(own_home)
    assert (language_mark("en"), language_note("en")) == ("", "")
    assert language_name_here("zh") == "Chinese"
    use_language("eo")
    assert language_mark("zh") == "[中]"
    assert language_note("fr") == "Ne estas en Esperanto, do en fr."


@pytest.mark.parametrize("code", ["en", "eo", "ast", "pt-BR", "zh-Hant-TW", "de-1996"])
def test_codes_of_languages(code: str) -> None:
    assert is_language_code(code)


@pytest.mark.parametrize(
    "name", ["", "e", "labs", "EN", "pt_BR", "en-", "-en", "e1", "é1", "en--x", "en-" + "x" * 40, ".."]
)
def test_other_names_of_folders(name: str) -> None:
    assert not is_language_code(name)


# -- words of anybody ------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["en", "zh"])
def test_words_that_ship_are_not_replaced(own_home: Path, code: str) -> None:
    use_language(code)
    before = translate("home.continue")
    write_language(own_home, code, {"home": {"continue": "Your password?"}})
    use_language(code)
    assert translate("home.continue") == before
    assert told(own_home) == [(code, 1, translate("check.words-ship", code=code))]


@pytest.mark.parametrize(
    "text",
    [
        "{sektions} {section}", "{section}", "plain", "{section} {sections} {sections.__class__}",
        "{section} {sections[0]}", "{section} {sections!r}",
        "{section:>99999999} {sections}", "{section} {sections:{section}}", "{} {section} {sections}",
        "{section} {sections", "}",
        "{section} {sections} {0}",
    ],
)  # fmt: skip
def test_other_placeholders_than_the_english_ones_are_told_and_not_used(own_home: Path, text: str) -> None:
    write_language(own_home, "eo", {"home": {"start": "Komenci", "section": text}})
    english = translate("home.section", section=1, sections="X")
    assert told(own_home) == [
        ("home.toml", 2, translate("check.words-placeholders", key="section", names="{sections} {section}"))
    ]
    use_language("eo")
    assert translate("home.section", section=1, sections="X") == english
    assert translate("home.start") == "Komenci"


def test_braces_may_stand_elsewhere_and_twice(own_home: Path) -> None:
    write_language(own_home, "eo", {"home": {"section": "{{ {sections} {section} {sections} }}"}})
    assert told(own_home) == []
    use_language("eo")
    assert translate("home.section", section=1, sections="X") == "{ X 1 X }"


def test_a_text_whose_english_has_no_braces_has_none(own_home: Path) -> None:
    write_language(own_home, "eo", {"home": {"start": "{start}"}})
    assert told(own_home) == [("home.toml", 1, translate("check.words-braces", key="start"))]


@pytest.mark.parametrize(
    ("source", "line", "key", "values"),
    [
        (b'continue = 3', 1, "no-text", {"key": "continue"}),
        (b'\n\ncontinue = ["a"]', 3, "no-text", {"key": "continue"}),
        (b'[continue]\na = "b"', 1, "no-text", {"key": "continue"}),
        (b'continue = " "', 1, "empty", {"key": "continue"}),
        (b'# \xff', 1, "unreadable", {"reason": "the file is not UTF-8"}),
    ],
)  # fmt: skip
def test_what_is_no_text_is_told(own_home: Path, source: bytes, line: int, key: str, values: dict[str, object]) -> None:
    folder = write_language(own_home, "eo", {})
    (folder / "home.toml").write_bytes(source)
    assert told(own_home) == [("home.toml", line, translate(f"check.words-{key}", **values))]
    english = translate("home.continue")
    use_language("eo")
    assert translate("home.continue") == english


def test_a_near_miss_of_a_name_is_told(own_home: Path) -> None:
    folder = write_language(own_home, "eo", {"home": {"contniue": "Daŭrigi"}, "hoome": {"start": "x"}})
    (folder / "home.toml").write_text('\ncontniue = "x"\n', encoding="utf-8")
    write_language(own_home, "eo", {})
    (own_home / "translations" / "Esperanto").mkdir()
    messages = {name: message for name, _, message in told(own_home)}
    assert "“continue”" in messages["home.toml"]
    assert "hoome.toml" in messages["hoome.toml"]
    assert "Esperanto" in messages["Esperanto"]


@pytest.mark.parametrize(
    "source", ["x", "a = [" + "[" * 5000, ".".join("a" * 3000) + " = 1", 'a = "' + "x" * LARGEST_FILE]
)
def test_a_file_that_cannot_be_read_costs_a_sentence(own_home: Path, source: str) -> None:
    folder = write_language(own_home, "eo", {"home": {"start": "Komenci"}})
    # What is wrong with these words is told in them, too.
    for name in ("errors", "check"):
        (folder / f"{name}.toml").write_text(source, encoding="utf-8")
    use_language("eo")
    assert len(told(own_home)) == 2
    assert translate("home.start") == "Komenci"
    assert translate("errors.kind-folder") == shipped_texts(ENGLISH, "errors")["kind-folder"]


def test_a_named_pipe_in_place_of_words_is_not_waited_for(own_home: Path) -> None:
    folder = write_language(own_home, "eo", {})
    os.mkfifo(folder / "home.toml")
    use_language("eo")
    assert translate("home.start") == shipped_texts(ENGLISH, "home")["start"]
    assert len(told(own_home)) == 1


def test_words_cannot_move_the_cursor_or_break_a_row(own_home: Path) -> None:
    folder = write_language(own_home, "eo", {})
    (folder / "home.toml").write_text('start = "a\\u001b[2Jb\\nc\\u202ed"\n', encoding="utf-8")
    use_language("eo")
    assert translate("home.start") == "a\ufffd[2Jb c\ufffdd"


def test_a_text_is_not_much_longer_than_its_english(own_home: Path) -> None:
    write_language(own_home, "eo", {"home": {"start": "x" * 5000}})
    use_language("eo")
    assert translate("home.start") == shipped_texts(ENGLISH, "home")["start"]
    assert "5000" not in told(own_home)[0][2]


def test_links_that_lead_nowhere_and_files_are_no_languages(own_home: Path) -> None:
    (own_home / "translations").mkdir()
    (own_home / "translations" / "eo").symlink_to(own_home / "nowhere")
    (own_home / "translations" / "de").write_text("x")
    find_languages()
    assert list(languages()) == ["en", "zh"]


def test_there_is_an_end_to_languages(own_home: Path) -> None:
    for first in "abcdefghij":
        for second in "abcdefghij":
            (own_home / "translations" / (first + second)).mkdir(parents=True)
    find_languages()
    assert len(languages()) < 70


SIGNS = st.sampled_from(
    ["{", "}", "number", "title", "!r", ":", ">9", ".x", "[0]", '"', "\\", "\n", "=", "start", "section"]
)


@given(st.lists(SIGNS | st.characters(), max_size=14).map("".join))
def test_whatever_stands_in_a_file_can_be_read_and_shown(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    file = tmp_path_factory.getbasetemp() / "home.toml"
    for source in (text, f'part = "{text}"', f"part = '''{text}'''"):
        file.write_bytes(source.encode("utf-8", "surrogatepass"))
        words = read_words(file)
        for key, found in words.texts.items():
            fields = placeholders(found)
            assert fields == placeholders(shipped_texts(ENGLISH, "home")[key])
            assert found.format(**dict.fromkeys(fields or (), "x")) is not None
        assert all(str(fault) for fault in words.faults)


def test_all_that_ships_would_pass_as_words_from_outside() -> None:
    for code in ("en", "zh"):
        for path in sorted((SHIPPED_WORDS / code).glob("*.toml")):
            words = read_words(path)
            assert words.faults == ()
            clean = {key: text.replace("\t", "    ") for key, text in shipped_texts(code, path.stem).items()}
            assert words.texts == clean
