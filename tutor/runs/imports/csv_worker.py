"""``python -m tutor.runs.imports.csv_worker RUN_FOLDER``: the process that follows a CSV log of another program.

It holds the run's lock while it is alive. It ends when somebody stops the run, or the file is gone or idle for long.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.languages import ENGLISH
from tutor.foundation.outside_languages import speak
from tutor.labs.lab_files import SPEC_FILE, read_title
from tutor.runs.imports.csv_run import CsvFollower
from tutor.runs.registry import COLUMNS_FILE, SOURCE_FILE, Runs
from tutor.tables.log_columns import parse_columns


def main(arguments: Sequence[str] | None = None) -> int:
    """Follow the file that the run's folder names.

    Returns:
        The exit code: 0 if the run ended in any way, 5 if the file is not a log of epochs.
    """
    parser = argparse.ArgumentParser(
        prog="python -m tutor.runs.imports.csv_worker", description=__doc__.splitlines()[0]
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--language", default=ENGLISH)
    parser.add_argument("--lock", type=int, required=True, help="descriptor of the run's lock")
    given = parser.parse_args(arguments)
    speak(given.language)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    source = Path(os.fsdecode((given.folder / SOURCE_FILE).read_bytes()))
    named = given.folder / COLUMNS_FILE
    columns = parse_columns(os.fsdecode(named.read_bytes())) if named.exists() else {}
    follower = CsvFollower(source, read_title(given.folder / SPEC_FILE)["en"], Runs(given.folder.parent), columns)

    def stop(_number: int, _frame: FrameType | None) -> None:
        follower.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    with contextlib.suppress(TutorError):  # the log of the run has it
        follower.follow((given.folder, given.lock))
        return int(ExitCode.OK)
    return int(ExitCode.RUN_FAILED)


if __name__ == "__main__":
    sys.exit(main())
