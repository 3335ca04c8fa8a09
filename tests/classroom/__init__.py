"""Tests of a class: its logs, its state, and both sides of it without a screen."""
