"""Terms as a table parted by tabs: a term, its definition, and further columns. Anki and Quizlet export it so."""

from __future__ import annotations

from tutor.exchange.items import Collection, TermItem
from tutor.exchange.markup import from_html, from_plain, looks_like_html
from tutor.foundation.translate import translate

_PARTED = 0.6
_NAMES = frozenset(
    {"term", "terms", "front", "word", "begriff", "terme", "术语", "術語", "名称", "词语", "单词", "概念", "正面"}
)
_MEANINGS = frozenset({
    "definition", "back", "meaning", "answer", "translation", "définition", "定义", "定義", "释义",
    "解释", "含义", "背面", "反面", "答案", "翻译",
})  # fmt: skip
"""The words of a header above the two columns."""


def looks_like_tsv(text: str) -> bool:
    """Return whether most lines have a tab between two texts."""
    lines = [line.strip() for line in text.split("\n") if line.strip() and not line.startswith("#")]
    return bool(lines) and sum("\t" in line for line in lines) >= _PARTED * len(lines)


def read_tsv(text: str) -> Collection:
    """Read terms. Never raises: what cannot be read is reported with its line."""
    found = Collection()
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith("#") and ":" in line and not found.items:
            if not line.casefold().startswith(("#separator:tab", "#html:", "#columns:")):  # how Anki begins its exports
                found.lose(translate("exchange.header", line=line[:60]), line=number)
            continue
        if not line.strip():
            continue
        name, *columns = (_cell(each) for each in line.split("\t"))
        if not found.items and columns and name.casefold() in _NAMES and columns[0].casefold() in _MEANINGS:
            found.lose(translate("exchange.header", line=" ".join(line.split())[:60]), line=number)
            continue
        add_term(found, name, columns, number)
    return found


def add_term(found: Collection, name: str, columns: list[str], line: int = 0, section: str = "") -> None:
    """Add a term made of the fields of a row: the first that says something is its definition.

    Args:
        found: Takes the term, or what is lost.
        name: HTML or plain text.
        columns: The fields behind it.
        line: The line in its file; 0 if there is none.
        section: What its part of the file is called.
    """
    tell = found.teller(name, line)
    shown = _markdown(name, found, line, inline=True)
    definition, *others = [each for each in columns if each.strip()] or [""]
    text = _markdown(definition, found, line, name=name)
    if not shown or not text:
        tell(translate("exchange.no-definition"))
        return
    if others:
        tell(translate("exchange.columns", count=len(others)))
    found.add(TermItem(shown, text, section=section, line=line))


def _cell(text: str) -> str:
    """A cell without the quotes that a spreadsheet puts around it."""
    text = text.strip()
    is_quoted = len(text) > 1 and text[0] == text[-1] == '"'
    return text[1:-1].replace('""', '"') if is_quoted else text


def _markdown(text: str, found: Collection, line: int, *, name: str = "", inline: bool = False) -> str:
    tell = found.teller(name or text, line)
    convert = from_html if looks_like_html(text) else from_plain
    return convert(text, tell, inline=inline)
