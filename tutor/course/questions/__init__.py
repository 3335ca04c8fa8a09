"""Questions: how they are read and answered."""
