"""Exercises: functions that the learner writes, as they stand in a lesson. Nothing of them is run here.

Begin with `reader.read_exercise`. `cells` reads the table of cases, `mistakes` the wrong solutions, `options` what
stands behind the id, and `code` looks at programs without running them. `parity` compares two languages, and `page` is
what a lesson shows. The results are in `tutor.course.lesson`; `tutor.exercises` runs them.
"""
