"""Generated emails as counts of words: enough to see a hand-written rule fail.

An ordinary spam message says "free" again and again, and an ordinary email hardly does. A tricky email from a friend
says "feel free" a few times, and a tricky spam message sometimes writes "fr3e".
"""

from __future__ import annotations

import numpy as np

from tutor.ml.datasets.dataset import CLASSIFICATION, RawData
from tutor.ml.datasets.sources.source import DataSource
from tutor.ml.settings import DataSettings

MAIL_WORDS = ("free", "winner", "meeting", "thanks")
"""The words that are counted."""
_SPAM_FRACTION = 0.4
_MAILS = 200


def mails(rows: int, tricky_share: float, seed: int | None) -> RawData:
    """Counts of `MAIL_WORDS` in emails, (rows, 4); class 1 is spam, two fifths of them.

    Args:
        rows: How many emails; 0 for 200.
        tricky_share: The fraction of each class whose words are misleading.
        seed: The seed of the generator; None for 1.
    """
    random = np.random.default_rng(1 if seed is None else seed)
    count = rows or _MAILS
    spam = np.arange(count) < round(_SPAM_FRACTION * count)
    # Emails turn tricky in a fixed random order, so a larger fraction only adds tricky ones.
    rank = random.permutation(count) / count
    x = _counts(random, spam)
    tricky = rank < tricky_share
    # "Feel free to bring a friend, parking is free": an honest email with the word two or three times.
    friendly = random.integers(2, 4, count)
    x[:, 0] = np.where(tricky & ~spam, friendly, x[:, 0])
    # "Fr3e": a spam message that says "free" less often, and "winner" more often.
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
    """Word counts, (n, 4), of emails that are not tricky; ``spam`` says which are spam, (n,)."""
    often = np.array([4.0, 1.5, 0.2, 0.3])
    seldom = np.array([0.3, 0.1, 1.5, 1.0])
    counts = random.poisson(np.where(spam[:, None], often, seldom))
    # A spam message without the word "free" would escape the rule by chance, not by a trick.
    counts[:, 0] = np.where(spam, np.maximum(counts[:, 0], 1), counts[:, 0])
    return counts


SOURCE: DataSource[DataSettings] = DataSource(
    "mails",
    lambda given, _: mails(given.rows, given.tricky_share, given.seed),
    uses=("rows", "tricky_share", "seed"),
    classes=2,
)
