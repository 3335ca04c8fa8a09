"""Tests of what is packed and shipped."""
