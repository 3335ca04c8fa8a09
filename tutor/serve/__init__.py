"""A class over SSH: a server under an ordinary account, one process for each learner's session.

Begin with `server.ClassServer`. It knows learners by their public keys and gives each session to a process of its own.
Nothing of tutor's screens runs in the server, so no learner's session can stop it or another's.

- `connection` is one connection of a learner, `session` one terminal or command in it, `pipes` carries its bytes.
- `zygote` is a process that has everything imported and forks itself for each session; `forks` is its other side.
- `environment`, `commands` and `confine` are what a session is given, what it may be asked for, what it may not do.
- `joining` is what somebody sees whose key nobody knows yet.
- `class_folder` is where a class keeps its key, its join code and its learners; `rates` counts what comes too often.
"""
