"""The screens, one module or package each, with stylesheets in the same folder.

To add one, derive from `tutor.tui.screen.TutorScreen` (or `TutorDialog`, a card over the screen in front), add a route
in `tutor.tui.routes`, and return the screen from ``screen_for(route)``; the router imports the module when needed::

    class NotesScreen(TutorScreen):
        KEYS = (Command("notes.add", ("a",), "notes.add", "notes.add-help", footer=1),)

        def breadcrumb(self) -> list[str]:        # what follows "tutor ›", translated
        def status(self) -> Row:                  # at the right of the top line
        def compose_body(self) -> ComposeResult:  # the widgets between the two rules
        def action_add(self) -> None:             # "notes.add" calls it

Draw with spans (`tutor.charts.cells.Span`) in ``render_line`` and translate there: then a change of language, look or
ASCII mode needs nothing more. If texts are made beforehand, override ``refresh_texts`` too. Untrusted text goes through
`tutor.foundation.safe_text` first. ``self.notice(text)`` shows a sentence for some seconds. Textual's
``check_action`` disables a command and removes it from footer, help and palette.
"""
