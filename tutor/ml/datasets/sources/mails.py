"""Seeded fake mails as counts of words: enough to see a hand-written rule break.

A plain spam mail says "free" again and again, and a plain mail hardly does. A tricky mail from a friend says "feel
free" a few times too often, and tricky spam writes "fr3e" in between.
"""

from __future__ import annotations

import numpy as np

from tutor.ml.datasets.dataset import CLASSIFICATION, RawData
from tutor.ml.datasets.sources.source import DataSource
from tutor.ml.settings import DataSettings

MAIL_WORDS = ("free", "winner", "meeting", "thanks")
"""What is counted."""
_SPAM_SHARE = 0.4
_MAILS = 200


def mails(rows: int, tricky_share: float, seed: int | None) -> RawData:
    """Counts of `MAIL_WORDS` in mails, (rows, 4); class 1 is spam, two of five.

    Args:
        rows: how many mails; 200 unless given.
        tricky_share: the share, of either class, whose words mislead.
        seed: of the generator.
    """
    random = np.random.default_rng(1 if seed is None else seed)
    count = rows or _MAILS
    spam = np.arange(count) < round(_SPAM_SHARE * count)
    # Which mails are tricky is settled in an order of its own, so that a larger share only adds tricky mails.
    rank = random.permutation(count) / count
    x = _counts(random, spam)
    tricky = rank < tricky_share
    # "Feel free to bring a friend, parking is free": an honest mail with the word two or three times.
    friendly = random.integers(2, 4, count)
    x[:, 0] = np.where(tricky & ~spam, friendly, x[:, 0])
    # "Fr3e": a spam mail that says its word seldom, and "winner" all the more.
    x[:, 0] = np.where(tricky & spam, np.minimum(x[:, 0], 3), x[:, 0])
    x[:, 1] = np.where(tricky & spam, x[:, 1] + 2, x[:, 1])
    return RawData(
        x.astype(np.float64),
        spam.astype(np.int64),
        MAIL_WORDS,
        "spam",
        CLASSIFICATION,
        class_names=("mail", "spam"),
        test_fraction=0.0,
        shared_scale=True,
    )


def _counts(random: np.random.Generator, spam: np.ndarray) -> np.ndarray:
    """Word counts of mails that read like spam where ``spam``, (n, 4)."""
    often = np.array([4.0, 1.5, 0.2, 0.3])
    seldom = np.array([0.3, 0.1, 1.5, 1.0])
    counts = random.poisson(np.where(spam[:, None], often, seldom))
    # A spam mail without its word at all would be hidden by chance, not by a trick.
    counts[:, 0] = np.where(spam, np.maximum(counts[:, 0], 1), counts[:, 0])
    return counts


SOURCE: DataSource[DataSettings] = DataSource(
    "mails",
    lambda given, _: mails(given.rows, given.tricky_share, given.seed),
    uses=("rows", "tricky_share", "seed"),
    classes=2,
)
