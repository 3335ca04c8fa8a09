"""A learning library in NumPy: data, models, losses, optimisers, training. It knows no screen."""
