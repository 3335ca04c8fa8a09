"""A third language of the interface, brought by a folder of words alone: screens, command line, lines of text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.languages import write_language
from tests.tui.conftest import MakeWorkspace
from tests.tui.screen_rows import press, rows_of, running, settled, text_of
from tutor.cli import run
from tutor.course.glossary import Glossary, GlossaryEntry
from tutor.foundation.translate import language, use_language
from tutor.plain.asking import Command, command_in
from tutor.progress.cards import Side
from tutor.progress.settings import load_settings
from tutor.study.term_questions import can_be_asked, term_question

LESSON = """\
---
id: loss
title: "Modelo kaj perdo"
minutes: 12
---

## Demando

<!-- q: loss-first -->

> Konsilo: pensu.

1. [x] Jes
2. [ ] Ne

## Perdofunkcio

<!-- term: loss-function -->

Kiom malbona.

**Vidu** [Learning rate](#learning-rate)
"""


@pytest.fixture
def esperanto(own_home: Path, lessons: Path) -> None:
    """The words, and one lesson of four."""
    write_language(own_home)
    (lessons / "eo").mkdir()
    (lessons / "eo" / "02-loss.md").write_text(LESSON, encoding="utf-8")


# -- screens ---------------------------------------------------------------------------------------------


async def test_the_key_goes_round_all_languages_and_says_which(workspace_in: MakeWorkspace, esperanto: None) -> None:
    workspace = workspace_in()
    async with running(workspace) as pilot:
        assert "L en ⇄ 中 ⇄ eo" in rows_of(pilot)[0]
        await pilot.press("L")
        await settled(pilot)
        assert "现在使用中文" in text_of(pilot)
        await pilot.press("L")
        await settled(pilot)
        text = text_of(pilot)
        assert "Nun en Esperanto." in text
        assert "Komenci" in text
        assert json.loads((workspace.home / "settings.json").read_text())["language"] == "eo"
        await pilot.press("L")
        await settled(pilot)
        assert "The language is now English." in text_of(pilot)


async def test_of_many_languages_the_map_shows_this_one_and_the_next(
    workspace_in: MakeWorkspace, own_home: Path
) -> None:
    for code in ("aa", "bb", "cc"):
        write_language(own_home, code, {"language": {"sign": "a-very-long-sign"}})
    async with running(workspace_in("zh")) as pilot:
        assert "L 中 ⇄ a-v…" in rows_of(pilot)[0]


async def test_the_map_marks_what_is_not_translated(workspace_in: MakeWorkspace, esperanto: None) -> None:
    async with running(workspace_in("eo")) as pilot:
        rows = rows_of(pilot)
        assert any("Modelo kaj perdo  " in row for row in rows)
        assert any("Softmax [en]" in row for row in rows)
        assert any("Komenci" in row for row in rows)


async def test_a_lesson_that_is_not_translated_says_so(workspace_in: MakeWorkspace, esperanto: None) -> None:
    async with running(workspace_in("eo")) as pilot:
        await press(pilot, "1", "enter")
        assert "Ne estas en Esperanto, do en English." in text_of(pilot)
        await press(pilot, "L")
        assert "Ne estas" not in text_of(pilot)


async def test_a_translated_lesson_is_there_with_its_hints(workspace_in: MakeWorkspace, esperanto: None) -> None:
    async with running(workspace_in("eo")) as pilot:
        await press(pilot, "2", "enter")
        text = text_of(pilot)
        assert "Modelo kaj perdo" in text
        assert "Ne estas en" not in text
        assert "pensu" not in text
        await press(pilot, "tab", "i")
        assert "pensu." in text_of(pilot)
        assert "Konsilo" not in text_of(pilot)


async def test_the_settings_offer_it(workspace_in: MakeWorkspace, esperanto: None) -> None:
    workspace = workspace_in("zh")
    async with running(workspace) as pilot:
        rows = await press(pilot, "S")
        assert any("○ English   ● 中文   ○ Esperanto" in row for row in rows), rows
        rows = await press(pilot, "right")
        assert any("Lingvo" in row and "● Esperanto" in row for row in rows)
        rows = await press(pilot, "right")
        assert any("● English   ○ 中文   ○ Esperanto" in row for row in rows)


async def test_of_many_languages_the_settings_show_the_one_in_use(workspace_in: MakeWorkspace, own_home: Path) -> None:
    for first in "abcdefgh":
        write_language(own_home, f"{first}x", {"language": {"name": f"Language of {first.upper()}"}})
    async with running(workspace_in("gx")) as pilot:
        rows = await press(pilot, "S")
        assert any("● Language of G" in row for row in rows), rows


# -- command line ----------------------------------------------------------------------------------------


def test_the_command_line_speaks_it(esperanto: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--lang", "eo", "list"]) == 0
    out = capsys.readouterr().out
    assert "Laboratorioj" in out
    assert "Model and loss: how wrong is a guess? [en]" in out
    assert run(["--lang=klingon", "list"]) == 2
    assert "'en', 'zh', 'eo'" in capsys.readouterr().err
    assert run(["--lang=eo", "--nonsense"]) == 2
    assert "Ne estas '--nonsense'" in capsys.readouterr().err


def test_the_setting_is_kept_while_another_language_is_asked_for(esperanto: None, own_home: Path) -> None:
    (own_home / "settings.json").write_text('{"language": "eo"}')
    assert load_settings().settings.language == "eo"
    run(["--version"])
    assert language() == "eo"
    run(["--lang", "zh", "--version"])
    assert language() == "zh"
    assert load_settings().settings.language == "eo"


def test_a_setting_whose_language_is_gone_is_told(own_home: Path) -> None:
    (own_home / "settings.json").write_text('{"language": "eo"}')
    loaded = load_settings()
    assert loaded.settings.language == ""
    assert len(loaded.notices) == 1


def test_lines_of_text_say_what_is_not_translated(
    esperanto: None, lessons: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TUTOR_LESSONS", str(lessons))
    assert run(["--lang", "eo", "read", "1"]) == 0
    assert "Ne estas en Esperanto, do en English." in capsys.readouterr().out
    assert run(["--lang", "eo", "read", "2"]) == 0
    out = capsys.readouterr().out
    assert "Modelo kaj perdo" in out
    assert "Ne estas" not in out


def test_check_tells_what_is_translated_and_what_is_wrong_with_the_words(
    esperanto: None, lessons: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["check", str(lessons)]) == 0
    assert "Esperanto (eo): 1 of 4 lessons are there" in capsys.readouterr().out
    write_language(lessons, "de", {"home": {"section": "Teil {nummer}"}})
    assert run(["check", str(lessons)]) == 1
    out = capsys.readouterr().out
    assert "de/home.toml:1:1: “section” needs these placeholders and no others: {sections} {section}." in out


def test_doctor_tells_of_it(own_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_language(own_home, "eo", {"language": {"name": "Esperanto"}, "home": {"section": "{x}"}})
    assert run(["doctor"]) == 0
    out = capsys.readouterr().out
    assert "Esperanto (eo): 1 of " in out
    assert "home.toml:1: “section” needs" in out


def test_a_new_lesson_begins_as_the_language_has_it(own_home: Path, tmp_path: Path) -> None:
    folder = write_language(own_home)
    (folder / "lesson.md").write_text('---\nid: @id@\ntitle: "@title@"\nminutes: 5\n---\n\nSaluton.\n')
    for code in ("en", "eo"):
        (tmp_path / code).mkdir()
    assert run(["new", "Sumoj", "--in", str(tmp_path)]) == 0
    assert "Saluton." in (tmp_path / "eo" / "01-sumoj.md").read_text()
    assert "Saluton." not in (tmp_path / "en" / "01-sumoj.md").read_text()
    (folder / "lesson.md").unlink()
    assert run(["new", "Alia", "--in", str(tmp_path)]) == 0
    texts = [(tmp_path / code / "02-alia.md").read_text() for code in ("en", "eo")]
    assert texts[0] == texts[1]


# -- what is asked ---------------------------------------------------------------------------------------


def test_wishes_are_understood_in_every_language(own_home: Path) -> None:
    write_language(own_home)
    for code in ("en", "zh", "eo"):
        use_language(code)
        assert [command_in(f"/{word}") for word in ("helpo", "for", "quit", "提示")] == [
            Command.HINT, Command.LEAVE, Command.LEAVE, Command.HINT,
        ]  # fmt: skip
        assert command_in("/nonsense") is Command.HELP
        assert command_in("helpo") is None


def entry(name: str, **names: str) -> GlossaryEntry:
    return GlossaryEntry(name, names, {}, {"en": f"What {name} is."}, "", (), "one")


def test_names_are_asked_in_the_learners_own_language(own_home: Path) -> None:
    write_language(own_home)
    terms = [entry(name, en=name, zh=f"{name}中", eo=f"{name}o") for name in ("rate", "loss", "bias")]
    glossary = Glossary([*terms, entry("half", en="half", zh="half中")])
    wanted = {}
    for code in ("en", "zh", "eo"):
        use_language(code)
        question = term_question(terms[0], Side.TRANSLATION, glossary, code)
        assert question is not None
        assert question.title == "rate"
        wanted[code] = (question.options[0].text, question.prompt)
    assert wanted["en"] == ("rate中", "What is it called in Chinese?")
    assert wanted["zh"][0] == "rate中"
    assert wanted["eo"] == ("rateo", "What is it called in Esperanto?")
    assert can_be_asked(terms[0], Side.TRANSLATION, "fr")
    assert not can_be_asked(entry("alone", eo="sola"), Side.TRANSLATION, "eo")


def test_a_course_without_english_asks_from_its_first_language(own_home: Path) -> None:
    terms = [entry(name, fr=f"{name}e", eo=f"{name}o") for name in ("rat", "loss", "bias")]
    for code in ("fr", "eo", "en"):
        question = term_question(terms[0], Side.TRANSLATION, Glossary(terms), code)
        assert question is not None
        assert (question.title, question.options[0].text) == ("rate", "rato")
