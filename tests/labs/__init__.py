"""Tests of what a lab is."""
