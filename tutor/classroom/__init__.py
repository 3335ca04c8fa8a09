"""A class: what its teachers do, what its learners answer, and where each of them is. No screen is needed for it.

Begin with ``events``, the format of the two kinds of logs, and with ``room``, which folds them into one state:

- ``folder`` says where everything lies, and who sits where;
- ``logs`` appends to the logs and reads them; what a learner's home holds is read with distrust;
- ``polls`` counts the answers to a poll, and says which of its options hold of a run so far;
- ``seat`` is a learner's side: it votes, asks for help and says where the learner is;
- ``desk`` is a teacher's side: it opens polls, closes them, starts their run and calls everybody to a place;
- ``items`` looks at the answers to each question, and ``export`` writes all of them as a table.

Nobody sends anything to anybody. A teacher only appends to the log of the class, a learner only to a log of their own,
and everybody reads. So a process that is killed loses nothing that it has acknowledged, and any number of teachers can
look on.
"""
