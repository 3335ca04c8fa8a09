"""Hourly fine dust (PM2.5) and weather of a city that does not exist, made by a seeded generator.

Nothing is copied from a real station, so the data may be passed on with the course. These things are as in real air:

- Dust stays in the air, so one hour resembles the last: the autocorrelation is 0.99 at 1 hour and 0.7 at 24.
- Traffic emits in the morning and in the evening, heating in cold hours. The same emission raises the concentration
  more if the layer of air that it mixes with is shallow, as it is at night.
- An inversion, warm air over cold, can form in calm, cool nights and lowers that layer like a lid, usually until the
  morning. No column shows it, but calm, cold and rising dust are its signs.
- Wind carries away a fraction of the dust and brings that of the country, and rain washes out a fraction. So their
  effects are products with the concentration, which a linear model can only approximate.
- High pressure lasts for days and is calm and dry; low pressure is windy and wet. The pressure is not a column.
- The instrument errs by about 2 µg/m³ and never shows less than 0.

These are not: the seasons and the days are sine waves, and there are no weekends, no directions of the wind, no dust
storms and no gaps in the record.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from tutor.foundation.errors import TutorError
from tutor.foundation.suggest import nearest
from tutor.foundation.translate import listed, translate
from tutor.ml.datasets.dataset import HOUR, REGRESSION, Floats, RawData
from tutor.ml.datasets.sources.series import LONGEST_LOOK_BACK, first_label, look_back
from tutor.ml.datasets.sources.source import DataSource
from tutor.ml.settings import DataSettings
from tutor.tables.columns import Flags

SEED = 25
HOURS = LONGEST_LOOK_BACK + 2 * 365 * 24
"""Two years of rows: by default the first is for training, the second for validation."""
DUST = "PM2.5"
FEATURES = ("temperature", "humidity", "wind", "rain", "hour", "season", DUST)
"""What ``data.features`` may name. The hour and the season are two columns each, sine and cosine, because they go round
in a circle: 23:00 is next to 0:00."""
_DAY, _YEAR = 24, 365 * 24
_WARM_UP = 15 * _DAY
"""Hours that are made first and thrown away, so that the start does not matter; whole days, so that hour 0 is 0:00."""
_CALM, _WARM, _INVERSIONS = 2.0, 18.0, 0.7
"""Wind in m/s and temperature in °C in the evening below which there may be an inversion, and how likely it is."""


@dataclass(frozen=True, slots=True)
class Weather:
    """Weather by the hour, (hours,) each.

    Args:
        temperature: In °C.
        humidity: The relative humidity in percent, from 10 to 100.
        wind: In m/s, above 0.
        rain: In mm an hour, mostly 0.
        lid: The height of the layer of air that dust mixes with, about 1; nobody measures it.
    """

    temperature: Floats
    humidity: Floats
    wind: Floats
    rain: Floats
    lid: Floats


def weather(random: np.random.Generator, hours: int) -> Weather:
    """Weather from 1 January, 0:00, on."""
    time = np.arange(hours, dtype=np.float64)
    winter, daylight = _winter(time), _daylight(time)
    pressure = _slow(random, hours, 48)
    temperature = 13 - 12 * winter + 4 * daylight + 3 * _slow(random, hours, 60)
    wind = np.exp(0.8 + 0.45 * daylight - 0.35 * pressure + 0.35 * _slow(random, hours, 8))
    rain = np.maximum(0.0, _slow(random, hours, 5) - 0.7 * pressure - 1.9) * random.gamma(2.0, 0.7, hours)
    humidity = 62 - 12 * daylight - 8 * pressure + 15 * (rain > 0) + 6 * _slow(random, hours, 20)
    lid = np.exp(0.6 * daylight - 0.15 * winter)
    lid = np.where(_inversions(random, temperature, wind), 0.4 * lid, lid)
    return Weather(temperature, np.clip(humidity, 10.0, 100.0), wind, rain, lid)


def fine_dust(random: np.random.Generator, over: Weather) -> Floats:
    """PM2.5 as an instrument shows it, in µg/m³, (hours,), never below 0."""
    hours = len(over.wind)
    hour = np.arange(hours) % _DAY
    traffic = np.exp(-(((hour - 8) / 1.8) ** 2)) + np.exp(-(((hour - 18.5) / 2.5) ** 2))
    heating = np.maximum(0.0, 14 - over.temperature) / 14
    emitted = (1.0 + 2.5 * traffic + 3.5 * heating) * np.exp(0.3 * _slow(random, hours, 3))
    source = emitted / over.lid
    stays = np.exp(-0.05 * over.wind - 0.35 * np.minimum(over.rain, 3.0))
    country = 9 + 4 * _slow(random, hours, 72)
    dust = np.empty(hours)
    now = 40.0
    for at in range(hours):
        now = country[at] + (now - country[at]) * stays[at] + source[at]
        dust[at] = now
    return np.maximum(0.0, dust + random.normal(0, 2.0, hours))


def _slow(random: np.random.Generator, hours: int, memory: float) -> Floats:
    """Noise of mean 0 and standard deviation 1 that forgets by a factor e in ``memory`` hours, (hours,)."""
    keeps = float(np.exp(-1 / memory))
    steps = random.normal(0, np.sqrt(1 - keeps**2), hours).tolist()
    now, values = float(random.normal()), []
    for step in steps:
        now = keeps * now + step
        values.append(now)
    return np.array(values)


def _winter(time: Floats) -> Floats:
    """1 in the middle of January, −1 in the middle of July."""
    return np.cos(2 * np.pi * (time / _YEAR - 15 / 365))


def _daylight(time: Floats) -> Floats:
    """1 at 15:00, −1 at 3:00."""
    return np.cos(2 * np.pi * (time % _DAY - 15) / _DAY)


def _inversions(random: np.random.Generator, temperature: Floats, wind: Floats) -> Flags:
    """In which hours there is an inversion, (hours,): in most calm nights that are not warm, for 7 to 12 hours."""
    lids = np.zeros(len(wind), dtype=bool)
    for evening in range(20, len(wind), _DAY):
        start, lasts = evening + int(random.integers(0, 5)), int(random.integers(7, 13))
        likely = wind[evening] < _CALM and temperature[evening] < _WARM
        if random.random() < _INVERSIONS and likely:
            lids[start : start + lasts] = True
    return lids


# -- examples -----------------------------------------------------------------------------------------------------


def air(given: DataSettings, _folder: Path | None) -> RawData:
    """For each hour t what was measured up to hour t − 1, the hour of the day and the season, and PM2.5 at hour t.

    The last columns are PM2.5 of 1, 2, ..., ``lags`` hours before, if `DUST` is among the features.

    Args:
        given: Uses ``rows`` (hours; 0 for two years), ``lags``, ``features`` (names in `FEATURES`; empty: all) and
            ``seed``.
        _folder: Not used.

    Raises:
        TutorError: There is no such feature.
    """
    wanted = given.features or FEATURES
    for name in wanted:
        if name not in FEATURES:
            near = nearest(name, FEATURES)
            raise TutorError(
                translate("ml.no-such-column", column=name, known=listed(FEATURES)),
                hint=translate("ml.did-you-mean", near=near) if near else "",
            )
    random = np.random.default_rng(SEED if given.seed is None else given.seed)
    over = weather(random, _WARM_UP + HOURS)
    dust = fine_dust(random, over)[_WARM_UP:]
    table = look_back(dust, given.lags, DUST, rows=given.rows)
    hours = _WARM_UP + first_label(len(dust), given.lags) + np.arange(len(table.y))
    day, year = 2 * np.pi * hours / _DAY, 2 * np.pi * hours / _YEAR
    known = {
        "temperature": {"temperature": over.temperature[hours - 1]},
        "humidity": {"humidity": over.humidity[hours - 1]},
        "wind": {"wind": over.wind[hours - 1]},
        "rain": {"rain": over.rain[hours - 1]},
        "hour": {"hour (sin)": np.sin(day), "hour (cos)": np.cos(day)},
        "season": {"season (sin)": np.sin(year), "season (cos)": np.cos(year)},
        DUST: dict(zip(table.feature_names, table.x.T, strict=True)),
    }
    columns = {name: column for each in FEATURES if each in wanted for name, column in known[each].items()}
    return replace(
        table,
        x=np.stack(list(columns.values()), axis=1),
        feature_names=tuple(columns),
        lags=table.lags if DUST in wanted else 0,
        step=HOUR,
        test_fraction=0.5,
        shared_scale=False,
    )


SOURCE: DataSource[DataSettings] = DataSource(
    "air", air, ("rows", "lags", "features", "seed"), REGRESSION, series=True, label=DUST
)
