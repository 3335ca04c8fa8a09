"""Searching a glossary and finding its terms in any text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tutor.course.glossary import Glossary, GlossaryEntry

NAMES = [
    "learning rate",
    "rate",
    "Gradient",
    "gradient descent",
    "MSE",
    "学习率",
    "学习",
    "bias (b)",
    "naïve",
    "İota",
    "ß",
    "a-b",
    "x²",
]
GLOSSARY = Glossary(
    GlossaryEntry(f"t{at}", {"en": name, "zh": f"词{at}"}, {"en": (), "zh": ()}, {"en": "A word."}, "", (), "sample")
    for at, name in enumerate(NAMES)
)

TEXTS = st.one_of(
    st.text(max_size=80),
    st.lists(st.sampled_from([*NAMES, " ", "-", "s", "ı", "ſ", "K", "\n", "İ", "学", "RATE", "."]), max_size=15).map(
        "".join
    ),
)


@given(TEXTS)
def test_mentions_lie_in_the_text_apart_from_each_other_and_once_for_each_term(text: str) -> None:
    end = 0
    mentions = GLOSSARY.find_mentions(text, "en")
    for mention in mentions:
        assert end <= mention.start < mention.end <= len(text)
        end = mention.end
    assert len({mention.term_id for mention in mentions}) == len(mentions)


@given(TEXTS, st.integers(1, 5))
def test_a_search_never_fails_and_finds_each_term_once(query: str, limit: int) -> None:
    found = GLOSSARY.search(query, limit)
    assert len(found) <= limit
    assert len({entry.id for entry in found}) == len(found)


@given(st.sampled_from(NAMES), st.booleans())
def test_a_term_is_found_first_by_its_whole_name(name: str, capitals: bool) -> None:
    found = GLOSSARY.search(name.upper() if capitals else name)
    assert found[0].name("en") == name
