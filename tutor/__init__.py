"""tutor: learn machine learning in a terminal."""

__version__ = "0.2.0"
