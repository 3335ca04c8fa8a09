"""Lesson files: reading them, checking them, grading answers, finding terms. No screen, no NumPy."""
