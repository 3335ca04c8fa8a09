"""Widgets that several screens share. All draw rows of spans (`tutor.charts.cells`) line by line.

Begin with `rows`: it turns rows into Textual's strips, and its `RowsView` shows what a function draws and sends only
the lines that differ. The others are:

- `frame`: the line at the top and the keys at the bottom of every screen; `notice`: a sentence above them;
- `row_list`: a list with a selected row, and the rows that pages are made of;
- `prose`: typeset text with links; `term`: a glossary entry;
- `lab_charts`, `lab_words`: the charts, figures and sentences of a lab, for its screen, its card in a lesson and the
  list of runs.

Widgets import neither screens nor questions nor the router: they post messages, and a screen decides.
"""
