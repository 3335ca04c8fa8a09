"""The plain front: the course as lines of text, for pipes, logs, screen readers and terminals that cannot draw.

Each module is a command of `tutor` that needs no Textual. Begin with `quiz`: it asks questions through `asking`, and
`tutor.study` does everything else.

- Learning: `read`, `quiz` (and review), `listing`, `progress` (with export, import and reset), `anki`, `manual`.
- Training: `train` (and watch), `sweep`, `steer`, `runs_table`, `source`, `code`. A reporter prints a run while it
  trains: lines and JSON in `reporters`, sentences in `narrator`, a chart in `moving_chart`, drawn by `tutor.charts`.
- For authors: `new_lesson` with its `skeletons`, `check`, and `lab_runs` with `run_cache`, which train what questions
  rely on.
- `doctor`: what the terminal can do and where files are.
"""
