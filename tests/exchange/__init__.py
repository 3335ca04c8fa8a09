"""Questions and terms of other programs, and ours written for them."""
