"""The manual: each topic in both languages, commands that exist, links that lead somewhere, lines that fit."""

from __future__ import annotations

import ast
import re
import textwrap
from pathlib import Path

import numpy as np
import pytest

from tutor.cli import run
from tutor.foundation.errors import ExitCode
from tutor.foundation.text import cell_width
from tutor.foundation.translate import use_language
from tutor.plain.manual import topics

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / "tutor" / "manual").glob("*/*.md"))
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / ".github").glob("*.md")), *PAGES]


def test_every_topic_is_there_in_both_languages() -> None:
    for language in ("en", "zh"):
        assert {page.stem for page in PAGES if page.parent.name == language} == set(topics())


@pytest.mark.parametrize("topic", topics())
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_page_fits_into_eighty_cells(topic: str, language: str, capsys: pytest.CaptureFixture[str]) -> None:
    use_language(language)
    assert run(["help", topic]) == ExitCode.OK
    lines = capsys.readouterr().out.splitlines()
    code = [line for line in lines if line.startswith("    ")]  # code is not broken: it is there to be copied
    assert all(cell_width(line) <= 80 for line in lines if line not in code)
    assert all(cell_width(line) <= 120 for line in code)


def test_without_a_topic_all_are_listed_with_their_titles(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["help"]) == ExitCode.OK
    listed = capsys.readouterr().out
    assert all(f"  {topic} " in listed for topic in topics())
    assert "The first hour" in listed


def test_a_topic_that_is_not_there_is_told_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["help", "lab"]) == ExitCode.USAGE
    assert "Did you mean" in capsys.readouterr().err


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_commands_in_documents_exist_with_their_options(document: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said: dict[str, str] = {}
    for command in re.findall(r"^    (?:\S*/)?tutor ([^#\n|]+)", document.read_text(encoding="utf-8"), re.MULTILINE):
        words = command.split()
        name = words[0] if words[0] not in ("run", "progress") or len(words) == 1 else f"{words[0]} {words[1]}"
        if name not in said:
            assert run([*name.split(), "--help"]) == ExitCode.OK, command
            said[name] = capsys.readouterr().out
        assert f"Usage: tutor {name}" in said[name], command
        for option in re.findall(r"(?<= )--?[a-z][a-z-]*", command):
            assert option in said[name], command


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_to_files(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", document.read_text(encoding="utf-8")):
        assert target.startswith("https://") or (document.parent / target).exists(), target


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_program_that_uses_an_exported_model_runs(
    language: str, own_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (ROOT / "tutor" / "manual" / language / "tables.md").read_text(encoding="utf-8")
    program = page[page.index("    import json, numpy as np") :]
    monkeypatch.chdir(tmp_path)
    assert run(["train", "frame-classifier", "--set", "rows=2000", "--set", "epochs=2", "--plain"]) == ExitCode.OK
    assert run(["run", "export", "--as", "npz", "--to", "model.npz"]) == ExitCode.OK
    capsys.readouterr()
    exec(textwrap.dedent(program), {"x": np.zeros((3, 8))})
    assert len(ast.literal_eval(capsys.readouterr().out)) == 3


@pytest.mark.parametrize(("readme", "language"), [("README.md", "en"), (".github/README.zh.md", "zh")])
def test_the_readme_links_every_page(readme: str, language: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    assert all(f"tutor/manual/{language}/{topic}.md)" in text for topic in topics())
