"""Sweeps: one lab trained once for each combination of some values."""
