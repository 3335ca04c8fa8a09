"""Lab files, and the settings that change them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.files import is_file, named_path, read_start, whole_path
from tutor.foundation.languages import in_language
from tutor.foundation.safe_text import harmless, harmless_line, harmless_value
from tutor.foundation.suggest import nearest
from tutor.foundation.toml_text import TomlError, load_toml
from tutor.foundation.translate import listed, translate
from tutor.labs.faults import SpecError, SpecFault
from tutor.labs.lab_config import LabConfig
from tutor.labs.lab_reader import SpecReader
from tutor.labs.settings import SETTINGS, TRAINING_TABLES, key_of
from tutor.labs.toml_lines import key_lines
from tutor.labs.validate import idle_in_lab

LARGEST_FILE = 256 * 1024
SPEC_FILE = "spec.toml"
"""What a run was asked, in its folder: a lab file that gives every key, in force or not."""


def list_labs(labs_folder: Path) -> list[str]:
    """The names of the lab files in a folder, sorted; without those that a terminal cannot show as they are."""
    return sorted(path.stem for path in labs_folder.glob("*.toml") if harmless_line(path.stem) == path.stem)


def lab_titles(labs_folder: Path, language: str) -> list[tuple[str, str]]:
    """Name and title of every lab in a folder. A lab whose title cannot be read is called by its name."""
    titles = []
    for name in list_labs(labs_folder):
        title = read_title(labs_folder / f"{name}.toml")
        titles.append((name, harmless_line(in_language(title, language) or name)))
    return titles


def read_title(path: Path) -> dict[str, str]:
    """The title of a lab file by language, whatever else is in the file; empty if there is none to read.

    To check a lab takes NumPy, which a list of labs can do without.
    """
    try:
        title = harmless_value(load_toml(_text_of(path)).get("title", {}))
        return msgspec.convert(title, dict[str, str])
    except (TutorError, TomlError, msgspec.ValidationError):
        return {}


def load_lab(name: str | Path, labs_folder: Path, overrides: Mapping[str, object] | None = None) -> LabConfig:
    """A lab, with some values of its own replaced.

    Args:
        name: The name of a file in ``labs_folder``, or a path to a lab file (it has a ``/`` or ends in ``.toml``).
        labs_folder: Where the labs of the course lie.
        overrides: New values by dotted key or short name: those of a fence, or of ``--set``.

    Raises:
        SpecError: the file or an override is at fault; every fault is told.
        TutorError: there is no such lab, or the file cannot be read.
    """
    path = _path_of(str(name), labs_folder)
    return _with_table(read_lab(_text_of(path), path, overrides or {}), path.parent)


def _with_table(spec: LabConfig, folder: Path) -> LabConfig:
    """``spec`` with the whole path of its CSV, where that lies beside the lab file or in the present folder.

    A worker may start elsewhere; what lies in neither place is looked for in the folder of data.
    """
    if not spec.data.path:
        return spec
    for place in (folder, Path.cwd()):
        table = place / named_path(spec.data.path)
        if is_file(table):
            data = msgspec.structs.replace(spec.data, path=str(whole_path(table)))
            return msgspec.structs.replace(spec, data=data)
    return spec


def read_lab(text: str, path: Path, overrides: Mapping[str, object] | None = None) -> LabConfig:
    """The lab that ``text`` defines; ``path`` is for faults, and names the lab where it has no id.

    Raises:
        SpecError: with every fault.
    """
    try:
        values = load_toml(text)
    except TomlError as error:
        message = translate("runs.not-toml", reason=harmless_line(error.reason))
        raise SpecError([SpecFault(message=message, path=path, line=error.line)]) from error
    values = harmless_lab(values)
    values.setdefault("id", path.stem)
    lines = key_lines(text)
    if path.name != SPEC_FILE:
        _refuse_idle_keys(values, path, lines)
    changed = _put(values, overrides or {})
    return SpecReader(values, path=path, lines=lines, from_settings=changed).read()


def _refuse_idle_keys(values: Mapping[str, Any], path: Path, lines: Mapping[str, int]) -> None:
    """See to it that everything that a lab file sets changes something in its runs.

    The file is judged as it stands, because an override may well make something idle that the file needs.

    Raises:
        SpecError: with every setting that changes nothing.
    """
    reader = SpecReader(values, path=path, lines=lines)
    try:
        lab = reader.read()
    except SpecError:
        return  # what else is wrong is told where it is read with its overrides, which may put it right
    keys = [f"{table}.{name}" for table in TRAINING_TABLES for name in values.get(table, {})]
    for key, message in idle_in_lab(lab, keys).items():
        reader.fault(key, message)
    if reader.faults:
        raise SpecError(sorted(reader.faults, key=lambda fault: fault.line))


def harmless_lab(values: Any) -> Any:
    """The plain values of a lab, without control characters.

    The path of a table stays as it is, or it would lead nowhere; whoever shows it makes it harmless.
    """
    clean: Any = harmless_value(values)
    data = values.get("data") if isinstance(values, dict) else None
    if isinstance(data, dict) and "path" in data:
        clean["data"]["path"] = data["path"]
    return clean


def with_overrides(spec: LabConfig, overrides: Mapping[str, object]) -> LabConfig:
    """``spec`` with new values by dotted key or short name.

    Raises:
        SpecError: with every fault; its faults have no line.
    """
    values = msgspec.to_builtins(spec)
    changed = _put(values, overrides)
    return SpecReader(values, from_settings=changed).read()


def parse_setting(word: str) -> tuple[str, object]:
    """The key and the value of ``KEY=VALUE``; the value is TOML, or plain text, or numbers with commas between.

    Raises:
        TutorError: there is no ``=`` or no key in it.
    """
    key, equals, text = word.partition("=")
    key, text = harmless_line(key.strip()), text.strip()
    if not equals or not key:
        raise TutorError(
            translate("runs.not-a-setting", word=harmless_line(word)),
            hint=translate("runs.setting-example"),
            exit_code=ExitCode.USAGE,
        )
    for form in (text, f"[{text}]") if text else ():
        try:
            value = load_toml(f"value = {form}")["value"]
        except TomlError:
            continue
        return key, value if key in {"path", "data.path"} else harmless_value(value)
    return key, text if key in {"path", "data.path"} else harmless(text)


def _path_of(name: str, labs_folder: Path) -> Path:
    if "/" in name or name.endswith(".toml"):
        return named_path(name)
    path = labs_folder / f"{name}.toml"
    if not is_file(path):
        labs = list_labs(labs_folder)
        match = nearest(name, labs)
        hint = translate("runs.did-you-mean", name=match) if match else translate("runs.known-labs", names=listed(labs))
        raise TutorError(translate("runs.no-such-lab", name=harmless_line(name)), hint=hint, exit_code=ExitCode.USAGE)
    return path


def _text_of(path: Path) -> str:
    try:
        content = read_start(path, LARGEST_FILE + 1)
        if len(content) > LARGEST_FILE:
            raise SpecError([SpecFault(message=translate("runs.too-large", kilobytes=LARGEST_FILE // 1024), path=path)])
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except OSError as error:
        reason = error.strerror or str(error)
        raise TutorError(translate("runs.cannot-read", path=str(path), reason=reason)) from error
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise SpecError([SpecFault(message=translate("runs.not-utf8"), path=path, line=line)]) from error


def _put(values: dict[str, Any], overrides: Mapping[str, object]) -> frozenset[str]:
    """Put ``overrides`` into nested ``values``, in place. Returns the dotted keys they became."""
    changed = set()
    for name, value in overrides.items():
        key = key_of(name) if not isinstance(value, Mapping) else name
        *tables, last = key.split(".")
        table: dict[str, Any] = values
        for each in tables:
            inner = table.get(each)
            if not isinstance(inner, dict):
                # What stands there is no table: that is a fault of its own, told where the reader meets it.
                inner = table[each] = {} if inner is None else {"": inner}
            table = inner
        table[last] = _as_list(value) if key in SETTINGS and SETTINGS[key].is_list else value
        changed.add(key)
    return frozenset(changed)


def _as_list(value: object) -> object:
    """``--set hidden=16`` means a list of one; ``--set hidden=`` an empty one."""
    if isinstance(value, int | float | str):
        return [value] if value != "" else []
    return value
