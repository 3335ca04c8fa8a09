"""The plain front: the course as lines of text, for pipes, logs, screen readers and terminals that cannot draw.

It knows no Textual. A chart on a terminal is drawn by `tutor.charts`, like on the screens.
"""
