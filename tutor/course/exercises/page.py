"""What a lesson shows of an exercise where it stands in the text."""

from __future__ import annotations

from tutor.course.lesson import Exercise
from tutor.foundation.translate import translate


def text_of(exercise: Exercise) -> str:
    """Return an exercise as Markdown: title, task, the first line of the function, and how to open it."""
    command = f"`tutor exercise {exercise.id}`"
    return "\n\n".join(
        (
            f"### {exercise.title}",
            exercise.task,
            f"```python\n{exercise.starter.rstrip()}\n```",
            translate("exercise.open-with", command=command),
        )
    )


def first_sentence(exercise: Exercise) -> str:
    """Return the first sentence of the task, as inline Markdown."""
    text = " ".join(exercise.task.split("\n\n")[0].split())
    ends = [place + 1 for mark in ("。", ". ") if (place := text.find(mark)) >= 0]
    return text[: min(ends)] if ends else text
