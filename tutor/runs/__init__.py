"""A run is a log: training in a process of its own that only appends, and viewers that only read.

``spec`` says what a run is asked to do, ``worker`` does it, ``events`` are what it writes down,
``follower`` reads them, ``summary`` folds them into what every viewer shows, ``control`` steers,
``registry`` knows all runs of a learner.
"""
