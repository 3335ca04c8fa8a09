"""What holds for any input at all, tried with generated ones."""
