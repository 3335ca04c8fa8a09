"""What a lab trains, as a script of its own that needs NumPy or PyTorch and no tutor.

- `script.make_script` makes one for a configuration: begin there. `script.reason_against` says why there is none.
- `facts` looks at the data and at the first parameters, and makes the arrays that go beside the script.
- `numpy_source`, `torch_source` and `function_source` write the text: settings and facts in, lines out.
- `stages` knows which lines run in which stage of an update: whoever writes a line says so.
- `pieces` has what those share: constants, comments, learning rates, optimizers.

Comments of a script are in the learner's language; names are those of the field.
"""
