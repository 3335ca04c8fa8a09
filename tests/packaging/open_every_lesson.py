"""Open every lesson and every lab of an installed tutor. Run by the continuous check from a wheel's environment."""

from __future__ import annotations

import sys

from tutor.course.catalogue import Course
from tutor.foundation.languages import languages
from tutor.foundation.paths import lessons_folder
from tutor.labs.lab_files import list_labs, load_lab
from tutor.runs.in_process import run_to_end
from tutor.typeset.page import plain_lines


def main() -> int:
    """Read and set each lesson, train each lab; say what was done. Returns 1 where anything is missing."""
    folder = lessons_folder()
    if "site-packages" not in str(folder):
        print(f"these are not the lessons of a wheel: {folder}")
        return 1
    course = Course(folder)
    lessons = course.lessons()
    for lesson in lessons:
        lines = [line for block in lesson.blocks for line in plain_lines(getattr(block, "markdown", ""), 76)]
        print(f"{lesson.language} {lesson.number:>2} {lesson.title}: {len(lines)} lines")
    labs = list_labs(course.labs)
    for name in labs:
        summary = run_to_end(load_lab(name, course.labs, {"train.pace": 0.0}), course.data_folder)
        print(f"lab {name}: {summary.state}, {summary.epoch} epochs")
        if summary.state == "failed":
            return 1
    complete = {lesson.language for lesson in lessons} == set(languages()) and labs and not course.faults()
    return 0 if complete else 1


if __name__ == "__main__":
    sys.exit(main())
