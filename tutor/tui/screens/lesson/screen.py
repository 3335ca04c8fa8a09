"""The lesson reader: text, questions and labs in one flow, with the contents beside it where there is room."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult

from tutor.charts.cells import Row, Span
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import translate
from tutor.tui import router, routes
from tutor.tui.commands import Command, footer_commands
from tutor.tui.screen import TutorScreen, commands_of
from tutor.tui.screens.lesson.flow import LessonFlow
from tutor.tui.screens.lesson.places import block_of
from tutor.tui.screens.lesson.view import WIDE, LessonView
from tutor.tui.widgets.prose import ProseView
from tutor.tui.widgets.row_list import RowList

if TYPE_CHECKING:
    from tutor.tui.questions.question import QuestionWidget

_MOVE = "keys.group-move"

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
    Command("lesson.find", ("slash",), "keys.palette", "keys.palette-help", action="palette", palette=False),
)  # fmt: skip


class LessonScreen(TutorScreen):
    """One lesson. The frame is drawn at once, the lesson is read after it, and the first page is mounted first.

    Args:
        lesson_id: The lesson.
        anchor: A section, term or question to open it at; where the learner left it when empty.
    """

    KEYS: ClassVar[tuple[Command, ...]] = KEYS
    AUTO_FOCUS = "#flow"

    def __init__(self, lesson_id: str, anchor: str = "") -> None:
        super().__init__()
        self._view = LessonView(lesson_id, anchor)

    # -- the frame ---------------------------------------------------------------------------------------

    def compose_body(self) -> ComposeResult:
        """The text and its contents; both still empty."""
        yield self._view

    @property
    def flow(self) -> LessonFlow:
        """The text."""
        return self._view.flow

    def breadcrumb(self) -> list[str]:
        """``tutor › 3 Gradient descent``."""
        header = next((each for each in self._view.headers if each.id == self._view.lesson_id), None)
        return [harmless_line(header.numbered_title) if header is not None else self._view.lesson_id]

    def status(self) -> Row:
        """Which section is being read, of how many."""
        lesson = self._view.lesson
        if lesson is None or not lesson.sections:
            return []
        from tutor.tui.screens.lesson.contents import section_at, top_sections

        return [Span(f"§ {section_at(lesson, self._view.block)}/{len(top_sections(lesson))}", "muted")]

    def footer(self) -> list[Command]:
        """While a question or a lab has the focus, its own keys and the way on; at the end, the ways on from there."""
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
        ways = {"lesson.following": 1, "lesson.quiz": 2, "app.home": 3, "app.glossary": 4, "lesson.contents": 5}
        return sorted((each for each in self.commands() if each.id in ways), key=lambda each: ways[each.id])

    def on_mount(self) -> None:
        """The lesson is read when the frame is on the screen."""
        self.call_after_refresh(self._view.open)

    def on_screen_resume(self) -> None:
        """Back from a quiz, a lab, a card."""
        super().on_screen_resume()
        self._view.came_back()
        self._view.count_reading(in_front=True)

    def on_screen_suspend(self) -> None:
        """Another screen comes in front; it may show how far one is, and for how long."""
        self._view.save()
        self._view.count_reading(in_front=False)

    def on_input(self) -> None:
        """A key or the mouse: whoever reads is there."""
        self._view.count_reading()

    def on_descendant_focus(self) -> None:
        """From reading to a question: its time is another one."""
        self._view.count_reading()

    def on_descendant_blur(self) -> None:
        """From a question back to reading."""
        self._view.count_reading()

    def refresh_texts(self) -> None:
        """Another look; where it is another language, the same place of the lesson in it."""
        super().refresh_texts()
        self._view.speak()

    def on_lesson_view_turned(self) -> None:
        """The top line says which section it is; and the memory, that something is wrong with it."""
        self.refresh_frame()
        self.say_notices()

    def on_question_widget_settled(self, event: QuestionWidget.Settled) -> None:
        """A question has its verdict: whoever answers it sees it to the frame's last line, where that fits."""
        self._view.count_reading()
        self._view.answered()
        if event.question.has_focus_within:
            self.call_after_refresh(self.flow.show_whole, event.question)

    def on_question_widget_changed(self) -> None:
        """A question is being answered, or once more: the footer offers other keys."""
        self._view.count_reading()
        self.refresh_frame()

    # -- reading -----------------------------------------------------------------------------------------

    def action_page_down(self) -> None:
        """A page further."""
        self.flow.page(1)

    def action_page_up(self) -> None:
        """A page back."""
        self.flow.page(-1)

    def action_line_down(self) -> None:
        """A line further."""
        self.flow.move_by(1)

    def action_line_up(self) -> None:
        """A line back."""
        self.flow.move_by(-1)

    def action_first(self) -> None:
        """To the title."""
        self.flow.go_to_line(0)

    def action_last(self) -> None:
        """To the end."""
        self.flow.to_end()

    def action_next_section(self) -> None:
        """To the next section."""
        if not self._view.step_section(1):
            self.flow.to_end()

    def action_previous_section(self) -> None:
        """To the beginning of this section, or to the one before."""
        self._view.step_section(-1)

    def action_next_block(self) -> None:
        """To the next question or lab."""
        self._view.step_on()

    def action_previous_block(self) -> None:
        """To the question or lab before."""
        if not self.flow.step_block(-1):
            self.flow.focus()

    def action_enter(self) -> None:
        """Open the marked term, else go into the first question or lab in view, or to the next one."""
        if (link := self.flow.link) is not None:
            self.follow(link.target)
        elif not self.flow.focus_in_view():
            self._view.step_on()

    def action_back(self) -> None:
        """From a question back to reading; from reading away."""
        if self.focused is not None and self.focused is not self.flow:
            self.flow.focus(scroll_visible=False)
        elif not self.flow.unmark():
            super().action_back()

    def action_go_on(self) -> None:
        """From an answered question to the next one, or back to the text behind the last."""
        if not self.flow.step_block(1):
            self.flow.focus(scroll_visible=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Enter goes into a block from the text, and on from a block that has no use for it."""
        if action == "following":
            return self.is_mounted and self._view.ended and self._view.following is not None
        if action in {"enter", "go_on"}:
            return (action == "go_on") == (self.is_mounted and self.flow.focused_block is not None)
        return super().check_action(action, parameters)

    # -- terms and other ways ----------------------------------------------------------------------------

    def action_next_term(self) -> None:
        """Mark the next term."""
        self._step_link(1)

    def action_previous_term(self) -> None:
        """Mark the term before."""
        self._step_link(-1)

    def _step_link(self, direction: int) -> None:
        self.flow.focus(scroll_visible=False)
        if not self.flow.step_link(direction):
            self.notice(translate("lesson.no-more-terms"))

    def on_prose_view_followed(self, event: ProseView.Followed) -> None:
        """A link was clicked."""
        self.follow(event.target)

    def follow(self, target: str) -> None:
        """Go where a link leads: a term's card, a place of this lesson, another lesson; an address is only told."""
        address, _, anchor = target.partition("#")
        if address.endswith(".md"):
            name = PurePosixPath(address).name
            for header in self._view.headers:
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
        """The quiz of this lesson."""
        router.go(self.tutor, routes.Quiz(self._view.lesson_id))

    def action_following(self) -> None:
        """The lesson after this one."""
        if self._view.following is not None:
            self.app.switch_screen(LessonScreen(self._view.following.id))

    def action_contents(self) -> None:
        """To the contents beside the text, or over it where there is no room."""
        if self.size.width >= WIDE:
            beside = self.focused is self._view.side.contents
            (self.flow if beside else self._view.side.contents).focus()
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
        from tutor.tui.screens.lesson.blocks import HOME, QUIZ

        event.stop()
        if event.key == QUIZ:
            self.action_quiz()
        elif event.key == HOME:
            self.action_home()
        else:
            self.action_following()


def screen_for(route: routes.Lesson) -> LessonScreen:
    """The screen of a route."""
    return LessonScreen(route.lesson_id, route.anchor)
