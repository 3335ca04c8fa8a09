"""The screen of a lesson, and that of a lesson being written."""
