"""Lab files: reading them, changing them by overrides, and writing them.

The folder of a run has a lab file too, ``spec.toml``, so ``tutor train path/to/spec.toml`` does the same run again.
"""

from __future__ import annotations

import json
import platform
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from tutor.course.lab_shelf import LabShelf
from tutor.course.packs.manifest import pack_id_at
from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.files import is_file, named_path, read_start, whole_path, write_text
from tutor.foundation.languages import in_language
from tutor.foundation.pack_ids import MARK, in_pack, own_id_of
from tutor.foundation.safe_text import harmless, harmless_line, harmless_value
from tutor.foundation.served import may_open
from tutor.foundation.suggest import nearest
from tutor.foundation.toml_text import TomlError, key_lines, load_toml
from tutor.foundation.translate import listed, translate
from tutor.labs.faults import LabError, LabFault
from tutor.labs.lab_config import LabConfig
from tutor.labs.lab_reader import LabReader
from tutor.labs.settings import SETTINGS, TRAINING_TABLES, key_of
from tutor.labs.validate import idle_in_lab

LARGEST_FILE = 256 * 1024
_LABS = "labs"
"""The name of the folder of labs in a pack."""
SPEC_FILE = "spec.toml"
"""The lab file in the folder of a run, which gives the value of every setting, with effect or without."""
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


# -- reading ----------------------------------------------------------------------------------------------------------


def list_labs(labs: LabShelf | Path) -> list[str]:
    """The sorted names of lab files, without names that a terminal cannot show as they are.

    Args:
        labs: The labs of a course, or a folder of lab files.
    """
    return LabShelf.of(labs).names()


def lab_titles(labs: LabShelf | Path, language: str) -> list[tuple[str, str]]:
    """The name and the title of every lab of a course or in a folder. If the title cannot be read, it is the name."""
    return [(each.name, each.title) for each in lab_headings(labs, language)]


def read_title(path: Path) -> dict[str, str]:
    """The title of a lab file by language, even if the rest of the file is faulty; empty if it cannot be read.

    Unlike `load_lab`, this does not check the lab, so that a list of labs needs no NumPy.
    """
    return _titles(_heading_of(path))


class LabHeading(NamedTuple):
    """What a list of labs says of one.

    Args:
        name: The name of its file.
        title: Its title in the language asked for; the name if the title cannot be read.
        goal: The goal in its file; empty if it has none.
        function: The drawn function that it goes down on; empty if it has none.
    """

    name: str
    title: str
    goal: str
    function: str = ""


def lab_headings(labs: LabShelf | Path, language: str) -> list[LabHeading]:
    """The headings of every lab of a course or in a folder, by name. As `read_title`, this needs no NumPy."""
    found = []
    for name, path in LabShelf.of(labs).files():
        if harmless_line(name) != name:
            continue
        values = _heading_of(path)
        title = harmless_line(in_language(_titles(values), language) or name)
        goal, function = _text_in(values, "challenge", "goal"), _text_in(values, "model", "function")
        found.append(LabHeading(name, title, goal, function))
    return found


def _text_in(values: Mapping[str, Any], table: str, key: str) -> str:
    """A text in a table of a lab file; empty if there is none."""
    parts = values.get(table)
    text = parts.get(key) if isinstance(parts, dict) else None
    return text if isinstance(text, str) else ""


def _heading_of(path: Path) -> dict[str, Any]:
    """The values of a lab file as they are written; empty if it cannot be read."""
    try:
        return load_toml(text_of_lab(path))
    except (TutorError, TomlError):
        return {}


def _titles(values: Mapping[str, Any]) -> dict[str, str]:
    try:
        return msgspec.convert(harmless_value(values.get("title", {})), dict[str, str])
    except msgspec.ValidationError:
        return {}


def load_lab(name: str | Path, labs: LabShelf | Path, overrides: Mapping[str, object] | None = None) -> LabConfig:
    """A lab, with some of its values replaced.

    Args:
        name: The name of a lab in ``labs``, or the path of a lab file (with a ``/``, or ending in ``.toml``).
        labs: The labs of the course, or a folder of lab files.
        overrides: New values by dotted key or short name, from a fence or from ``--set``.

    Raises:
        LabError: The file or an override is faulty; the error has every fault.
        TutorError: There is no such lab, or the file cannot be read.
    """
    path = _path_of(str(name), LabShelf.of(labs))
    return _with_table(read_lab(text_of_lab(path), path, overrides or {}), path.parent)


def _with_table(spec: LabConfig, folder: Path) -> LabConfig:
    """``spec`` with the absolute path of its table, if it is beside the lab, in its pack or in the current folder.

    A worker may run in another folder. A table in none of these places is looked up in the folder of data. A lab of a
    pack looks for tables in the pack first.
    """
    if not spec.data.path:
        return spec
    data_of_pack = folder.parent / "data"
    around = (folder, data_of_pack, Path.cwd()) if _pack_of_lab(folder) else (folder, Path.cwd(), data_of_pack)
    for place in around if folder.name == _LABS else (folder, Path.cwd()):
        table = place / named_path(spec.data.path)
        if is_file(table):
            data = msgspec.structs.replace(spec.data, path=str(whole_path(table)))
            return msgspec.structs.replace(spec, data=data)
    return spec


def read_lab(text: str, path: Path, overrides: Mapping[str, object] | None = None) -> LabConfig:
    """The lab that ``text`` defines; ``path`` is for faults, and gives the id of a lab without one.

    Raises:
        LabError: With every fault.
    """
    try:
        values = load_toml(text)
    except TomlError as error:
        message = translate("runs.not-toml", reason=harmless_line(error.reason))
        raise LabError([LabFault(message=message, path=path, line=error.line)]) from error
    values = harmless_lab(values)
    values.setdefault("id", path.stem)
    _take_into_pack(values, _pack_of_lab(path.parent))
    lines = key_lines(text)
    _take_former_ids(values, path, lines)
    early = _faults_of_path(values, path, lines) if path.name != SPEC_FILE else []
    if path.name != SPEC_FILE and not early:
        _refuse_idle_keys(values, path, lines)
    changed = _put(values, overrides or {})
    reader = LabReader(values, path=path, lines=lines, from_settings=changed)
    reader.faults += early
    return reader.read()


def _faults_of_path(values: dict[str, Any], path: Path, lines: Mapping[str, int]) -> list[LabFault]:
    """The fault of a lab that names a table and another data set, on which it would be trained without a word.

    The rest of the file is then read as if it had ``name = "csv"``, so that this one mistake is reported once.
    """
    data = values.get("data")
    if not isinstance(data, dict) or not data.get("path") or data.get("name") in {"csv", "text"}:
        return []
    used = data.get("name", SETTINGS["data.name"].default)
    data["name"] = "csv"
    message = translate("runs.path-without-csv", data=harmless_line(str(used))[:40])
    line = lines.get("data.path", lines.get("data", 1))
    hint = translate("runs.path-without-csv-hint")
    return [LabFault(message=message, hint=hint, key="data.path", path=path, line=line)]


def _pack_of_lab(folder: Path) -> str:
    """The pack whose labs lie in ``folder``; empty for labs of the course, of the learner and of runs."""
    return pack_id_at(folder.parent) if folder.name == _LABS else ""


def _take_into_pack(values: dict[str, Any], pack: str) -> None:
    """Give the ids of a pack's lab, and of the exercises that it names, the pack's id."""
    if not pack:
        return
    if isinstance(values["id"], str):
        values["id"] = in_pack(pack, own_id_of(values["id"]))
    mine = values.get("mine")
    if isinstance(mine, dict):
        for slot, exercise in mine.items():
            if isinstance(exercise, str) and MARK not in exercise:
                mine[slot] = in_pack(pack, exercise)


def _take_former_ids(values: dict[str, Any], path: Path, lines: Mapping[str, int]) -> None:
    """Take the former ids of a lab out of its values: they say nothing about its runs.

    Raises:
        LabError: They are no list of ids.
    """
    was = values.pop("was", [])
    if not isinstance(was, list) or not all(isinstance(each, str) and _ID.fullmatch(each) for each in was):
        raise LabError([LabFault(message=translate("runs.not-former-labs"), path=path, line=lines.get("was", 0))])


def _refuse_idle_keys(values: Mapping[str, Any], path: Path, lines: Mapping[str, int]) -> None:
    """Check that every setting in a lab file has an effect on its runs.

    This judges the file without overrides, because an override may disable something that the file needs.

    Raises:
        LabError: With every setting that has no effect.
    """
    reader = LabReader(values, path=path, lines=lines)
    try:
        lab = reader.read()
    except LabError:
        return  # other faults are reported when the lab is read with its overrides, which may correct them
    keys = [f"{table}.{name}" for table in TRAINING_TABLES for name in values.get(table, {})]
    for key, message in idle_in_lab(lab, keys).items():
        reader.fault(key, message)
    if reader.faults:
        raise LabError(sorted(reader.faults, key=lambda fault: fault.line))


def harmless_lab(values: Any) -> Any:
    """The plain values of a lab, without control characters.

    The path of a table stays as it is, because it would not exist otherwise; it is made harmless where it is shown.
    """
    clean: Any = harmless_value(values)
    data = values.get("data") if isinstance(values, dict) else None
    if isinstance(data, dict) and "path" in data:
        clean["data"]["path"] = data["path"]
    return clean


def _path_of(name: str, labs: LabShelf) -> Path:
    if "/" in name or name.endswith(".toml"):
        named = named_path(name)
        if not may_open(named):
            raise TutorError(translate("serve.no-paths"), exit_code=ExitCode.USAGE)
        return named
    path = labs.path(name)
    if path is None:
        known = labs.names()
        match = nearest(name, known)
        hint = (
            translate("runs.did-you-mean", name=match) if match else translate("runs.known-labs", names=listed(known))
        )
        raise TutorError(translate("runs.no-such-lab", name=harmless_line(name)), hint=hint, exit_code=ExitCode.USAGE)
    return path


def text_of_lab(path: Path) -> str:
    """The text of a lab file.

    Raises:
        TutorError: It cannot be read.
    """
    try:
        content = read_start(path, LARGEST_FILE + 1)
        if len(content) > LARGEST_FILE:
            raise LabError([LabFault(message=translate("runs.too-large", kilobytes=LARGEST_FILE // 1024), path=path)])
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except OSError as error:
        reason = error.strerror or str(error)
        raise TutorError(translate("runs.cannot-read", path=str(path), reason=reason)) from error
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise LabError([LabFault(message=translate("runs.not-utf8"), path=path, line=line)]) from error


# -- overrides --------------------------------------------------------------------------------------------------------


def with_overrides(spec: LabConfig, overrides: Mapping[str, object]) -> LabConfig:
    """``spec`` with new values by dotted key or short name.

    Raises:
        LabError: With every fault, without lines.
    """
    values = msgspec.to_builtins(spec)
    changed = _put(values, overrides)
    return LabReader(values, from_settings=changed).read()


def parse_setting(word: str) -> tuple[str, object]:
    """The key and the value of ``KEY=VALUE``; the value is TOML, numbers separated by commas, or plain text.

    Raises:
        TutorError: It has no ``=`` or no key.
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


def setting_word(key: str, value: object) -> str:
    """``KEY=VALUE``, as `parse_setting` reads it."""
    if isinstance(value, str):
        plain = f"{key}={value}"
        return plain if parse_setting(plain)[1] == value else f"{key}={toml_value(value)}"
    text = toml_value(value)
    return f"{key}={text[1:-1].replace(', ', ',') if isinstance(value, list | tuple) else text}"


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
                # A value in place of a table is a fault of its own, which the reader reports.
                inner = table[each] = {} if inner is None else {"": inner}
            table = inner
        table[last] = _as_list(value) if key in SETTINGS and SETTINGS[key].is_list else value
        changed.add(key)
    return frozenset(changed)


def _as_list(value: object) -> object:
    """``--set hidden=16`` means a list with one item, and ``--set hidden=`` an empty list."""
    if isinstance(value, int | float | str):
        return [value] if value != "" else []
    return value


# -- writing ----------------------------------------------------------------------------------------------------------


def versions() -> dict[str, str]:
    """The versions that the last bits of a run's losses may depend on, besides its settings."""
    from tutor import __version__

    return {"tutor": __version__, "python": platform.python_version(), "numpy": _numpy_version()}


def _numpy_version() -> str:
    """From the module if it is loaded, as in a worker: reading its metadata takes 20 ms and a megabyte."""
    if numpy := sys.modules.get("numpy"):
        return str(numpy.__version__)
    from importlib.metadata import version

    return version("numpy")


def config_text(spec: LabConfig) -> str:
    """What `write_config` writes."""
    made_with = ", ".join(f"{name} {version}" for name, version in versions().items())
    return f"# {made_with}\n{to_toml(spec)}"


def write_config(folder: Path, spec: LabConfig, *, durable: bool = True) -> None:
    """Write ``spec`` into the folder of a run.

    Args:
        folder: The folder.
        spec: The settings of the run.
        durable: Return only when the file is on the disk, which takes milliseconds. It may be False in a new folder
            whose run can be trained again.

    Raises:
        OSError: It cannot be written.
    """
    text = config_text(spec)
    if durable:
        write_text(folder / SPEC_FILE, text)
    else:
        (folder / SPEC_FILE).write_text(text, encoding="utf-8")


def read_config(folder: Path) -> LabConfig:
    """The settings of the run in a folder.

    Raises:
        TutorError: They cannot be read.
    """
    return load_lab(folder / SPEC_FILE, folder)


def to_toml(spec: LabConfig) -> str:
    """``spec`` as a lab file."""
    return "\n".join(_lines(msgspec.to_builtins(spec), "")) + "\n"


def _lines(table: Mapping[str, Any], name: str) -> list[str]:
    lines = [f"[{name}]"] if name else []
    inner = []
    for key, value in table.items():
        if isinstance(value, Mapping) and not name and key not in {"title", "about"}:
            inner += ["", *_lines(value, key)]
        elif value is not None:
            lines.append(f"{toml_key(key)} = {toml_value(value)}")
    return lines + inner


def toml_key(key: str) -> str:
    """A key as TOML."""
    return key if _BARE_KEY.fullmatch(key) else toml_value(key)


def toml_value(value: object) -> str:
    """A plain value as TOML."""
    if isinstance(value, str):
        # TOML has the escapes of JSON, and also needs one for the only control character that JSON leaves as it is.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{toml_key(k)} = {toml_value(v)}" for k, v in value.items() if v is not None) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(toml_value(each) for each in value) + "]"
    return repr(value)
