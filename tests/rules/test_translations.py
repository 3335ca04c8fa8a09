"""Both languages say the same things, and every key that the code asks for exists."""

from __future__ import annotations

import ast
import re
import string
import tomllib
from pathlib import Path

from tutor.foundation.languages import languages
from tutor.labs.settings import SETTINGS

PACKAGE = Path(__file__).resolve().parents[2] / "tutor"
DERIVED = ("setting.", "panel.", "question.", "language.", "spoken.")
"""Keys that begin so are made of the name of what they are for, so that they stand nowhere in the code."""
KEY = re.compile(r"[a-z][a-z0-9_-]*\.[a-z0-9][a-z0-9_-]*")


def texts_of(language: str) -> dict[str, str]:
    texts = {}
    for file in sorted((PACKAGE / "translations" / language).glob("*.toml")):
        for key, text in tomllib.loads(file.read_text(encoding="utf-8")).items():
            assert isinstance(text, str), f"{file}: {key} is not a string"
            texts[f"{file.stem}.{key}"] = text
    return texts


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


TEXTS = {language: texts_of(language) for language in languages()}


def string_literals() -> dict[str, str]:
    """Every string in the package's code that looks like a key, and where it stands."""
    found = {}
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and KEY.fullmatch(node.value):
                found[node.value] = f"{path.relative_to(PACKAGE)}:{node.lineno}"
    return found


def test_every_language_has_the_same_keys() -> None:
    assert TEXTS["en"].keys() == TEXTS["zh"].keys()


def test_placeholders_agree() -> None:
    shared = sorted(TEXTS["en"].keys() & TEXTS["zh"].keys())
    names = {key: {language: placeholders(texts[key]) for language, texts in TEXTS.items()} for key in shared}
    different = {key: by_language for key, by_language in names.items() if by_language["en"] != by_language["zh"]}
    assert different == {}


def test_every_key_that_is_asked_for_exists() -> None:
    asked = {}
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = getattr(node, "func", None)
            name = getattr(called, "id", getattr(called, "attr", None))
            if name == "translate" and isinstance(node, ast.Call) and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    asked[first.value] = f"{path.relative_to(PACKAGE)}:{node.lineno}"
    missing = {key: place for key, place in asked.items() if key not in TEXTS["en"]}
    assert not missing


def test_no_text_is_left_that_nothing_asks_for() -> None:
    unused = set(TEXTS["en"]) - set(string_literals())
    assert not {key for key in unused if not key.startswith(DERIVED)}


def test_every_setting_has_a_title_and_every_title_a_setting() -> None:
    keys = {f"setting.{key.replace('.', '-').replace('_', '-')}" for key in SETTINGS}
    assert len(keys) == len(SETTINGS)
    assert {key for key in TEXTS["en"] if key.startswith("setting.")} == keys | {"setting.start"}


def test_chinese_texts_are_chinese() -> None:
    """A text copied over untranslated is a fault, unless it has no words to translate."""
    words = re.compile(r"[A-Za-z]{4,}")
    same = {
        key
        for key, text in TEXTS["zh"].items()
        if text == TEXTS["en"][key] and words.search(re.sub(r"\{[^}]*\}", "", text))
    }
    allowed = {key for key in same if not re.search(r"[a-z]+ [a-z]+ [a-z]+", TEXTS["en"][key])}
    assert same == allowed
