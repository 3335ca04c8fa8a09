"""The words that mean something in a lesson (Hint, Answer, Formula, See), and those that nearly do, by its language.

The words are in each language's ``language.toml``. A lesson may use those of its own language and those of the
languages that ship; where no folder says its language, those of every language there is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from tutor.foundation.languages import Language, fallbacks, languages

_COLON = "[:：]"
_CJK = re.compile("[\u2e80-\U0003ffff]")


@dataclass(frozen=True, slots=True)
class LessonWords:
    """How the words of a lesson are found.

    Args:
        decimal: The decimal mark of its numbers besides the point; a point if it has no other.
        hint: The word and the colon at the start of a hint.
        answer: A line that begins with the bold word; group ``answer`` is what stands behind it.
        marker: The bold word of a formula (group ``formula``) or of links.
        named: A line called hint, answer or why, with a colon, wherever it stands.
        also_named: The same in a question, where further words such as "solution" give an answer away too.
        bold_name: A line that begins with such a word in bold, with or without a colon.
        bold_answer: Such a word in bold and its colon, anywhere.
        hint_word: A line that begins with the word of a hint.
        hint_words: The words of hints, in small letters, for typing errors in them.
        heading: A heading that says nothing but that the answers follow.
        heading_in_question: The same in a question.
        sentence: The start of a sentence such as "The correct answer is".
    """

    decimal: str
    hint: re.Pattern[str]
    answer: re.Pattern[str]
    marker: re.Pattern[str]
    named: re.Pattern[str]
    also_named: re.Pattern[str]
    bold_name: re.Pattern[str]
    bold_answer: re.Pattern[str]
    hint_word: re.Pattern[str]
    hint_words: tuple[str, ...]
    heading: re.Pattern[str]
    heading_in_question: re.Pattern[str]
    sentence: re.Pattern[str]


def lesson_words(code: str) -> LessonWords:
    """The words of a lesson in the language ``code``; of one whose language nobody says if it is empty."""
    found = languages()
    own = fallbacks(code) if code else list(found.values())
    meant = [*(each for each in own if not each.ships), *(each for each in found.values() if each.ships)]
    return _words_of(tuple(meant), _decimal(code))


def _decimal(code: str) -> str:
    language = languages().get(code)
    return "," if language is not None and language.text("language.decimal") == "," else "."


@lru_cache(maxsize=16)
def _words_of(meant: tuple[Language, ...], decimal: str) -> LessonWords:
    def words(*names: str) -> list[str]:
        return [word for name in names for language in meant for word in language.words(name)]

    hint, answer = _one_of(words("hint")), _one_of(words("answer"))
    formula, see = _one_of(words("formula")), _one_of(words("see"))
    # Without a way back: three of many words that begin alike would be tried in every combination.
    adjectives = rf"(?:{_one_of(words('before-nearly'))}\s?){{0,3}}+"
    nearly = adjectives + _one_of(words("hint", "answer", "nearly"))
    in_question = f"(?:{nearly}|{_one_of(words('nearly-in-question'))})"
    hints = _one_of(words("hint"), ending=r"\w?\b")
    before = r"(?:\w{0,2}\s?>)?[\W_]{0,12}"
    behind = rf"""(?:\s?[A-Z0-9])?[\s*_)\]）】”"']{{0,6}}{_COLON}"""
    return LessonWords(
        decimal=decimal,
        hint=_compiled(rf"^(?:\*\*)?{hint}\s*(?:{_COLON}(?:\*\*)?|\*\*\s*{_COLON})\s*"),
        answer=_compiled(
            rf"^\*\*{answer}(?:{_COLON}\*\*|\*\*\s*{_COLON})\s*(?P<answer>.*)\Z", re.DOTALL | re.MULTILINE
        ),
        marker=_compiled(rf"\*\*(?:(?P<formula>{formula})|{see})\s*{_COLON}?\*\*{_COLON}?"),
        named=_compiled(f"{before}{nearly}{behind}"),
        also_named=_compiled(rf"\w?{before}{in_question}{behind}"),
        bold_name=_compiled(rf"[\s>\#]{{0,8}}(?:\*\*|__)\s?{nearly}\s?(?:\*\*|__)(?!\w)"),
        bold_answer=_compiled(rf"(?:\*\*|__){nearly}(?:{_COLON}(?:\*\*|__)|(?:\*\*|__)\s?{_COLON})"),
        hint_word=_compiled(rf"[\s>*_]{{0,8}}{hints}"),
        hint_words=tuple(dict.fromkeys(word.casefold() for word in words("hint"))),
        heading=_compiled(adjectives + _one_of(words("answer", "answer-headings"))),
        heading_in_question=_compiled(in_question),
        sentence=_compiled(_one_of(words("answer-sentences"), ending=r"\b")),
    )


def _one_of(words: Iterable[str], ending: str = "") -> str:
    """A pattern for one of ``words``, and behind words in letters for ``ending``: Chinese has no ends of words."""
    longest_first = sorted(set(words), key=lambda word: (-len(word), word))
    return f"(?:{'|'.join(re.escape(word) + ('' if _CJK.match(word[-1]) else ending) for word in longest_first)})"


def _compiled(pattern: str, flags: int = 0) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE | flags)
