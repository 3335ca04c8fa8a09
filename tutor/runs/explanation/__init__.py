"""One update explained, stage by stage: each formula first in symbols, then with the numbers of this batch.

Begin with `explained`: `explain_update` trains a lab up to an epoch, traces the next update with
`tutor.ml.network.update_trace`, and gives it as an `ExplainedUpdate`, which has the stages.

- `stages` writes the stages, `formulas` knows the formulas of activations, losses and optimizers.
- `walk` is the way through the stages, which screens share.
- `notation` gives numbers and parameters their names, `equations` sets equations in lines of a given width.

A front shows the lines of a stage; nothing here knows a screen.
"""
