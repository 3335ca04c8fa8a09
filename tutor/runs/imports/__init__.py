"""Runs of trainings that other programs do, read from the logs that they write.

Begin with ``csv_run``: `read_log` reads a whole CSV log, `import_csv` makes runs of it that have ended, and
`start_following` starts ``csv_worker``, a process that follows a growing log with a `CsvFollower`. Which column of a
log is the epoch or the loss is decided in ``tutor.tables.log_columns`` and ``tutor.tables.training_log``; the epochs
are written by `tutor.runs.recording.Recording`, as those of the learner's own program.
"""
