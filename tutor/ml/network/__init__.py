"""The network of many layers: its passes, its batches, its training."""
