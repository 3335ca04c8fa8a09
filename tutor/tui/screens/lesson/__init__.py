"""The screen of a lesson, and that of a lesson that is being written.

Begin with `screen.LessonScreen`: the keys, and what they do. It shows one `view.LessonView`, which reads the lesson,
mounts its blocks a few at a time, and saves the reading position. The view has two parts:

- `flow` scrolls the blocks, and knows which block or link is selected. `blocks` makes them: texts as pages of lines,
  questions from `tutor.tui.questions`, labs as `lab_card.LabCard`, and the rows at the end.
- `side` is the column beside the text. `contents` makes its rows, which narrow windows show in a dialog.

`watch` is the same screen for authors: it reads the file again after each save, and lists its faults below the text.

What has been read and answered is in `tutor.study.lesson_session`. The first frame comes before the lesson is read,
so these modules import what typesets, grades and draws charts inside functions.
"""
