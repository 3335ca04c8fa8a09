"""The chart of ``tutor train`` on a terminal, read back through a terminal emulator."""

from __future__ import annotations

import io

import pyte
import pytest

from tutor.labs.lab_config import LabConfig
from tutor.ml.settings import TrainSettings
from tutor.plain.moving_chart import MovingChartReporter
from tutor.runs.events import DataFacts, Epochs, Event, Finished, Started
from tutor.runs.summary import RunSummary, fold


class Screen(io.StringIO):
    """A terminal of 80x24 in memory."""

    encoding = "utf-8"

    def __init__(self) -> None:
        super().__init__()
        self.screen = pyte.Screen(80, 24)
        self._stream = pyte.Stream(self.screen)

    def write(self, text: str) -> int:
        self._stream.feed(text.replace("\n", "\r\n"))
        return super().write(text)

    def rows(self) -> list[str]:
        return [row.rstrip() for row in self.screen.display]


def events_of_a_run(epochs: int) -> list[Event]:
    started = Started(
        run="r", at="", spec=LabConfig(train=TrainSettings(epochs=epochs)),
        data=DataFacts(name="views", task="regression", train_rows=1, valid_rows=1),
    )  # fmt: skip
    pieces = [
        Epochs(first=epoch, train=[1 / epoch], valid=[2 / epoch], updates=epoch, seconds=0.1 * epoch)
        for epoch in range(1, epochs + 1)
    ]
    return [started, *pieces, Finished(reason="epochs", epoch=epochs, updates=epochs, seconds=1.0)]


def draw(*, ascii: bool) -> Screen:
    screen = Screen()
    reporter = MovingChartReporter(screen, colour=False, ascii=ascii)
    summary = RunSummary()
    for event in events_of_a_run(30):
        fold(summary, [event])
        reporter.events([event], summary)
    reporter.end(summary)
    return screen


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Screen:
    monkeypatch.setattr("tutor.plain.moving_chart._SECONDS_BETWEEN", 0.0)
    return draw(ascii=False)


def test_the_chart_is_drawn_in_place_and_left_with_the_outcome(drawn: Screen) -> None:
    rows = drawn.rows()
    assert sum("epoch 30/30" in row for row in rows) == 1
    assert not any("epoch 29/30" in row for row in rows)
    assert sum(" train " in row for row in rows if "epoch" not in row) == 1
    assert sum("━ valid" in row for row in rows) == 1
    assert any(row.startswith("Finished after 30 epochs and 30 updates") for row in rows)


def test_no_row_is_wider_than_the_terminal_and_no_colour_is_sent_unasked(drawn: Screen) -> None:
    assert "\x1b[3" not in drawn.getvalue()
    assert all(len(row) < 80 for row in drawn.rows())


def test_without_unicode_the_chart_is_drawn_in_ascii() -> None:
    screen = draw(ascii=True)
    assert any("* train" in row for row in screen.rows())
    assert all(row.isascii() for row in screen.rows())


@pytest.mark.parametrize(
    ("setting", "locale", "ascii"),
    [(None, "C", True), (None, "C.UTF-8", False), (False, "C", False), (True, "C.UTF-8", True)],
)
def test_the_learners_setting_decides_over_the_locale(
    setting: bool | None, locale: str, ascii: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tutor.plain.train import choose_reporter
    from tutor.progress.settings import Settings, save_settings

    save_settings(Settings(ascii=setting))
    monkeypatch.setenv("LANG", locale)
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.setattr("sys.stdout", screen := Screen())
    monkeypatch.setattr(screen, "isatty", lambda: True)
    reporter = choose_reporter(None)
    assert isinstance(reporter, MovingChartReporter)
    assert reporter.ascii is ascii
