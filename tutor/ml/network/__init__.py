"""Networks: layers that read as in a textbook, and what makes them train fast.

- `layers` has each layer with its forward and backward pass, `network` the chain of them. Predictions run these.
- `kernels` has the same arithmetic as steps in buffers, `passes` the tapes of whole passes, `tape` their compiler.
  Updates run these; tests hold them to `layers`.
- `batches` cuts the examples of an epoch, `evaluation` computes loss and accuracy, and `training` runs the epochs.
"""
