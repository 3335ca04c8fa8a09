"""Loads programs of several files, each of which can import the others by their names."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from types import ModuleType
from typing import NamedTuple

Run = Callable[[str, dict[str, object]], None]
"""Runs a text in a namespace."""


class File(NamedTuple):
    """One file of a program: see `tutor.foundation.program_files.ProgramFile`."""

    name: str
    text: str
    above: int


class ProgramModules(MetaPathFinder, Loader):
    """Finds the files of a program before all other modules.

    Args:
        files: The files. The text of each is run with as many empty lines above as it has in the whole program, so that
            a line number says where in the program it is.
        run: Runs one.
    """

    def __init__(self, files: Sequence[File], run: Run) -> None:
        self.files = {each.name: each for each in files}
        """By name."""
        self._run = run

    def install(self) -> None:
        """Let programs import these files, and no longer those of an earlier program."""
        for finder in [each for each in sys.meta_path if isinstance(each, ProgramModules)]:
            sys.meta_path.remove(finder)
            for name in finder.files:
                sys.modules.pop(name, None)
        sys.meta_path.insert(0, self)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """See `MetaPathFinder`."""
        return spec_from_loader(fullname, self) if fullname in self.files else None

    def create_module(self, spec: ModuleSpec) -> None:
        """None: Python makes the module itself."""

    def exec_module(self, module: ModuleType) -> None:
        """See `Loader`."""
        self.run(module.__name__, module.__dict__)

    def run(self, name: str, namespace: dict[str, object]) -> None:
        """Run a file in a namespace."""
        file = self.files[name]
        self._run("\n" * file.above + file.text, namespace)
