"""Languages from outside the package: a folder of words in the learner's data folder or in a lessons folder.

Their words are anybody's, so `foreign_words` reads them. They stand beside the languages that ship, never in their
place.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tutor.foundation import paths
from tutor.foundation.languages import Language, language_codes_in, set_languages_from_outside
from tutor.foundation.translate import use_language

_MAX_LANGUAGES = 60


class OutsideLanguage(Language):
    """A language whose words lie in folders of other people.

    Args:
        code: Its code.
        folders: Where its words are. The first folder that has a text wins.
    """

    ships = False

    def __init__(self, code: str, folders: tuple[Path, ...]) -> None:
        super().__init__(code)
        self._folders = folders

    @property
    def folders(self) -> tuple[Path, ...]:
        """Where its words are."""
        return self._folders

    def read(self, file: str) -> Mapping[str, str]:
        """The texts of a file that can be used, by name."""
        from tutor.foundation.foreign_words import read_words  # nobody needs it who has no such language

        texts: dict[str, str] = {}
        for folder in reversed(self._folders):
            texts.update(read_words(folder / f"{file}.toml").texts)
        return texts


def find_languages() -> None:
    """Look where `paths.translation_folders` says; what is found is among `languages` from now on."""
    folders: dict[str, tuple[Path, ...]] = {}
    for place in paths.translation_folders():
        for code in language_codes_in(place):
            folders[code] = (*folders.get(code, ()), place / code)
    set_languages_from_outside(OutsideLanguage(*each) for each in list(folders.items())[:_MAX_LANGUAGES])


def speak(code: str) -> None:
    """Find the languages that there are and speak ``code``, as a worker does for whoever started it."""
    find_languages()
    use_language(code)
