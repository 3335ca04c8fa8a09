"""The lesson reader: text, questions and labs in one flow, with the contents beside it on a wide screen."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.widget import Widget

from tutor.charts.cells import Row, Span
from tutor.foundation.pack_ids import pack_of_id
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.text import cell_width, shorten
from tutor.foundation.translate import translate
from tutor.tui import router, routes
from tutor.tui.commands import Command, footer_commands
from tutor.tui.screen import TutorScreen, Whereabouts, commands_of
from tutor.tui.screens.lesson.blocks import block_of
from tutor.tui.screens.lesson.flow import LessonFlow
from tutor.tui.screens.lesson.view import WIDE, LessonView
from tutor.tui.widgets.frame import GAP
from tutor.tui.widgets.notice import Notice
from tutor.tui.widgets.prose import ProseView
from tutor.tui.widgets.row_list import RowList
from tutor.tui.widgets.rows import bar_cells

if TYPE_CHECKING:
    from tutor.tui.questions.question import QuestionWidget

_MOVE = "keys.group-move"
_QUOTE = 40
"""Cells of a passage that a notice shows."""
_BAR, _BAR_FROM = 12, 42
"""Cells of the bar of the sections, and the columns that it needs beside the title."""

KEYS: tuple[Command, ...] = (
    Command("lesson.page-down", ("space", "pagedown", "ctrl+d"), "lesson.page-down", footer=1, group=_MOVE,
            palette=False),
    Command("lesson.page-up", ("pageup", "b", "ctrl+u"), "lesson.page-up", group=_MOVE, palette=False),
    Command("lesson.line-down", ("down", "j"), "keys.down", group=_MOVE, palette=False),
    Command("lesson.line-up", ("up", "k"), "keys.up", group=_MOVE, palette=False),
    Command("lesson.first", ("home",), "lesson.first", group=_MOVE, palette=False),
    Command("lesson.last", ("end", "G"), "lesson.last", group=_MOVE, palette=False),
    Command("lesson.next-section", ("right_square_bracket",), "lesson.next-section", group=_MOVE),
    Command("lesson.previous-section", ("left_square_bracket",), "lesson.previous-section", group=_MOVE),
    Command("lesson.next-block", ("tab",), "lesson.next-block", "lesson.next-block-help", footer=2, group=_MOVE,
            palette=False),
    Command("lesson.previous-block", ("shift+tab",), "lesson.previous-block", group=_MOVE, palette=False),
    Command("lesson.next-term", ("n",), "lesson.next-term", "lesson.next-term-help", group=_MOVE, palette=False),
    Command("lesson.previous-term", ("N",), "lesson.previous-term", group=_MOVE, palette=False),
    Command("lesson.enter", ("enter",), "lesson.enter", "lesson.enter-help", footer=3, palette=False),
    Command("lesson.go-on", ("enter",), "lesson.go-on", "lesson.go-on-help", footer=1, palette=False),
    Command("lesson.following", ("right", "l"), "lesson.following", "lesson.following-help", footer=1),
    Command("lesson.contents", ("c",), "lesson.contents", "lesson.contents-help", footer=95),
    Command("lesson.quiz", ("t",), "lesson.quiz", "lesson.quiz-help", footer=96),
    Command("lesson.appendix", ("o",), "lesson.key-appendix", "lesson.key-appendix-help"),
    Command("lesson.find", ("slash",), "lesson.find", "lesson.find-help"),
    Command("lesson.star", ("asterisk",), "notes.key-star", "notes.key-star-help", shown="*"),
    Command("lesson.note", ("A",), "notes.key-note", "notes.key-note-help"),
)  # fmt: skip


class LessonScreen(TutorScreen):
    """One lesson. The frame is drawn at once, then the lesson is read, and its first page is mounted before the rest.

    Args:
        lesson_id: The lesson.
        anchor: A section, term or question to open it at; if empty, it opens where the learner left it.
        quote: How the passage begins to open it at.
    """

    KEYS: ClassVar[tuple[Command, ...]] = KEYS
    AUTO_FOCUS = "#flow"

    def __init__(self, lesson_id: str, anchor: str = "", quote: str = "") -> None:
        super().__init__()
        self._view = LessonView(lesson_id, anchor, quote)
        self._wanted = ""  # what was searched for on this page, for the keys of the next and previous term

    # -- the frame ---------------------------------------------------------------------------------------

    def compose_body(self) -> ComposeResult:
        yield self._view

    @property
    def flow(self) -> LessonFlow:
        return self._view.flow

    def breadcrumb(self) -> list[str]:
        """``tutor › 3 Gradient descent``."""
        header = next((each for each in self._view.headers if each.id == self._view.lesson_id), None)
        return [harmless_line(header.numbered_title) if header is not None else self._view.lesson_id]

    def status(self) -> Row:
        """The number of the section being read, and the number of sections."""
        lesson = self._view.lesson
        if lesson is None or not lesson.sections:
            return []
        from tutor.study.sections import section_at, top_sections

        section, sections = section_at(lesson, self._view.block), len(top_sections(lesson))
        text = translate("home.section", section=section, sections=sections)
        if self.size.width < _BAR_FROM + cell_width(self.breadcrumb()[0]):
            return [Span(text, "muted")]
        full = min(_BAR, round(_BAR * section / sections))
        return [*bar_cells(full, _BAR), Span(GAP), Span(text, "muted")]

    def whereabouts(self) -> Whereabouts | None:
        """The lesson and the section being read."""
        lesson = self._view.lesson
        if lesson is None:
            return Whereabouts("lesson", self._view.lesson_id)
        from tutor.study.sections import section_at

        section = lesson.section_of(self._view.block)
        number = section_at(lesson, self._view.block) if lesson.sections else 0
        return Whereabouts("lesson", lesson.id, number, section.anchor if section is not None else "")

    def footer(self) -> list[Command]:
        """The keys of the focused question or lab and the key to go on; at the end of the lesson, where to go next."""
        if self.focused is None or self.focused is self.flow:
            return self._footer_at_end() if self._view.ended else super().footer()
        shadowed = {key for command in commands_of(self.focused) for key in command.keys}
        own = {command.id for command in KEYS}
        return footer_commands(
            command
            for command in self.commands_in_reach()
            if command.id not in own or shadowed.isdisjoint(command.keys)
        )

    def _footer_at_end(self) -> list[Command]:
        next_steps = {"lesson.following": 1, "lesson.quiz": 2, "app.home": 3, "app.glossary": 4, "lesson.contents": 5}
        return sorted((each for each in self.commands() if each.id in next_steps), key=lambda each: next_steps[each.id])

    def on_mount(self) -> None:
        """Read the lesson after the first frame."""
        self.call_after_refresh(self._view.open)

    def on_screen_resume(self) -> None:
        """Update the text: the learner may come back from a quiz or a lab."""
        super().on_screen_resume()
        self._view.came_back()
        self._view.count_reading(in_front=True)

    def on_screen_suspend(self) -> None:
        """Save the position and the reading time, which the screen in front may show."""
        self._view.save()
        self._view.count_reading(in_front=False)

    def on_input(self) -> None:
        """Count the time of reading up to now."""
        self._view.count_reading()

    def on_descendant_focus(self) -> None:
        """Stop counting time of reading: the learner answers a question."""
        self._view.count_reading()

    def on_descendant_blur(self) -> None:
        """Count time of reading again."""
        self._view.count_reading()

    def refresh_texts(self) -> None:
        """Draw in another look, or show the same place of the lesson in another language."""
        super().refresh_texts()
        self._view.speak()

    def on_lesson_view_turned(self) -> None:
        """Update the section in the top line, and show notices, such as that progress cannot be saved."""
        self.refresh_frame()
        self.say_notices()

    def on_question_widget_settled(self, event: QuestionWidget.Settled) -> None:
        """Show the whole question with its verdict, if it fits and the learner is still at it."""
        self._view.count_reading()
        self._view.answered()
        if event.question.has_focus_within:
            self.call_after_refresh(self.flow.show_whole, event.question)

    def on_question_widget_missed(self) -> None:
        """Note that a first answer has been saved."""
        self._view.noted()
        self.refresh_frame()

    def on_question_widget_changed(self) -> None:
        """Update the footer for the state of the question."""
        self._view.count_reading()
        self.refresh_frame()

    # -- reading -----------------------------------------------------------------------------------------

    def action_page_down(self) -> None:
        self.flow.page(1)

    def action_page_up(self) -> None:
        self.flow.page(-1)

    def action_line_down(self) -> None:
        self.flow.move_by(1)

    def action_line_up(self) -> None:
        self.flow.move_by(-1)

    def action_first(self) -> None:
        self.flow.go_to_line(0)

    def action_last(self) -> None:
        self._view.jump(self.flow.to_end)

    def action_next_section(self) -> None:
        if not self._view.step_section(1):
            self.flow.to_end()

    def action_previous_section(self) -> None:
        """Go to the start of this section, or of the one before."""
        self._view.step_section(-1)

    def action_next_block(self) -> None:
        self._view.step_on()

    def action_previous_block(self) -> None:
        if not self.flow.step_block(-1):
            self.flow.focus()

    def action_enter(self) -> None:
        """Open the marked term; if none is marked, focus the first open question or lab in view, or read on."""
        if (link := self.flow.link) is not None and link.target:
            self.follow(link.target)
        elif not self.flow.focus_in_view(_answered):
            if self.flow.at_end:
                self._view.step_on()
            else:
                self.flow.page(1)

    def action_back(self) -> None:
        """Go from a question back to the text, or remove the mark from a term, or leave."""
        if self.focused is not None and self.focused is not self.flow:
            self.flow.focus(scroll_visible=False)
        elif not self.flow.unmark():
            super().action_back()
        else:
            self._wanted = ""
            self.query_one(Notice).hide()  # it may say that n goes on

    def action_go_on(self) -> None:
        """Read on where the feedback of an answered question ends."""
        block = self.flow.focused_block
        self.flow.focus(scroll_visible=False)
        if block is None:
            return
        self.flow.read_on_after(block)
        behind = block + 1
        if behind < len(self.flow.blocks) and not isinstance(self.flow.blocks[behind], ProseView):
            self.flow.focus_block(behind)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Enter focuses a block from the text, and goes on from a block that does not use the key itself."""
        if action == "appendix":
            return self.is_mounted and self._view.has_appendix
        if action == "following":
            return self.is_mounted and self._view.ended and self._view.following is not None
        if action in {"enter", "go_on"}:
            return (action == "go_on") == (self.is_mounted and self.flow.focused_block is not None)
        return super().check_action(action, parameters)

    # -- text and notes ----------------------------------------------------------------------------------

    def action_find(self) -> None:
        """Ask for a text and go to it; ``n`` and ``N`` then go to the next and previous one, esc ends it."""
        from tutor.tui.screens.lesson.ask_line import AskLine

        self.app.push_screen(AskLine("lesson.find-placeholder"), self._find)

    def _find(self, text: str | None, direction: int = 1) -> None:
        self._wanted = text or ""
        if not self._wanted:
            return
        self.flow.focus(scroll_visible=False)
        found = self.flow.find(self._wanted, direction)
        shown = harmless_line(self._wanted)
        if found is None and self._view.has_appendix and not self._view.unfolded:
            self._view.fold(unfold=True, then=lambda: self._find(text, direction))
        elif found is None:
            self._wanted = ""
            self.notice(translate("lesson.find-nothing", text=shown))
        else:
            self.notice(translate("lesson.found", text=shown, number=found[0], count=found[1]))

    def action_star(self) -> None:
        """Star the passage at the top, or remove its star."""
        from tutor.study.passages import toggle_star

        passage, lesson = self._view.passage, self._view.lesson
        if passage is None or lesson is None:
            self.notice(translate("notes.no-passage"))
            return
        key = "notes.starred" if toggle_star(self.workspace.store, lesson, passage) else "notes.unstarred"
        self.notice(translate(key, quote=shorten(harmless_line(passage.text), _QUOTE)))
        self.say_notices()

    def action_note(self) -> None:
        """Write a note on the passage at the top."""
        from tutor.study.passages import note_on
        from tutor.tui.screens.lesson.ask_line import AskLine

        passage, lesson = self._view.passage, self._view.lesson
        if passage is None or lesson is None:
            self.notice(translate("notes.no-passage"))
            return

        def keep(text: str | None) -> None:
            if text:
                self.workspace.store.notes.keep(note_on(lesson, passage, text))
                self.notice(translate("notes.kept", quote=shorten(harmless_line(passage.text), _QUOTE)))
                self.say_notices()

        self.app.push_screen(AskLine("notes.placeholder", about=passage.text), keep)

    # -- terms and links ---------------------------------------------------------------------------------

    def action_next_term(self) -> None:
        self._step_link(1)

    def action_previous_term(self) -> None:
        self._step_link(-1)

    def _step_link(self, direction: int) -> None:
        self.flow.focus(scroll_visible=False)
        if self._wanted:
            self._find(self._wanted, direction)
            return
        if not self.flow.step_link(direction):
            self.notice(translate("lesson.no-more-terms"))

    def on_prose_view_followed(self, event: ProseView.Followed) -> None:
        self.follow(event.target)

    def follow(self, target: str) -> None:
        """Follow a link to a term's card, a place in this lesson or another lesson; a web address is only shown."""
        address, _, anchor = target.partition("#")
        if address.endswith(".md"):
            name, here = PurePosixPath(address).name, pack_of_id(self._view.lesson_id)
            # The lesson of another pack may have the same file name.
            for header in sorted(self._view.headers, key=lambda each: each.pack != here):
                if header.path.name == name:
                    router.go(self.tutor, routes.Lesson(header.id, anchor))
                    return
        if address:
            self.notice(target)
            return
        course = self._view.course
        if course is not None and course.glossary().get(anchor) is not None:
            router.go(self.tutor, routes.Term(anchor))
        elif self._view.lesson is not None and (block := block_of(self._view.lesson, anchor)) is not None:
            self._view.go_to_block(block)
        else:
            self.notice(translate("lesson.leads-nowhere", target=target), "warning")

    def action_quiz(self) -> None:
        router.go(self.tutor, routes.Quiz(self._view.lesson_id))

    def action_following(self) -> None:
        if self._view.following is not None:
            self.app.switch_screen(LessonScreen(self._view.following.id))

    def action_appendix(self) -> None:
        """Unfold the terms and sources after the end and go there, or fold them."""
        if self._view.unfolded:
            self._view.fold(unfold=False, then=self.flow.to_end)
        else:
            self._view.go_to_appendix()

    def action_contents(self) -> None:
        """Focus the contents beside the text, or open them over it in a narrow window."""
        if self.size.width >= WIDE:
            focused = self.focused is self._view.side.contents
            (self.flow if focused else self._view.side.contents).focus()
            return
        from tutor.tui.screens.lesson.contents import ContentsDialog

        dialog = ContentsDialog(self._view.side.items(), self._view.side.here)
        self.app.push_screen(dialog, self._go_to_chosen)

    @on(RowList.Chosen, "#contents")
    def _contents_chosen(self, event: RowList.Chosen) -> None:
        event.stop()
        self._go_to_chosen(event.key)

    def _go_to_chosen(self, key: str | None) -> None:
        if key is not None:
            self.flow.focus(scroll_visible=False)
            self._view.go_to_block(int(key))

    @on(RowList.Chosen, "LessonEnd")
    def _end_chosen(self, event: RowList.Chosen) -> None:
        from tutor.tui.screens.lesson.blocks import APPENDIX, HOME, QUIZ

        event.stop()
        if event.key == QUIZ:
            self.action_quiz()
        elif event.key == APPENDIX:
            self.action_appendix()
        elif event.key == HOME:
            self.action_home()
        else:
            self.action_following()


def _answered(block: Widget) -> bool:
    """Whether a block of the text is a question that has been answered."""
    exercise = getattr(block, "exercise", None)
    return exercise is not None and exercise.attempt.locked


def screen_for(route: routes.Lesson) -> LessonScreen:
    """The screen of a route."""
    return LessonScreen(route.lesson_id, route.anchor, route.quote)
