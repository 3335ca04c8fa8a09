"""tutor: machine learning, learnt in a terminal."""

__version__ = "0.2.0"
