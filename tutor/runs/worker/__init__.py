"""The process that trains: ``python -m tutor.runs.worker RUN_FOLDER``.

Begin with ``__main__``, which opens the log and the control log of a run and starts a job:

- ``job`` is one run from its spec to its last event, and reports every failure;
- ``loop`` trains epoch by epoch, paces, and decides when to read commands, write epochs and draw panels;
- ``adapter`` makes what the loop trains of `tutor.ml` and the panels of `tutor.labs`;
- ``recorder`` gathers epochs and writes them as events; ``steering`` obeys commands;
- ``limits`` bounds the memory, the size of the log and the life of a worker.

``recorder`` and ``steering`` import no NumPy, because programs of the learner's own record with them too.
"""
