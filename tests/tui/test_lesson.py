from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from shutil import copy

import pytest
from textual.pilot import Pilot
from textual.widget import Widget

from tests.stores import open_store
from tests.tui.lab_fakes import LAB
from tests.tui.lesson_samples import write_course
from tests.tui.screen_rows import make_workspace, rows_of, running, settled, text_of
from tutor.foundation.text import cell_width
from tutor.foundation.translate import translate
from tutor.study import lesson_session
from tutor.tui.app import TutorApp
from tutor.tui.questions.question import QuestionWidget
from tutor.tui.screens.lesson.screen import LessonScreen
from tutor.tui.screens.lesson.view import LessonView
from tutor.tui.screens.term import TermCard
from tutor.tui.widgets.prose import ProseView

LESSONS = Path(__file__).resolve().parents[2] / "lessons"
FIRST_PAGE = {
    "en": [
        "  tutor › 2 Gradient descent: which way is down        ━━━━────────   § 1 of 3",
        " " + "─" * 78,
        "    20 min · builds on: Model and loss",
        "",
        "    A fog lies over the valley. You cannot see its floor, but you can feel",
        "    which way the ground falls: that is gradient descent, and it makes the",
        "    loss small.",
        "",
        "",
        "    One step",
        "",
        "    At w = 2 the slope of f is +21. Downhill is to the left, so we subtract:",
        "",
        "        w ← w − η · f′(w) = 2 − 0.01 · 21 = 1.79",
        "",
        "    The learning rate η is set by a person. A learning rate too large jumps",
        "    over the floor, see the model and https://example.org.",
        "",
        "    step      w",
        "    ────   ────",
        "    0      2.00",
        "    1      1.79",
        " " + "─" * 78,
        "  space page   tab next   enter answer   g glossary   c contents        ? help",
    ],
    "zh": [
        "  tutor › 2 梯度下降：哪边是下坡                          ━━━━────────   § 1/3",
        " " + "─" * 78,
        "    20 分钟 · 先修：模型与损失",
        "",
        "    山谷里起了大雾。你看不见谷底，但脚下能感觉到哪边地势更低：这就是梯度下",
        "    降，它让损失变小。",
        "",
        "",
        "    一步",
        "",
        "    在 w = 2 处，f 的斜率是 +21。下坡在左边，所以做减法：",
        "",
        "        w ← w − η · f′(w) = 2 − 0.01 · 21 = 1.79",
        "",
        "    学习率 η 由人来设定。学习率太大会跨过谷底，参见模型和",
        "    https://example.org。",
        "",
        "    步数      w",
        "    ────   ────",
        "    0      2.00",
        "    1      1.79",
        "",
        " " + "─" * 78,
        "  space 下一页   tab 下一题   enter 作答/训练   g 术语表   c 目录       ? 帮助",
    ],
}


def view_of(pilot: Pilot[int]) -> LessonView:
    return next(screen for screen in reversed(pilot.app.screen_stack) if isinstance(screen, LessonScreen)).query_one(
        LessonView
    )


async def until(pilot: Pilot[int], holds: Callable[[], bool]) -> None:
    """Wait for what happens after the first frame: mounting, a thread."""
    for _ in range(500):
        if holds():
            break
        await asyncio.sleep(0.01)
    assert holds(), text_of(pilot)
    await settled(pilot)


async def opened(pilot: Pilot[int]) -> LessonView:
    """The lesson, when all of it is there and its terms are linked."""
    view = view_of(pilot)
    await until(pilot, lambda: view.complete)
    return view


@asynccontextmanager
async def reading(
    home: Path, language: str = "en", size: tuple[int, int] = (80, 24), *, lesson: str = "descent", anchor: str = "",
    lessons: Path | None = None, tries: int = 1, **settings: object,
) -> AsyncIterator[tuple[Pilot[int], LessonView]]:  # fmt: skip
    """A lesson that has been opened. With one try, a wrong answer is locked at once."""
    folder = lessons or write_course(home / "course")
    workspace = make_workspace(home / "home", folder, language=language, **settings)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lesson_session, "TRIES", tries)
        async with running(workspace, lambda: LessonScreen(lesson, anchor), size) as pilot:
            yield pilot, await opened(pilot)
    workspace.store.close()


def marked(view: LessonView) -> str:
    """Where the marked link leads; nothing where none is marked."""
    link = view.flow.link
    return link.target if link is not None else ""


def focused(pilot: Pilot[int]) -> Widget | None:
    return pilot.app.focused


def body(pilot: Pilot[int]) -> list[str]:
    """The rows between the rules, without the scrollbar."""
    width = pilot.app.size.width
    return [(row[:-1] if cell_width(row) == width else row).rstrip() for row in rows_of(pilot)[2:-2]]


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_the_first_page_reads_like_a_book(tmp_path: Path, language: str) -> None:
    async with reading(tmp_path, language) as (pilot, _):
        rows = rows_of(pilot)
        assert [rows[0], rows[1]] == FIRST_PAGE[language][:2]
        assert body(pilot) == FIRST_PAGE[language][2:-2]
        assert rows[-2:] == FIRST_PAGE[language][-2:]


async def test_a_page_further_keeps_two_lines_in_view_and_a_page_back_returns(tmp_path: Path) -> None:
    async with reading(tmp_path) as (pilot, _):
        first = body(pilot)
        await pilot.press("space")
        await settled(pilot)
        assert body(pilot)[:2] == first[-2:]
        await pilot.press("b")
        await settled(pilot)
        assert body(pilot) == first


async def test_lines_sections_and_both_ends_have_keys(tmp_path: Path) -> None:
    async with reading(tmp_path) as (pilot, _view):
        first = body(pilot)
        await pilot.press("j", "j", "k")
        await settled(pilot)
        assert body(pilot)[0] == first[1]
        await pilot.press("right_square_bracket", "right_square_bracket")
        await settled(pilot)
        assert body(pilot)[0] == "    Many parameters"
        assert "§ 2 of 3" in rows_of(pilot)[0]
        await pilot.press("left_square_bracket")
        await settled(pilot)
        assert body(pilot)[0] == "    One step"
        await pilot.press("end")
        await settled(pilot)
        assert "End of the lesson" in text_of(pilot)
        assert "§ 3 of 3" in rows_of(pilot)[0]
        await pilot.press("home")
        await settled(pilot)
        assert body(pilot) == first


async def test_whoever_only_presses_enter_sees_every_line_of_the_lesson(tmp_path: Path) -> None:
    async with reading(tmp_path, tries=2) as (pilot, view):
        flow, seen = view.flow, set[int]()
        for _ in range(60):
            seen |= set(range(flow.scroll_offset.y, flow.scroll_offset.y + flow.height))
            if flow.at_end:
                break
            block = flow.blocks[flow.focused_block] if flow.focused_block is not None else None
            if isinstance(block, QuestionWidget) and not block.exercise.attempt.locked:
                block.give_up()
                await settled(pilot)
            locked = isinstance(block, QuestionWidget) and block.exercise.attempt.locked
            if block is None or locked:
                await pilot.press("enter")
            else:  # a lab would open, and a prediction would train
                await pilot.press("escape", "space")
            await settled(pilot)
        assert flow.at_end
        assert seen >= set(range(flow.virtual_size.height))


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_question_is_answered_in_the_text_and_remembered_at_once(tmp_path: Path, language: str) -> None:
    wrong = {"en": "It arrives sooner", "zh": "更早到达"}[language]
    feedback = {"en": "That needs a step smaller", "zh": "那需要步子比碗的陡度更小"}[language]
    async with reading(tmp_path, language) as (pilot, view):
        await pilot.press("tab")
        await settled(pilot)
        number = next(row for row in body(pilot) if wrong in row).replace("▸", " ").split()[1]
        await pilot.press(number, "enter")
        await settled(pilot)
        assert feedback in text_of(pilot)
        assert view.session is not None
        assert view.session.wrong_ids == ("large",)
        with closing(open_store(tmp_path / "home" / "progress.sqlite3").store) as other:
            assert other.newest_answers("descent")["large"].correct is False
        await pilot.press("enter")  # reads on below the feedback
        await settled(pilot)
        assert view.flow.focused_block is None
        assert pilot.app.focused is view.flow


async def test_tab_goes_to_a_question_most_of_which_is_in_view(tmp_path: Path) -> None:
    async with reading(tmp_path) as (pilot, view):
        await pilot.press("tab", "escape")
        await settled(pilot)
        view.flow.go_to_line(view.flow.top_of(3) + 2)
        await settled(pilot)
        await pilot.press("tab")
        await settled(pilot)
        assert view.flow.focused_block == 3


TYPED = """\
---
id: typed
title: Typed
needs: [model]
minutes: 5
---

## Name it

<!-- q: name -->

The slope of many parameters is called the [[gradient]].

## How many?

<!-- q: many -->

Two and two are how many?

> Hint: It is even.

**Answer:** 4 ± 0.1
"""


@pytest.mark.parametrize("steps", [1, 2])
async def test_the_footer_of_a_lesson_offers_no_key_that_is_typed(tmp_path: Path, steps: int) -> None:
    folder = write_course(tmp_path / "course", c03_typed={"en": TYPED, "zh": TYPED})
    async with reading(tmp_path, lessons=folder, lesson="typed") as (pilot, _):
        await pilot.press(*["tab"] * steps)
        await settled(pilot)
        footer = rows_of(pilot)[-1]
        assert "enter commit" in footer
        assert "PgDn page" in footer
        assert not {"space page", "g glossary", "c contents", "i hint"} & {
            each.strip() for each in footer.split("   ")
        }, footer


async def test_enter_goes_into_the_question_in_view_and_escape_twice_leaves_the_lesson(tmp_path: Path) -> None:
    async with reading(tmp_path) as (pilot, view):
        await pilot.press("space", "enter")
        await settled(pilot)
        assert view.flow.focused_block == 3
        assert "tick" in rows_of(pilot)[-1]
        await pilot.press("escape")
        await settled(pilot)
        assert pilot.app.focused is view.flow
        assert " page" in rows_of(pilot)[-1]


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_the_place_is_kept_and_found_again_in_either_language(tmp_path: Path, language: str) -> None:
    async with reading(tmp_path) as (pilot, _):
        await pilot.press("right_square_bracket", "right_square_bracket")
        await settled(pilot)
    async with reading(tmp_path, language, lessons=tmp_path / "course") as (pilot, _):
        assert body(pilot)[0] == {"en": "    Many parameters", "zh": "    许多参数"}[language]


async def test_a_lesson_of_many_pages_opens_where_it_was_left_or_at_its_anchor(tmp_path: Path) -> None:
    sections = (f"## Section {number}\n\n{'Words that fill a page or two. ' * 40}\n" for number in range(40))
    text = '---\nid: long\ntitle: "Long"\nminutes: 9\n---\n\nIt begins.\n\n' + "\n".join(sections)
    course = write_course(tmp_path / "course", c03_long={"en": text})
    async with reading(tmp_path, lesson="long", lessons=course) as (pilot, _):
        await pilot.press(*["right_square_bracket"] * 5)
        await settled(pilot)
    async with reading(tmp_path, lesson="long", lessons=course) as (pilot, _):
        assert body(pilot)[0] == "    Section 4"
    async with reading(tmp_path, lesson="long", lessons=course, anchor="section-9") as (pilot, _):
        assert body(pilot)[0] == "    Section 9"


async def test_the_language_changes_in_place(tmp_path: Path) -> None:
    async with reading(tmp_path) as (pilot, view):
        await pilot.press("right_square_bracket", "right_square_bracket", "j", "j", "L")
        await until(pilot, lambda: view.lesson is not None and view.lesson.language == "zh" and view.complete)
        assert body(pilot)[0] == "    斜率变成梯度，也就是一个向量。"
        assert "2 梯度下降" in rows_of(pilot)[0]
        await pilot.press("L")
        await until(pilot, lambda: view.lesson is not None and view.lesson.language == "en" and view.complete)
        assert body(pilot)[0] == "    The slope becomes the gradient, a vector."


async def test_an_answer_begun_goes_on_in_the_other_language(tmp_path: Path) -> None:
    async with reading(tmp_path) as (pilot, view):
        await pilot.press("tab", "tab")
        await settled(pilot)
        await pilot.press("space")
        await settled(pilot)
        ticked = next(row for row in body(pilot) if "■" in row)
        await pilot.press("L")
        await until(pilot, lambda: view.lesson is not None and view.lesson.language == "zh" and view.complete)
        await settled(pilot)
        now = next(row for row in body(pilot) if "■" in row)
        assert ("The learning rate" in ticked) == ("学习率" in now)
        assert view.flow.focused_block == 7


async def test_only_the_first_mention_of_a_term_is_a_link(tmp_path: Path) -> None:
    async with reading(tmp_path) as (_, view):
        targets = [link.target for prose in view.flow.query(ProseView) for link in prose.links]
    assert targets == [
        "#loss", "#learning-rate", "01-model.md", "https://example.org", "#gradient", "#learning-rate",
    ]  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_terms_are_marked_by_key_and_open_their_card(tmp_path: Path, language: str) -> None:
    async with reading(tmp_path, language) as (pilot, view):
        await pilot.press("n", "n")
        await settled(pilot)
        assert marked(view) == "#learning-rate"
        await pilot.press("N")
        assert marked(view) == "#loss"
        await pilot.press("n", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, TermCard))
        assert {"en": "How far one update moves.", "zh": "一次更新移动多远。"}[language] in text_of(pilot)
        await pilot.press("escape", "escape")
        await settled(pilot)
        assert marked(view) == ""
        assert isinstance(pilot.app.screen, LessonScreen)


async def test_a_click_on_a_term_opens_its_card(tmp_path: Path) -> None:
    async with reading(tmp_path) as (pilot, _):
        row = next(number for number, text in enumerate(rows_of(pilot)) if "The learning rate" in text)
        await pilot.click(offset=(10, row))
        await until(pilot, lambda: isinstance(pilot.app.screen, TermCard))


async def test_a_link_to_a_lesson_file_opens_that_lesson(tmp_path: Path) -> None:
    async with reading(tmp_path) as (pilot, _view):
        screen = pilot.app.screen
        assert isinstance(screen, LessonScreen)
        screen.follow("01-model.md#a-model")
        await until(pilot, lambda: "› 1 Model and loss" in text_of(pilot) and view_of(pilot).complete)
        assert "    A model" in body(pilot)


async def test_a_link_that_leads_nowhere_is_said(tmp_path: Path) -> None:
    async with reading(tmp_path) as (pilot, _):
        screen = pilot.app.screen
        assert isinstance(screen, LessonScreen)
        screen.follow("#nothing")
        await settled(pilot)
        assert "nothing behind this link: #nothing" in text_of(pilot)


@pytest.mark.parametrize("anchor", ["many-parameters", "gradient", "person"])
async def test_a_lesson_opens_at_a_section_a_term_or_a_question(tmp_path: Path, anchor: str) -> None:
    first = {"many-parameters": "Many parameters", "gradient": "Gradient · 梯度", "person": "Question 2"}[anchor]
    async with reading(tmp_path, anchor=anchor, size=(80, 18)) as (pilot, _):
        assert first in body(pilot)[0]


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_contents_open_over_the_text_and_lead_to_a_section(tmp_path: Path, language: str) -> None:
    async with reading(tmp_path, language) as (pilot, _):
        await pilot.press("c")
        await until(pilot, lambda: pilot.app.screen is not pilot.app.screen_stack[-2] and "╭" in text_of(pilot))
        words = {"en": ("One step", "○ Which are set by a person?"), "zh": ("一步", "○ 哪些由人设定？")}[language]
        assert all(any(word in row for row in rows_of(pilot)) for word in words)
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: body(pilot)[0] == {"en": "    Many parameters", "zh": "    许多参数"}[language])
        await pilot.press("c")
        await settled(pilot)
        await pilot.press("c")
        await settled(pilot)
        assert isinstance(pilot.app.screen, LessonScreen)


async def test_contents_stay_open_beside_the_text_where_there_is_room(tmp_path: Path) -> None:
    async with reading(tmp_path, size=(140, 40)) as (pilot, view):
        rows = rows_of(pilot)
        side = [row.rpartition("│")[2] for row in rows]
        begin = next(number for number, row in enumerate(side) if row.strip().startswith("Contents"))
        assert side[begin + 1].startswith("  ▸ One step") or side[begin + 1].startswith(" ▌▸ One step")
        assert side[begin + 2].startswith("    ○ What happens with a large")
        assert "20 min · builds on" in rows[2]
        assert "✓ 0/2" in rows[-3]
        await pilot.press("c", "end", "enter")
        await settled(pilot)
        assert view.block == 7
        assert pilot.app.focused is view.flow
        assert any("▸ Local minima" in row.rpartition("│")[2] for row in rows_of(pilot))
        assert any("✓ One step" in row.rpartition("│")[2] for row in rows_of(pilot)), "it has been read"


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_the_terms_in_view_stand_beside_the_text_with_their_definitions(tmp_path: Path, language: str) -> None:
    async with reading(tmp_path, language, size=(140, 40)) as (pilot, _):
        heading = {"en": "On this page", "zh": "本页的术语"}[language]
        await until(pilot, lambda: heading in text_of(pilot))
        side = [row.rpartition("│")[2] for row in rows_of(pilot)]
        begin = next(number for number, row in enumerate(side) if heading in row)
        assert {"en": "How far one update moves.", "zh": "一次更新移动多远。"}[language] in "".join(side[begin:])
        await pilot.resize_terminal(80, 24)
        await settled(pilot)
        assert heading not in text_of(pilot)


async def test_an_answer_shows_in_the_contents(tmp_path: Path) -> None:
    async with reading(tmp_path, size=(140, 40)) as (pilot, _view):
        await pilot.press("tab")
        await settled(pilot)
        place = next(row for row in rows_of(pilot) if "It flies away" in row).split("│")[0].strip("▎▸ ").split()[0]
        await pilot.press(place, "enter")
        await settled(pilot)
        assert any(row.rpartition("│")[2].startswith("    ✓ What happens") for row in rows_of(pilot))
        assert "✓ 1/2" in rows_of(pilot)[-3]


async def test_the_end_tells_how_one_did_and_leads_on(tmp_path: Path) -> None:
    async with reading(tmp_path, lesson="model") as (pilot, _):
        assert "Next lesson: 2 Gradient descent: which way is down" in text_of(pilot)
        await pilot.press("tab", "enter")
        await until(pilot, lambda: "› 2 Gradient descent" in text_of(pilot))
        assert sum(isinstance(screen, LessonScreen) for screen in pilot.app.screen_stack) == 1


async def test_at_the_end_the_footer_offers_the_ways_on(tmp_path: Path) -> None:
    async with reading(tmp_path, lesson="model") as (pilot, _):
        await until(pilot, lambda: "→ next lesson   t quiz   H course map" in rows_of(pilot)[-1])
        await pilot.press("right")
        await until(pilot, lambda: "› 2 Gradient descent" in text_of(pilot))
        assert "next lesson" not in rows_of(pilot)[-1]


async def test_a_question_scrolled_out_of_view_gives_the_keys_back(tmp_path: Path) -> None:
    async with reading(tmp_path) as (pilot, view):
        await pilot.press("tab")
        await settled(pilot)
        assert view.flow.focused_block is not None
        await pilot.press("home")
        await until(pilot, lambda: focused(pilot) is view.flow)


async def test_the_contents_call_a_lab_by_its_title(tmp_path: Path) -> None:
    text = '---\nid: play\ntitle: Play\nneeds: []\nminutes: 5\n---\n\n## A ball\n\n```toml lab\nuse = "ball"\n```\n'
    folder = write_course(tmp_path / "course", c03_play={"en": text, "zh": text})
    (folder / "labs" / "ball.toml").write_text(LAB.replace('id = "one-lag"', 'id = "ball"'), encoding="utf-8")
    async with reading(tmp_path, size=(140, 40), lesson="play", lessons=folder) as (pilot, _):
        assert any("│    ▶ Looking back one day" in row for row in rows_of(pilot)), text_of(pilot)


async def test_reading_to_the_end_is_reading_everything(tmp_path: Path) -> None:
    async with reading(tmp_path) as (pilot, view):
        assert view.session is not None
        assert view.session.fraction_read < 0.7
        before = view.session.position, view.session.fraction_read
        await pilot.press("end")
        await settled(pilot)
        assert (view.session.position, view.session.fraction_read) == before, "the end was only looked at"
        await pilot.press("home", *["space"] * 20)
        await settled(pilot)
        assert view.session.fraction_read == 1.0
    with closing(open_store(tmp_path / "home" / "progress.sqlite3").store) as store:
        assert store.lesson_states()["descent"].read_fraction == 1.0


@pytest.mark.parametrize("size", [(44, 12), (80, 24), (120, 30), (140, 40)])
@pytest.mark.parametrize("language", ["en", "zh"])
async def test_nothing_is_clipped_at_any_size(tmp_path: Path, language: str, size: tuple[int, int]) -> None:
    async with reading(tmp_path, language, size) as (_pilot, view):
        flow = view.flow
        for prose in flow.query(ProseView):
            assert all(line.width <= prose.content_size.width for line in prose.lines)
            assert prose.size.height == len(prose.lines)
        inner = flow.scrollable_content_region
        assert all(inner.x <= block.region.x and block.region.right <= inner.right for block in flow.blocks)
        assert all(block.region.width <= 78 for block in flow.blocks)


async def test_ascii_mode_draws_with_ascii_signs_alone(tmp_path: Path) -> None:
    async with reading(tmp_path, ascii=True) as (pilot, _):
        await pilot.press("right_square_bracket", "space")
        await settled(pilot)
        assert not set(text_of(pilot)) & set("─│┌╭▎•▸○✓§›…·")


async def test_a_new_width_keeps_the_place(tmp_path: Path) -> None:
    async with reading(tmp_path) as (pilot, _view):
        await pilot.press("right_square_bracket", "right_square_bracket")
        await settled(pilot)
        await pilot.resize_terminal(50, 24)
        await settled(pilot)
        await settled(pilot)
        assert body(pilot)[0] == "    Many parameters"


async def test_a_lesson_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    course = write_course(tmp_path / "course")
    for language in ("en", "zh"):
        (course / language / "02-descent.md").write_bytes(b"---\nid: descent\ntitle: x\nminutes: 5\n---\n\xff\xfe")
    workspace = make_workspace(tmp_path / "home", course)
    async with running(workspace, lambda: LessonScreen("descent")) as pilot:
        await until(pilot, lambda: "cannot be read" in text_of(pilot))
        assert "02-descent.md" in text_of(pilot)
        await pilot.press("space", "tab", "enter", "n", "c", "escape")  # nothing to do, and nothing breaks
        await settled(pilot)


async def test_a_hostile_lesson_is_only_text(tmp_path: Path) -> None:
    head = '---\nid: hostile\ntitle: "[red]T[/]"\nneeds: []\nminutes: 1\n---\n\n'
    text = "\x1b[31mred\x1b[0m [@click=app.quit]press[/] \x1b]0;owned\x07 <script>x</script> &#27;[2J\n"
    hostile = {"en": head + text, "zh": head + text}
    course = write_course(tmp_path / "course", c03_hostile=hostile)
    async with reading(tmp_path, lesson="hostile", lessons=course) as (pilot, _):
        shown = text_of(pilot)
        assert "\x1b" not in shown
        assert "\x07" not in shown
        assert "[red]T[/]" in shown
        assert "[@click=app.quit]press[/]" in shown
        assert "<script>x</script>" in shown


async def test_answers_of_a_quiz_show_when_one_comes_back(tmp_path: Path) -> None:
    async with reading(tmp_path, size=(140, 40)) as (pilot, view):
        await pilot.press("t")
        await until(pilot, lambda: not isinstance(pilot.app.screen, LessonScreen))
        await pilot.press("1", "enter")
        await settled(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, LessonScreen))
        await until(pilot, lambda: view.complete and view.session is not None and view.session.score.counted == 1)
        assert not any("│    ○ What happens" in row for row in rows_of(pilot))


async def test_contents_take_the_focus_and_give_it_back(tmp_path: Path) -> None:
    async with reading(tmp_path, size=(140, 40)) as (pilot, view):
        await pilot.press("c")
        assert focused(pilot) is view.side.contents
        await pilot.press("c")
        assert focused(pilot) is view.flow


def long_lesson(folder: Path) -> Path:
    """A course of one long lesson, one that ships."""
    (folder / "en").mkdir(parents=True)
    copy(LESSONS / "en" / "03-gradient-descent.md", folder / "en")
    return folder


@pytest.mark.parametrize("presses", [1, 2])
async def test_a_step_taken_before_the_page_is_there_is_not_lost(tmp_path: Path, presses: int) -> None:
    workspace = make_workspace(tmp_path / "home", long_lesson(tmp_path / "course"))
    app = TutorApp(workspace, lambda: LessonScreen("gradient-descent"))
    async with app.run_test(size=(80, 24)) as pilot:
        view = view_of(pilot)
        for _ in range(presses):
            assert not view.step_on()
        await opened(pilot)
        numbers = [number for number, _ in view.flow.stops()]
        assert view.flow.focused_block == numbers[presses - 1]
        assert view.flow.is_in_view(numbers[presses - 1])
    workspace.store.close()


async def test_a_step_taken_before_the_first_page_stands_at_its_place_is_not_scrolled_away(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path / "home", long_lesson(tmp_path / "course"))
    app = TutorApp(workspace, lambda: LessonScreen("gradient-descent"))
    async with app.run_test(size=(80, 24)) as pilot:
        view = view_of(pilot)
        while not any(block.virtual_region for block in view.flow.blocks):
            await asyncio.sleep(0)
        assert not view.complete
        view.step_on()
        await opened(pilot)
        first = next(number for number, _ in view.flow.stops())
        assert view.flow.focused_block == first
        assert view.flow.is_in_view(first)
    workspace.store.close()


async def test_what_is_typed_behind_a_step_on_a_page_in_the_making_arrives(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path / "home", long_lesson(tmp_path / "course"))
    app = TutorApp(workspace, lambda: LessonScreen("gradient-descent"))
    async with app.run_test(size=(80, 24)) as pilot:
        view = view_of(pilot)
        view.step_on()
        while view.flow.focused_block is None:
            await asyncio.sleep(0)
        assert not view.complete
        await pilot.press("1")
        await opened(pilot)
        assert translate("quiz.end-decides") in text_of(pilot)
    workspace.store.close()
