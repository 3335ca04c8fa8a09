"""The control log: commands arrive in order, each once, and everybody sees who sent them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.translate import use_language
from tutor.labs.lab_config import LabConfig
from tutor.runs.control import (
    CONTROL_FILE,
    MAX_AUTHOR,
    Command,
    Inbox,
    Note,
    Pace,
    Pause,
    Resume,
    Set,
    Step,
    Stop,
    other_author,
    send,
    this_author,
)
from tutor.runs.events import Changed, Event, Finished, Noted, Paced, Paused, Refused, Resumed
from tutor.runs.words import describe
from tutor.runs.worker.steering import Steering

ANNA = "anna pts/3 4711"


def steered(*commands: Command) -> list[Event]:
    events: list[Event] = []
    Steering(LabConfig(id="x"), lambda _key, _value: None, events.append).obey(commands, 7, 70)
    return events


def test_an_author_is_this_process_and_no_other() -> None:
    assert this_author().endswith(str(os.getpid()))
    assert other_author(this_author()) == other_author("") == ""
    assert other_author(ANNA) == "anna pts/3"
    assert other_author("anna") == "anna"


def test_everything_that_was_asked_says_who_asked() -> None:
    commands = (
        Pause(by=ANNA), Resume(by=ANNA), Step(by=ANNA), Pace(5.0, by=ANNA), Set("learning_rate", 0.5, by=ANNA),
        Set("nonsense", 1, by=ANNA), Note("look", by=ANNA),
    )  # fmt: skip
    events = steered(*commands)
    assert [type(each) for each in events] == [Paused, Resumed, Paused, Paced, Changed, Refused, Noted]
    assert {each.by for each in events if not isinstance(each, Finished) and hasattr(each, "by")} == {ANNA}


def test_the_first_who_stops_a_run_has_stopped_it() -> None:
    steering = Steering(LabConfig(id="x"), lambda _key, _value: None, lambda _event: None)
    steering.obey([Stop(by=ANNA), Stop(by="ben pts/4 1")], 7, 70)
    assert (steering.reason, steering.stopped_by) == ("stop", ANNA)


def test_a_name_cannot_style_or_flood_a_terminal() -> None:
    (event,) = steered(Pause(by="\x1b[2J" + "x" * 5000))
    assert isinstance(event, Paused)
    assert "\x1b" not in event.by
    assert len(event.by) <= MAX_AUTHOR


@pytest.mark.parametrize(("language", "expected"), [("en", "anna pts/3: paused after"), ("zh", "anna pts/3：")])
def test_what_others_did_is_told_with_their_name_and_what_we_did_without(language: str, expected: str) -> None:
    use_language(language)
    assert describe(Paused(epoch=3, by=ANNA)).startswith(expected)
    assert describe(Paused(epoch=3, by=this_author())) == describe(Paused(epoch=3))
    assert "anna" not in describe(Paused(epoch=3))
    stopped = Finished(reason="stop", epoch=3, updates=3, seconds=0.1, by=ANNA)
    assert describe(stopped).startswith("anna pts/3")
    assert describe(Finished(reason="stop", epoch=3, updates=3, seconds=0.1, by=this_author())) == ""
    changed = Changed(epoch=3, updates=3, key="optimizer.learning_rate", value=0.5, by=ANNA)
    assert "optimizer.learning_rate" in describe(changed)
    assert "the rate" in describe(changed, lambda _key: "the rate")


def test_another_process_is_another_author(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from tutor.runs.control import Pause, send\n"
        "send(Path(sys.argv[1]), Pause())"
    )
    send(tmp_path, Pause())
    assert subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False).returncode == 0
    inbox = Inbox(tmp_path / "control.jsonl")
    ours, theirs = inbox.poll()
    inbox.close()
    assert not other_author(ours.by)
    assert other_author(theirs.by)


def test_commands_come_in_order_each_once(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path / CONTROL_FILE)
    commands: list[Command] = [
        Pause(),
        Step(3),
        Set("learning_rate", 0.1),
        Set("hidden", (4, 4)),
        Pace(5.0),
        Note("x"),
        Resume(),
        Stop(),
    ]
    for command in commands:
        send(tmp_path, command)
    assert inbox.poll() == [replace(command, by=this_author()) for command in commands]
    assert inbox.poll() == []
    send(tmp_path, Stop(by="anna pts/3 7"))
    assert inbox.poll() == [Stop(by="anna pts/3 7")]
    inbox.close()


def test_commands_of_many_controllers_all_arrive(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from tutor.runs.control import Note, send\n"
        "for n in range(100): send(Path(sys.argv[1]), Note(sys.argv[2] + str(n)))"
    )
    controllers = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path), who]) for who in "ab"]
    for controller in controllers:
        assert controller.wait(timeout=60) == 0
    inbox = Inbox(tmp_path / CONTROL_FILE)
    found = inbox.poll()
    inbox.close()
    for who in "ab":
        assert [each.text for each in found if isinstance(each, Note) and each.text.startswith(who)] == [
            f"{who}{n}" for n in range(100)
        ]


@given(st.binary(max_size=80))
def test_soup_in_the_control_log_stops_nobody(tmp_path_factory: pytest.TempPathFactory, soup: bytes) -> None:
    path = tmp_path_factory.mktemp("control") / CONTROL_FILE
    path.write_bytes(soup + b"\n")
    inbox = Inbox(path)
    assert inbox.poll() == []
    send(path.parent, Pause())
    assert inbox.poll() == [Pause(by=this_author())]
    inbox.close()


def test_a_control_log_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(TutorError, match="cannot be controlled: No such file") as caught:
        send(tmp_path / "gone", Stop())
    assert caught.value.exit_code is ExitCode.CANNOT_WRITE
