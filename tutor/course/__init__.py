"""Lesson files: read them, check them, grade answers and find terms. This package needs no screen and no NumPy.

Begin with `catalogue.Course`: it holds the lessons of a folder and reads each one when it is first needed.

- Reading: `reader` splits a file into blocks; `question_reader`, `term_reader` and `lab_fence` read one kind of block
  each. `source` holds the text and collects the faults, and `lesson` defines the result.
- Questions: `questions` holds the question types, which read, grade and describe an answer.
- Checking: `checks` compares the files of a course with each other. `lookalikes` and `misplaced` find text that
  looks like part of a question but cannot be read as one.
- Terms: `glossary` searches them, `mentions` finds their names in a text, and `synonyms` adds them to accepted answers.
- Speed: `headers` caches the front matter of every lesson, so that the course map appears at once, and
  `term_index` the terms, so that the glossary needs no lesson in memory.
"""
