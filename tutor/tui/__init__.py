"""The screens in the terminal: the only room that knows Textual.

How to add a screen
===================
A screen is a class in ``screens/<name>.py`` that derives from `screen.TutorScreen` (a full screen) or
`screen.TutorDialog` (a card over the screen in front), a route in `routes` that says what it is opened with, and
a function ``screen_for(route)`` in the same module. The router imports that module by its name when the route is
first gone, so no screen costs anything before it is opened, and no screen imports another::

    class LabScreen(TutorScreen):
        KEYS = (
            Command("lab.pause", ("space",), "lab.pause", "lab.pause-help", footer=1),
            Command("lab.pick", tuple("123456789"), "lab.pick", shown="1–9", tells_key=True),
        )
        CSS_PATH = "lab.tcss"                    # where a stylesheet is needed, beside the module

        def breadcrumb(self) -> list[str]: ...   # what follows "tutor ›", in the language in use
        def status(self) -> Row: ...             # spans at the right of the top line
        def compose_body(self) -> ComposeResult: # the widgets between the two rules
            yield RowList(...)
        def action_pause(self) -> None: ...      # "lab.pause" runs action_pause; dashes become underscores

Commands
    One `commands.Command` gives the key binding, the footer (``footer=1`` is the first of at most five), the
    help screen (under its ``group``) and the palette. ``label`` and ``help`` are translation keys, never texts.
    Ranks below 90 stand before "glossary" (90), those from 91 behind it and before "back" (97). ``commands()`` is
    all that works here, ``commands_in_reach()`` what works while letters are typed as text (the footer's).
    A screen lists only its own; `commands.SHARED` (esc, g, ctrl+p, ?, L, S, H, q) work everywhere. A focusable
    widget can have ``KEYS`` too (with ``BINDINGS = bindings_of(KEYS)``), shown while it has the focus.
    `check_action` (Textual's, of the screen or the widget) disables and hides a command that cannot be used now.
    A screen whose keys mean other things in other modes, as the lab's do, gives all of its commands one action that
    is told the command's id (``action="command", tells_id=True``), and asks its mode.

Changes of language, look and ASCII mode
    Translate and colour when rendering (``render_line``), and there is nothing to do: `TutorApp` calls
    ``refresh_texts()`` on every screen of the stack, which draws all its widgets anew. Override ``refresh_texts()`` (calling
    super first) only where texts or styles were computed beforehand. ASCII mode needs nothing: `AsciiFilter`
    replaces each sign by an ASCII one of the same width on its way out (charts ask ``self.tutor.ascii``).

Drawing
    Spans (`tutor.charts.cells.Span`: text, ink, ground) become strips by `widgets.rows.strip_of(row,
    look_of(widget), width)`. Inks are the roles of `themes`; ``"muted italic"`` adds attributes. Grounds are
    roles too, and ``"selected"``. `widgets.row_list.RowList` is a list with a selected row. Text from lessons
    goes through `foundation.safe_text.harmless` first; widgets given text directly need ``markup=False``.

Within a screen
    ``self.workspace`` has ``settings``, ``course`` (None where no lessons folder was found), ``store``,
    ``runs``, ``language``. ``self.tutor`` is the app: ``.look``, ``.ascii``, ``.motion`` (scroll with
    ``animate=self.tutor.motion``). ``self.refresh_frame()`` draws top line and footer anew; ``self.notice(text,
    kind)`` says a sentence for some seconds (kinds: info, good, warning); ``self.say_notices()`` says what the
    services have to tell. Other screens are opened by ``router.go(self.tutor, routes.…)``.

Tests
    ``tests/tui/screen_rows.py`` runs an app with a lessons folder and a home of its own, and gives its screen as
    plain rows.
"""

from __future__ import annotations

from collections.abc import Mapping


def start(
    *,
    lesson: str | None = None,
    lab: str | None = None,
    data: str | None = None,
    overrides: Mapping[str, object] | None = None,
    watch: bool = False,
    run: str | None = None,
) -> int:
    """Run tutor on this terminal until the learner leaves.

    Args:
        lesson: A lesson's id or number to open; the course map where neither a lesson nor a lab is named.
        lab: A lab's id or file to open.
        data: A table of the learner's own, to make a lab of.
        overrides: What changes in the lab, by dotted key or short name.
        run: A run's id to watch; "" for the newest that goes on, else the newest.
        watch: Show the lesson anew whenever its file is saved, with its faults.

    Returns:
        The exit code.

    Raises:
        TutorError: nothing has that name.
    """
    from tutor.tui.startup import run_from_command_line

    return run_from_command_line(lesson=lesson, lab=lab, data=data, overrides=overrides or {}, watch=watch, run=run)
