"""Two terminals at one run: what is done in one is seen and told in the other."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.test_lab import lab
from tutor.runs.control import this_author
from tutor.runs.events import Changed, Noted, Paced, Paused, Resumed

BEN = "ben pts/7 99"


@pytest.mark.parametrize(
    ("language", "paused", "changed"),
    [("en", "ben pts/7: paused after epoch 3", "learning rate is now 0.5"), ("zh", "ben pts/7：", "学习率 改为 0.5")],
)
@pytest.mark.parametrize("size", [(80, 24), (40, 12)])
async def test_what_another_terminal_did_is_told_and_the_controls_turn_with_it(
    tmp_path: Path, language: str, paused: str, changed: str, size: tuple[int, int]
) -> None:
    async with lab(tmp_path, language=language, size=size) as bench:
        await bench.press("space")
        bench.run.train([0.5, 0.4, 0.3])
        bench.run.write(Paused(epoch=3, by=BEN))
        assert paused in await bench.text()
        session = bench.screen.session
        control = session.spec.controls["learning_rate"]
        assert session.value(control) == 0.1
        bench.run.write(Changed(epoch=3, updates=12, key="optimizer.learning_rate", value=0.5, by=BEN))
        assert "".join(changed.split()) in "".join((await bench.text()).split())
        assert session.value(control) == 0.5
        assert not session.draft.can_undo
        assert session.holds(control.key)


async def test_a_pace_that_another_terminal_set_is_the_pace_here(tmp_path: Path) -> None:
    async with lab(tmp_path) as bench:
        await bench.press("space", "comma")
        session = bench.screen.session
        wished = session.pace
        bench.run.write(Paced(epoch=0, pace=wished, by=this_author()))
        await bench.look()
        assert session.pace == wished
        bench.run.write(Paced(epoch=1, pace=5.0, by=BEN))
        assert "ben pts/7: pace 5" in await bench.text()
        assert session.pace == 5.0


async def test_what_was_done_here_is_not_told_again_and_what_was_before_joining_neither(tmp_path: Path) -> None:
    async with lab(tmp_path) as bench:
        await bench.press("space")
        bench.run.write(Paused(epoch=0, by=this_author()), Resumed(epoch=0))
        assert "paused after" not in await bench.text()
        session = bench.screen.session
        bench.run.write(Noted(epoch=0, text="early", by=BEN))
        session.catch_up()
        assert session.other_terminals.take() == []
