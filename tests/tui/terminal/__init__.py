"""The driver: cells, difference, line, end."""
