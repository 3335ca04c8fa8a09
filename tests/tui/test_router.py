"""Every route opens its screen: its name is a string, so neither mypy nor the linter follows it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest

from tests.runs.test_registry import FINISHED, epochs, make
from tests.tui.class_samples import learner_in_a_poll, teacher_of
from tests.tui.conftest import MakeWorkspace
from tests.tui.screen_rows import app_of, running, settled, text_of
from tutor import tui
from tutor.classroom.folder import ClassFolder
from tutor.labs.lab_config import LabConfig
from tutor.labs.lab_files import write_config
from tutor.tui import router, routes
from tutor.tui.app import TutorApp
from tutor.tui.routes import Route
from tutor.tui.screens.home import HomeScreen

RUN = "20260101-100000-aaaa"
CELL = "20260101-110000-bbbb"
BALL = LabConfig(id="ball", title={"en": "Ball on a curve"})


def lesson_file(app: TutorApp) -> Path:
    course = app.workspace.course
    assert course is not None
    return course.headers("en")[0].path


def a_cell(app: TutorApp) -> Path:
    folder = make(app.workspace.runs, CELL, epochs(1, 3), FINISHED)
    write_config(folder, BALL)
    return folder


def a_run(app: TutorApp) -> str:
    return make(app.workspace.runs, RUN, epochs(1, 3), FINISHED).name


def class_of(app: TutorApp) -> ClassFolder:
    folder = app.workspace.home / "class"
    folder.mkdir()
    return ClassFolder(folder)


def in_a_poll(app: TutorApp) -> Route:
    learner_in_a_poll(app, class_of(app))
    return routes.Poll()


def at_a_desk(app: TutorApp) -> Route:
    teacher_of(app, class_of(app))
    return routes.Classroom()


WAYS: dict[type[Route], tuple[Callable[[TutorApp], Route], str]] = {
    routes.Home: (lambda _: routes.Home(), "b labs"),
    routes.Lesson: (lambda _: routes.Lesson("loss"), "2 Model and loss"),
    routes.WatchedLesson: (lambda app: routes.WatchedLesson(lesson_file(app)), "01-learning.md"),
    routes.Quiz: (lambda _: routes.Quiz("loss"), "Model and loss › Quiz"),
    routes.Exam: (lambda _: routes.Exam("loss"), "Model and loss › Exam"),
    routes.Exercise: (lambda _: routes.Exercise("nothing"), "› nothing"),
    routes.Review: (lambda _: routes.Review(), "› Review"),
    routes.Notes: (lambda _: routes.Notes(), "› Notes"),
    routes.Progress: (lambda _: routes.Progress(), "› Progress"),
    routes.Lab: (lambda _: routes.Lab("ball"), "Ball on a curve"),
    routes.Labs: (lambda _: routes.Labs(), "› Labs"),
    routes.Runs: (lambda _: routes.Runs(), "› Runs"),
    routes.Run: (lambda app: routes.Run(a_run(app)), "one-lag"),
    routes.Sweep: (lambda _: routes.Sweep(BALL), "Ball on a curve › Sweep"),
    routes.Cell: (lambda app: routes.Cell(a_cell(app)), "Ball on a curve"),
    routes.Glossary: (lambda _: routes.Glossary("learning-rate"), "› Glossary"),
    routes.Term: (lambda _: routes.Term("learning-rate"), "┌ Learning rate"),
    routes.Settings: (lambda _: routes.Settings(), "› Settings"),
    routes.Help: (lambda app: routes.Help(app.screen), "› Help"),
    routes.Palette: (lambda app: routes.Palette(app.screen), "Course map"),
    routes.Source: (lambda _: routes.Source(BALL), "Ball on a curve › Code"),
    routes.Explain: (lambda _: routes.Explain(BALL), "Ball on a curve › One update"),
    routes.Poll: (in_a_poll, "A question to everybody"),
    routes.ClassNotice: (lambda _: routes.ClassNotice(), "Your teacher sees"),
    routes.Classroom: (at_a_desk, "1 Room"),
    routes.ClassRun: (lambda app: routes.ClassRun(a_cell(app), "anna"), "A run of anna"),
    routes.TooSmall: (lambda _: routes.TooSmall(), "too small"),
}
KINDS: dict[str, type[Route]] = {
    name: each
    for name, each in vars(routes).items()
    if isinstance(each, type) and issubclass(each, Route) and each is not Route
}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
async def test_every_route_opens_its_screen(workspace_in: MakeWorkspace, kind: type[Route]) -> None:
    way, words = WAYS[kind]
    async with running(workspace_in()) as pilot:
        app = app_of(pilot)
        app.too_small = True  # or its sentence goes at once
        route = way(app)
        router.go(app, route)
        for _ in range(200):
            await settled(pilot)
            if words in text_of(pilot):
                break
            await pilot.pause(0.02)
        assert words in text_of(pilot)
        assert len(app.screen_stack) == 2
        assert router.is_shown(app.screen, kind)
        router.go_back(app)
        await settled(pilot)
        assert isinstance(app.screen, HomeScreen)


def test_each_screen_has_a_route() -> None:
    folder = Path(tui.__path__[0]) / "screens"
    found = {
        ".".join(path.relative_to(folder).with_suffix("").parts).removesuffix(".__init__")
        for path in folder.rglob("*.py")
        if "\ndef screen_for(" in path.read_text(encoding="utf-8")
    }
    assert found == {kind.screen for kind in KINDS.values()}


async def test_a_screen_is_told_from_others_by_its_route_and_a_special_lesson_is_a_lesson(
    workspace_in: MakeWorkspace,
) -> None:
    async with running(workspace_in()) as pilot:
        app = app_of(pilot)
        assert router.is_shown(app.screen, routes.Home)
        assert not router.is_shown(app.screen, routes.Lesson)
        router.switch(app, routes.WatchedLesson(lesson_file(app)))
        await settled(pilot)
        assert len(app.screen_stack) == 1
        assert router.is_shown(app.screen, routes.Lesson)
        assert not router.is_shown(app.screen, routes.Home)


@pytest.mark.parametrize("opened", [1, 3])
async def test_home_waits_for_screens_that_are_still_to_come(workspace_in: MakeWorkspace, opened: int) -> None:
    async with running(workspace_in()) as pilot:
        app = app_of(pilot)
        home = app.screen
        for route in (routes.Glossary(), routes.Runs(), routes.Settings())[:opened]:
            router.go(app, route)
        router.go_home(app)
        await settled(pilot)
        await settled(pilot)
        assert app.screen_stack == [home]


async def test_home_is_one_step_from_anywhere_and_behind_the_last_screen(workspace_in: MakeWorkspace) -> None:
    async with running(workspace_in()) as pilot:
        app = app_of(pilot)
        home = app.screen
        for route in (routes.Runs(), routes.Settings(), routes.Glossary()):
            router.go(app, route)
            await settled(pilot)
        router.go_home(app)
        await settled(pilot)
        assert app.screen_stack == [home]
        router.switch(app, routes.Settings())
        await settled(pilot)
        router.go_back(app)
        await settled(pilot)
        assert len(app.screen_stack) == 1
        assert router.is_shown(app.screen, routes.Home)


async def test_a_screen_whose_module_is_imported_first_gets_the_next_key(
    workspace_in: MakeWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported: list[str] = []

    def import_in_a_thread(name: str) -> object:
        imported.append(threading.current_thread().name)
        return import_module(name)

    monkeypatch.setattr(router, "_is_imported", lambda _route: False)
    monkeypatch.setattr(router, "import_module", import_in_a_thread)
    async with running(workspace_in()) as pilot:
        imported.clear()
        app = app_of(pilot)
        await pilot.press("S", "question_mark")
        await settled(pilot)
        assert router.is_shown(app.screen, routes.Help)
        assert router.is_shown(app.screen_stack[-2], routes.Settings)
        assert imported[0] != threading.main_thread().name
