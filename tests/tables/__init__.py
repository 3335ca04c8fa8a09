"""Tests of the package that reads tables of other people."""
