"""The fields behind the id of an exercise: ``<!-- x: id; tolerance: 1e-5; lines: 8; forbid: for, while -->``."""

from __future__ import annotations

from math import isfinite

from tutor.course.id_fields import IdFields
from tutor.course.lesson import ExerciseOptions
from tutor.course.source import Element, Source
from tutor.foundation.translate import translate

FIELDS = ("tolerance", "seconds", "memory", "lines", "forbid", "copies")
_RANGES = {"tolerance": (0.0, 0.1), "seconds": (0.1, 20.0), "memory": (16.0, 1_024.0), "lines": (1.0, 100.0)}


def read_options(source: Source, heading: Element, fields: IdFields) -> ExerciseOptions:
    """Return the options. A value that makes no sense is added to `Source.faults`, and the default is used."""
    standard = ExerciseOptions()
    return ExerciseOptions(
        tolerance=_number(source, heading, fields, "tolerance", standard.tolerance),
        seconds=_number(source, heading, fields, "seconds", standard.seconds),
        memory=int(_number(source, heading, fields, "memory", standard.memory)),
        lines=int(_number(source, heading, fields, "lines", standard.lines)),
        forbid=fields.listed("forbid"),
        copies=fields.listed("copies"),
    )


def _number(source: Source, heading: Element, fields: IdFields, name: str, standard: float) -> float:
    if name not in fields.values:
        return standard
    text = fields.values[name]
    low, high = _RANGES[name]
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if isfinite(value) and low <= value <= high:
        return value
    place = source.find(heading.start, len(source.lines), name)
    source.fault(place, translate("course.exercise-option", name=name, value=text[:20], low=low, high=high))
    return standard
