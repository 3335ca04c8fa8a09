"""What a session's process may still do: everything in its own folder, nothing in another's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tutor.sandbox.landlock import landlock_version

pytestmark = pytest.mark.skipif(not landlock_version(), reason="this kernel has no Landlock")

CODE = """
import json, os, socket, subprocess, sys
from pathlib import Path
from tutor.serve.confine import confine
from tutor.serve.messages import Bounds
home, log, outside = map(Path, sys.argv[1:4])
held = confine(Bounds(megabytes=512, file_megabytes=1, nice=1, readable=(str(log),), writable=(str(home),)))
def refused(work):
    try:
        work()
    except OSError as error:
        return type(error).__name__
    return ""
link = home / "link"
link.symlink_to(outside)
from tutor.sandbox.job import Call, Job, Program
from tutor.sandbox.sandbox import Sandbox
with Sandbox() as sandbox:
    report = sandbox.run(Job((Program("def f(x):\\n    return 2 * x", (Call.of("f", x=4),)),)))
worker = subprocess.run([sys.executable, "-P", "-m", "tutor.runs.worker", "--help"], capture_output=True,
                        stdin=subprocess.DEVNULL, env={"PYTHONPATH": sys.argv[4]})
print(json.dumps({
    "held": held,
    "log": log.read_text(),
    "write log": refused(lambda: log.write_text("x")),
    "read outside": refused(outside.read_text),
    "by link": refused(link.read_text),
    "list outside": refused(lambda: os.listdir(outside.parent)),
    "shell": refused(lambda: subprocess.run(["/bin/sh", "-c", "true"])),
    "connect": refused(lambda: socket.create_connection(("127.0.0.1", 9), 1)),
    "too large": refused(lambda: (home / "large").write_bytes(bytes(2 << 20))),
    "write": refused(lambda: (home / "small").write_bytes(b"x")),
    "rename": refused(lambda: (home / "small").rename(home / "smaller")),
    "worker": worker.returncode,
    "program": report.programs[0].outcomes[0].value is not None,
}))
"""


def test_a_session_keeps_to_its_folder_and_works_there(tmp_path: Path) -> None:
    home, outside = tmp_path / "class" / "anna", tmp_path / "class" / "secret"
    home.mkdir(parents=True)
    for path in (outside, log := tmp_path / "class" / "class.jsonl"):
        path.write_text("said", encoding="utf-8")
    root = str(Path(__file__).resolve().parents[2])
    found = subprocess.run(
        [sys.executable, "-c", CODE, str(home), str(log), str(outside), root], capture_output=True, text=True,
        check=False, cwd="/", env={**os.environ, "TMPDIR": str(home), "PYTHONPATH": root},
    )  # fmt: skip
    assert found.returncode == 0, found.stderr
    assert json.loads(found.stdout) == {
        "held": True, "log": "said", "write log": "PermissionError", "read outside": "PermissionError",
        "by link": "PermissionError", "list outside": "PermissionError", "shell": "PermissionError",
        "connect": "PermissionError", "too large": "OSError", "write": "", "rename": "", "worker": 0, "program": True,
    }  # fmt: skip
