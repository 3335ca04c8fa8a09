"""Runs: specs, logs, workers and what viewers see of them."""
