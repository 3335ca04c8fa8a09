"""Hostile logs and labs, through the commands that read them: tracebacks and hangs are counted.

Run from the root of the checkout::

    .venv/bin/python -m tests.bench.hostile                  # 300 logs, 300 labs
    .venv/bin/python -m tests.bench.hostile --count 50 --seed 7 --keep /tmp/hostile

Half of the files are good ones with random damage (bytes, lines, numbers, values of other kinds), half are made on
purpose. Logs go through ``runs``, ``watch --plain``, ``watch --narrate``, ``watch --json``, ``run export`` (both
kinds), the replay and every panel's drawing; labs through ``check`` and ``train``, which is cut short after two epochs.
Everything happens in this process, so that thousands of commands take minutes; what hangs for ten seconds is counted.
"""

from __future__ import annotations

import argparse
import contextlib
import copy
import io
import json
import os
import random
import re
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "tests" / "kept" / "first_edition"
LESSONS = ROOT / "lessons"
RUN = "20260101-120000-7f3a"
LONGEST = 10
"""Seconds; what takes longer hangs."""
MEMORY = 3 << 30
CONTROLS = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
EVIL = "\x1b]52;c;eA==\a\x9b2J\u202e\x7f"
ODD: list[Any] = [
    None,
    True,
    False,
    0,
    -1,
    1,
    2**31,
    2**53,
    2**63,
    2**64,
    10**30,
    1e308,
    -1e308,
    5e-324,
    0.5,
    "",
    "x",
    EVIL,
    "0",
    [],
    {},
    [[]],
    [None],
    {"": None},
    [1, "x", None],
    "x" * 10_000,
    list(range(1000)),
    {"en": EVIL},
    "../../etc/passwd",
    "nan",
]


class HangsError(BaseException):
    """A command took longer than `LONGEST`."""


# -- damage ------------------------------------------------------------------------------------------------


def damaged_bytes(dice: random.Random, content: bytes) -> bytes:
    """``content`` with some bytes, lines or stretches changed, doubled, removed or swapped."""
    for _ in range(dice.randint(1, 6)):
        at = dice.randrange(len(content) + 1)
        before, short, behind = content[:at], content[at : at + 40], content[at + 40 :]
        lines = content.split(b"\n")
        number = str(dice.choice([0, -1, 10**18, 10**400, 7])).encode()
        content = dice.choice([
            before + dice.randbytes(dice.randint(1, 8)) + short[1:] + behind,
            before + behind,
            before + short * dice.randint(2, 50) + behind,
            before + b"\n" + short + behind,
            before,
            b"\n".join(dice.sample(lines, len(lines))),
            before + re.sub(rb"\d+", number, short, count=dice.randint(1, 4)) + behind,
        ])  # fmt: skip
    return content


def places_in(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container in ``value`` with every key or index of it."""
    pairs = (
        list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, list) else []
    )
    for key, inner in pairs:
        yield value, key
        yield from places_in(inner)


def damaged_value(dice: random.Random, value: Any) -> Any:
    """Plain values with some of them replaced by odd ones, by each other, or left out."""
    value = json.loads(json.dumps(value))
    for _ in range(dice.randint(1, 4)):
        places = list(places_in(value))
        if not places:
            return value
        container, key = dice.choice(places)
        if isinstance(container, dict) and dice.random() < 0.2:
            del container[key]
        elif dice.random() < 0.3:
            other, at = dice.choice(places)
            with contextlib.suppress(KeyError, IndexError):
                container[key] = json.loads(json.dumps(other[at]))
        else:
            container[key] = copy.deepcopy(dice.choice(ODD))
    return value


# -- logs --------------------------------------------------------------------------------------------------


def good_logs() -> list[bytes]:
    return [path.read_bytes() for path in sorted(KEPT.rglob("events.jsonl"))]


def crafted_logs(dice: random.Random) -> list[bytes]:
    """Logs that nobody writes by accident."""
    started = good_logs()[0].split(b"\n")[0]

    def epochs(**changes: object) -> bytes:
        return json.dumps(
            {"type": "epochs", "first": 1, "train": [1.0], "updates": 1, "seconds": 0.1, **changes}
        ).encode()

    def log(*lines: bytes) -> bytes:
        return b"\n".join([started, *lines, b""])

    big = 2**53
    names = {f"m{n}": [1.0] for n in range(3000)}
    return [
        b"",
        b"\n" * 100_000,
        b"\0" * 3_000_000,
        b"x" * 3_000_000,
        b"[" * 500_000,
        started,
        b"\xff\xfe" + started,
        b"\xef\xbb\xbf" + started + b"\n" + epochs(),
        started.replace(b"\n", b"\r\n") + b"\r\n" + epochs() + b"\r\n",
        log(epochs(first=0)),
        log(epochs(first=-3)),
        log(epochs(first=big)),
        log(epochs(first=10**400)),
        log(epochs(train=[])),
        log(epochs(train=[None] * 5)),
        log(epochs(train=[1e308, -1e308, 1e308])),
        log(epochs(train=[5e-324]), epochs(first=2, train=[1e308])),
        log(epochs(updates=-1)),
        log(epochs(seconds=-1e300)),
        log(epochs(seconds=1e308)),
        log(epochs(first=900_000)),
        log(*(epochs(first=n * 900_000 + 2) for n in range(400))),
        log(epochs(first=900_000, metrics=names)),
        log(*(epochs(first=900_000 - n) for n in range(3000))),
        log(epochs(train=[1.0], valid=[1.0] * 500, train_accuracy=[9e9])),
        log(epochs(learning_rate=1e308, gradient_norm=-1)),
        log(epochs(numbers=[1e308], not_finite={"train_loss": "+" * 500})),
        log(epochs(numbers=[-1.5] * 100)),
        log(epochs(first=5), epochs(first=3), epochs(first=9), epochs(first=1)),
        log(*[started] * 500),
        log(b'{"type":"finished","reason":"epochs","epoch":0,"updates":0,"seconds":0}', epochs()),
        log(*(b'{"type":"view","panel":"p%d","part":"frame","epoch":0,"data":{}}' % n for n in range(20_000))),
        log(b'{"type":"view","panel":"fit","part":"scene","epoch":0,"data":' + b'{"x":' * 400 + b"1" + b"}" * 401),
        log(*(b'{"type":"noted","epoch":0,"text":"%d"}' % n for n in range(20_000))),
        log(json.dumps({"type": "noted", "epoch": 0, "text": EVIL + "\n" * 2000 + "x" * 500_000}).encode()),
        log(json.dumps({"type": "failed", "epoch": 0, "message": EVIL * 1000, "hint": "\n".join("abc")}).encode()),
        log(json.dumps({"type": "changed", "epoch": 0, "updates": 0, "key": EVIL, "value": [EVIL] * 99}).encode()),
        log(b'{"type":"noted","epoch":0,"text":"\\ud800"}'),
        log(b'{"type":"noted","epoch":0,"text":"\xed\xa0\x80"}'),
    ]


def hostile_log(dice: random.Random, number: int) -> bytes:
    crafted = crafted_logs(dice)
    if number < len(crafted):
        return crafted[number]
    content = dice.choice(good_logs())
    if number % 2:
        return damaged_bytes(dice, content)
    lines = []
    for line in content.splitlines():
        value = json.loads(line)
        if dice.random() < 0.5:
            value = damaged_value(dice, value)
        lines.append(json.dumps(value, ensure_ascii=dice.random() < 0.5).encode("utf-8", "surrogatepass"))
    return b"\n".join(lines) + b"\n"


# -- labs --------------------------------------------------------------------------------------------------


def crafted_labs() -> list[bytes]:
    """Labs that nobody writes by accident."""
    parts = ".".join("a" * 3000)
    escaped = json.dumps(EVIL).replace("\x7f", "\\u007f")
    texts = [
        "",
        "\0",
        "=",
        "[",
        "[[",
        '"',
        '"""',
        "'''",
        "[" * 100_000,
        "x = " + "[" * 5000,
        "x = " + "{a=" * 3000,
        "x = " + "9" * 5000,
        "x = 0x" + "f" * 9000,
        "x = 1e999",
        "x = -inf",
        "x = nan",
        f"{parts} = 1",
        f"[{parts}]",
        "a." * 60_000 + "a = 1",
        "[" + "a." * 60_000 + "a]",
        "\n".join(f"[{'a.' * 28}a{n}]" for n in range(2000)),
        "x = [" + "1," * 60_000 + "]",
        "#" * 200_000,
        " " * 200_000,
        "\n" * 200_000,
        "\t" * 100_000 + "= 1",
        '"a"' + '."a"' * 5000 + " = 1",
        "x" * 100_000 + " = 1",
        "\ufeffx = 1",
        "x = 1979-05-27T07:32:00Z",
        f"title = {{ en = {escaped} }}\nid = {escaped}",
        f"[{escaped}]\n{escaped} = {escaped}",
        "[data]\nname = 1979-05-27",
        "data = 5",
        "data = [1]",
        "[data.name]\nx = 1",
        "[title]\nen = [1]",
        "title = 5",
        "[[data]]\nname = 'views'",
        '[data]\nname = "csv"',
        '[data]\nname = "csv"\npath = "/dev/zero"\ntarget = "a"',
        '[data]\npath = "\\u0000"',
        '[data]\nname = "text"\ntext = "file"\npath = "/dev/zero"',
        '[data]\nname = "csv"\npath = "/"\ntarget = "a"',
        "[train]\nepochs = 10000000000000000000000",
        "[train]\nepochs = -1",
        "[train]\nseed = 1.5",
        "[train]\nbatch_size = true",
        "[train]\nmax_seconds = 1e308",
        "[train]\nmax_memory_mb = 99999999999",
        '[model]\nname = "mlp"\nhidden = [4096, 4096]',
        '[model]\nname = "mlp"\nhidden = [' + "1," * 2000 + "]",
        '[optimizer]\nname = "gd"\nlearning_rate = 1e6',
        "[controls]\nx = 1",
        "[controls]\nlearning_rate = []",
        "[controls]\nlearning_rate = [2.0, 1.0]",
        '[controls]\nlearning_rate = { key = "nothing" }',
        "[controls.a.b.c]\nd = 1",
        '[challenge]\ngoal = "' + "(" * 5000 + '"',
        '[challenge]\ngoal = "' + "not " * 5000 + '1"',
        '[challenge]\ngoal = "1 < 2 and " ',
        '[show]\npanels = ["nothing"]',
        "[show]\npanels = [" + '"loss",' * 3000 + "]",
        '[show]\npanels = ["loss", "loss"]',
        "[loss]\nname = 7",
    ]
    return [text.encode("utf-8") for text in texts] + [bytes(range(256)), b"\xff\xfe[\0d\0", b"x = '\xed\xa0\x80'"]


def hostile_lab(dice: random.Random, number: int) -> bytes:
    crafted = crafted_labs()
    if number < len(crafted):
        return crafted[number]
    content = dice.choice(sorted((LESSONS / "labs").glob("*.toml"))).read_bytes()
    if number % 2:
        return damaged_bytes(dice, content)
    lines = content.split(b"\n")
    keys = [index for index, line in enumerate(lines) if b"=" in line]
    for _ in range(dice.randint(1, 3)):
        index = dice.choice(keys)
        odd = json.dumps(dice.choice(ODD)).replace("null", '"null"').replace("\x7f", "\\u007f")
        lines[index] = lines[index].partition(b"=")[0] + b"= " + odd.encode()
    return b"\n".join(lines)


# -- trying ------------------------------------------------------------------------------------------------


class Count:
    """What went wrong, by kind.

    Args:
        keep: Where to keep the files that did it; None for nowhere.
    """

    def __init__(self, keep: Path | None) -> None:
        self.keep = keep
        self.tried = 0
        self.slowest = (0.0, "")
        self.wrong: Counter[str] = Counter()

    def run(self, what: str, name: str, content: bytes, act: Callable[[], object]) -> None:
        """Do ``act`` with the file ``name``; what it says must be harmless."""
        self.tried += 1
        said = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
        signal.alarm(LONGEST)
        begun, kind = time.monotonic(), ""
        try:
            with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
                act()
            text = said.buffer.getvalue().decode("utf-8", "surrogateescape")
            if "Traceback (most recent call last)" in text:
                kind = f"traceback: {text.strip().splitlines()[-1][:80]}"
            elif found := CONTROLS.search(text):
                kind = f"control {found[0]!r}"
        except HangsError:
            kind = "hangs in " + " < ".join(f"{each.name}:{each.lineno}" for each in last_places()[-3:])
        except BaseException as error:
            place = traceback.extract_tb(error.__traceback__)[-1]
            kind = f"{type(error).__name__} at {Path(place.filename).name}:{place.lineno}"
        finally:
            signal.alarm(0)
        self.slowest = max(self.slowest, (time.monotonic() - begun, f"{what} {name}"))
        if kind:
            self.wrong[f"{what}: {kind}"] += 1
            if self.keep is not None:
                (self.keep / name).write_bytes(content)
                print(f"{name}: {what}: {kind}", file=sys.stderr)


def last_places() -> traceback.StackSummary:
    return traceback.extract_tb(sys.exc_info()[2])


def try_logs(count: Count, dice: random.Random, number: int) -> None:
    from tutor.cli import run
    from tutor.foundation.errors import TutorError
    from tutor.runs.follower import RunFollower
    from tutor.runs.replay import Replay

    home = Path(os.environ["TUTOR_HOME"])
    folder = home / "runs" / RUN
    for index in range(number):
        content, name = hostile_log(dice, index), f"log-{index}.jsonl"
        shutil.rmtree(home / "runs", ignore_errors=True)
        folder.mkdir(parents=True)
        (folder / "events.jsonl").write_bytes(content)

        def replay() -> None:
            with contextlib.suppress(TutorError):
                again = Replay(folder)
                for epoch in (0, 1, again.last // 2, again.last):
                    again.at(epoch).facts()

        def draw() -> None:
            from tutor.labs.panel import DrawStyle
            from tutor.labs.panels import draw_panel

            summary = RunFollower(folder).catch_up()
            for panel, view in list(summary.views.items())[:50]:
                draw_panel(panel, view.scene, view.frame, DrawStyle(60, 16))

        lines = [
            ["runs"],
            ["runs", "--json"],
            ["watch", "--plain"],
            ["watch", "--narrate"],
            ["watch", "--json"],
            ["run", "export"],
            ["run", "export", "--as", "tensorboard", "--to", str(home / "tb")],
            ["doctor"],
        ]
        for words in lines:
            count.run(" ".join(words[:3]), name, content, partial(run, words))
        count.run("replay", name, content, replay)
        count.run("draw", name, content, draw)
        count.run("run delete", name, content, lambda: delete(folder))


def delete(folder: Path) -> None:
    from tutor.cli import run

    if run(["run", "delete", "7f3a"]) or folder.exists():
        raise AssertionError("not deleted")


def try_labs(count: Count, dice: random.Random, number: int) -> None:
    from tutor.cli import run
    from tutor.foundation.errors import TutorError
    from tutor.labs.lab_files import load_lab
    from tutor.runs.in_process import run_to_end

    course = Path(os.environ["TUTOR_HOME"]) / "course"
    (course / "en").mkdir(parents=True)
    (course / "labs").mkdir()
    (course / "data").symlink_to(LESSONS / "data")
    path = course / "labs" / "hostile.toml"
    small = {"train.epochs": 2, "train.updates": 0, "train.pace": 0.0, "train.max_seconds": 2.0}
    for index in range(number):
        content, name = hostile_lab(dice, index), f"lab-{index}.toml"
        path.write_bytes(content)

        def train() -> None:
            with contextlib.suppress(TutorError):
                run_to_end(load_lab(path, course / "labs", small), course / "data")

        count.run("check", name, content, lambda: run(["check", str(course)]))
        count.run("train --detach", name, content, lambda: run(["train", str(path), "--detach"]))
        count.run("train", name, content, train)
        os.environ["TUTOR_LESSONS"] = str(course)
        count.run("list", name, content, lambda: run(["list"]))
        del os.environ["TUTOR_LESSONS"]


def main() -> None:
    """Try everything and print what went wrong."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--count", type=int, default=300)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--keep", type=Path, default=None, help="folder for the files that went wrong")
    given = options.parse_args()
    if given.keep is not None:
        given.keep.mkdir(parents=True, exist_ok=True)

    def late(_number: int, _frame: object) -> None:
        raise HangsError

    signal.signal(signal.SIGALRM, late)
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))  # who takes more fails here, and not the machine
    from unittest.mock import patch

    count = Count(given.keep)
    with tempfile.TemporaryDirectory() as home, patch("tutor.runs.registry.start_worker", lambda *_: None):
        os.environ["TUTOR_HOME"] = home
        for try_all in (try_logs, try_labs):
            begun, before = time.monotonic(), count.tried
            try_all(count, random.Random(given.seed), given.count)
            print(f"{try_all.__name__}: {count.tried - before} commands, {time.monotonic() - begun:.0f} s")
    print(f"slowest: {count.slowest[0]:.1f} s, {count.slowest[1]}")
    print(f"wrong: {sum(count.wrong.values())}")
    for kind, times in count.wrong.most_common():
        print(f"  {times:>4}  {kind}")


if __name__ == "__main__":
    main()
