"""What an answer is worth."""

from __future__ import annotations

import pytest

from tests.course.writing import PATH, grade, said
from tutor.course.conditions import parse
from tutor.course.lesson import BLANK, Content, Option, Options, Place, Question
from tutor.course.questions.base import Draft, Verdict
from tutor.course.questions.fill_in import Blank, Blanks, fold
from tutor.course.questions.numeric import NumericAnswer
from tutor.foundation.suggest import is_one_typo

PLACE = Place(PATH)


def question(kind: str, **more: object) -> Question:
    parts: dict[str, object] = {
        "title": "T", "prompt": "P", "hints": (), "explanation": "", "content": Content(),
        "labs": (), "place": PLACE, "lesson_id": "sample",
    } | more  # fmt: skip
    return Question(id="q1", kind=kind, **parts)  # type: ignore[arg-type]


def choice(kind: str, ticks: str, *, whens: tuple[str, ...] = (), feedback: bool = True) -> Question:
    """A choice whose options are ticked as ``ticks`` says: ``x.x`` is three options, the second not ticked."""
    options = tuple(
        Option(f"Option {n}", tick == "x", f"About {n}." if feedback else "", parse(whens[n]) if whens else None, PLACE)
        for n, tick in enumerate(ticks)
    )
    return question(kind, content=Options(options))


def chosen(*options: int) -> Draft:
    return Draft(chosen=frozenset(options))


def grade_blanks(*pairs: tuple[str, str]) -> Verdict:
    """Grade pairs of what is accepted (by ``|``) and what was typed."""
    blanks = tuple(Blank(tuple(accepted.split("|"))) for accepted, _ in pairs)
    asked = question("fill-in", content=Blanks(blanks), prompt=BLANK * len(blanks))
    return grade(asked, Draft(texts=tuple(typed for _, typed in pairs)))


def grade_number(low: float, high: float, typed: str, facts: dict[str, float | bool | str] | None = None) -> Verdict:
    asked = question("numeric", content=NumericAnswer(low, high, f"{low}..{high}"), figure="final.w")
    return grade(asked, Draft(texts=(typed,)), facts)


def test_the_ticked_option_is_right() -> None:
    verdict = grade(choice("single", ".x."), chosen(1))
    assert verdict == Verdict(True, 1.0, ("About 1.",), (), (1,), (True, True, True))


def test_another_option_is_wrong_and_tells_its_own_feedback_only() -> None:
    verdict = grade(choice("single", ".x."), chosen(2))
    assert verdict == Verdict(False, 0.0, ("About 2.",), (), (1,), (True, False, False))


def test_an_option_without_feedback_tells_none() -> None:
    assert grade(choice("single", "x.", feedback=False), chosen(1)).feedback == ()


def test_nothing_chosen_is_wrong() -> None:
    assert not grade(choice("single", "x."), chosen()).correct


@pytest.mark.parametrize(
    ("options", "score"),
    [((0, 1, 2), 1.0), ((0, 1), 2 / 3), ((0,), 1 / 3), ((), 0.0), ((0, 1, 2, 3), 2 / 3), ((0, 3), 0.0), ((3,), 0.0),
     ((0, 1, 2, 3, 4, 5), 0.0)],
)  # fmt: skip
def test_in_a_multiple_choice_each_wrong_tick_takes_a_right_one_away(options: tuple[int, ...], score: float) -> None:
    verdict = grade(choice("multiple", "xxx..."), chosen(*options))
    assert verdict.score == pytest.approx(score)
    assert verdict.correct == (score == 1)


def test_only_all_of_a_multiple_choice_is_worth_all() -> None:
    verdict = grade(choice("multiple", "x" * 26), chosen(*range(25)))
    assert not verdict.correct
    assert verdict.score < 1


@pytest.mark.parametrize(
    ("options", "notes"),
    [
        ((0, 1), (said("right-ones-chosen", found=2, all=3),)),
        ((0, 3), (said("right-and-wrong-chosen", found=1, all=3, wrong=1),)),
        ((3,), ()),
        ((0, 1, 2), ()),
    ],
)
def test_of_a_multiple_choice_the_right_and_the_wrong_ones_are_counted(
    options: tuple[int, ...], notes: tuple[str, ...]
) -> None:
    assert grade(choice("multiple", "xxx."), chosen(*options)).notes == notes


@pytest.mark.parametrize(
    ("options", "nearly"), [((0,), True), ((0, 1, 3), True), ((0, 3), False), ((3,), False), ((0, 1, 2), False)]
)
def test_a_multiple_choice_is_nearly_right_with_more_right_ones_than_wrong_ones(
    options: tuple[int, ...], nearly: bool
) -> None:
    assert grade(choice("multiple", "xxx."), chosen(*options)).nearly is nearly


def test_a_wrong_single_choice_is_never_nearly_right() -> None:
    assert not grade(choice("single", "x.."), chosen(1)).nearly


@pytest.mark.parametrize(
    ("order", "note", "nearly"),
    [
        ((0, 2, 1, 3), said("lines-in-place", count=2, all=4), True),
        ((0, 2, 3, 1), said("one-line-in-place", all=4), True),
        ((1, 2, 3, 0), said("no-line-in-place"), False),
    ],
)
def test_the_lines_of_an_order_are_counted(order: tuple[int, ...], note: str, nearly: bool) -> None:
    options = tuple(Option(text, False, "", None, PLACE) for text in "ABCD")
    verdict = grade(question("ordering", content=Options(options)), Draft(order=order))
    assert (verdict.notes, verdict.nearly) == ((note,), nearly)


def test_the_blanks_are_counted_where_some_are_right() -> None:
    verdict = grade_blanks(("bias", "bias"), ("weight", "wait"), ("loss", "loss"))
    assert (verdict.notes, verdict.nearly) == ((said("blanks-right", count=2, all=3),), True)
    verdict = grade_blanks(("bias", "bias"), ("weight", "wait"))
    assert verdict.notes == (said("one-blank-right", all=2),)
    assert not grade_blanks(("bias", "x"), ("weight", "y")).nearly
    assert not grade_blanks(("bias", "bias")).nearly


@pytest.mark.parametrize(
    ("typed", "nearly"),
    [("0.74", True), ("0.7", True), ("-0.72", True), ("0.6745", True), ("0.67", False), ("1", False), ("0.72", False)],
)
def test_a_number_is_nearly_right_within_a_twentieth_of_its_range_or_with_the_other_sign(
    typed: str, nearly: bool
) -> None:
    assert grade_number(0.71, 0.73, typed).nearly is nearly


def test_nothing_but_zero_is_near_to_zero() -> None:
    assert not grade_number(0, 0, "0.0001").nearly


def test_feedback_of_a_wrong_multiple_choice_is_that_of_the_wrong_ticks() -> None:
    asked = choice("multiple", "xx..")
    assert grade(asked, chosen(0, 2, 3)).feedback == ("About 2.", "About 3.")
    assert grade(asked, chosen(0, 1)).feedback == ("About 0.", "About 1.")


def test_the_run_has_the_last_word_over_the_ticks() -> None:
    asked = choice("single", "x.", whens=("not diverged", "diverged"))
    assert grade(asked, chosen(0)).correct
    verdict = grade(asked, chosen(1), {"diverged": True})
    assert (verdict.correct, verdict.right_options) == (True, (1,))
    assert not grade(asked, chosen(0), {"diverged": True}).correct


def test_where_a_run_bears_out_two_options_of_a_single_choice_either_is_right() -> None:
    asked = choice("single", "x..", whens=("loss > 1", "loss > 0", "loss < 0"))
    for option, correct in ((0, True), (1, True), (2, False)):
        assert grade(asked, chosen(option), {"loss": 2.0}).correct is correct
    assert not grade(asked, chosen(0, 1), {"loss": 2.0}).correct


def test_a_run_that_lacks_a_fact_of_any_option_decides_nothing() -> None:
    asked = choice("single", "x..", whens=("loss > 1", "diverged", "nothing > 0"))
    verdict = grade(asked, chosen(0), {"loss": 0.5, "diverged": True})
    assert (verdict.correct, verdict.right_options) == (True, (0,))


def test_where_no_option_came_true_none_is_right() -> None:
    asked = choice("single", "x.", whens=("loss < 1", "loss > 2"))
    verdict = grade(asked, chosen(0), {"loss": 1.5})
    assert (verdict.correct, verdict.score, verdict.right_options) == (False, 0.0, ())


def test_a_run_that_lacks_a_fact_leaves_the_author_s_tick() -> None:
    asked = choice("single", "x.", whens=("accuracy > 0.5", "accuracy < 0.5"))
    assert grade(asked, chosen(0), {"diverged": False}).correct


def test_the_true_order_is_right() -> None:
    options = tuple(Option(text, False, "", None, PLACE) for text in "ABCD")
    asked = question("ordering", content=Options(options))
    assert grade(asked, Draft(order=(0, 1, 2, 3))) == Verdict(True, 1.0, (), (), (0, 1, 2, 3), (True,) * 4)
    verdict = grade(asked, Draft(order=(0, 2, 1, 3)))
    assert (verdict.correct, verdict.score, verdict.parts) == (False, 0.5, (True, False, False, True))
    assert verdict.notes == (said("lines-in-place", count=2, all=4),)


def test_lines_that_read_the_same_stand_for_each_other() -> None:
    options = tuple(Option(text, False, "", None, PLACE) for text in ("step", "look", "step"))
    assert grade(question("ordering", content=Options(options)), Draft(order=(2, 1, 0))).correct


@pytest.mark.parametrize("order", [(), (0, 1), (0, 0, 1), (0, 1, 3), (0, 1, 2, 3)])
def test_an_order_names_every_line_once(order: tuple[int, ...]) -> None:
    options = tuple(Option(text, False, "", None, PLACE) for text in "ABC")
    with pytest.raises(ValueError, match="every line once"):
        grade(question("ordering", content=Options(options)), Draft(order=order))


@pytest.mark.parametrize(
    ("typed", "correct"),
    [("0.72", True), ("0.71", True), ("0.73", True), ("0.7100", True), ("18/25", True), ("72%", True), ("７２％", True),
     ("7.2e-1", True), ("0.709999", False), ("0.730001", False), ("", False), ("much", False), ("-0.72", False)],
)  # fmt: skip
def test_a_number_is_right_within_its_range_ends_included(typed: str, correct: bool) -> None:
    verdict = grade_number(0.71, 0.73, typed)
    assert (verdict.correct, verdict.score, verdict.parts) == (correct, float(correct), (correct,))


def test_the_ends_of_a_range_are_decimals_not_binary_fractions() -> None:
    assert grade_number(0.1 + 0.2, 1, "0.30000000000000004").correct
    assert grade_number(0.3, 1, "3/10").correct
    assert grade_number(-1.815, -1.805, "-1.815").correct


@pytest.mark.parametrize("typed", ["−1.3", "–1.3", "－１.３", "-1.3"])
def test_any_minus_is_a_minus(typed: str) -> None:
    assert grade_number(-1.35, -1.25, typed).correct


@pytest.mark.parametrize(
    ("typed", "notes"),
    [
        ("1.3", (said("sign-is-off"),)),
        ("x", (said("not-a-number"),)),
        ("", (said("not-a-number"),)),
        ("2", ()),
        ("-1.3", ()),
    ],
)
def test_a_wrong_sign_and_no_number_are_told(typed: str, notes: tuple[str, ...]) -> None:
    assert grade_number(-1.35, -1.25, typed).notes == notes


def test_a_sign_that_is_right_either_way_is_not_told() -> None:
    assert grade_number(-1, 1, "3").notes == ()


def test_the_figure_of_the_run_is_right_too() -> None:
    assert grade_number(-1.35, -1.25, "-1.4", {"final.w": -1.41}).correct
    assert grade_number(-1.35, -1.25, "-1.3", {"final.w": -1.41}).correct
    assert not grade_number(-1.35, -1.25, "-1.5", {"final.w": -1.41}).correct


def test_a_figure_inside_the_range_moves_nothing() -> None:
    assert grade_number(-1.35, -1.25, "-1.35", {"final.w": -1.34}).correct
    assert not grade_number(-1.35, -1.25, "-1.36", {"final.w": -1.34}).correct


@pytest.mark.parametrize(
    ("typed", "correct"),
    [("1/3", True), ("2/6", True), ("0.3333333333333333", True), ("0.333", False), ("9" * 50 + "e300", False)],
)
def test_an_exact_fraction_is_met_exactly(typed: str, correct: bool) -> None:
    assert grade_number(1 / 3, 1 / 3, typed).correct is correct


@pytest.mark.parametrize("figure", [float("nan"), float("inf"), "finished"])
def test_a_figure_that_is_no_number_moves_nothing(figure: float | str) -> None:
    assert grade_number(0, 1, "0.5", {"final.w": figure}).correct
    assert not grade_number(0, 1, "2", {"final.w": figure}).correct


@pytest.mark.parametrize(
    ("accepted", "typed"),
    [("bias|偏置", "bias"), ("bias|偏置", "偏置"), ("bias", " BIAS "), ("bias", "ｂｉａｓ"), ("learning rate",
     "Learning-Rate"),
     ("learning rate", "learningrate"), ("step-size", "step size"), ("softmax", "“softmax”"), ("Bayes' rule",
     "bayes rule"),
     ("batch·norm", "batch norm"), ("学习率", "学 习 率"), ("ﬁt", "fit"), ("straße", "STRASSE"), ("L2", "l2"),
     ("-1", "−1"), ("0.5", "1/2"), ("0.5", "50%"), ("1000", "1,000"), ("−", "-"), ("=", "＝")],
)  # fmt: skip
def test_what_does_not_matter_in_a_blank_is_folded(accepted: str, typed: str) -> None:
    verdict = grade_blanks((accepted, typed))
    assert verdict.correct
    assert verdict.notes == ()


@pytest.mark.parametrize(
    ("accepted", "typed"),
    [("bias", ""), ("bias", "   "), ("bias", "weight"), ("bias", "bais"), ("-1", "1"), ("1", "-1"), ("0.5", "0.6"),
     ("L2", "L1"),
     ("学习率", "学习"), ("x" * 10, "x" * 500), ("100000", "100001"), ("weight", "wat"), ("2 - 1", "21")],
)  # fmt: skip
def test_what_does_matter_in_a_blank_is_not(accepted: str, typed: str) -> None:
    verdict = grade_blanks((accepted, typed))
    assert (verdict.correct, verdict.score) == (False, 0.0)


@pytest.mark.parametrize("typed", ["gradent", "graddient", "gradeint", "gradiemt", "Gradients", "radient", "gradien"])
def test_one_typo_in_a_long_word_is_forgiven_and_told(typed: str) -> None:
    verdict = grade_blanks(("gradient|梯度", typed))
    assert verdict.correct
    assert verdict.notes == (said("typo-forgiven", meant="gradient"),)


@pytest.mark.parametrize(("accepted", "typed"), [("typical", "atypical"), ("asymmetric", "symmetric")])
def test_a_letter_that_makes_the_opposite_is_no_typo(accepted: str, typed: str) -> None:
    assert not grade_blanks((accepted, typed)).correct


def test_two_typos_are_not_forgiven() -> None:
    assert not grade_blanks(("gradient", "graadeint")).correct


def test_each_blank_counts_for_itself() -> None:
    verdict = grade_blanks(("bias", "bias"), ("weight", "wrong"), ("loss", "LOSS"), ("gradient", "gradent"))
    assert (verdict.correct, verdict.score, verdict.parts) == (False, 0.75, (True, False, True, True))
    assert verdict.notes == (said("blanks-right", count=3, all=4), said("typo-forgiven", meant="gradient"))


@pytest.mark.parametrize(
    ("asked", "answer"),
    [(choice("single", "x."), Draft(order=(0, 1))), (choice("multiple", "x."), Draft(texts=("a",))),
     (choice("ordering", ".."), chosen(0)), (question("numeric"), chosen(0)),
     (question("numeric"), Draft(texts=("1",))), (question("fill-in"), Draft(order=())),
     (question("fill-in"), Draft(texts=("a",))), (choice("single", "x."), chosen(2)),
     (choice("single", "x."), chosen(-1))],
)  # fmt: skip
def test_an_answer_of_another_kind_is_refused(asked: Question, answer: Draft) -> None:
    with pytest.raises(ValueError, match=r"question|answer|option|blank|line"):
        grade(asked, answer)


@pytest.mark.parametrize(
    ("left", "right", "one"),
    [("abc", "abc", True), ("abc", "abd", True), ("abc", "ab", True), ("abc", "abcd", True), ("abc", "xabc", True),
     ("abc", "acb", True), ("abc", "bca", False), ("abc", "abcde", False), ("abcd", "badc", False), ("", "", True),
     ("", "a", True), ("", "ab", False), ("aab", "aba", True), ("abc", "cba", False)],
)  # fmt: skip
def test_one_typo_is_one_letter_or_two_swapped(left: str, right: str, one: bool) -> None:
    assert is_one_typo(left, right) is one
    assert is_one_typo(right, left) is one


def test_folding_keeps_signs_of_figures() -> None:
    assert fold(" −1 ") == "-1"
    assert fold("Step – Size") == "stepsize"


@pytest.mark.parametrize(
    ("accepted", "typed"),
    [("x^2", "x²"), ("x^2", "x**2"), ("x²", "$x^2$"), ("w - lr * dw", "w−lr·dw"), ("2*a", "2 × a"), ("10^-3", "10⁻³"),
     ("bias", "the bias"), ("epoch", "An epoch"), ("a", "a")],
)  # fmt: skip
def test_a_formula_in_other_signs_and_an_article_do_not_matter(accepted: str, typed: str) -> None:
    verdict = grade_blanks((accepted, typed))
    assert (verdict.correct, verdict.notes) == (True, ())


@pytest.mark.parametrize(
    ("accepted", "typed"),
    [("w - lr * dw", "w lr * dw"), ("w - lr * dw", "w - dw"), ("x^2", "x^3"), ("bias", "the"), ("x=1", "x-1")],
)
def test_another_formula_is_wrong(accepted: str, typed: str) -> None:
    assert not grade_blanks((accepted, typed)).correct
