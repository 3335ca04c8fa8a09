"""Markdown typeset as lines of cells, like the page of a book, for a terminal. No screen library is used.

Begin with `page`: `typeset` and `read_document` take Markdown and give lines at a width.

- `parse` reads Markdown into elements, `inline` the words inside each block, and `maths` turns LaTeX into Unicode.
- `elements` holds both data models: elements before the page has a width, lines of spans after it has one.
- `layout` sets elements at a width, `breaking` breaks words into lines in English and Chinese.
- `spelling` writes Greek letters and the signs of formulas in ASCII, for terminals that have nothing else.

Spans carry roles ("strong", "maths"), never colours; each front decides how a role looks.
"""
