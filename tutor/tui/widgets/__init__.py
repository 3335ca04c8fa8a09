"""Widgets that several screens share. They draw rows of spans (`tutor.charts.cells`) line by line."""
