"""Figures, as ratios from one run. Scripts, not tests: `python -m tests.bench.<name>`."""
