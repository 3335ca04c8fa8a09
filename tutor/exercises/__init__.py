"""Exercises in code: run what the learner wrote, and say what is wrong in a sentence.

Begin with `session.ExerciseSession`, which both fronts use: it knows the learner's file, its versions, the hints and
the verdicts. `judge.Judge` checks one program.

- `cases` makes the inputs, `references` knows what the solution and the listed mistakes return for them.
- `comparison` compares values, `slips` knows mistakes that numbers alone give away, `rules` what a program may contain.
- `verdict` is what came of a check, and `showing` writes values in a few cells.
- `files` is the learner's file and its kept versions, and `save_watch` notices that another program has saved it.
- `project` is the project of lesson 20, a whole program with a score, and `project_references` its four lines.
- `proof` holds an exercise to its own claims, for ``tutor check --run``.
"""
