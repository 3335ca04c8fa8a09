"""See `tests.lessons.figures`."""

from __future__ import annotations

import sys
from importlib import import_module

from tests.lessons.figures import FAST, SLOW, faults

if __name__ == "__main__":
    wrong = []
    for name in sys.argv[1:] or (*FAST, *SLOW):
        module = import_module(f"tests.lessons.figures.{name}")
        found = module.figures()
        print(f"{name}: {module.__doc__}")
        for figure, value in found.items():
            print(f"  {figure:<40} {value:.4g}")
        wrong += faults(module.QUOTED, found)
    print("\n".join(wrong) or "All figures are as quoted.")
    sys.exit(bool(wrong))
