"""Nothing that was typed, or that stands in a file of somebody else's, reaches the terminal as more than text."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import click
import msgspec
import pytest

from tutor.cli import commands, run
from tutor.cli.class_keys import add_class_group
from tutor.cli.exchange_commands import add_exchange_commands
from tutor.cli.progress_commands import add_progress_commands
from tutor.cli.run_commands import add_run_commands
from tutor.foundation.errors import ExitCode
from tutor.labs.lab_config import LabConfig
from tutor.runs.events import Changed, DataFacts, Epochs, Event, Failed, Finished, Noted, Refused, Started, View
from tutor.runs.sweep.plan import Axis, SweepPlan
from tutor.runs.sweep.results import PLAN_FILE, RESULTS_FILE, CellResult, Troubled

CONTROLS = re.compile(
    "[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\U000e0000-\U000e007f]"
)
WRITTEN = "\x1b]52;c;eA==\a\x9b2J\x08\x7f\u202e\u2066\u200e\u2028\ufeff"
"""What a file can hold."""
TYPED = f"x{WRITTEN}\r\udcff"
"""What a command line can hold besides: bytes that are no UTF-8."""
LESSONS = Path(__file__).resolve().parents[2] / "lessons"
RUN = "20260101-120000-7f3a"


def leaves(group: click.Group, *before: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command with its words."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from leaves(command, *before, name)
        yield (*before, name), command


def every_command() -> list[tuple[tuple[str, ...], click.Command]]:
    root = click.Group("tutor", commands=dict(commands.root.commands))
    add_run_commands(root)
    add_progress_commands(root)
    add_exchange_commands(root)
    add_class_group(root)
    return list(leaves(root))


def hostile_lines() -> list[list[str]]:
    """For every command, and for each place where it takes a word, a line with a hostile word in that place."""
    lines: list[list[str]] = [[TYPED], ["--" + TYPED], ["--driver", TYPED], [f"{TYPED}.md"], [f"./{TYPED}"]]
    for words, command in every_command():
        lines.append([*words, "--" + TYPED])
        lines.append([*words, *[TYPED] * 4])
        needed = [p for p in command.params if isinstance(p, click.Argument) and p.required]
        for parameter in command.params:
            others = ["one-lag" for each in needed if each is not parameter]
            for value in (TYPED, f"./{TYPED}.toml", f"{TYPED}={TYPED}", f"learning_rate={TYPED}", f"{TYPED}.md"):
                if isinstance(parameter, click.Argument):
                    lines.append([*words, *others, value])
                elif not parameter.is_flag:  # type: ignore[attr-defined]
                    lab = ["one-lag"] if any(each.name == "lab" for each in command.params) else []
                    extra = ["/no/such.csv"] if parameter.name == "to" else []
                    lines.append([*words, *(others or lab), parameter.opts[0], value, *extra])
    return lines


def said_by(line: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    run(line)
    out, err = capsys.readouterr()
    return out + err


def assert_clean(said: str, *, of: object) -> None:
    around = [said[max(0, found.start() - 60) : found.end() + 30] for found in CONTROLS.finditer(said)]
    assert around == [], of


@pytest.mark.usefixtures("small_course")
def test_no_word_of_a_command_line_is_given_back_raw(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tutor.cli.fronts.require_terminal", lambda: None)
    started: list[str] = []
    monkeypatch.setattr("tutor.runs.registry.start_worker", lambda *_: started.append("worker"))
    monkeypatch.setattr("tutor.runs.sweep.registry.start_worker", lambda *_: started.append("worker"))
    lines = hostile_lines()
    assert len(lines) > 150
    for line in lines:
        assert_clean(said_by(line, capsys), of=line)


LESSON = f"""---
id: evil
title: "Evil \\e]52;c;eA==\\a {WRITTEN}"
needs: []
minutes: 5
part: "{WRITTEN}"
---

# {WRITTEN}

Text {WRITTEN} and [{WRITTEN}](#{WRITTEN}).

```toml lab
use = "evil"
name = "a"
"optimizer.learning_rate" = "{WRITTEN[1:]}"
```

### Which {WRITTEN}?

<!-- q: which -->

Prompt {WRITTEN}

1. [x] one {WRITTEN}
   > Feedback {WRITTEN}
2. [ ] two {WRITTEN}

### Odd {WRITTEN}

<!-- q: {WRITTEN} -->

1. [x] one
"""
ESCAPED = json.dumps(WRITTEN)
LAB = f"""
id = {ESCAPED}
title = {{ en = {ESCAPED}, zh = {ESCAPED} }}
about = {{ {ESCAPED} = {ESCAPED} }}
[data]
name = "views"
[train]
epochs = 2
""".replace("\x7f", "\\u007f")  # fmt: skip
BAD_LAB = LAB + f"""
[optimizer]
name = {ESCAPED}
{ESCAPED} = 3
[{ESCAPED}.x]
y = {ESCAPED}
""".replace("\x7f", "\\u007f")  # fmt: skip


def write_log(path: Path, *written: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(msgspec.json.encode(event) + b"\n" for event in written))


def hostile_events() -> list[Event]:
    evil = WRITTEN
    spec = LabConfig(id=evil, title={"en": evil, "zh": evil}, about={"en": evil})
    data = DataFacts(name=evil, task=evil, train_rows=1, valid_rows=1, notes=(evil,), feature_names=(evil,))
    return [
        Started(run=evil, at=evil, spec=spec, versions={evil: evil}, data=data),
        Epochs(first=1, train=[2.0, 1.0], updates=2, seconds=0.1, metrics={evil: [1.0, 2.0]}),
        View(panel="text", part="frame", epoch=2, data={"lines": [evil, evil]}),
        View(panel=evil, part="frame", epoch=2, data={evil: evil}),
        Changed(epoch=2, updates=2, key=evil, value=evil, by=f"{evil} pts/3 1"),
        Refused(epoch=2, key=evil, message=evil, by=f"{evil} pts/3 1"),
        Noted(epoch=2, text=evil, by=f"{evil} pts/3 1"),
        Finished(reason="stop", epoch=2, updates=2, seconds=0.2, by=evil, facts={evil: 1.0}),
        Failed(epoch=2, message=evil, hint=evil),
    ]


@pytest.fixture
def hostile(own_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Lessons, labs, runs, a sweep, a table and answers, in all of which every text wants to steer the terminal."""
    name = WRITTEN
    lessons = tmp_path / f"lessons{name}"
    (lessons / "en").mkdir(parents=True)
    (lessons / "labs").mkdir()
    (lessons / "data").symlink_to(LESSONS / "data")
    (lessons / "en" / "01-evil.md").write_text(LESSON)
    (lessons / "en" / f"02-{name}\udcff.md").write_text(LESSON)
    (lessons / "labs" / "evil.toml").write_text(LAB)
    (lessons / "labs" / f"bad{name}\udcff.toml").write_text(BAD_LAB)
    shutil.copy(LESSONS / "labs" / "one-lag.toml", lessons / "labs")
    monkeypatch.setenv("TUTOR_LESSONS", str(lessons))
    write_log(own_home / "runs" / RUN / "events.jsonl", *hostile_events())
    (own_home / "runs" / RUN / f"{name}\udcff").write_text("x")
    (own_home / "runs" / "20260101-120000-0bad").write_text(name)
    plan = SweepPlan(spec=LabConfig(id=name), axes=(Axis("train.seed", (1, 2)),))
    sweep = own_home / "sweeps" / "0123456789ab"
    write_log(
        sweep / RESULTS_FILE,
        CellResult(cell=0, run=name, state="failed", message=name),
        Troubled(message=name, hint=name),
    )
    (sweep / PLAN_FILE).write_bytes(msgspec.json.encode(plan))
    (own_home / "settings.json").write_text(json.dumps({"language": name, "theme": name, name: name, "ascii": name}))
    answer = {
        "key": f"k{name}", "at": 1_760_000_000_000, "lesson": name, "question": name, "kind": "fill-in",
        "given": [name], "correct": 0, "score": 0.0, "unsure": 0, "confidence": None, "hints": 0, "seconds": 1.0,
        "language": name, "seed": 1, "quiz": name, "runs": [],
    }  # fmt: skip
    exported = {"format": "tutor-progress", "version": 1, "answers": [answer]}
    (tmp_path / "answers.json").write_text(json.dumps(exported))
    (tmp_path / f"table{name}.csv").write_text(f"a{name},b{name}\n" + f"1,{name}\n2,x\n" * 20)
    (tmp_path / "one.csv").write_text(f"a{name},b\n" + "".join(f"{n},{n % 7}\n" for n in range(30)))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def lines_for(hostile: Path) -> list[list[str]]:
    table = next(str(path) for path in hostile.glob("table*.csv"))
    lesson = next(str(path) for path in hostile.glob("lessons*/en/02*"))
    lab = next(str(path) for path in hostile.glob("lessons*/labs/bad*"))
    return [
        ["list"], ["check"], ["check", lesson], ["read", "evil"], ["read", lesson], ["read", "--plain", "1"],
        ["quiz", "evil"], ["quiz", lesson], ["review"], ["review", "--due"], ["doctor"], ["runs"], ["watch", "--plain"],
        ["watch", "7f3a", "--narrate"], ["watch", "7f3a"], ["watch", "0bad", "--plain"], ["train", lab],
        ["run", "export"], ["run", "export", "--to", f"out{WRITTEN}.csv"],
        ["run", "export", "--as", "tensorboard", "--to", f"tb{WRITTEN}"], ["run", "import", table],
        ["run", "import", table, "--follow"], ["watch", "--csv", table, "--plain"], ["run", "pin", "7f3a"],
        ["run", "note", "7f3a", WRITTEN], ["train", "--data", table, "--target", "b"], ["train", "--data", table],
        ["train", "--data", "one.csv", "--target", "b", "--plain", "--detach"], ["train", "evil", "--detach"],
        ["train", "one-lag", "--set", f"title.en={WRITTEN}", "--detach"], ["train", "evil", "--text", table],
        ["progress", "import", "answers.json"], ["progress", "import", table], ["progress"], ["progress", "items"],
        ["progress", "export", "--format", "csv"], ["progress", "reset", "--all", "--yes"], ["new", f"a {WRITTEN}"],
        ["run", "delete", "0bad"], ["run", "delete", "7f3a"],
    ]  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_in_a_file_reaches_the_terminal_raw(
    hostile: Path, language: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import io
    import sys

    monkeypatch.setenv("LANG", "zh_CN.UTF-8" if language == "zh" else "C.UTF-8")
    monkeypatch.setattr("tutor.runs.registry.start_worker", lambda *_: None)
    monkeypatch.setenv("TERM", f"xterm{WRITTEN}")
    monkeypatch.setattr("tutor.plain.steer._ANSWER_SECONDS", 0.0)
    shown = 0
    for line in lines_for(hostile):
        monkeypatch.setattr(sys, "stdin", io.StringIO(f"{TYPED}\n1\n1\n"))
        said = said_by(line, capsys)
        assert_clean(said, of=line)
        shown += "\ufffd" in said
    assert shown > 15  # they do come so far: each is shown with a sign in the place of what would steer


def test_json_says_what_the_log_says_in_escapes(hostile: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = said_by(["watch", "7f3a", "--json"], capsys)
    assert_clean(said, of="watch --json")
    events = [json.loads(line) for line in said.splitlines()]
    assert events[0]["spec"]["title"]["en"] == WRITTEN
    assert events[6]["text"] == WRITTEN
    assert_clean(said_by(["runs", "--json"], capsys), of="runs --json")
    run(["progress", "import", "answers.json"])
    capsys.readouterr()
    assert_clean(said_by(["progress", "export"], capsys), of="progress export")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completions_are_names_that_can_be_typed(
    hostile: Path, shell: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("_TUTOR_COMPLETE", f"{shell}_complete")
    for words in ("tutor train ", "tutor watch ", "tutor read ", f"tutor {TYPED[:2]}"):
        monkeypatch.setenv("COMP_WORDS", words)
        at = "2" if words.endswith(" ") else "1"
        monkeypatch.setenv("COMP_CWORD", at if shell != "fish" else "")
        with pytest.raises(SystemExit):
            run([])
        said = capsys.readouterr().out
        assert_clean(said, of=words)
        assert "one-lag" in said or "train" not in words


def test_a_refusal_keeps_its_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([TYPED]) == ExitCode.USAGE
