"""The screen of a lab."""
