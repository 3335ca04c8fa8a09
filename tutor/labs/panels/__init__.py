"""The panels of a lab: what a worker computes for each of them."""
