"""Tests of the learning library: against references written plainly, closed forms and arithmetic by hand."""
