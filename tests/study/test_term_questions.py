"""Terms as questions: right options, names hidden in their definitions, hints that do not give it all away."""

from __future__ import annotations

import pytest

from tutor.course.glossary import Glossary, GlossaryEntry
from tutor.course.lesson import BLANK
from tutor.progress.cards import Side
from tutor.study.attempt import Attempt
from tutor.study.term_questions import can_be_asked, neighbours, term_question, without_name


def entry(id: str, en: str, zh: str, lesson: str = "one", **more: object) -> GlossaryEntry:
    parts: dict[str, object] = {
        "also": {}, "definitions": {"en": f"What {en} means.", "zh": f"{zh}的意思。"}, "formula": "", "see": (),
    } | more  # fmt: skip
    return GlossaryEntry(id=id, names={"en": en, "zh": zh}, lesson_id=lesson, **parts)  # type: ignore[arg-type]


RATE = entry(
    "learning-rate", "learning rate", "学习率", see=("gradient",), also={"en": ("step size", "η")},
    definitions={"en": "The learning rate (a step size, η) says how far.", "zh": "学习率就是步长。"},
)  # fmt: skip
GLOSSARY = Glossary([
    RATE, entry("gradient", "gradient", "梯度", "two"), entry("bias", "bias", "偏置"),
    entry("weight", "weight", "权重"),
    entry("same", "another", "学习率", "three"), entry("w-star", "w*_best_", "最优", "four"),
])  # fmt: skip


def test_the_definition_is_wanted_among_those_of_terms_like_it() -> None:
    question = term_question(RATE, Side.MEANING, GLOSSARY, "en")
    assert question is not None
    assert question.kind == "single"
    assert question.title == "learning rate"
    assert [option.ticked for option in question.options] == [True, False, False, False]
    assert question.options[1].text == "What … means."
    assert question.options[1].feedback == "That is gradient."
    assert [each.id for each in neighbours(RATE, GLOSSARY)][:3] in (
        ["gradient", "bias", "weight"],
        ["gradient", "weight", "bias"],
    )


def test_the_options_are_the_same_in_both_languages() -> None:
    one, other = (term_question(RATE, Side.MEANING, GLOSSARY, language) for language in ("en", "zh"))
    assert one is not None
    assert other is not None
    attempt = Attempt(one, 5)
    attempt.choose(0)
    assert attempt.translate(other)
    assert attempt.commit()
    assert attempt.verdict is not None
    assert attempt.verdict.correct


@pytest.mark.parametrize("typed", ["learning rate", "Learning-Rate", "lerning rate", "学习率", "step size"])
def test_every_name_of_it_is_right_a_typo_too(typed: str) -> None:
    question = term_question(RATE, Side.NAME, GLOSSARY, "en")
    assert question is not None
    assert BLANK in question.prompt
    assert "learning rate" not in question.prompt
    attempt = Attempt(question)
    attempt.write(typed)
    assert attempt.commit()
    assert attempt.verdict is not None
    assert attempt.verdict.correct


def test_a_typo_in_a_long_word_is_forgiven_and_said() -> None:
    question = term_question(GLOSSARY.get("gradient") or RATE, Side.NAME, GLOSSARY, "en")
    assert question is not None
    attempt = Attempt(question)
    attempt.write("gradeint")
    assert attempt.commit()
    assert attempt.verdict is not None
    assert attempt.verdict.correct
    assert "gradient" in attempt.verdict.notes[0]


def test_hints_tell_the_first_letter_and_then_half() -> None:
    question = term_question(RATE, Side.NAME, GLOSSARY, "en")
    assert question is not None
    assert question.hints == ("Letters: 13; the first is l.", "It begins with learnin.")


def test_names_are_hidden_in_the_definition_as_whole_words_only() -> None:
    assert without_name(RATE, "en") == "The … (a …, η) says how far."
    assert without_name(RATE, "zh") == "…就是步长。"
    bias = entry("bias", "bias", "偏置", definitions={"en": "Bias is what is unbiased.", "zh": "x"})
    assert without_name(bias, "en") == "… is what is unbiased."


def test_the_chinese_name_is_wanted_among_different_ones() -> None:
    question = term_question(RATE, Side.TRANSLATION, GLOSSARY, "en")
    assert question is not None
    names = [option.text for option in question.options]
    assert names[0] == "学习率"
    assert len(set(names)) == len(names) == 4


def test_a_name_with_signs_of_markdown_reads_as_it_is() -> None:
    star = GLOSSARY.get("w-star")
    assert star is not None
    question = term_question(star, Side.MEANING, GLOSSARY, "en")
    assert question is not None
    assert question.title == r"w\*\_best\_"


def test_what_has_no_second_name_or_no_definition_is_not_asked() -> None:
    alone = entry("softmax", "Softmax", "Softmax", definitions={"en": "", "zh": ""})
    assert not can_be_asked(alone, Side.TRANSLATION, "en")
    assert not can_be_asked(alone, Side.MEANING, "en")
    assert term_question(alone, Side.NAME, GLOSSARY, "en") is None
    assert term_question(RATE, Side.MEANING, Glossary([RATE]), "en") is None
