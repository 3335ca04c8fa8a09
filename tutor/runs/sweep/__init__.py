"""Sweeps: one lab trained once for each combination of some values.

Begin with ``plan``, the grid and what each cell of it trains:

- ``registry`` starts a sweep and lists all sweeps; a sweep with the same plan has the same folder, and continues;
- ``worker`` is the process that runs a sweep, and ``scheduler`` gives its cells to a pool of processes, or to Dask as
  ``cluster`` connects it;
- ``cell`` trains cells wherever they are run, and writes an ordinary log of a run for each;
- ``results`` is the format of a sweep's results, and follows them while they grow.
"""
