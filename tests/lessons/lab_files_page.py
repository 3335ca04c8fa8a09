"""Writes what is said about lab files: the page ``lab-files`` of the manual, and a chapter of ``lessons/README.md``.

``python -m tests.lessons.lab_files_page`` writes them from the settings themselves, so that they cannot be wrong. It
also writes the page ``maths``, which lists the LaTeX that can be shown. `tests.lessons.test_lab_files_page` compares.
"""

from __future__ import annotations

import ast
import csv
import re
import textwrap
import tomllib
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from inspect import getsourcefile
from pathlib import Path
from typing import Any

from tutor.foundation.translate import use_language
from tutor.labs import facts, lab_config
from tutor.labs.lab_config import LabConfig
from tutor.labs.lab_files import read_lab, toml_value
from tutor.labs.mine import SLOTS
from tutor.labs.panels import panel_class, panel_names
from tutor.labs.settings import SETTINGS, TABLES, TRAINING_TABLES, Setting
from tutor.ml import settings as ml_settings
from tutor.ml.datasets.sources.source import DataSource
from tutor.ml.models import MODELS
from tutor.ml.models.drawn_function import FUNCTIONS
from tutor.ml.registry import registry
from tutor.study.predictions import fact_name
from tutor.typeset.maths import ACCENTS, ENVIRONMENTS, FONTS, OPERATORS, SYMBOLS, known_macros, to_unicode

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "lessons" / "README.md"
LANGUAGES = ("en", "zh")
MARKS = ("<!-- Written by python -m tests.lessons.lab_files_page -->", "<!-- End of what is written -->")
WHOLE_WORDS: dict[str, Any] = {"break_long_words": False, "break_on_hyphens": False}
MANY_COLUMNS = 15
"""Of a data set with more columns than this only the first are named."""

PROBES = {
    "line": '[data]\nname = "views"\n[optimizer]\nname = "sgd"\nschedule = "warm-up"\n[train]\nbatch_size = 8\n',
    "net": '[data]\nname = "moons"\n[model]\nname = "mlp"\nhidden = [4]\nresidual = true\n'
    '[loss]\nname = "cross-entropy"\n[optimizer]\nname = "sgd"\n[train]\nbatch_size = 8\n',
    "momentum": '[optimizer]\nname = "momentum"\n',
    "squares": '[optimizer]\nname = "rmsprop"\n',
    "table": '[data]\nname = "csv"\npath = "x.csv"\ntarget = "y"\n[train]\nepochs = 1\n',
    "text": '[data]\nname = "text"\ntext = "file"\npath = "x.txt"\n[model]\nname = "char-mlp"\nhidden = [4]\n'
    '[loss]\nname = "cross-entropy"\n',
    "drawn": '[data]\nname = "curve"\n[model]\nname = "function"\nfunction = "saddle"\n[loss]\nname = "function"\n',
    "rule": '[data]\nname = "mails"\n[model]\nname = "keyword-rule"\n[loss]\nname = "mistakes"\n'
    '[optimizer]\nname = "none"\n',
    "powers": '[data]\nname = "quadratic"\n[model]\nname = "polynomial"\n',
    "speech": '[data]\nname = "phones"\n[model]\nname = "softmax"\n[loss]\nname = "cross-entropy"\n',
}
"""Labs in which settings are tried: each setting has an effect in one of them."""
AXES = {
    "data.name": lambda: tuple(registry(ml_settings.DATA_SOURCES)),
    "model.name": lambda: tuple(MODELS),
    "optimizer.name": ml_settings.optimizer_names,
}
SWITCHES = (
    ("model.hidden", ()), ("model.residual", False), ("optimizer.schedule", "constant"), ("train.batch_size", 0),
    ("data.text", "names"),
)  # fmt: skip
"""Settings without which others may have no effect, and their values then."""


@cache
def all_words() -> dict[str, dict[str, Any]]:
    """The words of both languages, and the Chinese meanings of keys and panels."""
    return tomllib.loads(Path(__file__).with_name("lab_files.toml").read_text(encoding="utf-8"))


# -- keys -------------------------------------------------------------------------------------------------------------


@cache
def meanings(language: str) -> dict[str, dict[str, str]]:
    """What keys and panels are for, by ``keys`` and ``panels`` and then by name."""
    if language == "zh":
        return all_words()["zh"]
    rows = re.findall(r"^\| `([a-z-]+)` \| (.+?) \| .+ \|$", README.read_text(encoding="utf-8"), re.MULTILINE)
    return {"keys": dict(docstrings()), "panels": dict(rows)}


def docstrings() -> Iterator[tuple[str, str]]:
    """The docstring of every setting, by its key, as Markdown."""
    tables = {f"{table.capitalize()}{end}": table for table in TABLES for end in ("Settings", "Config")}
    for module in (ml_settings, lab_config):
        source = Path(getsourcefile(module) or "").read_text(encoding="utf-8")
        for node in ast.parse(source).body:
            if not isinstance(node, ast.ClassDef) or node.name not in tables:
                continue
            for field, text in zip(node.body, node.body[1:], strict=False):
                if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr):
                    name = ast.unparse(field.target)
                    said = " ".join(str(ast.literal_eval(text.value)).split())
                    yield f"{tables[node.name]}.{name}", said.replace("``", "`")


def key_line(setting: Setting, language: str) -> str:
    """The item of a list that says everything about a setting."""
    words = all_words()[language]
    names = [name for name in (setting.short_name, setting.alias) if name not in {"", setting.name}]
    return str(words["key"]).format(
        name=setting.name,
        short=f" ({quoted(names, words)})" if names else "",
        live=" ⟳" if setting.live else "",
        takes=setting.expected().strip(),
        value=words["not-given"] if setting.default is None else f"`{toml_value(setting.default)}`",
        meaning=meanings(language)["keys"][setting.key],
        conditions=conditions_of(setting, language),
    )


def conditions_of(setting: Setting, language: str) -> str:
    """When a setting has an effect, found by trying it; empty if always."""
    if setting.applies is None:
        return ""
    words = all_words()[language]
    labs = [lab for lab in map(read_probe, PROBES.values()) if not setting.idle_reason(lab)]
    assert labs, f"no probe gives {setting.key} an effect"
    said = []
    for key, list_names in AXES.items():
        fitting = [name for name in list_names() if any(not idle(setting, lab, key, name) for lab in labs)]
        others = [name for name in list_names() if name not in fitting]
        if others:
            which, names = ("only", fitting) if len(fitting) <= len(others) else ("never", others)
            said.append(words[which].format(axis=words["axes"][key], names=quoted(names, words)))
    needed = [key for key, off in SWITCHES if key != setting.key and all(idle(setting, lab, key, off) for lab in labs)]
    if needed:
        said.append(words["needs"].format(names=quoted(needed, words)))
    return "".join(f"{words['between']}*{each}*" for each in said)


def quoted(names: Iterable[str], words: dict[str, Any]) -> str:
    """Names as code, in a list."""
    return str(words["comma"]).join(f"`{name}`" if name != "…" else name for name in names)


def idle(setting: Setting, lab: LabConfig, key: str, value: object) -> bool:
    """Whether a setting has no effect in ``lab`` with another value of ``key``."""
    return bool(setting.idle_reason(SETTINGS[key].with_value(lab, value)))


@cache
def read_probe(text: str) -> LabConfig:
    """The lab of a probe."""
    return read_lab(text, Path("probe.toml"))


def tables(language: str) -> Iterator[str]:
    """The chapters of the tables."""
    for table in TABLES:
        yield f"### `[{table}]`\n"
        yield "\n".join(key_line(each, language) for each in SETTINGS.values() if each.table == table) + "\n"
        if table == TRAINING_TABLES[-1]:
            yield str(all_words()[language]["controls"]) + "\n"


# -- panels, facts and data ------------------------------------------------------------------------------------------


def panels(language: str) -> str:
    """The list of the panels."""
    words = all_words()[language]
    found = []
    for name in panel_names():
        reported = quoted((f"final.{each}" for each in panel_class(name).reports), words)
        item = f"- `{name}`{words['colon']}{meanings(language)['panels'][name]}"
        found.append(f"{item} ({reported})" if reported else item)
    return "\n".join(found)


def fact_lines(language: str) -> str:
    """The list of the facts, with what a run needs to report them."""
    words = all_words()[language]
    of_panels = {
        words["panel"].format(name=f"`{panel}`"): _final(panel_class(panel).reports)
        for panel in panel_names()
        if panel_class(panel).reports
    }
    explained = {
        words["always"]: tuple(name for name in facts.ALWAYS if name not in {"state", "seconds"}),
        words["training"]: facts.OF_TRAINING,
        words["validation"]: facts.OF_VALIDATION,
        words["classes"]: facts.OF_CLASSES,
        words["two"]: _final(facts.OF_TWO_CLASSES),
        words["gradient"]: ("final.gradient_norm",),
        **of_panels,
    }
    plain = {words["line"]: ("final.w", "final.b"), words["rule"]: ("final.threshold",)}
    for name, function in FUNCTIONS.items():
        more = ("lambda1", "lambda2") if function.hessian is not None else ()
        reported = dict.fromkeys((*function.names, *function.symbols, "f", *function.facts, *more))
        plain[words["drawn"].format(name=f"`{name}`")] = _final(reported)
    lines = [
        f"- {when}{words['colon']}" + words["semicolon"].join(f"`{name}` ({fact_name(name)})" for name in names)
        for when, names in explained.items()
    ]
    return "\n".join([*lines, *(f"- {when}{words['colon']}{quoted(names, words)}" for when, names in plain.items())])


def _final(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"final.{name}" for name in names)


def data_lines(language: str) -> str:
    """The list of the data sets."""
    words = all_words()[language]
    lines = []
    for name, source in registry(ml_settings.DATA_SOURCES).items():
        kinds = [words["count"].format(count=source.classes) if source.classes else words["tasks"][source.task]]
        kinds += [words[each] for each in ("series", "grouped") if getattr(source, each)]
        kinds += [words["own"]] if source.kept_back else []
        said = [words["comma"].join(kinds) + words["stop"]]
        if columns := columns_of(name, source):
            said.append(words["columns"].format(names=quoted(columns, words)))
        if source.targets:
            said.append(words["targets"].format(names=quoted(source.targets, words)))
        if source.uses:
            said.append(words["uses"].format(names=quoted(source.uses, words)))
        if source.licence and source.licence != "MIT":
            said.append(words["source"].format(source=source.source, licence=source.licence))
        lines.append(f"- `{name}`{words['colon']}" + " ".join(said))
    return "\n".join(lines)


def columns_of(name: str, source: DataSource[Any]) -> list[str]:
    """The features of a data set that has a file, from its header; at most `MANY_COLUMNS`, and then an ellipsis."""
    path = ROOT / "lessons" / "data" / f"{name}.csv"
    if not path.is_file() or name == "digits" or source.targets or "frames" in source.uses:
        return []
    with path.open(encoding="utf-8", newline="") as file:
        columns = next(csv.reader(file))[:-1]
    return columns if len(columns) <= MANY_COLUMNS else [*columns[:MANY_COLUMNS], "…"]


# -- pages -----------------------------------------------------------------------------------------------------------


def chapter(language: str) -> str:
    """Everything about lab files below their title."""
    use_language(language)
    words = all_words()[language]
    mine = words["mine"].format(slots=quoted(SLOTS, words))
    parts = [
        words["intro"], words["top"], *(each.rstrip() for each in tables(language)), mine,
        f"{words['panels-title']}\n\n{panels(language)}",
        f"{words['facts']}\n\n{words['fact-intro']}\n\n{fact_lines(language)}",
        f"{words['data']}\n\n{data_lines(language)}",
    ]  # fmt: skip
    return "\n\n".join(wrapped(part.strip()) if language == "en" else part.strip() for part in parts) + "\n"


def wrapped(text: str) -> str:
    """``text`` in lines of at most 120 characters, a list with its items indented."""
    lines = (
        textwrap.wrap(line, 120, subsequent_indent="  " * line.startswith("- "), **WHOLE_WORDS) or [""]
        for line in text.split("\n")
    )
    return "\n".join(each for several in lines for each in several)


def lab_files_page(language: str) -> str:
    """The page of the manual."""
    return f"# {all_words()[language]['title']}\n\n" + chapter(language).replace("\n### ", "\n## ")


def maths_page(language: str) -> str:
    """The page that lists the LaTeX that can be shown."""
    words = all_words()[language]
    symbols = [name for name, sign in SYMBOLS.items() if name.isalpha() and sign.strip()]
    forms = sorted(known_macros() - {*SYMBOLS, *OPERATORS, *ACCENTS, *FONTS, "begin", "end"})
    lists: dict[str, list[str]] = {
        "symbols": [f"`\\{name}` {to_unicode(f'{chr(92)}{name}')}" for name in symbols],
        "functions": [f"`\\{name}`" for name in OPERATORS],
        "accents": [f"`\\{name}`" for name in ACCENTS],
        "forms": [f"`\\{name}`" for name in forms],
        "fonts": [f"`\\{name}`" for name in sorted(FONTS)],
        "environments": [f"`{name}`" for name in sorted(ENVIRONMENTS)],
    }
    return str(words["maths"]) + "".join(f"\n## {words[key]}\n\n{', '.join(names)}\n" for key, names in lists.items())


def readme() -> str:
    """``lessons/README.md`` with its chapter on lab files as it should be."""
    text = README.read_text(encoding="utf-8")
    before, _, rest = text.partition(MARKS[0])
    _, _, after = rest.partition(MARKS[1])
    use_language("en")
    without_panels = re.sub(r"### Panels\n.*?(?=### Facts)", "", chapter("en"), flags=re.DOTALL)
    return f"{before}{MARKS[0]}\n\n{without_panels.strip()}\n\n{MARKS[1]}{after}"


PAGES: dict[Path, Callable[[], str]] = {README: readme} | {
    ROOT / "tutor" / "manual" / language / f"{name}.md": (lambda page=page, language=language: page(language))
    for language in LANGUAGES
    for name, page in (("lab-files", lab_files_page), ("maths", maths_page))
}
"""What each file should say."""


if __name__ == "__main__":
    for path, text in PAGES.items():
        path.write_text(text(), encoding="utf-8")
        print(path.relative_to(ROOT))
