"""Markdown set as lines of cells: a page of a book for a terminal, with no screen library in sight."""
