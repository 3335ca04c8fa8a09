"""The screen shown while a lab is being opened: a thread makes its session, then the lab takes this screen's place."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult

from tutor.charts.cells import Rows, sentence
from tutor.foundation.errors import TutorError
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import translate
from tutor.tui import routes
from tutor.tui.commands import Command
from tutor.tui.screen import TutorScreen
from tutor.tui.widgets.lab_charts import know_best
from tutor.tui.widgets.rows import Area, RowsView

if TYPE_CHECKING:
    from collections.abc import Callable

    from tutor.runs.session.session import LabSession
    from tutor.tui.screens.lab.screen import LabScreen


class OpeningScreen(TutorScreen):
    """Remembers that the learner wants to start until the lab is there, and shows why a lab cannot be opened.

    Args:
        route: The lab, run or cell to open.
    """

    KEYS: ClassVar[tuple[Command, ...]] = (
        Command("lab.start", ("space",), "lab.start", "lab.start-help", "command", footer=1, group="lab.group-run",
                passes_id=True),
        Command("lab.leave", ("d",), "lab.leave", "lab.leave-help", "command", group="lab.group-run", passes_id=True),
    )  # fmt: skip

    def __init__(self, route: routes.LabRoute) -> None:
        super().__init__()
        self.route = route
        self.problem = ""
        """Why the lab cannot be opened."""
        self._start = False
        self._make_lab: Callable[..., LabScreen] | None = None
        """Makes the screen of the lab, once its module has been imported."""
        self._lab: LabScreen | None = None
        self._sentence = RowsView(self._draw)

    def breadcrumb(self) -> list[str]:
        route = self.route
        if isinstance(route, routes.Lab):
            name = route.name
        else:
            name = (route.run_id if isinstance(route, routes.Run) else route.folder.name)[-4:]
        return [name]

    def compose_body(self) -> ComposeResult:
        yield self._sentence

    def _draw(self, area: Area) -> Rows:
        return sentence(self.problem or translate("lab.loading"), area.width, area.height)

    def footer(self) -> list[Command]:
        """The command to start, as in the lab that follows; if the lab cannot be opened, the ways out."""
        return super().footer() if self.problem else [each for each in self.commands_in_reach() if each.footer == 1]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing can be started if the lab cannot be opened."""
        return super().check_action(action, parameters) and not (self.problem and parameters == ("lab.start",))

    def shows_runs(self) -> bool:
        """The lab shows its own run."""
        return False

    def refresh_texts(self) -> None:
        super().refresh_texts()
        self._sentence.forget()

    def run_command(self, command: Command) -> None:
        """Do what the key of ``command`` does. A palette opened on this screen may close after the lab has come."""
        if self._lab is not None:
            self._lab.run_command(command)
        else:
            super().run_command(command)

    def action_command(self, command_id: str) -> None:
        """Start a run as soon as the lab is there, or leave."""
        if command_id == "lab.start":
            self._start = True
        else:
            self.action_back()

    def on_mount(self) -> None:
        """Read the lab, import what draws it, and find a run to join, all in a thread."""
        self.run_worker(self._open, thread=True, exit_on_error=False)

    def _open(self) -> None:
        try:
            session = self._open_session()
            know_best(session, self.workspace.store)
        except TutorError as error:
            self.app.call_from_thread(self._cannot_open, harmless_line(str(error)))
            return
        from tutor.charts.plot import preload
        from tutor.tui.screens.lab.screen import LabScreen

        preload()
        self.app.call_from_thread(self._opened, partial(LabScreen, session, self.route))

    def _open_session(self) -> LabSession:
        from tutor.labs.lab_files import load_lab
        from tutor.runs.session.opening import open_cell, open_lab, open_run

        route, runs, course = self.route, self.workspace.runs, self.workspace.course
        data_folder = course.data_folder if course is not None else None
        find = self.workspace.passed_programs
        if isinstance(route, routes.Run):
            return open_run(runs, route.run_id, route.compared, data_folder=data_folder, find_programs=find)
        if isinstance(route, routes.Cell):
            return open_cell(runs, route.folder, data_folder=data_folder, find_programs=find)
        spec = load_lab(route.name, course.labs if course is not None else Path(), route.overrides)
        return open_lab(runs, spec, route.overrides, route.shown, data_folder=data_folder, find_programs=find)

    def _cannot_open(self, problem: str) -> None:
        self.problem = problem
        if self.is_attached:
            self._sentence.redraw()
            self.refresh_frame()

    def _opened(self, make_lab: Callable[..., LabScreen]) -> None:
        self._make_lab = make_lab
        # Called on the app's own task: in this thread's context the lab would keep this screen alive.
        self.app.call_later(self._give_way)

    def on_screen_resume(self) -> None:
        """Show the lab if it came while another screen was in front."""
        super().on_screen_resume()
        self.app.call_later(self._give_way)

    def _give_way(self) -> None:
        """Let the lab take this screen's place, unless another screen is in front: that one would be replaced.

        If this screen has been left, nothing is started.
        """
        if self._make_lab is not None and self._lab is None and self.is_attached and self.app.screen is self:
            self._lab = self._make_lab(start=self._start)
            self.gave_way = True
            self.app.switch_screen(self._lab)
