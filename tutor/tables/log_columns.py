"""The roles of the columns of a training log, from the names that training programs give them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.suggest import nearest
from tutor.foundation.translate import listed, translate
from tutor.tables.report import shown

ROLES = ("epoch", "train_loss", "valid_loss", "train_accuracy", "valid_accuracy", "learning_rate")
"""The roles that ``--columns`` can name. Any other column is a metric with its own name."""
MAX_METRICS = 20
LONGEST_NAME = 40
"""The maximal length of a metric's name in characters."""
_NAMES_SHOWN = 30
_NO_WORDS_BELOW = 3
"""From this rank of a measure on, a column may be one of words: ``error`` may be a message."""
_LONGEST_KNOWN = 60
"""A longer name is not one of the known ones; in characters."""

_TRAIN = ("train", "training", "trainings", "trn", "tr", "learn", "fit", "训练", "训练集", "訓練", "訓練集")
_VALID = (
    "valid",
    "validation",
    "val",
    "vali",
    "validierung",
    "validierungs",
    "検証",
    "验证",
    "验证集",
    "校验",
    "驗證",
    "驗證集",
)
_EVAL = ("eval", "evaluation", "dev", "devel", "holdout", "heldout", "评估", "評估")
_TEST = ("test", "testing", "tst", "测试", "测试集", "測試", "測試集", "te")
_LOSS = ("loss", "losses", "verlust", "损失", "损失值", "损失函数", "損失", "損失值", "損失函數")
_ENTROPY = (
    "logloss", "mlogloss", "binarylogloss", "multilogloss", "crossentropy", "softmaxcrossentropy", "xent", "xentropy",
    "ce", "bce", "nll", "negativeloglikelihood", "perplexity", "ppl", "multiclassonevsall", "objective", "cost",
)  # fmt: skip
_DISTANCE = (
    "mse", "rmse", "mae", "mape", "rmsle", "l1", "l2", "huber", "hinge", "poisson", "gamma", "tweedie", "quantile",
    "meansquarederror", "meanabsoluteerror", "rootmeansquarederror", "均方误差", "误差", "誤差",
)  # fmt: skip
_ERROR = ("error", "merror", "err", "binaryerror", "multierror")
_ACCURACY = (
    "accuracy", "acc", "accuracies", "categoricalaccuracy", "sparsecategoricalaccuracy", "binaryaccuracy", "top1",
    "accuracytop1", "acctop1", "准确率", "正确率", "精度", "准确度", "準確率", "正確率", "準確度",
    "genauigkeit", "正解率",
)  # fmt: skip
_RATE = ("lr", "learningrate", "learnrate", "baselearnrate", "baselr", "学习率", "學習率")
_EPOCH = (
    "epoch", "epochs", "ep", "轮次", "轮数", "轮", "回合", "輪次", "輪數", "周期", "训练轮次", "訓練輪次", "第几轮",
    "训练轮数", "訓練輪數", "训练轮", "回合数", "迭代轮数", "迭代轮次", "训练周期", "世代", "代数", "epoche", "epochen",
    "époque", "époques", "epoca", "época", "эпоха", "エポック", "에포크",
)  # fmt: skip
_COUNTER = (
    "step", "steps", "globalstep", "iteration", "iterations", "iter", "iters", "round", "rounds", "boostinground",
    "update", "updates", "ntree", "ntrees", "trees", "步", "步数", "步數", "迭代", "迭代次数", "迭代次數", "迭代数",
)  # fmt: skip
_MODIFIERS = {
    "metrics": 1,
    "epoch": 1, "s": 1, "0": 1, "1": 2, "set": 1, "data": 1, "dataset": 1, "total": 2, "overall": 2, "mean": 2,
    "avg": 2, "average": 2, "value": 2, "score": 2, "percent": 1, "pct": 1, "multiclass": 1, "函数": 1, "平均": 2,
    "总": 2, "running": 4, "smoothed": 4, "ema": 4, "batch": 5, "minibatch": 5, "step": 5, "last": 5, "final": 6,
}  # fmt: skip
"""Words around a measure, with the distance of their meaning from the plain measure of an epoch."""
_COMPONENTS = frozenset({
    "box", "bbox", "cls", "class", "classifier", "classification", "dfl", "obj", "objectness", "seg", "mask", "pose",
    "kpt", "kobj", "landm", "angle", "reg", "rpn", "giou", "iou", "centerness",
})  # fmt: skip
"""The parts whose sum is the loss of an object detector."""
_PHASE = frozenset({
    "phase", "split", "mode", "stage", "subset", "set", "dataset", "part", "partition", "type", "阶段", "階段",
    "数据集", "數據集",
})  # fmt: skip
"""Columns whose words distinguish the rows of training from those of validation."""
_PHASES = ("valid", "test")
_NAMING = frozenset({"metric", "metricname", "key", "tag", "variable", "measure", "指标", "指標"})
"""Columns that name what each row measures, in a table with one row for each value."""
_NO_METRICS = frozenset({
    "", "batch", "time", "times", "timestamp", "date", "datetime", "walltime", "elapsed", "seconds", "duration",
    "unnamed0", "index", "gradientnorm", "trainepoch", "remaining", "passed", "时间", "用时", "耗时", "時間", "日期",
})  # fmt: skip
"""Columns that count, or that give a time."""
_NO_METRIC_ENDS = ("runtime", "persecond", "flos", "seconds", "walltime")
_SIGNS = re.compile(r"[\W_]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|[\W_]+")
_PERCENT = re.compile(r"[%％]|\bpercent\b|\bpct\b", re.IGNORECASE)
_CATBOOST_OPTIONS = re.compile(r"(?<=[A-Za-z]):\w{1,30}=.{0,60}")
"""What follows a loss in ``Huber:delta=1.0``."""
_TENSORBOARD = re.compile(r"run-(?P<run>.*)-tag-(?P<tag>.+)", re.IGNORECASE)


def squashed(name: str) -> str:
    """A name for comparison, without case, spaces and signs: ``Train Loss`` and ``train/loss`` are equal."""
    return _SIGNS.sub("", unicodedata.normalize("NFKC", name[: 2 * _LONGEST_KNOWN])).casefold()


def _vocabulary() -> dict[str, tuple[str, int]]:
    """Every word that a name may consist of, with its kind and its rank (0 is preferred)."""
    words: dict[str, tuple[str, int]] = {}
    for rank, parts in enumerate((_VALID, _EVAL, _TEST)):
        words |= dict.fromkeys(parts, ("valid", rank))
    words |= dict.fromkeys(_TRAIN, ("train", 0))
    for rank, measures in enumerate((_LOSS, _ENTROPY, _DISTANCE, _ERROR)):
        words |= dict.fromkeys(measures, ("loss", rank))
    words |= dict.fromkeys(_ACCURACY, ("accuracy", 0))
    words |= dict.fromkeys(_RATE, ("rate", 0))
    words |= {word: ("modifier", rank) for word, rank in _MODIFIERS.items()}
    return words


_WORDS = _vocabulary()
_LONGEST_WORD = max(map(len, _WORDS))


@lru_cache(maxsize=1024)
def _cut_into_words(name: str) -> tuple[str, ...]:
    """A squashed name split into the fewest known words; empty if that is impossible. Linear in its length."""
    if len(name) > _LONGEST_KNOWN:
        return ()
    best: list[tuple[str, ...] | None] = [(), *([None] * len(name))]
    for end in range(1, len(name) + 1):
        for start in range(max(0, end - _LONGEST_WORD), end):
            before, word = best[start], name[start:end]
            if before is not None and word in _WORDS and len(before) + 1 < len(best[end] or (*before, "", "")):
                best[end] = (*before, word)
    return best[-1] or ()


class Meaning(NamedTuple):
    """The meaning of a column's name. Names are compared field by field; smaller is preferred.

    Args:
        measure: ``loss``, ``accuracy`` or ``rate``.
        part: ``train``, ``valid``, or empty if the name does not say.
        rank: The distance of the measure from a loss: 0 a loss, 1 an entropy, 2 a distance, 3 a count of errors.
        part_rank: ``valid`` before ``eval`` before ``test``.
        modifier: The distance of the words around it from the plain measure of an epoch.
        word: The word for the measure in the name.
    """

    measure: str
    part: str
    rank: int
    part_rank: int
    modifier: int
    word: str


def meaning_of(name: str) -> Meaning | None:
    """The meaning of a column's name; None if it does not consist of known words."""
    words = _cut_into_words(squashed(_CATBOOST_OPTIONS.sub("", name)))
    if words == ("multiclass",):  # the loss of CatBoost; elsewhere it describes an accuracy
        words = ("multiclassonevsall",)
    kinds = [(*_WORDS[word], word) for word in words]
    measures = {kind for kind, _, _ in kinds if kind in {"loss", "accuracy", "rate"}}
    parts = {kind for kind, _, _ in kinds if kind in {"train", "valid"}}
    if len(measures) != 1 or len(parts) > 1:
        return _rate_of(name)
    measure, part = measures.pop(), parts.pop() if parts else ""
    rank, word = min((rank, word) for kind, rank, word in kinds if kind == measure)
    return Meaning(
        measure,
        part,
        rank,
        max((rank for kind, rank, _ in kinds if kind == part), default=0),
        max((rank for kind, rank, _ in kinds if kind == "modifier"), default=0),
        word,
    )


def _rate_of(name: str) -> Meaning | None:
    """A learning rate named after its optimizer or group: ``lr-Adam``, ``lr/pg0``."""
    first = next((word for word in _CAMEL.split(name) if word), "").casefold()
    return Meaning("rate", "", 0, 0, 1, "lr") if first == "lr" else None


def component_of(name: str) -> tuple[str, str] | None:
    """The part and the component in the name of one of several losses: ``train/box_loss`` is (``train``, ``box``)."""
    words = [word.casefold() for word in _CAMEL.split(name[:_LONGEST_KNOWN]) if word]
    if not {"loss", "losses"} & set(words):
        return None
    kinds = {word: _WORDS.get(word, ("", 0))[0] for word in words}
    parts = {kind for kind in kinds.values() if kind in {"train", "valid"}}
    rest = [word for word in words if kinds[word] == ""]
    return (parts.pop() if parts else "", " ".join(rest)) if len(parts) < 2 and rest else None


def parse_columns(text: str) -> dict[str, str]:
    """The columns by role in ``--columns train_loss=LOSS,epoch=IT``.

    Raises:
        TutorError: It does not have this form, or a role is not one of `ROLES`.
    """
    found: dict[str, str] = {}
    # A comma separates two of them only before a role, because the name of a column may have a comma.
    for piece in re.split(r",(?=[^,=]*=)", text) if text else ():
        role, equals, name = (each.strip().strip('"') for each in piece.partition("="))
        key = next((each for each in ROLES if squashed(each) == squashed(role)), "")
        if not key or not equals or not name:
            near = nearest(role, ROLES)
            hint = translate("ml.did-you-mean", near=near) if near and not key else ""
            message = translate("follow.bad-columns", piece=shown(piece), roles=", ".join(ROLES))
            raise TutorError(message, hint=hint, exit_code=ExitCode.USAGE)
        found[key] = name
    return found


@dataclass(slots=True)
class LogColumns:
    """The columns of a training log, and what each may be.

    Args:
        names: The cleaned names in the header.
        stem: The name of the file without its ending, in which TensorBoard and CatBoost write what is measured.
        by_hand: The columns that the learner names, by role.

    Raises:
        TutorError: There is no column that the learner names.
    """

    names: Sequence[str]
    stem: str = ""
    by_hand: Mapping[str, str] = field(default_factory=dict)
    epoch: int | None = None
    """The column that numbers the rows."""
    phase: int | None = None
    """The column that says whether a row was measured on the training or on the validation data."""
    counts_steps: bool = False
    """Whether that column counts steps, because none counts epochs."""
    fixed: dict[str, int] = field(default_factory=dict)
    """The columns that the learner named, by role."""
    meanings: dict[int, Meaning] = field(default_factory=dict)
    """The meaning of each column's name, by column."""
    components: dict[str, tuple[int, ...]] = field(default_factory=dict)
    """The columns whose sum is the loss, for ``train`` and ``valid``."""
    _width: int = 0
    measured: frozenset[int] = frozenset()
    """The columns with measures of an epoch, without those that count or give a time."""

    def __post_init__(self) -> None:
        self._width = len(self.names)
        self.phase = next((index for index, name in enumerate(self.names) if squashed(name) in _PHASE), None)
        if self.phase is not None:
            own = tuple(self.names)
            self.names = (*own, *(f"{phase} {name}" for phase in _PHASES for name in own))
        self.fixed = {role: self._find(name) for role, name in self.by_hand.items()}
        plain = [_without_run(name) for name in self.names]
        short = [squashed(name) for name in plain]
        self.epoch = self.fixed.get("epoch", self._numbering(short))
        self.counts_steps = "epoch" not in self.fixed and self.epoch is not None and short[self.epoch] in _COUNTER
        counting = {index for index, name in enumerate(plain) if _counts(short[index], name)} | {self.epoch}
        taken = set(self.fixed.values())
        for index, name in enumerate(plain):
            if index not in taken | counting and (found := meaning_of(name)):
                self.meanings[index] = found
        self._read_file_name(short)
        if not self.has_loss:
            self._find_components(counting | taken)
        self.measured = frozenset(set(range(len(self.names))) - counting | (taken - {self.epoch}))

    def _find(self, name: str) -> int:
        """The column with a name that the learner typed."""
        for same in (str, squashed):
            for index, known in enumerate(self.names):
                if same(known) == same(name) and known:
                    return index
        near = nearest(name, self.names)
        hint = translate("ml.did-you-mean", near=shown(near)) if near else self.listing()
        raise TutorError(translate("follow.no-such-column", column=shown(name)), hint=hint, exit_code=ExitCode.USAGE)

    def listing(self) -> str:
        """The columns of the file, as a sentence."""
        return translate(
            "tables.columns", known=listed(shown(name) for name in self.names[: self._width][:_NAMES_SHOWN] if name)
        )

    @staticmethod
    def _numbering(short: Sequence[str]) -> int | None:
        for known in (_EPOCH, _COUNTER):
            for word in known:
                if word in short:
                    return short.index(word)
        return next((index for index, name in enumerate(short) if name.startswith("epoch") and _is_count(name)), None)

    def _read_file_name(self, short: Sequence[str]) -> None:
        """What only the name of the file says: TensorBoard's tag, and CatBoost's test data."""
        found = _TENSORBOARD.fullmatch(self.stem)
        if self.naming is None and "value" in short and not self.meanings and (found or self.counts_steps):
            tag = meaning_of(found["tag"]) if found else None
            meaning = tag or Meaning("loss", "", 0, 0, 0, "loss")
            part = meaning.part or _part_in(found["run"] if found else "")
            self.meanings[short.index("value")] = meaning._replace(part=part)
        if squashed(self.stem) == "testerror":
            self.meanings = {index: each._replace(part="valid") for index, each in self.meanings.items()}

    @property
    def naming(self) -> str | None:
        """The column that names what each row measures; None if each measure has a column."""
        return next((name for name in self.names[: self._width] if squashed(name) in _NAMING), None)

    @property
    def has_loss(self) -> bool:
        """Whether any column is a loss, or the sum of several is one."""
        return (
            any(each.measure == "loss" for each in self.meanings.values())
            or bool(self.components)
            or not {"train_loss", "valid_loss"}.isdisjoint(self.fixed)
        )

    @property
    def has_train_loss(self) -> bool:
        """Whether any column may be the training loss."""
        return (
            any(each.measure == "loss" and each.part != "valid" for each in self.meanings.values())
            or "train" in self.components
            or "train_loss" in self.fixed
        )

    def is_meant(self, column: int) -> bool:
        """Whether a word in ``column`` makes its row useless, because the column has an important measure."""
        meaning = self.meanings.get(column)
        by_name = meaning is not None and meaning.measure != "rate" and meaning.rank < _NO_WORDS_BELOW
        return by_name or column in self.fixed.values()

    def _find_components(self, without: set[int | None]) -> None:
        """The parts of a loss if no column has the whole: those of a detector, or a single one of any name."""
        found: dict[str, list[tuple[int, str]]] = {}
        for index, name in enumerate(map(_without_run, self.names)):
            if index not in without and (component := component_of(name)):
                found.setdefault(component[0] or "train", []).append((index, component[1]))
        if all(len(each) == 1 or all(set(word.split()) <= _COMPONENTS for _, word in each) for each in found.values()):
            self.components = {part: tuple(index for index, _ in each) for part, each in found.items()}

    def in_phase(self, column: int, phase: str) -> int:
        """The index of the values of ``column`` in rows of a phase, such as ``val``.

        These columns, one for each column of the file and each phase, come after those of the file.
        """
        kind, rank = _WORDS.get(squashed(phase), ("", 0))
        return column if kind != "valid" else column + self._width * (2 if rank == len(_PHASES) else 1)

    def is_of_phase(self, column: int) -> bool:
        """Whether ``column`` is not one of the file but has the values of one in the rows of a phase."""
        return column >= self._width

    def is_percent(self, column: int) -> bool:
        """Whether the name of a column says percent."""
        return bool(_PERCENT.search(self.names[column]))


def _without_run(name: str) -> str:
    """The name of a column that Weights & Biases exported, without the name of the run before it."""
    return name.rpartition(" - ")[2]


def _counts(short: str, name: str) -> bool:
    if name.endswith(("__MIN", "__MAX")):  # the range of a mean in Weights & Biases
        return True
    return short in _NO_METRICS or short in _EPOCH or short in _COUNTER or short.endswith(_NO_METRIC_ENDS)


def _is_count(short: str) -> bool:
    return short.removeprefix("epoch") in {"number", "no", "num", "idx", "index", "id", "count"}


def _part_in(text: str) -> str:
    """Whether a name contains a word for training or validation."""
    kinds = {_WORDS.get(word.casefold(), ("", 0))[0] for word in _CAMEL.split(text[:200])}
    return "valid" if "valid" in kinds else "train" if "train" in kinds else ""


def no_loss(path: object, columns: LogColumns, line: int) -> TutorError:
    """The error that no column is a loss, with the columns that there are and how to name one."""
    named = translate("follow.name-columns")
    if columns.naming is not None and any(squashed(name) == "value" for name in columns.names):
        named = translate("follow.one-row-a-value", column=shown(columns.naming))
    return TutorError(translate("watch.csv-no-loss", path=path, line=line), hint=f"{columns.listing()} {named}")
