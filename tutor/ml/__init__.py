"""The training code, written to be read: ``tutor source adam`` shows it to the learner.

- `optimizers`, `losses`, `activations`, `schedules` and `gradient_rules` have the formulas, one function or class each.
- `network.layers` has the layers with their forward and backward passes; the rest of `network` makes them fast.
- `models` has the models that are not networks.
- `datasets` loads or generates the data sets (`datasets.sources`), splits and standardises them.
- `settings` declares every setting of a lab; it needs no NumPy.
- `factory.make_training` makes a training, and `training` says what a training is: begin there.
- `diagnostics` looks inside a training, and `cross_validation` runs one for each fold.
- `source` finds the code of what a learner names.
"""
