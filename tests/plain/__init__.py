"""Tests of the plain front."""
