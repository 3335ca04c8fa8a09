"""Exercises in code: checked by running what learners write."""
