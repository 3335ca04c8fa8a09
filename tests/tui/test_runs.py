"""The list of runs, and one run on its screen. Logs are written by hand; no worker starts here."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.runs.test_registry import FINISHED, epochs, make
from tests.tui.conftest import MakeWorkspace
from tests.tui.screen_rows import lab_opened, running, settled, text_of
from tutor.labs.lab_config import LabConfig
from tutor.runs.events import DataFacts, Epochs, Paused, Started
from tutor.runs.follower import LOCK_FILE
from tutor.runs.processes import hold
from tutor.runs.registry import Runs
from tutor.tui import router
from tutor.tui.routes import Run
from tutor.tui.screens.runs import RunsScreen
from tutor.workspace import Workspace


async def shown(pilot: Pilot[int], *texts: str, absent: str = "") -> str:
    """The screen, as soon as it shows ``texts``."""
    for _ in range(200):
        await pilot.pause(0.05)
        text = text_of(pilot)
        if all(each in text for each in texts) and not (absent and absent in text):
            return text
    raise AssertionError(f"{texts} never came:\n{text_of(pilot)}")


@pytest.fixture
def workspace(workspace_in: MakeWorkspace) -> Workspace:
    return workspace_in()


def fill(workspace: Workspace) -> Runs:
    make(workspace.runs, "20260101-100000-aaaa", epochs(1, 3), FINISHED)
    make(workspace.runs, "20260101-110000-bbbb", epochs(1, 2), lab="ball")
    return workspace.runs


@pytest.mark.parametrize(
    ("language", "words"), [("en", ("state", "finished", "2 in all")), ("zh", ("状态", "2 次训练"))]
)
@pytest.mark.parametrize("size", [(80, 24), (140, 40), (40, 12)])
async def test_the_list_shows_every_run(
    workspace_in: MakeWorkspace, language: str, words: tuple[str, ...], size: tuple[int, int]
) -> None:
    workspace = workspace_in(language)
    fill(workspace)
    async with running(workspace, RunsScreen, size) as pilot:
        text = await shown(pilot, "aaaa", "bbbb", "✓", "✗")
        if size[0] >= 80:
            assert all(word in text for word in words)
            assert "0.3333" in text
            assert "█" in text


@pytest.mark.parametrize(("language", "words"), [("en", "Reading the runs"), ("zh", "正在读取训练列表")])
async def test_while_the_list_is_read_it_says_so(
    workspace_in: MakeWorkspace, language: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RunsScreen, "_look", lambda _self: None)
    async with running(workspace_in(language), RunsScreen) as pilot:
        await shown(pilot, words)


async def test_without_a_run_the_way_to_one_is_told(workspace: Workspace) -> None:
    async with running(workspace, RunsScreen) as pilot:
        await shown(pilot, "There are no runs yet")


async def test_a_run_that_goes_on_is_steered_from_the_list(workspace: Workspace) -> None:
    folder = make(workspace.runs, "20260101-120000-cccc", epochs(1, 1))
    lock = hold(folder / LOCK_FILE)
    assert lock is not None
    async with running(workspace, RunsScreen) as pilot:
        await shown(pilot, "running", "space pause")
        await pilot.press("space")
        await pilot.press("x")
        await settled(pilot)
        with (folder / "events.jsonl").open("a", encoding="utf-8") as log:
            log.write('{"type":"paused","epoch":1}\n')
        await shown(pilot, "paused", "space resume")
        await pilot.press("space")
        await settled(pilot)
    sent = [json.loads(line)["do"] for line in (folder / "control.jsonl").read_text(encoding="utf-8").splitlines()]
    assert sent == ["pause", "stop", "resume"]
    os.close(lock)


async def test_deleting_takes_two_keys_and_pinning_one(workspace: Workspace) -> None:
    runs = fill(workspace)
    async with running(workspace, RunsScreen) as pilot:
        await shown(pilot, "aaaa", "bbbb")
        await pilot.press("p")
        await shown(pilot, "★")
        assert [entry.pinned for entry in runs.all()] == [True, False]
        await pilot.press("D")
        await shown(pilot, "again to delete")
        await pilot.press("D")
        await shown(pilot, "aaaa", absent="★")
    assert [entry.short_id for entry in runs.all()] == ["aaaa"]


async def test_export_names_the_file(workspace: Workspace) -> None:
    fill(workspace)
    async with running(workspace, RunsScreen) as pilot:
        await shown(pilot, "bbbb")
        await pilot.press("e")
        await shown(pilot, "Written:")
    assert (workspace.home / "exports" / "20260101-110000-bbbb.csv").read_text(encoding="utf-8").startswith("epoch,")


async def test_enter_opens_the_run_and_c_compares_it(workspace: Workspace) -> None:
    fill(workspace)
    async with running(workspace, RunsScreen) as pilot:
        await shown(pilot, "bbbb")
        await pilot.press("m", "down")
        await shown(pilot, "◆")
        await pilot.press("c")
        screen = await lab_opened(pilot)
        assert screen.session.run_id[-4:] == "aaaa"
        assert [each.run_id[-4:] for each in screen.session.pinned] == ["bbbb"]
        await pilot.press("escape")
        await shown(pilot, "2 in all")


async def test_home_tells_of_a_run_that_went_on_meanwhile(workspace: Workspace) -> None:
    lock = hold(make(workspace.runs, "20260101-120000-cccc", epochs(1, 7)) / LOCK_FILE)
    assert lock is not None
    async with running(workspace) as pilot:
        await shown(pilot, "Still training: one-lag, epoch 7")
        await pilot.press("w")
        await shown(pilot, "cccc")
    os.close(lock)


def recorded(runs: Runs, *events: Epochs | Paused, task: str = "recorded") -> Path:
    import msgspec

    folder = make(runs, "20260101-130000-dddd")
    started = Started(
        run=folder.name, at="2026-01-01T13:00:00+00:00", spec=LabConfig(id="mine", title={"en": "my model"}),
        data=DataFacts(name="my model", task=task, train_rows=0, valid_rows=0),
    )  # fmt: skip
    lines = [msgspec.json.encode(event) + b"\n" for event in (started, *events)]
    (folder / "events.jsonl").write_bytes(b"".join(lines))
    return folder


async def test_a_recorded_run_is_watched_and_not_started_here(workspace: Workspace) -> None:
    folder = recorded(workspace.runs, epochs(1, 5))
    lock = hold(folder / LOCK_FILE)
    assert lock is not None
    async with running(workspace, lambda: router.screen_for(Run(folder.name))) as pilot:
        await shown(pilot, "my model", "space pause")
        screen = await lab_opened(pilot)
        offered: Callable[[], set[str]] = lambda: {each.id for each in screen.commands()}  # noqa: E731
        assert "lab.pause" in offered()
        assert not offered() & {"lab.restart", "lab.faster"}
        os.close(lock)
        await shown(pilot, "topped unexpectedly")
        assert "lab.start" not in offered()


@pytest.mark.parametrize(
    ("language", "crumb", "title", "keys"),
    [("en", "Run dddd: my model", "\n  loss  ", "x stop"), ("zh", "训练 dddd：my model", "\n  损失  ", "x 停止")],
)
@pytest.mark.parametrize("size", [(80, 24), (40, 12)])
async def test_nothing_is_claimed_of_what_another_program_trains(
    workspace_in: MakeWorkspace, language: str, crumb: str, title: str, keys: str, size: tuple[int, int]
) -> None:
    workspace = workspace_in(language)
    measured = Epochs(first=1, train=[1.0, 0.5], updates=2, seconds=0.1, metrics={"f1": [None, 0.75]})
    folder = recorded(workspace.runs, measured, task="followed")
    lock = hold(folder / LOCK_FILE)
    assert lock is not None
    async with running(workspace, lambda: router.screen_for(Run(folder.name)), size) as pilot:
        text = await shown(pilot, crumb if size == (80, 24) else crumb[:9], "0.5")
        assert not any(word in text for word in ("MSE", "seed", "种子", "full speed", "space"))
        assert "lab.pause" not in {each.id for each in (await lab_opened(pilot)).commands()}
        if size == (80, 24):
            assert title in text
            assert keys in text
            assert "f1" in text
            assert "0.75" in text
            await pilot.press("c", "p")
            pinned = await shown(pilot, {"en": "The next run of this name", "zh": "下一次同名的训练"}[language])
            assert not any(word in pinned for word in ("seed", "种子", "restart", "重来", "r runs", "再按 r"))
    os.close(lock)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [36, 40, 60, 76, 80, 110, 140])
def test_a_row_of_the_list_fits_its_width(workspace: Workspace, language: str, width: int) -> None:
    from tutor.charts.cells import row_width
    from tutor.foundation.clock import utc_now
    from tutor.foundation.translate import use_language
    from tutor.tui.screens.runs import run_items

    use_language(language)
    make(workspace.runs, "20260101-090000-eeee", lab="never")
    fill(workspace)
    entries = workspace.runs.all()
    rows = [item.draw(width) for item in run_items(entries, [], utc_now(), ascii=False)]
    assert max(row_width(row) for row in rows) <= width
    assert len({row_width(row) for row in rows}) == 1
    texts = ["".join(span.text for span in row) for row in rows]
    assert "nan" not in "".join(texts)
    assert all(sign in "".join(texts) for sign in "✓✗")
    assert "0.3333" in "".join(texts)
