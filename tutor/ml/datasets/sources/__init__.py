"""Where the rows of the data sets that ship come from."""
