"""One reader for tables of other people: data sets and training logs.

Begin at `reader.read_table`, which reads a whole file and reports what was done. What it is made of also serves a file
that still grows: `encoding.detect_encoding` and `dialect.find_dialect` look at the first bytes and lines,
`Dialect.rows` cuts the lines that follow into cells, and `numbers.parse_cell` with `numbers.decide` says what the
numbers of a column mean. `columns.Column` keeps one column in bounded memory.
"""
