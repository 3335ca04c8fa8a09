"""Lessons of a pack beside the shipped ones: whose ids are whose, and what falls back to the shipped course."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.course.packs import FIRST, MANIFEST, write_pack, write_shipped
from tests.course.writing import write_lesson
from tutor.course.catalogue import Course
from tutor.course.checks import check_course
from tutor.course.exercises.finding import find_exercise
from tutor.course.lesson import Prose, Term
from tutor.course.packs.installed import open_course
from tutor.course.packs.manifest import read_manifest, read_manifest_text
from tutor.foundation import paths
from tutor.foundation.errors import TutorError
from tutor.labs.lab_files import load_lab
from tutor.progress.cards import Side, term_key, term_of
from tutor.progress.renames import exercise_of, program_key
from tutor.study.course_store import open_course_store, renames_of
from tutor.study.lesson_session import LessonSession


@pytest.fixture(autouse=True)
def shipped(own_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = write_shipped(tmp_path / "shipped")
    monkeypatch.setattr(paths, "shipped_lessons", lambda: folder)
    return folder


@pytest.fixture
def course(own_home: Path) -> Course:
    write_pack(paths.packs_folder() / "tides")
    return open_course()


def test_lessons_of_a_pack_come_after_the_shipped_ones_under_its_title(course: Course) -> None:
    headers = course.headers("zh")
    assert [(each.id, each.number, each.part, each.language) for each in headers[-2:]] == [
        ("tides:what-is-ml", 1, "潮汐", "zh"), ("tides:water", 2, "潮汐 · Sea", "en"),
    ]  # fmt: skip
    assert headers[-1].needs == ("tides:what-is-ml", "gradient-descent")
    found = [course.header(name, "en") for name in ("1", "tides:1", "core:what-is-ml", "tides:water", "what-is-ml")]
    assert [each.id if each is not None else None for each in found] == [
        "what-is-ml", "tides:what-is-ml", "what-is-ml", "tides:water", "what-is-ml",
    ]  # fmt: skip
    assert course.header("tides:9", "en") is None


def test_links_mean_the_pack_first_and_then_the_shipped_course(course: Course) -> None:
    lesson = course.lesson("tides:what-is-ml", "en")
    assert lesson is not None
    assert lesson.id == "tides:what-is-ml"
    prose, term, question = lesson.blocks[0], lesson.terms[0], lesson.questions[0]
    assert isinstance(prose, Prose)
    assert prose.markdown == (
        "A [moon pull](#tides:pull) is not a [learning rate](#learning-rate), and `[pull](#pull)` is code."
    )
    assert isinstance(term, Term)
    assert (term.id, term.see, term.lesson_id) == ("tides:pull", ("learning-rate",), "tides:what-is-ml")
    assert question.options[0].text == "Yes, see [the pull](#tides:pull)"
    assert question.options[0].feedback == "As in [which](#tides:ready)."
    glossary = course.glossary()
    assert glossary.get("tides:pull") is not None
    assert glossary.get("learning-rate") is not None


def test_a_link_to_the_file_of_a_shipped_lesson_is_no_fault(tmp_path: Path) -> None:
    text = "## Water\n\n[This](03-gradient-descent.md) is there, [that](99-nothing.md) is not.\n"
    write_lesson(tmp_path / "pack", "en/01-moon.md", text, id="moon")
    (tmp_path / "pack" / "pack.toml").write_text(MANIFEST, encoding="utf-8")
    told = [each.message for each in check_course(tmp_path / "pack") if "leads nowhere" in each.message]
    assert len(told) == 1
    assert "99-nothing.md" in told[0]


def test_terms_of_a_pack_are_found_in_its_own_lessons_only(course: Course) -> None:
    glossary = course.glossary()
    text = "The pull has a learning rate"
    assert [each.term_id for each in glossary.find_mentions(text, "en", "tides")] == ["tides:pull", "learning-rate"]
    assert [each.term_id for each in glossary.find_mentions(text, "en")] == ["learning-rate"]


def test_a_lab_of_a_pack_has_its_own_data_and_hides_none_of_the_shipped_ones(course: Course) -> None:
    lesson = course.lesson("tides:2", "en")
    assert lesson is not None
    assert [each.lab for each in lesson.labs] == ["tides:ball", "one-lag"]
    lab = load_lab("tides:ball", course.labs)
    assert (lab.id, lab.data.path) == ("tides:ball", str(paths.packs_folder() / "tides" / "data" / "water.csv"))
    assert load_lab("ball", course.labs).id == "ball"
    assert load_lab("core:ball", course.labs).id == "ball"


def test_a_pack_touches_nothing_of_a_shipped_lesson_with_the_same_id(course: Course) -> None:
    lesson = course.lesson("tides:what-is-ml", "en")
    assert lesson is not None
    with closing(open_course_store(course).store) as store:
        exercise = LessonSession(lesson, store).exercise("tides:ready")
        assert exercise.give_up()
        assert set(store.lesson_states()) == {"tides:what-is-ml"}
        assert set(store.newest_answers("tides:what-is-ml")) == {"tides:ready"}
        assert store.newest_answers("what-is-ml") == {}


def test_the_folder_that_is_named_is_shown_beside_the_shipped_lessons(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUTOR_LESSONS", str(write_pack(tmp_path / "mine")))
    course = open_course()
    assert course.header("tides:water", "en") is not None
    assert course.header("gradient-descent", "en") is not None
    (tmp_path / "mine" / "pack.toml").write_text('title = "No id"\n')
    with pytest.raises(TutorError, match=r"pack.toml:1:1: This pack.toml gives no id"):
        open_course()


def test_answers_from_before_a_folder_was_a_pack_count(own_home: Path, tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "mine")
    write_lesson(
        folder, "en/03-ebb.md", FIRST.replace("q: ready", "q: ebb").replace("term: pull", "term: tow"), id="ebb"
    )
    (folder / "pack.toml").rename(folder / "kept.toml")
    before = open_course(folder)
    with closing(open_course_store(before).store) as store:
        for name, question in (("ebb", "ebb"), ("what-is-ml", "ready")):
            lesson = before.lesson(name, "en")
            assert lesson is not None
            assert LessonSession(lesson, store).exercise(question).give_up()
        store.cards.see([term_key("tow", Side.MEANING)], "ebb", store.answers()[0].at)
    (folder / "kept.toml").rename(folder / "pack.toml")
    with closing(open_course_store(open_course(folder)).store) as store:
        assert set(store.newest_answers("tides:ebb")) == {"tides:ebb"}
        assert store.cards.get("tides:ebb") is not None
        assert store.cards.get("term:tides:tow:meaning") is not None
        assert store.newest_answers("tides:what-is-ml") == {}  # The shipped lesson of that id keeps them.


def test_a_pack_cannot_claim_what_the_course_has(own_home: Path) -> None:
    folder = write_pack(paths.packs_folder() / "tides", MANIFEST.replace("id =", 'was = ["core"]\nid ='))
    write_lesson(folder, "en/03-ebb.md", "", id="ebb", was="[core:gradient-descent, core:gone, core:gone/q]")
    renames = renames_of(open_course())
    assert renames.lessons["gone"] == "tides:ebb"
    assert renames.questions["gone", "q"] == ("tides:ebb", "tides:q")
    assert renames.lesson("gradient-descent") == "gradient-descent"
    assert renames.lesson("what-is-ml") == "what-is-ml"
    assert renames.lesson("water") == "tides:water"


def test_a_term_that_a_course_does_not_define_is_taken_from_the_shipped_one(tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "mine")
    (folder / "pack.toml").unlink()
    glossary = Course(folder).glossary()
    assert len(glossary) == 1
    assert glossary.get("learning-rate") is not None


def test_an_exercise_that_a_pack_does_not_have_is_that_of_the_shipped_course(course: Course, shipped: Path) -> None:
    real = Path(__file__).resolve().parents[2] / "lessons" / "en"
    shutil.copy(next(each for each in real.glob("*.md") if "x: mse-gradient" in each.read_text()), shipped / "en")
    found = find_exercise(course, "en", "tides:mse-gradient")
    assert found is not None
    assert found.exercise.id == "mse-gradient"


def test_keys_of_cards_and_reviews_keep_the_pack() -> None:
    assert term_of(term_key("tides:pull", Side.NAME)) == ("tides:pull", Side.NAME)
    assert term_of("tides:pull:name") is None
    assert exercise_of(program_key("tides:slope", "x: y → z")) == "tides:slope"
    assert exercise_of(program_key("slope", "x: y → z")) == "slope"


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("title = 'A'", 1, "no id"), ("title='A'\nid = 'core'", 2, "not free"), ("id = 'a b'\ntitle = 'A'", 1, "a b"),
        ("id = 'a'", 1, "no title"), ("id = 'a'\ntitle = 3", 2, "neither"), ("id = 'a'\n[title]\nx = 'A'", 2, "x"),
        ("id = 'a'\ntitle = 'A'\nlicense = 'B'", 3, "licence"),
        ("id = 'a'\ntitle = 'A'\nrequires = ['a']", 3, "itself"),
        ("id = 'a'\ntitle = 'A'\nlanguages = ['English']", 3, "English"), ("id = 'a'\ntitle = x", 2, "TOML"),
        ("id = 'a'\ntitle = 'A'\nrequires = 'b'", 3, "requires"),
    ],
)  # fmt: skip
def test_faults_of_a_manifest_have_a_line(text: str, line: int, said: str, tmp_path: Path) -> None:
    (tmp_path / "pack.toml").write_text(text)
    (fault,) = read_manifest(tmp_path).faults()
    assert fault.place.line == line
    assert said in f"{fault.message} {fault.hint}"


def test_a_manifest_without_fault_says_what_the_pack_is(tmp_path: Path) -> None:
    (tmp_path / "pack.toml").write_text(MANIFEST, encoding="utf-8")
    manifest = read_manifest(tmp_path)
    assert manifest.problems == ()
    assert manifest.pack is not None
    assert (manifest.pack.named("zh"), manifest.pack.named("fr"), manifest.pack.authors) == (
        "潮汐",
        "Tides",
        ("A. Teacher",),
    )


@given(
    st.one_of(
        st.binary(max_size=200),
        st.dictionaries(
            st.sampled_from(["id", "title", "authors", "languages", "requires", "was", "x"]),
            st.recursive(
                st.sampled_from(["1", "true", "'a'", "'core'", "'\\u202e'", "1979-05-27", "[]"]),
                lambda inner: st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
                max_leaves=4,
            ),
        ).map(lambda values: "\n".join(f"{key} = {value}" for key, value in values.items()).encode()),
    )
)
def test_any_manifest_is_read_or_refused_with_a_line(content: bytes) -> None:
    manifest = read_manifest_text(Path("pack.toml"), content)
    assert manifest.pack is not None or manifest.problems
    assert all(fault.place.line >= 1 and fault.message for fault in manifest.faults())
