"""Where the labs of a course lie: in several folders, which are searched file by file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tutor.foundation.pack_ids import CORE, MARK, in_pack
from tutor.foundation.safe_text import harmless_line


@dataclass(frozen=True)
class LabShelf:
    """The lab files of a course.

    Args:
        folders: The folders of the course itself; a file in an earlier one hides those of the same name in later ones.
        packs: The folder of each pack, by its id. Its labs are named ``pack:lab``.
    """

    folders: tuple[Path, ...]
    packs: Mapping[str, Path] = field(default_factory=dict)

    @classmethod
    def of(cls, labs: LabShelf | Path) -> LabShelf:
        """Return the shelf of a folder; a shelf stays as it is."""
        return labs if isinstance(labs, LabShelf) else cls((labs,))

    def files(self) -> Iterator[tuple[str, Path]]:
        """Yield the name and the path of every lab: those of the course by name, then those of each pack."""
        own: dict[str, Path] = {}
        for folder in self.folders:
            for path in folder.glob("*.toml"):
                own.setdefault(path.stem, path)
        yield from sorted(own.items())
        for pack, folder in self.packs.items():
            yield from sorted((in_pack(pack, path.stem), path) for path in folder.glob("*.toml"))

    def names(self) -> list[str]:
        """Return the names of the labs, without those that a terminal cannot show as they are."""
        return [name for name, _ in self.files() if harmless_line(name) == name]

    def path(self, name: str) -> Path | None:
        """Return the file of the lab ``name``; None if there is none."""
        pack, _, own = name.rpartition(MARK)
        folders = self.folders if not pack else (self.packs[pack],) if pack in self.packs else ()
        folders = self.folders[-1:] if pack == CORE else folders
        candidates = (folder / f"{own}.toml" for folder in folders)
        return next((path for path in candidates if path.is_file()), None)
