"""Drawing: arrays of numbers in, rows of coloured cells out.

Nothing here knows a screen, a colour or a run. A chart is a pure function that returns `cells.Rows`: exactly
``height`` rows of exactly ``width`` cells, each span with the *name* of its ink (``train``, ``good``, ``heat7``),
which the front turns into a colour, or into none. The module `plot` is the only one that draws with plotext.
"""
