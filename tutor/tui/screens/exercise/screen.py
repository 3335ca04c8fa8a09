"""The screen of an exercise: the task, an editor, the verdict of the last check, and earlier versions."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.widgets.text_area import EditHistory

from tutor.charts.cells import Row, Rows, Span
from tutor.course.exercises.finding import FoundExercise, find_exercises
from tutor.course.lesson import Exercise
from tutor.exercises.files import Version, read_program
from tutor.exercises.mine import lab_with_mine
from tutor.exercises.save_watch import EVERY, SaveWatch
from tutor.exercises.session import ExerciseSession
from tutor.exercises.verdict import Verdict
from tutor.foundation import clock
from tutor.foundation.errors import TutorError
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import language, translate
from tutor.tui import router, routes
from tutor.tui.commands import Command
from tutor.tui.poll_timer import PollTimer
from tutor.tui.screen import TutorScreen
from tutor.tui.screens.exercise.editor import CodeEditor
from tutor.tui.screens.exercise.rows import head_rows, rule_row, said_rows, text_rows, verdict_rows, version_items
from tutor.tui.screens.exercise.sheet import sheet_of
from tutor.tui.widgets.prose import Page, ProseView
from tutor.tui.widgets.row_list import RowItem, RowList
from tutor.tui.widgets.rows import Area, RowsView
from tutor.typeset.page import read_document

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tutor.course.catalogue import Course
    from tutor.course.lesson import LabFence
    from tutor.runs.mine_curves import MineCurves

WIDE = 120
"""Columns that the task and the versions need beside the editor."""
_CHECK, _CHECK_WIDE = 7, 12
"""Rows of the verdict; beside the curve of a program that has passed, it has fewer."""
_CURVE, _CURVE_WIDE, _LEAST_CURVE = 9, 14, 6
"""Lines of the curves with their rule: what they want, and what they need to be read."""
_EDITOR = 8
"""Lines that the curves leave to the editor."""
_AROUND, _AROUND_WIDE = 10, 8
"""Lines of the frame, the task in a narrow window, the rules, and the verdict beside curves."""
_CURVE_EVERY = 0.2
"""Seconds between two looks at what the learner's function trains."""
_MOST_HISTORIES = 20


@dataclass(frozen=True, slots=True)
class _Left:
    """An editor that was left.

    Args:
        text: What stood in it.
        history: What can be undone.
        is_saved: Whether the text could be written into the learner's file.
    """

    text: str
    history: EditHistory
    is_saved: bool


_left: OrderedDict[Path, _Left] = OrderedDict()
"""The editors of exercises that were left, by the learner's files, the newest last."""

_DO = "exercise.group"

KEYS: tuple[Command, ...] = (
    Command("exercise.next", ("n",), "exercise.key-next", "exercise.key-next-help", footer=1, group=_DO),
    Command("exercise.lab", ("l",), "exercise.key-lab", "exercise.key-lab-help", footer=2, group=_DO),
    Command("exercise.check", ("f5", "r"), "exercise.key-check", "exercise.key-check-help", footer=2, group=_DO),
    Command("exercise.edit", ("enter", "i", "tab"), "exercise.key-edit", "exercise.key-edit-help", footer=3, group=_DO),
    Command("exercise.editor", ("e",), "exercise.key-editor", "exercise.key-editor-help", footer=4, group=_DO),
    Command("exercise.hint", ("f2", "h"), "exercise.key-hint", "exercise.key-hint-help", footer=5, group=_DO),
    Command("exercise.details", ("d",), "exercise.key-details", "exercise.key-details-help", footer=6, group=_DO),
    Command("exercise.task", ("t",), "exercise.key-task", "exercise.key-task-help", footer=7, group=_DO),
    Command("exercise.versions", ("z",), "exercise.key-versions", "exercise.key-versions-help", footer=8, group=_DO),
    Command("exercise.solution", ("f6", "s"), "exercise.key-solution", "exercise.key-solution-help", footer=9,
            group=_DO),
    Command("exercise.reset", ("x",), "exercise.key-reset", "exercise.key-reset-help", group=_DO),
    Command("exercise.copy", ("y",), "exercise.key-copy", "exercise.key-copy-help", group=_DO),
)  # fmt: skip


class ExerciseScreen(TutorScreen):
    """One exercise.

    Args:
        exercise_id: The exercise.
    """

    KEYS: ClassVar[tuple[Command, ...]] = KEYS
    AUTO_FOCUS = ""
    CSS = """
    ExerciseScreen #body { layout: horizontal; }
    ExerciseScreen #middle { width: 1fr; height: 1fr; }
    ExerciseScreen #head { height: 2; }
    ExerciseScreen #file, ExerciseScreen #below { height: 1; }
    ExerciseScreen #curve { display: none; }
    ExerciseScreen.trained #curve { display: block; }
    ExerciseScreen.trained #check { max-height: 2; }
    ExerciseScreen #sheet { display: none; width: 1fr; height: 1fr; scrollbar-size-vertical: 1; padding: 0 1; }
    ExerciseScreen #side { display: none; width: 1fr; height: 1fr; }
    ExerciseScreen.reading #sheet, ExerciseScreen.choosing #side { display: block; }
    ExerciseScreen.reading #middle, ExerciseScreen.choosing #middle { display: none; }
    ExerciseScreen.wide #head { display: none; }
    ExerciseScreen.wide #middle, ExerciseScreen.wide #sheet, ExerciseScreen.wide #side { display: block; }
    ExerciseScreen.wide #sheet { width: 40; border-right: solid $rule; }
    ExerciseScreen.wide #side { width: 32; border-left: solid $rule; }
    ExerciseScreen #versions { height: 1fr; }
    """

    def __init__(self, exercise_id: str) -> None:
        super().__init__()
        self._exercise_id = exercise_id
        self.session: ExerciseSession | None = None
        self.verdict: Verdict | None = None
        self._found: FoundExercise | None = None
        self._following = ""
        self._problem = ""
        self._checked_at = clock.utc_now()
        self._checking = self._check_again = False
        self._hint = ""  # the hint that is shown in place of the verdict, until the next check
        self._details = self._solution = False
        self._asked_for_solution = False  # whether the next press of the key shows the solution
        self._really = False  # whether the present key follows that question
        self._warned_of = ""  # the text of which the learner was told that it cannot be saved
        self._versions: Sequence[Version] = ()
        self._on_disk = ""  # the text of the file that the editor began with
        self._saves: SaveWatch | None = None
        self._watch = PollTimer(self, self._look)
        self.curves: MineCurves | None = None
        """What the function that has passed trains, and the built-in one; None before a pass."""
        self._draw_losses = PollTimer(self, self._look_at_curves)
        self.editor = CodeEditor(id="editor")
        self._sheet = ProseView(_page_of(""), id="text")

    # -- the frame ---------------------------------------------------------------------------------------

    def compose_body(self) -> ComposeResult:
        with VerticalScroll(id="sheet"):
            yield self._sheet
        with Vertical(id="middle"):
            yield RowsView(self._draw_head, id="head")
            yield RowsView(self._draw_file, id="file")
            yield self.editor
            yield RowsView(lambda area: [rule_row(area.width)], id="below")
            yield RowsView(self._draw_check, id="check")
            yield RowsView(self._draw_curve, id="curve")
        with Vertical(id="side"):
            yield RowList(id="versions")

    def breadcrumb(self) -> list[str]:
        """``tutor › 15 A lesson``."""
        lesson = self._found.lesson if self._found is not None else None
        return [self._exercise_id] if lesson is None else [f"{lesson.number} {harmless_line(lesson.title)}"]

    def status(self) -> Row:
        """The number of the exercise in its lesson."""
        if self._found is None:
            return []
        ids = [each.id for each in self._found.lesson.exercises]
        text = translate("exercise.place", number=ids.index(self._found.exercise.id) + 1, count=len(ids))
        return [Span(text, "muted")]

    @property
    def is_wide(self) -> bool:
        """Whether everything is in view at once."""
        return self.has_class("wide")

    def on_mount(self) -> None:
        """Read the exercise after the first frame, in a thread, because that may read all lessons."""
        self._fit(self.size.width)
        self.call_after_refresh(self._read)
        self._watch.start(EVERY)

    def on_unmount(self) -> None:
        """Keep what was typed, however the learner leaves."""
        self._watch.stop()
        self._end_curves()
        if self.session is not None:
            is_saved = self._save()
            if not is_saved:
                self.session.file.keep(self.editor.text)  # Among the versions, if there is room for it.
            path = self.session.file.path
            _left[path] = _Left(self.editor.text, self.editor.history, is_saved)
            _left.move_to_end(path)
            while len(_left) > _MOST_HISTORIES:
                _left.popitem(last=False)
        super().on_unmount()

    def on_resize(self, event: events.Resize) -> None:
        self._fit(event.size.width)

    def _fit(self, width: int) -> None:
        wide = width >= WIDE
        self.set_class(wide, "wide")
        self.query_one("#check").styles.height = _CHECK_WIDE if wide else min(_CHECK, max(3, self.size.height // 3))
        most, around = (_CURVE_WIDE, _AROUND_WIDE) if wide else (_CURVE, _AROUND)
        room = self.size.height - around - _EDITOR
        self.query_one("#curve").styles.height = max(_LEAST_CURVE, min(most, room))
        if wide:
            self.remove_class("reading", "choosing")

    def refresh_texts(self) -> None:
        """Show the exercise in another language or look."""
        super().refresh_texts()
        self.editor.take_look()
        if self._found is not None and self._found.lesson.language != language():
            self._read()
        self._show_sheet()
        self._show_versions()
        self._redraw()

    # -- opening -----------------------------------------------------------------------------------------

    def _read(self) -> None:
        self.run_worker(self._open, group="open", exclusive=True, thread=True, exit_on_error=False)

    def _open(self) -> None:
        course = self.workspace.course
        found = list(find_exercises(course, language())) if course is not None else []
        ids = [each.exercise.id for each in found]
        if self._exercise_id not in ids:
            self.app.call_from_thread(self._cannot, self._why_not(course))
            return
        place = ids.index(self._exercise_id)
        following = ids[place + 1] if place + 1 < len(ids) else ""
        mine = found[place]
        session = ExerciseSession(
            mine.exercise, self.workspace.exercises_folder, self.workspace.judge, self.workspace.store
        )
        saves = SaveWatch(session.file)
        try:
            session.file.make(mine.lesson.title)
            saves.take()  # Before it is read: what is saved after this moment is news.
            source = session.file.read()
        except TutorError as error:
            self.app.call_from_thread(self._cannot, str(error))
            return
        self.app.call_from_thread(self._opened, mine, following, session, saves, source)

    def _why_not(self, course: Course | None) -> str:
        problem = self.workspace.course_problem
        if course is None and problem is not None:
            return str(problem)
        return translate("exercise.no-such", id=self._exercise_id)

    def _cannot(self, problem: str) -> None:
        self._problem = problem
        self._redraw()

    def _opened(
        self, found: FoundExercise, following: str, session: ExerciseSession, saves: SaveWatch, source: str
    ) -> None:
        if not self.is_attached:
            return
        is_first = self.session is None
        self._found, self._following, self.session = found, following, session
        self._problem = self._hint = ""
        if is_first:
            self._saves = saves
            self._load(session.file.path, source)
            if session.is_untouched:
                lines = source.rstrip().split("\n")
                self.editor.move_cursor((len(lines) - 1, len(lines[-1])))
                self.set_class(not self.is_wide, "reading")
        self._show_sheet()
        self._show_versions()
        self._redraw()
        self.refresh_bindings()
        self._check()

    def _load(self, path: Path, source: str) -> None:
        """Begin to edit the learner's file, where it was left if this tutor has shown it before."""
        self._on_disk = source
        self.editor.load_text(source)
        self.editor.read_only = False
        left = _left.pop(path, None)
        if left is not None and left.text == source:
            self.editor.history = left.history
        elif left is not None and not left.is_saved:
            self._put(left.text)

    # -- the learner's file ------------------------------------------------------------------------------

    def _look(self) -> float:
        """Notice when another program has saved the file."""
        if self._saves is not None and self.is_current and self._saves.has_news():
            self.call_next(self._saved_elsewhere)
        return EVERY

    def _saved_elsewhere(self) -> None:
        """Show what another editor has saved, and check it. What was typed here and not saved stays."""
        if self.session is None:
            return
        try:
            source = self.session.file.read()
        except TutorError as error:
            self._cannot(str(error))
            return
        self._problem = ""
        if self.editor.text == self._on_disk:
            self._on_disk = source
            self._put(source)
        elif self.editor.text != source:
            self.notice(translate("exercise.saved-elsewhere"), "warning")
        self._show_code_for_check()
        self._check()

    def _put(self, source: str) -> None:
        """Replace the text in the editor in a way that can be undone."""
        if source != self.editor.text:
            place = self.editor.cursor_location
            self.editor.replace(source, (0, 0), self.editor.document.end)
            self.editor.move_cursor(place)

    def _save(self) -> bool:
        """Write what was typed into the learner's file. Return whether it is there now."""
        session, source = self.session, self.editor.text
        if session is None or source == self._on_disk:
            return True
        try:
            session.file.write(source, seen=self._on_disk)
        except TutorError as error:
            self._cannot(str(error))
            return False
        self._on_disk, self._problem = source, ""
        if self._saves is not None:
            self._saves.take()
        return True

    def _may_leave(self) -> bool:
        """Save what was typed. If that is impossible, say so, and let the learner leave only if they want to again."""
        if self._save() or self.editor.text == self._warned_of:
            return True
        self._warned_of = self.editor.text
        self.notice(translate("exercise.leave-anyway"), "warning")
        return False

    # -- checking ----------------------------------------------------------------------------------------

    def _check(self) -> None:
        """Check the file in a thread; one that is saved meanwhile is checked after it."""
        if self._checking or self.session is None:
            self._check_again = self._checking
            return
        self._checking = True
        self._redraw()
        self.run_worker(self._run_check, group="check", thread=True, exit_on_error=False)

    def _run_check(self) -> None:
        session = self.session
        if session is None:
            return
        problem = ""
        try:
            session.check()
        except TutorError as error:
            problem = str(error)
        if self.is_attached:
            self.app.call_from_thread(self._checked, session, problem)

    def _checked(self, session: ExerciseSession, problem: str) -> None:
        self._checking = False
        if session is self.session:
            self._problem = problem
            if session.verdict is not self.verdict:
                self.verdict, self._checked_at, self._hint = session.verdict, clock.utc_now().astimezone(), ""
                self.editor.mark(self.verdict.explanation if self.verdict is not None else None)
                self._show_sheet()
                self._show_versions()
                self._train_with_it(session)
            self.say_notices()
        again, self._check_again = self._check_again, False
        if again or session is not self.session:
            self._check()
        self._redraw()
        self.refresh_bindings()

    @property
    def is_at_rest(self) -> bool:
        """Whether nothing is being checked."""
        return not self._checking

    # -- what the function trains ------------------------------------------------------------------------

    def _train_with_it(self, session: ExerciseSession) -> None:
        """After a pass, train the lab of the exercise with the function, and with the built-in one."""
        self._end_curves()
        fence = lab_with_mine(session.exercise)
        passed = self.verdict is not None and self.verdict.passed
        curves = self._curves_of(session, fence) if passed and fence is not None else None
        self.curves = curves
        self.set_class(curves is not None, "trained")
        if curves is not None:
            self._draw_losses.start()

    def _curves_of(self, session: ExerciseSession, fence: LabFence) -> MineCurves | None:
        from tutor.labs.check import spec_of_fence
        from tutor.runs.mine_curves import MineCurves

        course = self.workspace.course
        programs = self.workspace.passed_programs(session.exercise.slots)
        if course is None or not programs:
            return None
        try:
            spec = spec_of_fence(fence, course.labs)
        except TutorError:
            return None
        # One epoch, a lab of sliders, or a figure beside the built-in one leave no curve to look at.
        if spec.manual or not spec.follows_gradient or set(programs) == {"metric"}:
            return None
        return MineCurves(spec, programs, course.data_folder)

    def _look_at_curves(self) -> float | None:
        if self.curves is None:
            return None
        try:
            is_going = self.curves.poll()
        except (TutorError, OSError):
            self._end_curves()
            return None
        self.call_next(self.query_one("#curve", RowsView).redraw)
        return _CURVE_EVERY if is_going else None

    def _end_curves(self) -> None:
        self._draw_losses.stop()
        if self.curves is not None:
            self.curves.close()
            self.curves = None
        self.remove_class("trained")

    def _draw_curve(self, area: Area) -> Rows:
        from tutor.tui.screens.exercise.curve import curve_rows

        exercise = self.exercise
        if self.curves is None or exercise is None:
            return [[]] * area.height
        return curve_rows(self.curves, exercise.labs[0].lab, area)

    # -- drawing -----------------------------------------------------------------------------------------

    @property
    def exercise(self) -> Exercise | None:
        """The exercise, once it has been read."""
        return self._found.exercise if self._found is not None else None

    def _redraw(self) -> None:
        for rows in self.query(RowsView):
            rows.redraw()
        self.refresh_frame()

    def _draw_head(self, area: Area) -> Rows:
        return head_rows(self.exercise, area) if self.exercise is not None else [[]] * area.height

    def _draw_file(self, area: Area) -> Rows:
        name = self.session.file.path.name if self.session is not None else ""
        is_changed = self.session is not None and self.editor.text != self._on_disk
        label = translate("exercise.not-saved", name=name) if is_changed else name
        return [rule_row(area.width, label, "accent" if self.editor.has_focus else "muted")]

    def _draw_check(self, area: Area) -> Rows:
        session = self.session
        if self._problem:
            return said_rows(self._problem, area, "bad")
        if session is None:
            return said_rows(translate("exercise.reading"), area)
        if self._hint:
            numbers = {"number": len(session.hints), "all": len(session.exercise.hints)}
            return text_rows(translate("exercise.hint-number", **numbers), self._hint, area)
        if self._checking:
            return said_rows(translate("exercise.checking"), area)
        if self.verdict is None or session.is_untouched:
            return said_rows(translate("exercise.begin"), area)
        fence = lab_with_mine(session.exercise)
        return verdict_rows(self.verdict, self._checked_at, area, lab=fence.lab if fence is not None else "")

    def _show_sheet(self) -> None:
        session = self.session
        if session is not None:
            verdict = None if session.is_untouched else self.verdict
            text = sheet_of(session.exercise, session.hints, verdict, details=self._details, solution=self._solution)
            self._sheet.set_page(_page_of(text))

    def _show_versions(self) -> None:
        """List the kept versions anew. Call it when one was kept, because it reads a folder."""
        session = self.session
        if session is None:
            return
        self._versions = session.versions()
        items = version_items([(each, session.passed_with(each)) for each in self._versions])
        none = RowItem("", lambda _width: [Span(f" {translate('exercise.no-versions')}", "muted")], selectable=False)
        self.query_one("#versions", RowList).set_items(items or [none])

    def on_text_area_changed(self) -> None:
        """Show that the text differs from the file."""
        self.query_one("#file", RowsView).redraw()

    def on_code_editor_left(self) -> None:
        self.action_back()

    def on_descendant_focus(self) -> None:
        super().on_descendant_focus()
        self.query_one("#file", RowsView).redraw()

    def on_input(self) -> None:
        """Forget that the solution was asked for: any other key than the same again says no."""
        asked, self._asked_for_solution = self._asked_for_solution, False
        self._really = asked

    # -- keys --------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What can be done now: nothing before the exercise has been read."""
        session = self.session
        if action in {each.action_name for each in KEYS}:
            if session is None:
                return False
            possible = {
                "edit": not self.editor.has_focus and not self.has_class("choosing"),
                "lab": session.present_version_passed and lab_with_mine(session.exercise) is not None,
                "next": bool(self._following) and session.has_passed,
                "task": not self.is_wide,
                "details": self.verdict is not None and not session.is_untouched,
                "hint": bool(session.exercise.hints),
            }
            return possible.get(action, True)
        return super().check_action(action, parameters)

    def action_back(self) -> None:
        """Leave the editor, then the task or the versions, then the screen."""
        if (self.focused is not None and self.is_wide) or self.focused is self.editor:
            self.set_focus(None)
        elif self.has_class("reading") or self.has_class("choosing"):
            self._show_code()
        elif self._may_leave():
            super().action_back()

    def action_home(self) -> None:
        if self._may_leave():
            super().action_home()

    def action_quit(self) -> None:
        """Leave tutor, with everything saved."""
        if self._may_leave():
            super().action_quit()

    def _show_code(self) -> None:
        self.remove_class("reading", "choosing")
        self.set_focus(None)

    def action_check(self) -> None:
        """Save what was typed, and check it."""
        before = self._on_disk
        if self._save():
            if self.verdict is not None and before == self._on_disk and not self._checking:
                self.notice(translate("exercise.unchanged"))
            self._hint = ""
            self._show_code_for_check()
            self._check()

    def _show_code_for_check(self) -> None:
        """Bring the verdict into view, and leave the focus where it is."""
        if not self.is_wide and self.focused is not self.editor:
            self._show_code()

    def action_edit(self) -> None:
        self.remove_class("reading", "choosing")
        self.editor.focus()

    def action_editor(self) -> None:
        """Open the learner's own editor."""
        from tutor.tui.editor import edit_file

        if self.session is None or not self._save():
            return
        try:
            edit_file(self.app, self.session.file.paths[-1])
        except TutorError as error:
            self.notice(str(error), "warning")
        self._show_code()
        if self._saves is not None:
            self._saves.take()
        self._saved_elsewhere()

    def action_hint(self) -> None:
        """Give the next hint. When all were given, the last one is shown again."""
        session = self.session
        if session is None:
            return
        given = session.next_hint()
        if given is None:
            self.notice(translate("exercise.no-more-hints"))
        self._hint = given or session.hints[-1]
        self._show_code_for_check()
        self._show_sheet()
        self._redraw()

    def action_details(self) -> None:
        """Show all cases with inputs and results, or no longer."""
        self._details = not self._details or not (self.is_wide or self.has_class("reading"))
        self._read_sheet(to_end=True)

    def action_task(self) -> None:
        """Show the task in place of the editor, or no longer."""
        if self.has_class("reading"):
            self._show_code()
        else:
            self._read_sheet(to_end=False)

    def _read_sheet(self, *, to_end: bool) -> None:
        """Show the sheet, from its beginning or at its end."""
        self._show_sheet()
        self.remove_class("choosing")
        self.set_class(not self.is_wide, "reading")
        sheet = self.query_one("#sheet", VerticalScroll)
        if not self.is_wide:
            sheet.focus()
        # The text is laid out first; its end is not known before.
        self.call_after_refresh(lambda: sheet.scroll_end(animate=False) if to_end else sheet.scroll_home(animate=False))

    def action_versions(self) -> None:
        """Choose among the versions that were checked."""
        self._show_versions()
        self.remove_class("reading")
        self.set_class(not self.is_wide, "choosing")
        self.query_one("#versions", RowList).focus()

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """Put a version into the editor. The file stays as it is until it is checked."""
        number = int(event.key)
        try:
            source = read_program(self._versions[number].path)
        except TutorError as error:
            self.notice(str(error), "warning")
            return
        if self.session is not None and self.editor.text != self._on_disk:
            self.session.file.keep(self.editor.text)
        self._put(source)
        self._show_code()
        self.notice(translate("exercise.version-back", number=number + 1))

    def action_solution(self) -> None:
        """Show the solution; before the first pass only after the same key once more."""
        session = self.session
        if session is None:
            return
        if not session.may_see_solution:
            self.notice(translate("exercise.solution-not-yet", count=session.versions_until_solution))
            return
        if not (session.has_passed or session.has_seen_solution or self._really):
            self._asked_for_solution = True
            self.notice(translate("exercise.solution-ask"), "warning")
            return
        self._solution = session.see_solution()
        self._read_sheet(to_end=True)
        self._redraw()

    def action_reset(self) -> None:
        """Begin again from the starter. The old text is among the versions."""
        session, found = self.session, self._found
        if session is None or found is None or not self._save():
            return
        try:
            kept = session.reset(found.lesson.title)
            source = session.file.read()
        except TutorError as error:
            self._cannot(str(error))
            return
        self._on_disk = source
        if self._saves is not None:
            self._saves.take()
        self._put(source)
        self._hint = ""
        self._show_versions()
        self._show_code()
        self.notice(translate("exercise.reset-kept") if kept is not None else translate("exercise.reset-new"), "good")
        self._check()

    def action_copy(self) -> None:
        """Copy the path of the file."""
        if self.session is not None:
            path = str(self.session.file.path)
            self.tutor.copy_to_clipboard(path)
            self.notice(translate("exercise.copied", path=harmless_line(path)), seconds=8.0)

    def action_lab(self) -> None:
        """Open the lab that the function trains."""
        fence = lab_with_mine(self.session.exercise) if self.session is not None else None
        if fence is not None and self._may_leave():
            self._end_curves()
            router.go(self.tutor, routes.Lab(fence.lab, fence.overrides))

    def action_next(self) -> None:
        if self._following and self._may_leave():
            router.switch(self.tutor, routes.Exercise(self._following))


def _page_of(markdown: str) -> Page:
    document = read_document(markdown)
    return lambda width, ascii: document.lines(max(10, width), ascii=ascii)


def screen_for(route: routes.Exercise) -> ExerciseScreen:
    """The screen of a route."""
    return ExerciseScreen(route.exercise_id)
