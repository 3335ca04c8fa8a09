"""What of a run is news: its end, that it diverges, that it reaches its goal, each once."""

from __future__ import annotations

from tutor.labs.lab_config import ChallengeConfig, LabConfig
from tutor.runs.news import RunNews
from tutor.runs.summary import RunSummary

SPEC = LabConfig(id="ball", challenge=ChallengeConfig(goal="epochs >= 3"))


def summary(run: str = "run-7f3a", **more: object) -> RunSummary:
    return RunSummary(**{"run": run, "state": "running", "spec": SPEC, **more})  # type: ignore[arg-type]


def test_each_piece_of_news_is_told_once() -> None:
    news = RunNews(joins=True)
    assert news.take(None) == news.take(RunSummary()) == ""
    run = summary()
    assert news.take(run) == ""
    run.diverged = True
    assert news.take(run) == "ball (7f3a): it diverges"
    assert news.take(run) == ""
    run.state = "finished"
    assert news.take(run) == "ball (7f3a): finished"
    assert news.take(run) == ""


def test_what_was_there_before_is_news_only_to_who_began_the_run() -> None:
    ended = summary(state="finished", diverged=True)
    assert RunNews(joins=True).take(ended) == ""
    assert RunNews(joins=False).take(ended) == "ball (7f3a): it diverges, finished"


def test_a_goal_is_reached_once_for_each_run() -> None:
    news = RunNews(joins=True)
    for name in ("run-1111", "run-2222"):
        run = summary(name)
        assert news.take(run) == ""
        run.epoch = 3
        assert news.take(run) == f"ball ({name[-4:]}): the goal is reached"
        assert news.take(run) == ""
