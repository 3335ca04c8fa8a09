"""A third language, as somebody else would write one: a folder of words, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

from tutor.foundation.outside_languages import find_languages

ESPERANTO = {
    "language": {
        "name": "Esperanto", "sign": "eo", "name-in-english": "Esperanto", "decimal": ",", "hint": "Konsilo, Helpo",
        "answer": "Respondo", "formula": "Formulo", "see": "Vidu", "nearly": "Kial", "wish-hint": "helpo",
        "wish-leave": "for",
    },
    "app": {"language-now": "Nun en {name}."},
    "home": {"continue": "Daŭrigi", "start": "Komenci", "section": "Parto {section} · {sections}"},
    "settings": {"title": "Agordoj", "language": "Lingvo"},
    "list": {"labs": "Laboratorioj"},
    "lesson": {"not-in-language": "Ne estas en {wanted}, do en {shown}."},
    "click": {"no-option": "Ne estas {name!r}."},
}  # fmt: skip
"""A few words, as a translation has at its beginning."""


def write_language(folder: Path, code: str = "eo", words: dict[str, dict[str, str]] | None = None) -> Path:
    """Write a language into ``folder`` (a home or a pack) and find it. Returns the folder of its words."""
    place = folder / "translations" / code
    place.mkdir(parents=True, exist_ok=True)
    for file, texts in (ESPERANTO if words is None else words).items():
        lines = [f"{key} = {json.dumps(text, ensure_ascii=False)}" for key, text in texts.items()]
        (place / f"{file}.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    find_languages()
    return place
