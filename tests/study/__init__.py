"""Tests of lessons being read and quizzes being taken."""
