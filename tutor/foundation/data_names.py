"""The names of the columns and classes of the course's data sets in the interface language.

Lab files and settings use the English names of the data; the learner sees these. Names in a table of the learner's
own are not translated.
"""

from __future__ import annotations

import re

from tutor.foundation.translate import translate

_KEYS = {
    "views": "names.views",
    "value": "names.value",
    "casual": "names.casual",
    "registered": "names.registered",
    "total": "names.total",
    "mail": "names.mail",
    "spam": "names.spam",
    "heads": "names.heads",
    "tails": "names.tails",
    "sepal length (cm)": "names.sepal-length",
    "sepal width (cm)": "names.sepal-width",
    "petal length (cm)": "names.petal-length",
    "petal width (cm)": "names.petal-width",
    "bill length (mm)": "names.bill-length",
    "bill depth (mm)": "names.bill-depth",
    "flipper length (mm)": "names.flipper-length",
    "body mass (g)": "names.body-mass",
    "sex=female": "names.female",
    "sex=male": "names.male",
    "semicolon": "names.semicolon",
    "bracket": "names.bracket",
    "square bracket": "names.square-bracket",
    "exclamation mark": "names.exclamation-mark",
    "dollar sign": "names.dollar-sign",
    "hash sign": "names.hash-sign",
    "capitals mean": "names.capitals-mean",
    "capitals longest": "names.capitals-longest",
    "capitals total": "names.capitals-total",
    "age": "names.age",
    "sex": "names.sex",
    "progression": "names.progression",
    "temperature": "names.temperature",
    "humidity": "names.humidity",
    "wind": "names.wind",
    "rain": "names.rain",
    "hour": "names.hour",
    "season": "names.season",
    "hour (sin)": "names.hour-sine",
    "hour (cos)": "names.hour-cosine",
    "season (sin)": "names.season-sine",
    "season (cos)": "names.season-cosine",
}
_DAYS_AGO = re.compile(r"(.+)( −\d+)")


def data_name(name: str) -> str:
    """Return ``name`` of a column or a class in the interface language, or unchanged if it has no translation.

    Composed names are translated too: ``views −7`` (the views of seven days before) and ``free → spam`` (a weight from
    a column to a class).
    """
    if " → " in name:
        return " → ".join(data_name(part) for part in name.split(" → "))
    days_ago = _DAYS_AGO.fullmatch(name)
    if days_ago is not None:
        return data_name(days_ago[1]) + days_ago[2]
    return translate(_KEYS[name]) if name in _KEYS else name
