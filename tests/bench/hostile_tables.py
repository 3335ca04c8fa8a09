"""Feed hostile tables to the program: each is read or refused in a sentence, in bounded time and memory.

Run it by hand from the top of a checkout::

    python -m tests.bench.hostile_tables [--tables 100] [--seed 0] [--commands 10]

Each table is read in this process as ``tutor train --data`` reads it; the last ``--commands`` of them are also given to
the command itself. What ends in anything but a sentence is printed with its traceback, and its file is kept.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from tutor.foundation.errors import TutorError
from tutor.labs.own_lab import own_lab

Draw = random.Random
_SIGNS = ",;\t|\"'# \n\r.-+%$€１，；=()\x00\x0b\x1b\x85\u2028\u200b\ufeff\ud7ff"


def _random_bytes(draw: Draw) -> bytes:
    return draw.randbytes(draw.choice([1, 10, 1_000, 300_000]))


def _random_signs(draw: Draw) -> bytes:
    text = "".join(draw.choices(_SIGNS + "ab019eE", k=draw.choice([5, 200, 50_000])))
    return text.encode(draw.choice(["utf-8", "utf-16", "utf-16-le", "utf-32"]), "surrogatepass")


def _mutated(draw: Draw) -> bytes:
    data = bytearray(b"x,word,y\n" + b"".join(b"%d,%s,%d.5\n" % (n, draw.choice([b"a", b"b"]), n) for n in range(300)))
    for _ in range(draw.choice([1, 3, 30])):
        place = draw.randrange(len(data))
        data[place : place + draw.choice([0, 1, 5])] = draw.choice(
            [draw.randbytes(3), b'"', b"\0", b",", b"\n", b"\xff", b'""', b"\r", b"#", b"1e999", b"1,022", b";" * 50]
        )
    return bytes(data)


def _huge_cell(draw: Draw) -> bytes:
    cell = draw.choice([b"9", b"a", b"\xe4\xb8\xad", b",", b"1,", b"-", b" ", b"'"]) * draw.choice([130_000, 900_000])
    return b'x,y\n1,"' + cell + b'"\n' + b"1,2\n" * 10


def _separators(draw: Draw) -> bytes:
    return draw.choice([b",", b";", b"\t", b" ", b"|"]) * draw.choice([6_000, 999_000, 1_000_001, 3_000_000]) + b"\nx\n"


def _wide(draw: Draw) -> bytes:
    columns = draw.choice([501, 1_900, 5_001, 100_000])
    head = ",".join(f"c{n}" for n in range(columns))
    return "\n".join([head, *(",".join(str(draw.randrange(9)) for _ in range(columns)) for _ in range(6))]).encode()


def _quotes(draw: Draw) -> bytes:
    rows = [draw.choice(['"', '""', '"""', '"a"b"', '"a\n', "'"]) * draw.choice([1, 2, 500]) for _ in range(200)]
    return ("x,y\n" + "\n".join(f"{row},{n}" for n, row in enumerate(rows))).encode()


def _nested(draw: Draw) -> bytes:
    depth = draw.choice([10, 5_000])
    row = ("[" * depth + "]" * depth, '"' * depth, "(" * depth + "1" + ")" * depth)[draw.randrange(3)]
    return ("x,y\n" + f"{row},1\n" * 8).encode()


def _numbers(draw: Draw) -> bytes:
    cells = [
        "9" * 400, "1e400", "-1e400", "1" + ",000" * 25, "0x1p3", "1_000", "infinity", "nan", "+-1", "1e", "١٢", "½",
        "²", "1.7976931348623157e308", "5e-324", "𝟗𝟖", "1,2,3", "%", "$", "()", "(1", "1 2 3", "NaN%",
    ]  # fmt: skip
    return ("x;y\n" + "".join(f"{draw.choice(cells)};{draw.choice(cells)}\n" for _ in range(60))).encode()


def _heads(draw: Draw) -> bytes:
    head = draw.choice(
        ["#" * 1000, "sep=" * 3, "sep=\n\n", "sep=,\nsep=;", ",,,,", "x\x1b]0;t\x07,y", "\u202ex,y", "x" * 99_999]
    )
    return (head + "\n" + "#\n" * draw.choice([0, 40, 5_000]) + "1,2\n" * 9).encode()


def _long(draw: Draw) -> bytes:
    row = draw.choice([b"1,2\n", b"a,b\n", b"#\n", b"\n", b'"\n', b"1,022;3\n", b"\xe9,1\n"])
    return b"x,y\n" + row * draw.choice([10_000, 600_000])


KINDS: tuple[Callable[[Draw], bytes], ...] = (
    _random_bytes, _random_signs, _mutated, _mutated, _huge_cell, _separators, _wide, _quotes, _nested, _numbers,
    _heads, _long,
)  # fmt: skip


def main() -> int:
    """Attack, and say how it went."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tables", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--commands", type=int, default=10)
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="hostile-tables-"))
    outcomes = {"read": 0, "refused": 0, "broken": 0}
    slowest = (0.0, "")
    for number in range(given.tables):
        draw = random.Random(given.seed * 1_000_003 + number)
        make = KINDS[number % len(KINDS)]
        path = folder / f"{number}{make.__name__}.csv"
        path.write_bytes(make(draw))
        begun = time.process_time()
        outcome = _try(path)
        slowest = max(slowest, (time.process_time() - begun, path.name))
        if number >= given.tables - given.commands and not _try_command(path, folder):
            outcome = "broken"
        outcomes[outcome] += 1
        if outcome != "broken":
            path.unlink()
    for special in (Path("/dev/zero"), Path("/dev/stdin"), folder, _pipe(folder)):
        outcomes[_try(special)] += 1
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{outcomes}; slowest {slowest[0]:.2f} s of processor time ({slowest[1]}); peak memory {peak} MB")
    return 1 if outcomes["broken"] else 0


def _try(path: Path) -> str:
    try:
        own_lab(path, {"data.target": "y"})
    except TutorError as error:
        text = str(error)
        if any(ord(sign) < 32 or 0x7F <= ord(sign) < 0xA0 for sign in text) or len(text) > 3_000:
            print(f"{path}: told {text[:300]!r}")
            return "broken"
        return "refused"
    except Exception:
        traceback.print_exc()
        print(path)
        return "broken"
    return "read"


def _try_command(path: Path, folder: Path) -> bool:
    """Whether the command ends in good time without a traceback."""
    command = [sys.executable, "-m", "tutor", "train", "--data", str(path), "--target", "y", "--epochs", "2", "--plain"]
    done = subprocess.run(
        command,
        env={**os.environ, "TUTOR_HOME": str(folder / "home")},
        capture_output=True,
        timeout=120,
        check=False,
    )
    if b"Traceback" in done.stderr + done.stdout or done.returncode not in {0, 2, 3, 5}:
        print(f"{path}: {done.returncode}\n{done.stderr.decode(errors='replace')[-2000:]}")
        return False
    return True


def _pipe(folder: Path) -> Path:
    path = folder / "pipe.csv"
    os.mkfifo(path)
    return path


if __name__ == "__main__":
    sys.exit(main())
