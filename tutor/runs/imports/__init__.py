"""Runs of other programs, read from the logs that these write."""
