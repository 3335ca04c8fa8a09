"""Drawing: arrays of numbers in, rows of coloured cells out.

Nothing here knows a screen, a colour or a run. A chart is a pure function that returns `cells.Rows`: exactly
``height`` rows of exactly ``width`` cells. Each span names its ink (``train``, ``good``, ``heat7``), and the front
turns that name into a colour or into none.

Begin with `fit`, a simple chart that uses most of the others:

- `cells`: rows and spans. `scale`: an axis with its ticks. `numbers`: numbers as text.
- `plot`: points and lines on a canvas; the only module that draws with plotext. `canvas`: canvases cached, laid over
  each other, and fields of colour.
- `loss`: the loss chart, with `loss_history` (all epochs, reduced to columns), `chart_view` (axis, zoom, cursor) and
  `line_ends` (names and values at the curves). `loss_svg` is the same as a figure for a report.
- `sparkline`, `run_table` and `sweep_map` need little room; lists of runs load `sparkline` without NumPy.
- Every other module is one chart, or several of one subject (`landscape`, `series`, `network`).
"""
