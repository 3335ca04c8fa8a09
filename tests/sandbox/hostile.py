"""Programs that do harm, or try to: what each does, how it must end, and at which line."""
# ruff: noqa: E501 - a program is easier to read on one line

from __future__ import annotations

from dataclasses import dataclass

PATIENT = 60.0
"""Seconds for programs that must end by another limit than time, however busy the machine is."""
HASTY = 0.4
"""Seconds for programs that end only because their time is up."""


SHORT_LIST = (
    "loop in C code", "74 GiB", "fork", "fork without the hook", "thread", "kill the parent", "write", "swallowed write",
    "swallowed connect", "end without a word", "segmentation fault", "forged answers", "flood of answers",
)  # fmt: skip
"""One or two programs of each kind, for a second way to start the process: what it may do then is the same."""


@dataclass(frozen=True)
class Hostile:
    """A program whose function ``f(x)`` is called once.

    Args:
        source: The program. ``FOLDER`` is a folder that anybody may write to, ``PORT`` one that somebody listens on.
        ends: The kinds of failure that may end it; empty if it must give a value, which is then checked elsewhere.
        line: The line that must be named; 0 if none can be.
        seconds: The time limit.
    """

    source: str
    ends: tuple[str, ...]
    line: int = 0
    seconds: float = PATIENT


FORBIDDEN = ("Forbidden",)
HANG = ("Hang",)
MEMORY = ("MemoryError",)

HOSTILE: dict[str, Hostile] = {
    # Loops
    "loop": Hostile("def f(x):\n    while True: pass\n", HANG, 2, HASTY),
    "loop in C code": Hostile("def f(x):\n    y = 1\n    return sum(iter(int, 1))\n", HANG, 3, HASTY),
    "sleep": Hostile("import time\ndef f(x):\n    time.sleep(1e6)\n", HANG, 3, HASTY),
    "loop while loading": Hostile("x = 1\nwhile x:\n    x += 1\n", HANG, 0, HASTY),
    "loop that catches everything": Hostile(
        "def f(x):\n    while True:\n        try:\n            while True: x = 1\n        except BaseException: pass\n",
        HANG, 4, HASTY,
    ),
    "backtracking": Hostile("import re\ndef f(x):\n    re.match('(a+)+$', 'a' * 60 + 'b')\n", HANG, 3, HASTY),
    "endless generator": Hostile("def f(x):\n    while True:\n        yield\n        [0] * 100_000\n", HANG, 4, HASTY),
    "deaf to the warning": Hostile(
        "import signal\ndef f(x):\n    signal.signal(signal.SIGABRT, signal.SIG_IGN)\n    while True: pass\n",
        HANG, 0, HASTY,
    ),
    "no traceback of faults": Hostile(
        "import faulthandler\ndef f(x):\n    faulthandler.disable()\n    while True: pass\n", HANG, 0, HASTY
    ),
    "answers that never go out": Hostile("import os\ndef f(x):\n    os.write = lambda *a: 0\n", HANG, 0, HASTY),
    "text of an exception that never ends": Hostile(
        "class E(Exception):\n    def __str__(self):\n        while True: pass\ndef f(x):\n    raise E\n", HANG, 3, HASTY
    ),
    # Memory
    "74 GiB": Hostile("def f(x):\n    return np.ones((100_000, 100_000))\n", MEMORY, 2),
    "growing list": Hostile("def f(x):\n    a = []\n    while True:\n        a.append(bytearray(1 << 20))\n", MEMORY, 4),
    "doubling text": Hostile("def f(x):\n    s = 'ab'\n    while True:\n        s += s\n", MEMORY, 4),
    "a list of ten thousand million": Hostile("def f(x):\n    return [0] * 10**10\n", MEMORY, 2),
    "mapped memory": Hostile("import mmap\ndef f(x):\n    return mmap.mmap(-1, 1 << 42)\n", ("OSError", "MemoryError", "ModuleNotFoundError")),
    "memory while loading": Hostile("a = bytearray(1 << 34)\n", MEMORY, 1),
    # Processes and threads
    "fork": Hostile("import os\ndef f(x):\n    return os.fork()\n", FORBIDDEN, 3),
    "fork bomb": Hostile(
        "import os\ndef f(x):\n    while True:\n        try:\n            os.fork()\n        except Exception:\n            pass\n",
        HANG, 0, HASTY,
    ),
    "fork without the hook": Hostile(
        "import _posixsubprocess, os\ndef f(x):\n    a, b = os.pipe()\n"
        "    return _posixsubprocess.fork_exec([b'/bin/true'], [b'/bin/true'], True, (b,), None, None, -1, -1, -1, -1, -1,"
        " -1, a, b, True, True, 0, None, None, None, -1, None, False)\n",
        ("BlockingIOError", "TypeError", "PermissionError", "OSError", "Forbidden", "ModuleNotFoundError", "ValueError"), 0,
    ),
    "shell": Hostile("import os\ndef f(x):\n    os.system('touch FOLDER/shell')\n", FORBIDDEN, 3),
    "subprocess": Hostile(
        "import os\ndef f(x):\n    os.posix_spawn('/bin/touch', ['touch', 'FOLDER/spawned'], {})\n", FORBIDDEN, 3
    ),
    "another program": Hostile("import os\ndef f(x):\n    os.execv('/bin/sh', ['sh'])\n", FORBIDDEN, 3),
    "thread": Hostile("import _thread\ndef f(x):\n    _thread.start_new_thread(print, ())\n", ("Forbidden", "RuntimeError"), 3),
    "kill the parent": Hostile("import os\ndef f(x):\n    os.kill(os.getppid(), 9)\n", FORBIDDEN, 3),
    "kill everybody": Hostile("import os\ndef f(x):\n    os.kill(-1, 9)\n", FORBIDDEN, 3),
    "a library of the system": Hostile(
        "import ctypes\ndef f(x):\n    ctypes.CDLL(None).fork()\n", ("Forbidden", "ModuleNotFoundError"), 0
    ),
    # Files
    "write": Hostile("def f(x):\n    open('FOLDER/a', 'w').write('x')\n", FORBIDDEN, 2),
    "append": Hostile("def f(x):\n    open('FOLDER/kept', 'a').write('x')\n", FORBIDDEN, 2),
    "create": Hostile("import os\ndef f(x):\n    os.open('FOLDER/b', os.O_CREAT | os.O_WRONLY)\n", FORBIDDEN, 3),
    "swallowed write": Hostile(
        "def f(x):\n    try:\n        open('FOLDER/c', 'w')\n    except Exception:\n        pass\n    return 1.0\n", ()
    ),
    "make a folder": Hostile("import os\ndef f(x):\n    os.mkdir('FOLDER/d')\n", FORBIDDEN, 3),
    "remove": Hostile("import os\ndef f(x):\n    os.remove('FOLDER/kept')\n", FORBIDDEN, 3),
    "rename": Hostile("import os\ndef f(x):\n    os.rename('FOLDER/kept', 'FOLDER/e')\n", FORBIDDEN, 3),
    "link": Hostile("import os\ndef f(x):\n    os.symlink('/', 'FOLDER/g')\n", FORBIDDEN, 3),
    "a pipe in the file system": Hostile("import os\ndef f(x):\n    os.mkfifo('FOLDER/h')\n", ("PermissionError", "OSError"), 3),
    "save an array": Hostile("def f(x):\n    np.save('FOLDER/i', np.ones(3))\n", FORBIDDEN, 2),
    # Network
    "connect": Hostile(
        "import _socket\ndef f(x):\n    s = _socket.socket()\n    s.connect(('127.0.0.1', PORT))\n", ("Forbidden", "ModuleNotFoundError")
    ),
    "swallowed connect": Hostile(
        "def f(x):\n    try:\n        import _socket\n        _socket.socket().connect(('127.0.0.1', PORT))\n"
        "    except Exception:\n        return 1.0\n",
        (),
    ),
    # Ways out
    "end without a word": Hostile("import os\ndef f(x):\n    os._exit(0)\n", ("Quit",), 0),
    "exit": Hostile("import sys\ndef f(x):\n    sys.exit(0)\n", ("SystemExit",), 3),
    "abort": Hostile("import os\ndef f(x):\n    os.abort()\n", ("Crash",), 3),
    "segmentation fault": Hostile("import faulthandler\ndef f(x):\n    faulthandler._sigsegv()\n", ("Crash",), 3),
    "endless recursion": Hostile("def f(x):\n    return f(x)\n", ("RecursionError",), 2),
    "recursion without a limit": Hostile(
        "import sys\ndef f(x):\n    sys.setrecursionlimit(10**9)\n    g = lambda: np.vectorize(lambda _: g())(x)\n    g()\n",
        ("Crash", "MemoryError", "RecursionError", "Hang"), 0, 5.0,
    ),
    # Answers that lie
    "forged answers": Hostile(
        "import os\ndef f(x):\n    for fd in range(3, 40):\n        try:\n"
        '            os.write(fd, b\'{"program": 0, "call": 7, "value": ["f", "0x1p0"]}\\n{"ended": true}\\n[[[[\\n\')\n'
        "        except OSError:\n            pass\n    os._exit(0)\n",
        ("Quit",), 0,
    ),
    "closed pipes": Hostile("import os\ndef f(x):\n    os.closerange(3, 256)\n    return 1.0\n", ("Quit", "Killed"), 0),
    "another encoder": Hostile("import json\ndef f(x):\n    json.dumps = None\n", ("Quit",), 0),
    "huge array": Hostile("def f(x):\n    return np.zeros(3 << 20)\n", ("TooLargeError",), 0),
    "endless values": Hostile("def f(x):\n    yield from iter(int, 1)\n", (), 0),
    "a list in itself": Hostile("def f(x):\n    a = []\n    a.append(a)\n    return a\n", ("TooLargeError",), 0),
    "a broken exception": Hostile(
        "class E(Exception):\n    def __str__(self): raise ValueError\ndef f(x):\n    raise E\n", ("E",), 4
    ),
    "no output any more": Hostile("import sys\ndef f(x):\n    sys.stdout = None\n    print(1)\n    return 1.0\n", (), 0),
    # Output
    "flood of printing": Hostile("def f(x):\n    while True:\n        print('spam' * 1000)\n", HANG, 3, HASTY),
    "flood below Python": Hostile("import os\ndef f(x):\n    while True:\n        os.write(1, b'spam' * 1000)\n", HANG, 4, HASTY),
    "flood of answers": Hostile(
        "import os\ndef f(x):\n    while True:\n        for fd in range(3, 12):\n            try:\n"
        "                os.write(fd, b'x' * 65536)\n            except OSError:\n                pass\n",
        ("Hang", "TooLargeError"), 0, 2.0,
    ),
    "drip of answers": Hostile(
        "import os, time\ndef f(x):\n    while True:\n        time.sleep(0.001)\n        for fd in range(3, 12):\n"
        "            try:\n                os.write(fd, b'x\\n')\n            except OSError:\n                pass\n",
        HANG, 0, HASTY,
    ),
    "control sequences printed": Hostile("def f(x):\n    print('\\x1b]0;gone\\x07\\x9b2J')\n    return 1.0\n", ()),
    "control sequences raised": Hostile("def f(x):\n    raise ValueError('\\x1b[2J\\u202e\\n')\n", ("ValueError",), 2),
}  # fmt: skip
