"""Daily series, two generated and one real, and features that look back in them.

Both generated series are a weekly rhythm times a hidden state that follows a noisy logistic map, so the recent past
says more about tomorrow than a linear model can use. `views` has a slowly drifting level as well.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tutor.ml.datasets.dataset import REGRESSION, Floats, RawData
from tutor.ml.datasets.sources.shipped import bike_sharing
from tutor.ml.datasets.sources.source import DataSource
from tutor.ml.settings import DataSettings

DAYS_OF_VIEWS = 1461 + 365
DAYS_OF_REBOUND = 1405 + 56 + 365
VALIDATION_DAYS = 365
SHORT_VALIDATION_DAYS = 120
LONGEST_LOOK_BACK = 56
"""The rows begin this many days into a series however few lags are used, so that all lags are judged on the same
days."""

VIRAL_DAY = 400
"""The day of a series that goes viral if a lab asks for it; earlier in a short series."""

VIEWS_SEED = 208
REBOUND_SEED = 37

_WEEK_OF_VIEWS = np.array([1.0, 1.06, 1.04, 1.0, 0.97, 0.78, 0.84])
_WEEK_OF_REBOUND = np.array([1.0, 1.08, 1.05, 1.02, 0.97, 0.62, 0.70])
_LOGISTIC_RATE = 3.7
_LOGISTIC_NOISE = 0.005


def _logistic_step(state: float, noise: float) -> float:
    return min(max(_LOGISTIC_RATE * state * (1.0 - state) + noise, 0.02), 0.98)


def views(seed: int = VIEWS_SEED, days: int = DAYS_OF_VIEWS) -> Floats:
    """Daily views of a channel in thousands, (days,). Seed 208 gives the order of the book's table."""
    random = np.random.default_rng(seed)
    time = np.arange(days)
    noise = random.normal(0, _LOGISTIC_NOISE, days)
    state = np.zeros(days)
    state[0] = 0.4
    for day in range(1, days):
        state[day] = _logistic_step(state[day - 1], noise[day])
    persistence, spread = 0.995, 0.35
    steps = random.normal(0, spread * np.sqrt(1 - persistence**2), days)
    level = np.zeros(days)
    level[0] = random.normal(0, spread * 0.3)
    for day in range(1, days):
        level[day] = persistence * level[day - 1] + steps[day]
    yearly = 0.15 * np.sin(2 * np.pi * time / 365.25)
    series = _WEEK_OF_VIEWS[time % 7] * np.exp(level + yearly) * (3.2 + 2.0 * state)
    series = series * np.exp(random.normal(0, 0.01, days))
    return _with_shocks(series, random, fraction=0.02, spread=0.5)


def rebound(seed: int = REBOUND_SEED, days: int = DAYS_OF_REBOUND) -> Floats:
    """A series without a drifting level, (days,), whose rule only a deep or wide model can learn."""
    random = np.random.default_rng(seed)
    time = np.arange(days)
    state = np.zeros(days)
    state[0] = 0.4
    for day in range(1, days):
        state[day] = _logistic_step(state[day - 1], random.normal(0, _LOGISTIC_NOISE))
    series = _WEEK_OF_REBOUND[time % 7] * (3.0 + 3.0 * state)
    series = series * np.exp(random.normal(0, 0.02, days))
    return _with_shocks(series, random, fraction=0.05, spread=0.35)


def _with_shocks(series: Floats, random: np.random.Generator, *, fraction: float, spread: float) -> Floats:
    """The series with unforeseeable events on a fraction of the days."""
    hit = random.random(len(series)) < fraction
    return np.where(hit, series * np.exp(random.normal(0, spread, len(series))), series)


def first_label(days: int, lags: int) -> int:
    """The number of the first day of a series that is a label: those before it are only looked back at."""
    return min(max(lags, LONGEST_LOOK_BACK), days - 2)


def look_back(series: Floats, lags: int, name: str, *, viral_day: float = 1.0, rows: int = 0) -> RawData:
    """Features that look back: row t holds the values of the 1, 2, ..., ``lags`` days before day t.

    A series by the hour is treated alike; its days are hours.

    Args:
        series: (days,), in order.
        lags: The number of features d.
        name: What the series counts.
        viral_day: A factor on one training day, which makes it an outlier.
        rows: How many days to use; 0 for all.

    Returns:
        (n, d) features and (n,) labels, in time order.
    """
    start = first_label(len(series), lags)
    series = np.array(series[: start + rows] if rows else series, dtype=np.float64)
    lags = min(lags, start)
    if viral_day != 1.0:
        # A training day: as a label and, the day after, as a feature.
        series[min(VIRAL_DAY, start + (len(series) - start) // 3)] *= viral_day
    x = np.stack([series[start - lag : len(series) - lag] for lag in range(1, lags + 1)], axis=1)
    fraction = next((days / len(x) for days in (VALIDATION_DAYS, SHORT_VALIDATION_DAYS) if len(x) > 3 * days), 0.2)
    names = tuple(f"{name} −{lag}" for lag in range(1, lags + 1))
    return RawData(
        x,
        series[start:],
        names,
        name,
        REGRESSION,
        ordered=True,
        lags=lags,
        test_fraction=fraction,
        shared_scale=True,
    )


_HIRED = ("casual", "registered", "total")
"""The columns of bicycles that may be predicted; the first one is the default."""


def _days(given: DataSettings, series: Floats, name: str) -> RawData:
    return look_back(series, given.lags, name, viral_day=given.viral_day, rows=given.rows)


def _views(given: DataSettings, _folder: Path | None) -> RawData:
    return _days(given, views(VIEWS_SEED if given.seed is None else given.seed), "views")


def _rebound(given: DataSettings, _folder: Path | None) -> RawData:
    return _days(given, rebound(REBOUND_SEED if given.seed is None else given.seed), "value")


def _bike_sharing(given: DataSettings, folder: Path | None) -> RawData:
    hired = given.target or _HIRED[0]
    return _days(given, bike_sharing(folder, hired), hired)


_USES = ("rows", "lags", "viral_day")
SOURCES: tuple[DataSource[DataSettings], ...] = (
    DataSource("views", _views, (*_USES, "seed"), REGRESSION, series=True),
    DataSource("rebound", _rebound, (*_USES, "seed"), REGRESSION, series=True),
    DataSource(
        "bike-sharing",
        _bike_sharing,
        (*_USES, "target"),
        REGRESSION,
        targets=_HIRED,
        series=True,
        source="H. Fanaee-T and J. Gama (2013), UCI",
        licence="MIT",
    ),
)
