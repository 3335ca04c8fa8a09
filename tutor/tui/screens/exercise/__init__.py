"""An exercise on the screen: the task, an editor, and what came of the last check.

Begin with `screen.ExerciseScreen`.

- `editor` is the editor, and `colouring` gives the characters of a program their inks.
- `rows` are the rows above, below and beside the editor; `sheet` is the text of task, hints, details and solution.
"""
