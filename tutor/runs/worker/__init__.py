"""The process that trains: ``python -m tutor.runs.worker RUN_FOLDER``."""
