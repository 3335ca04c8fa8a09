"""What each way in loads, seen at run time in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("textual", "numpy", "plotext", "markdown_it", "yaml", "sqlite3", "msgspec")


def loaded_by(code: str) -> set[str]:
    program = f"{code}\nimport sys; print('\\n'.join(sorted({{name.partition('.')[0] for name in sys.modules}})))"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(result.stdout.split())


def run_main(*arguments: str) -> str:
    return (
        "import sys, contextlib, io\n"
        f"sys.argv = ['tutor', *{arguments!r}]\n"
        "from tutor.__main__ import main\n"
        "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):\n"
        "    main()\n"
    )


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ("train", "--help")])
def test_help_and_version_load_nothing_heavy(arguments: tuple[str, ...]) -> None:
    assert loaded_by(run_main(*arguments)).isdisjoint(HEAVY)


def test_help_loads_no_reader_of_toml_and_no_command_that_it_only_lists() -> None:
    code = run_main("--help") + "import sys\nprint('\\n'.join(sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {"tomllib", "tutor.cli.run_commands", "tutor.cli.progress_commands"}.isdisjoint(found.stdout.split())


def test_listing_lessons_loads_no_textual_and_no_numpy() -> None:
    assert loaded_by(run_main("list")).isdisjoint({"textual", "numpy", "plotext"})


def test_listing_exercises_loads_no_numpy_and_nothing_of_the_process_for_programs() -> None:
    """Completing their ids does the same, in the same module."""
    code = run_main("exercise") + (
        "import sys, tutor.sandbox.protocol\n"
        "assert 'tutor.plain.exercise' in sys.modules\n"
        "names = {f'tutor.sandbox.{each}' for each in ('child', 'server', 'function_server')}\n"
        "assert not names & sys.modules.keys()\n"
    )
    assert loaded_by(code).isdisjoint({"numpy", "textual"})


def test_logs_are_read_and_labs_are_listed_without_numpy() -> None:
    """Names are not checked by decoding: that would take the registries, which need NumPy."""
    kept = Path(__file__).resolve().parents[1] / "kept" / "first_edition" / "home" / "runs"
    labs = Path(__file__).resolve().parents[2] / "lessons" / "labs"
    assert "numpy" not in loaded_by(
        "from pathlib import Path\n"
        "from tutor.labs.lab_files import lab_titles\n"
        "from tutor.runs.registry import Runs\n"
        f"assert any(entry.spec for entry in Runs(Path({str(kept)!r})).all())\n"
        f"assert dict(lab_titles(Path({str(labs)!r}), 'en'))['moons-net'] != 'moons-net'\n"
    )


def test_the_plain_front_loads_no_textual() -> None:
    modules = sorted(
        "tutor.plain." + path.stem
        for path in (Path(__file__).resolve().parents[2] / "tutor" / "plain").glob("*.py")
        if path.stem != "__init__"
    )
    assert modules
    assert "textual" not in loaded_by("import " + ", ".join(modules))


def test_course_study_and_progress_load_no_numpy() -> None:
    loaded = loaded_by(
        "import tutor.course.reader, tutor.course.checks, tutor.study.quiz_session, tutor.progress.store"
    )
    assert loaded.isdisjoint({"numpy", "plotext", "textual"})


_EVERY_PANEL = """
import tutor.runs.worker.__main__
from tutor.foundation.paths import lessons_folder
from tutor.labs.lab_files import list_labs, load_lab
from tutor.labs.panels import panel_class, panel_names
from tutor.runs.events import View
from tutor.runs.in_process import run_to_end
for name in panel_names():
    panel_class(name)
labs, data = lessons_folder() / "labs", lessons_folder() / "data"
specs = [load_lab(name, labs, {"train.epochs": 1}) for name in list_labs(labs)]
left = set(panel_names()) - {"loss"}
while left:  # the lab that shows most of them, one epoch of it
    framed = set()
    spec = max(specs, key=lambda each: len(left.intersection(each.show.panels)))
    run_to_end(spec, data, lambda event: isinstance(event, View) and event.part == "frame" and framed.add(event.panel))
    assert left.intersection(framed), f"no lab shows {left}"
    left -= framed
"""


def test_a_worker_loads_nothing_that_draws_whatever_panels_it_fills() -> None:
    assert loaded_by(_EVERY_PANEL).isdisjoint({"textual", "plotext", "click", "rich"})
