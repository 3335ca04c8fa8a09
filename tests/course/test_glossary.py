"""Terms found by name while one types, and found in running text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.course.glossary import Glossary, GlossaryEntry, build_glossary, fold
from tutor.course.reader import read_text


def entry(term: str, en: str, zh: str, *, also: tuple[str, ...] = (), also_zh: tuple[str, ...] = ()) -> GlossaryEntry:
    return GlossaryEntry(
        id=term, names={"en": en, "zh": zh}, also={"en": also, "zh": also_zh}, definitions={"en": en, "zh": zh},
        formula="", see=(), lesson_id="lesson",
    )  # fmt: skip


TERMS = Glossary(
    [
        entry("learning-rate", "Learning rate", "学习率", also=("step size", "η")),
        entry("learning", "Learning", "学习"),
        entry("machine-learning", "Machine learning", "机器学习", also=("ML",)),
        entry("rate", "Rate", "比率"),
        entry("class", "Class", "类别"),
        entry("entropy", "Cross-entropy", "交叉熵"),
        entry("bias", "Bias (parameter)", "偏置"),
        entry("naive", "Naïve forecast", "朴素预测"),
        entry("l2", "L2 norm", "L2 范数"),
        entry("weight", "w", "权重"),
        entry("discrepancy", "Discrepancy", "差异"),
    ]
)


def ids(query: str, limit: int = 50) -> list[str]:
    return [found.id for found in TERMS.search(query, limit)]


def test_an_exact_name_comes_before_one_that_begins_so_before_one_with_a_word_that_begins_so() -> None:
    assert ids("learning") == ["learning", "learning-rate", "machine-learning"]
    assert ids("rate") == ["rate", "learning-rate"]


@pytest.mark.parametrize(
    ("query", "first"),
    [("学习率", "learning-rate"), ("机器", "machine-learning"), ("step s", "learning-rate"), ("ML", "machine-learning"),
     ("cross entropy", "entropy"), ("CROSS-ENT", "entropy"), ("naive", "naive"), ("ＣＬＡＳＳ", "class"),
     ("parameter", "bias"), ("  learning   rate ", "learning-rate"), ("rate learn", "learning-rate"),
     ("η", "learning-rate")],
)  # fmt: skip
def test_case_width_accents_and_hyphens_are_of_no_matter_in_either_language(query: str, first: str) -> None:
    assert ids(query)[0] == first


@pytest.mark.parametrize(
    "query", ["學習率", "学 习 率", "学习率。", "学习率（learning rate）", "learning-rate（学习率）", "「学习率」"]
)
def test_punctuation_spaces_between_characters_and_a_second_name_are_of_no_matter(query: str) -> None:
    glossary = Glossary([entry("rate", "learning rate", "学习率"), entry("loss", "loss", "损失")])
    assert [found.id for found in glossary.search(query)] == ["rate"]


@pytest.mark.parametrize("query", ["discrepency", "discrepancyy", "discrpancy", "disrcepancy", "discre"])
def test_one_typo_is_forgiven(query: str) -> None:
    assert ids(query) == ["discrepancy"]


@pytest.mark.parametrize("query", ["", "   ", "xyzzy", "discxxpancy", "ixcrepancy", "\x1b"])
def test_nothing_is_found_for_nothing(query: str) -> None:
    assert ids(query) == []


def test_an_exact_other_name_comes_before_a_name_that_only_contains_it() -> None:
    glossary = Glossary(
        [entry("html", "HTML text", "超文本"), entry("ml", "Machine learning", "机器学习", also=("ML",))]
    )
    assert [found.id for found in glossary.search("ml")] == ["ml", "html"]


def test_no_more_than_the_limit_is_found() -> None:
    assert ids("learning", 2) == ["learning", "learning-rate"]


def test_terms_are_in_the_order_of_their_names() -> None:
    assert [each.name("en") for each in TERMS.entries("en")][:3] == ["Bias (parameter)", "Class", "Cross-entropy"]


def found_in(text: str, language: str = "en") -> list[tuple[str, str]]:
    return [(text[each.start : each.end], each.term_id) for each in TERMS.find_mentions(text, language)]


def test_the_longest_name_is_found_and_each_term_only_once() -> None:
    text = "The learning rate and machine learning; again the Learning Rate, and learning."
    assert found_in(text) == [
        ("learning rate", "learning-rate"), ("machine learning", "machine-learning"), ("learning", "learning"),
    ]  # fmt: skip


def test_a_name_in_letters_must_be_a_word_of_its_own() -> None:
    assert found_in("subclass, classify, unlearning, class_weight, classé") == []
    assert found_in("(class)") == [("class", "class")]


def test_plurals_and_names_across_a_line_end_or_a_hyphen_are_found() -> None:
    assert found_in("three classes") == [("classes", "class")]
    assert found_in("learning\nrates") == [("learning\nrates", "learning-rate")]
    assert found_in("machine-learning") == [("machine-learning", "machine-learning")]
    assert found_in("discrepancies") == [("discrepancies", "discrepancy")]


def test_a_name_is_found_without_what_stands_in_parentheses() -> None:
    assert found_in("the bias of the model") == [("bias", "bias")]


def test_a_lone_letter_is_no_mention() -> None:
    assert found_in("w is η") == []


def test_chinese_names_are_found_without_spaces_around_them() -> None:
    assert found_in("调整学习率，机器学习就快", "zh") == [("学习率", "learning-rate"), ("机器学习", "machine-learning")]
    assert found_in("用L2 范数算", "zh") == [("L2 范数", "l2")]


def test_places_are_right_where_small_letters_are_longer_than_capitals() -> None:
    assert found_in("İİ class") == [("class", "class")]


def test_both_languages_of_a_term_are_one_entry() -> None:
    head = "---\nid: l\ntitle: T\nminutes: 1\n---\n"
    en = head + "### Learning rate\n<!-- term: learning-rate; also: step size -->\n\nIt is small.\n\n**See** [g](#g)\n"
    zh = head + "### 学习率\n<!-- term: learning-rate; also: 步长 -->\n\n它很小。\n\n**公式** $\\eta$\n"
    lessons = [
        read_text(Path(f"{name}/01-l.md"), text.encode(), name).lesson for name, text in (("en", en), ("zh", zh))
    ]
    glossary = build_glossary((each.language, term) for each in lessons if each is not None for term in each.terms)
    assert len(glossary) == 1
    found = glossary.search("步长")[0]
    assert (found.name("en"), found.name("zh"), found.definition("zh")) == ("Learning rate", "学习率", "它很小。")
    assert found.other_names("en") == ("学习率",)
    assert (found.formula, found.see) == (r"$\eta$", ("g",))
    assert glossary.get("learning-rate") is found
    assert glossary.get("nothing") is None


NAME = st.builds(str.__add__, st.sampled_from("abc"), st.text("ab (-c", max_size=6))


@given(
    st.lists(st.tuples(st.lists(NAME, min_size=1, max_size=2), st.lists(NAME, max_size=2)), max_size=12),
    st.one_of(st.text("ab (c", max_size=6), st.just("abacab")),
    st.integers(1, 12),
)
def test_the_search_finds_what_going_through_all_names_would(
    terms: list[tuple[list[str], list[str]]], query: str, limit: int
) -> None:
    glossary = Glossary(
        GlossaryEntry(str(at), dict(zip(("en", "zh"), names, strict=False)), {"en": tuple(also)}, {}, "", (), "one")
        for at, (names, also) in enumerate(terms)
    )
    wanted = " ".join(fold(query).split())

    def rank(names: list[str]) -> int:
        tests = (
            lambda name: name == wanted,
            lambda name: name.startswith(wanted),
            lambda name: f" {wanted}" in name or f"({wanted}" in name,
            lambda name: wanted in name,
        )
        folded = [" ".join(fold(name).split()) for name in names]
        return next((2 * at for at, test in enumerate(tests) if any(map(test, folded))), 9)

    def has_all_words(names: list[str]) -> bool:
        text = "\n".join(" ".join(fold(name).split()) for name in names)
        return " " in wanted and all(word in text for word in wanted.split())

    def order(at: int) -> tuple[int, str]:
        name = " ".join(fold(terms[at][0][0]).split())
        return len(name), name

    ranks = {
        at: min(rank(names), rank(also) + 1, 8 if has_all_words([*names, *also]) else 9)
        for at, (names, also) in enumerate(terms)
    }
    sure = [str(at) for at in sorted(ranks, key=lambda at: (ranks[at], *order(at))) if ranks[at] < 9]
    found = [entry.id for entry in glossary.search(query, limit)]
    if not wanted:
        assert not found
    elif (len(wanted) < 5 or len(sure) >= limit) and (sure or wanted.isalnum()):  # else signs may be left out
        assert found == sure[:limit]
    else:
        assert found[: len(sure)] == sure
        assert len(found) == len(set(found)) <= limit
