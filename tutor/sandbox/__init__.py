"""Run code that nobody has read: a learner's program, or the code of a lesson from anywhere.

Begin with `sandbox.Sandbox`. It sends a `job.Job` (programs, and calls of their functions) to a process that may do no
harm, and returns a `job.Report`: values as arrays, or what stopped the program, at which line.

- `prefork` and `fresh` are the two ways to start that process; `server` is the other side of `prefork`.
- `function_process` calls one function again and again, for a training; `function_server` is its other side.
- `protocol` is what the sides say to each other, and needs no NumPy.
- `child` runs in that process. It is the only module of tutor with an `exec`.
- `limits` and `landlock` are what the process may not do, and `audit` knows the words for it.
- `values` carries values between the processes as JSON. Nothing is ever unpickled.
- `explain` says in a learner's words what stopped a program.
"""
