"""The words with a meaning in a lesson (Hint, Answer, Formula, See) and similar words, by language.

The words are in ``language.toml`` of each language. A lesson may use the words of its own language and of the built-in
languages. If no folder names its language, it may use the words of every language.
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
    """The patterns that find the words of a lesson.

    Args:
        decimal: The decimal mark of its numbers besides the point; a point if there is no other.
        hint: The word and the colon at the start of a hint.
        answer: A line that begins with the bold word. Group ``answer`` is the text after it.
        marker: The bold word before a formula (group ``formula``) or before links.
        marker_words: These words in lower case, to recognise typos in them.
        named: A line labelled hint, answer or why, with a colon, in any position.
        also_named: The same inside a question, where words such as "solution" also reveal an answer.
        bold_name: A line that begins with such a word in bold, with or without a colon.
        bold_answer: Such a word in bold with its colon, anywhere.
        hint_word: A line that begins with the word for a hint.
        hint_words: The words for hints, in lower case, to recognise typos in them.
        heading: A heading that only announces the answers.
        heading_in_question: The same inside a question.
        sentence: The start of a sentence such as "The correct answer is".
        solution: The summary above the solution of an exercise.
        mistakes: The summary above the wrong solutions of an exercise.
    """

    decimal: str
    hint: re.Pattern[str]
    answer: re.Pattern[str]
    marker: re.Pattern[str]
    marker_words: tuple[str, ...]
    named: re.Pattern[str]
    also_named: re.Pattern[str]
    bold_name: re.Pattern[str]
    bold_answer: re.Pattern[str]
    hint_word: re.Pattern[str]
    hint_words: tuple[str, ...]
    heading: re.Pattern[str]
    heading_in_question: re.Pattern[str]
    sentence: re.Pattern[str]
    solution: re.Pattern[str]
    mistakes: re.Pattern[str]


def lesson_words(code: str) -> LessonWords:
    """Return the words of a lesson in the language ``code``. If ``code`` is empty, the language is unknown."""
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
    # Possessive, because with many words that begin alike, backtracking would try every combination.
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
        marker_words=tuple(dict.fromkeys(word.casefold() for word in words("formula", "see"))),
        named=_compiled(f"{before}{nearly}{behind}"),
        also_named=_compiled(rf"\w?{before}{in_question}{behind}"),
        bold_name=_compiled(rf"[\s>\#]{{0,8}}(?:\*\*|__)\s?{nearly}\s?(?:\*\*|__)(?!\w)"),
        bold_answer=_compiled(rf"(?:\*\*|__){nearly}(?:{_COLON}(?:\*\*|__)|(?:\*\*|__)\s?{_COLON})"),
        hint_word=_compiled(rf"[\s>*_]{{0,8}}{hints}"),
        hint_words=tuple(dict.fromkeys(word.casefold() for word in words("hint"))),
        heading=_compiled(adjectives + _one_of(words("answer", "answer-headings"))),
        heading_in_question=_compiled(in_question),
        sentence=_compiled(_one_of(words("answer-sentences"), ending=r"\b")),
        solution=_compiled(_one_of(words("solution"))),
        mistakes=_compiled(_one_of(words("mistakes"))),
    )


def _one_of(words: Iterable[str], ending: str = "") -> str:
    """Return a pattern for any of ``words``. ``ending`` follows words in letters; Chinese has no word endings."""
    longest_first = sorted(set(words), key=lambda word: (-len(word), word))
    return f"(?:{'|'.join(re.escape(word) + ('' if _CJK.match(word[-1]) else ending) for word in longest_first)})"


def _compiled(pattern: str, flags: int = 0) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE | flags)
