"""Whether claims hold with the matrix products of other processors: OpenBLAS's kernels, as far as this one has them.

    python -m tests.bench.kernels [--seeds 3] [--kernels Haswell SkylakeX ...] [QUESTION ...]

NumPy's OpenBLAS picks its kernel by the processor, and by ``OPENBLAS_CORETYPE`` if that is set before it is loaded. So
each kernel gets a command of its own, with an environment of its own; nothing else in the project sets that variable.
Without ``--kernels``, those are tried whose instructions ``/proc/cpuinfo`` lists; of several names that OpenBLAS
answers with one kernel, the first.

The table has a row for each question and a column for each kernel: in how many of the seeds the claim held. Below it
stands how many of the runs differ from those of the first kernel in their last bits, or more: if none does, nothing was
tried. The exit code is 1 if a claim failed.
"""

from __future__ import annotations

import os

os.environ |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")

import argparse
import ctypes
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tests.bench.claims import LESSONS
from tutor.course.catalogue import Course
from tutor.plain.claim_trials import ClaimTrials, Trial, questions_that_claim
from tutor.plain.trainings import Trainings

_NEEDS = {
    "Prescott": {"pni"},
    "Nehalem": {"sse4_2"},
    "Sandybridge": {"avx"},
    "Haswell": {"avx2", "fma"},
    "Zen": {"avx2", "fma"},
    "SkylakeX": {"avx512f", "avx512bw", "avx512dq", "avx512vl"},
    "Cooperlake": {"avx512f", "avx512bw", "avx512dq", "avx512vl", "avx512_bf16"},
    "SapphireRapids": {"avx512f", "avx512bw", "avx512dq", "avx512vl", "avx512_bf16", "amx_tile"},
}
"""The flags of a processor that a kernel needs."""


def possible_kernels() -> list[str]:
    """The kernels that this processor can run and that this OpenBLAS has."""
    words = next(line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("flags")).split()
    found: dict[str, str] = {}
    for name in (name for name, needs in _NEEDS.items() if needs <= set(words)):
        code = "from tests.bench.kernels import kernel_in_use; print(kernel_in_use())"
        found.setdefault(_in_command_of_its_own(name, "-c", code), name)
    return list(found.values())


def _in_command_of_its_own(kernel: str, *arguments: str) -> str:
    """What Python says to ``arguments``, with ``kernel`` asked of OpenBLAS."""
    environment = {**os.environ, "OPENBLAS_CORETYPE": kernel}
    done = subprocess.run([sys.executable, *arguments], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{kernel}: {done.stderr}")
    return done.stdout


def kernel_in_use() -> str:
    """What OpenBLAS calls the kernel that it picked; ``?`` if NumPy uses another library, or will not say."""
    np.dot(np.ones((2, 2)), np.ones((2, 2)))
    libraries = {line.split()[-1] for line in Path("/proc/self/maps").read_text().splitlines() if "openblas" in line}
    for library in libraries:
        loaded = ctypes.CDLL(library)
        for name in ("scipy_openblas_get_corename64_", "openblas_get_corename64_", "openblas_get_corename"):
            corename = getattr(loaded, name, None)
            if corename is not None:
                corename.restype = ctypes.c_char_p
                return str(corename().decode())
    return "?"


def _try_here(questions: Sequence[str], seeds: int) -> dict[str, Any]:
    """In a command of its own: how often each claim held, and the facts of all runs."""
    course = Course(LESSONS)
    lessons = [lesson for lesson in course.lessons() if lesson.language == "en"]
    asked = [each for each in questions_that_claim(lessons) if not questions or each.id in questions]
    repetitions = [Trial(seed) for seed in range(seeds)]
    with tempfile.TemporaryDirectory() as folder:  # what another kernel computes must not be remembered for checks
        trainings = Trainings(course, 1, cache_file=Path(folder) / "runs.json")
        trials = ClaimTrials(course, trainings, [(each, repetitions) for each in asked])
        trials.run()
    found = {each.id: [trials.result(each, trial) for trial in repetitions] for each in asked}
    facts = [
        repr({name: fact for name, fact in result.facts.items() if not name.endswith("seconds")})
        for results in found.values()
        for result in results
    ]
    held = {name: sum(result.holds for result in results) for name, results in found.items()}
    return {"kernel": kernel_in_use(), "held": held, "facts": facts}


def _try(kernel: str, questions: Sequence[str], seeds: int) -> dict[str, Any]:
    arguments = ("-m", "tests.bench.kernels", "--here", "--seeds", str(seeds), *questions)
    return dict(json.loads(_in_command_of_its_own(kernel, *arguments)))


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("questions", nargs="*", help="ids; all of the course if none is given")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--kernels", nargs="+", default=None)
    parser.add_argument("--here", action="store_true", help="try them with the kernel in use, and print JSON")
    given = parser.parse_args(arguments)
    if given.here:
        print(json.dumps(_try_here(given.questions, given.seeds)))
        return 0
    kernels = given.kernels or possible_kernels()
    found = {kernel: _try(kernel, given.questions, given.seeds) for kernel in kernels}
    first = found[kernels[0]]
    print(f"{'asked for':28}" + "".join(f"{kernel:>16}" for kernel in kernels))
    print(f"{'in use':28}" + "".join(f"{each['kernel']:>16}" for each in found.values()))
    for question in first["held"]:
        cells = [f"{each['held'][question]}/{given.seeds}" for each in found.values()]
        print(f"{question:28}" + "".join(f"{cell:>16}" for cell in cells))
    other = [sum(a != b for a, b in zip(each["facts"], first["facts"], strict=True)) for each in found.values()]
    print(f"{'runs unlike the first':28}" + "".join(f"{count:>16}" for count in other))
    return int(any(count < given.seeds for each in found.values() for count in each["held"].values()))


if __name__ == "__main__":
    sys.exit(main())
