"""Tests of the learner's memory."""
