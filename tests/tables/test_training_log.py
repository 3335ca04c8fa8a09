"""Training logs as programs write them: the right columns, epochs and numbers, whatever the pieces they come in."""

from __future__ import annotations

import csv
import io
from math import inf, nan
from pathlib import PurePath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutor.foundation.errors import TutorError
from tutor.tables.log_columns import LogColumns, meaning_of, parse_columns
from tutor.tables.training_log import Training, TrainingLog

Epochs = list[tuple[float | None, dict[str, float]]]


def read(
    text: str | bytes, name: str = "log.csv", columns: str = "", pieces: list[int] | None = None
) -> tuple[TrainingLog, list[Epochs]]:
    """A log read in pieces of these sizes, and the epochs of each of its trainings."""
    log = TrainingLog(PurePath(name), parse_columns(columns))
    data = text.encode() if isinstance(text, str) else text
    for size in pieces or ():
        log.feed(data[:size])
        data = data[size:]
    log.feed(data)
    log.end()
    found: list[Epochs] = []
    for training in log.trainings:
        reading = training.reading()
        found.append([(each.number, training.values(place, reading)) for place, each in enumerate(training.epochs)])
    return log, found


def epochs(text: str | bytes, name: str = "log.csv", columns: str = "") -> Epochs:
    """The epochs of the only training."""
    log, trainings = read(text, name, columns)
    assert log.problem is None
    assert len(trainings) == 1
    return trainings[0]


def series(text: str | bytes, role: str, name: str = "log.csv", columns: str = "") -> list[float | None]:
    return [values.get(role) for _, values in epochs(text, name, columns)]


def numbers(text: str) -> list[float | None]:
    return [number for number, _ in epochs(text)]


# -- names ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "role"),
    [
        (["loss", "Loss", "train_loss", "Train Loss", "trainLoss", "TrainLoss", "train/loss", "train-loss",
          "loss_train",
          "Loss/train", "training loss", "train.loss", "LOSS (train)", "train_loss_epoch", "total_loss", "avg_loss",
          "mean_train_loss", "running_loss", "trainloss", "tr_loss", "train-rmse", "train-logloss",
          "training's binary_logloss", "训练损失", "损失", "训练集损失", "訓練損失", "train 损失", "Logloss",
          "epoch_loss", "train_ce_loss", "cost", "ｔｒａｉｎ＿ｌｏｓｓ", "learn_error"], "train_loss"),
        (["val_loss", "valid_loss", "ValLoss", "valLoss", "Validation Loss", "validation/loss", "loss_val",
          "eval_loss",
          "eval/loss", "test_loss", "dev loss", "val_total_loss", "val_loss_epoch", "验证损失", "测试损失",
          "验证集损失", "eval-logloss", "validation_0-logloss", "valid_0's l2", "Loss/valid", "驗證損失",
          "holdout.loss"],
         "valid_loss"),
        (["accuracy", "acc", "train_acc", "TrainAcc", "Accuracy/train", "训练准确率", "准确率",
          "sparse_categorical_accuracy",
          "top1", "train_top1_acc", "Acc (%)"], "train_accuracy"),
        (["val_accuracy", "val_acc", "valAcc", "Valid Accuracy", "eval_accuracy", "test acc", "验证准确率",
          "val_sparse_categorical_accuracy", "acc/val", "val_acc1"], "valid_accuracy"),
        (["lr", "learning_rate", "LearningRate", "lr-Adam", "lr/pg0", "学习率", "Learning Rate"], "learning_rate"),
    ],
)  # fmt: skip
def test_names_are_known_however_they_are_written(names: list[str], role: str) -> None:
    parts = {"train": "train", "": "train", "valid": "valid"}
    for name in names:
        found = meaning_of(name)
        assert found is not None, name
        called = "learning_rate" if found.measure == "rate" else f"{parts[found.part]}_{found.measure}"
        assert called == role, name


@pytest.mark.parametrize(
    "name",
    ["", "f1", "closs", "train", "loss_scale", "train_valid_loss", "perplexing", "auc", "precision", "top5_acc",
     "glossy",
     "accuracy_loss", "metrics/mAP50(B)", "error_rate", "x" * 5000, "loss" * 5000, "训练"],
)  # fmt: skip
def test_other_names_are_not_known(name: str) -> None:
    assert meaning_of(name) is None


@given(st.text(max_size=80))
def test_any_name_is_looked_at_without_harm(name: str) -> None:
    meaning_of(name)
    LogColumns([name, "loss"])


# -- logs of programs ----------------------------------------------------------------------------------------


def test_the_mean_in_the_last_row_of_the_hf_trainer_is_not_the_curve() -> None:
    text = (
        ",loss,grad_norm,learning_rate,epoch,step,eval_loss,eval_runtime,train_runtime,train_loss\n"
        "0,2.31,5.1,4e-05,0.5,50,,,,\n1,1.84,4.2,3e-05,1.0,100,,,,\n2,,,,1.0,100,1.71,2.2,,\n"
        "3,1.42,3.9,2e-05,1.5,150,,,,\n4,1.21,3.1,1e-05,2.0,200,,,,\n5,,,,2.0,200,1.35,2.1,,\n6,,,,2.0,200,,,61.5,1.695\n"
    )
    assert numbers(text) == [0.5, 1, 1.5, 2]
    assert series(text, "train_loss") == [2.31, 1.84, 1.42, 1.21]
    assert series(text, "valid_loss") == [None, 1.71, None, 1.35]
    without = "epoch,eval_loss,train_loss\n1,1.7,\n2,1.3,\n3,1.2,\n3,,1.695\n"
    assert series(without, "train_loss") == [None, None, None]


def test_the_first_rows_of_a_log_of_the_hf_trainer_already_show_its_loss() -> None:
    assert series("loss,epoch,train_loss\n2.3,0.5,\n", "train_loss") == [2.3]


@pytest.mark.parametrize("best", ["90.00", "90%", "90 %", "0.9"])
def test_accuracies_are_shares_however_they_are_written(best: str) -> None:
    low = "1.5" if best == "90.00" else best.replace("90", "1.5").replace("0.9", "0.015")
    text = f"epoch,train_loss,train_acc,val_loss,val_acc\n1,2,{low},2,{low}\n2,1,{best},1,{low}\n"
    assert series(text, "train_accuracy") == [0.015, 0.9]
    assert series(text, "valid_accuracy") == [0.015, 0.015]


def test_a_share_rounded_beyond_one_is_no_percent_and_a_count_no_accuracy() -> None:
    assert series("epoch,loss,acc\n1,1,0.5\n2,1,1.0000001\n", "train_accuracy") == [0.5, 1.0]
    assert series("epoch,loss,acc\n1,1,4500\n2,1,4700\n", "train_accuracy") == [None, None]
    assert series("epoch,loss,acc\n1,1,4500\n2,1,4700\n", "acc") == [4500, 4700]


def test_plain_accuracy_beside_train_and_valid_loss_is_on_the_validation_data() -> None:
    fastai = "epoch,train_loss,valid_loss,accuracy,time\n0,1.2,0.9,0.7,00:12\n1,0.8,0.7,0.8,00:11\n"
    assert series(fastai, "valid_accuracy") == [0.7, 0.8]
    assert series(fastai, "train_accuracy") == [None, None]
    keras = "epoch,accuracy,loss,val_accuracy,val_loss\n0,0.3,2.2,0.35,2.1\n"
    assert (series(keras, "train_accuracy"), series(keras, "valid_accuracy")) == ([0.3], [0.35])
    assert series("epoch,loss,accuracy\n0,1,0.3\n", "train_accuracy") == [0.3]


@pytest.mark.parametrize("cell", ["{}", "{}/60", "epoch {} of 60", "[{}/60]", "Epoch {}", "第{}轮", "{}.0"])
def test_epochs_keep_their_numbers_however_they_are_written(cell: str) -> None:
    text = "epoch,loss\n" + "".join(f"{cell.format(number)},1.5\n" for number in range(50, 60))
    assert numbers(text) == list(range(50, 60))


def test_rows_of_one_epoch_are_one_wherever_they_stand() -> None:
    one_after_another = "epoch,step,train_loss,val_loss\n0,9,,0.5\n0,9,0.25,\n1,19,,0.125\n1,19,0.1,\n"
    assert epochs(one_after_another) == [
        (0, {"train_loss": 0.25, "valid_loss": 0.5}), (1, {"train_loss": 0.1, "valid_loss": 0.125}),
    ]  # fmt: skip
    apart = "epoch,train_loss,val_loss\n0,1,\n1,0.5,\n0,,2\n1,,1.5\n"
    assert epochs(apart) == [
        (0, {"train_loss": 1, "valid_loss": 2}), (1, {"train_loss": 0.5, "valid_loss": 1.5}),
    ]  # fmt: skip
    with_nan = "epoch,train_loss,val_loss\n0,1,nan\n0,nan,2\n"
    assert epochs(with_nan) == [(0, {"train_loss": 1, "valid_loss": 2})]


def test_rows_of_lightning_without_an_epoch_belong_to_the_next_one() -> None:
    text = (
        "epoch,lr-Adam,step,train_loss_epoch,train_loss_step,val_loss\n,0.001,0,,,\n0,,9,,2.5,\n0,,9,,,1.5\n0,,9,2.0,,\n"
        ",0.0005,10,,,\n1,,19,,1.2,\n1,,19,,,1.1\n1,,19,1.0,,\n"
    )
    assert [(number, values["train_loss"], values["valid_loss"]) for number, values in epochs(text)] == [
        (0, 2.0, 1.5), (1, 1.0, 1.1),
    ]  # fmt: skip
    assert series(text, "learning_rate") == [0.001, 0.0005]


def test_a_head_in_the_middle_is_no_row_and_may_be_wider() -> None:
    text = "epoch,loss\n0,2\n1,1\nepoch,loss,val_loss\n2,0.5,0.7\n"
    assert series(text, "train_loss") == [2, 1, 0.5]
    again = "epoch,accuracy,loss\n0,0.3,2\n1,0.4,1\nepoch,accuracy,loss\n2,0.5,0.5\n"
    assert numbers(again) == [0, 1, 2]


def test_a_training_that_begins_again_is_another_and_one_from_a_checkpoint_is_not() -> None:
    _, trainings = read("epoch,loss\n0,2\n1,1\nepoch,loss\n0,2\n1,1.5\n")
    assert [[values["train_loss"] for _, values in each] for each in trainings] == [[2, 1], [2, 1.5]]
    _, trainings = read("epoch,loss\n0,3\n1,2\n2,1\n1,1.9\n2,0.9\n3,0.5\n")
    assert [[values["train_loss"] for _, values in each] for each in trainings] == [[3, 1.9, 0.9, 0.5]]


def test_parts_of_a_detectors_loss_are_summed_and_that_is_told() -> None:
    text = "epoch,train/box_loss,train/cls_loss,metrics/mAP50(B),val/box_loss,val/cls_loss,lr/pg0\n1,1,2,0.5,3,4,0.1\n"
    assert epochs(text) == [(1, {
        "train_loss": 3, "valid_loss": 7, "learning_rate": 0.1, "train/box_loss": 1, "train/cls_loss": 2,
        "metrics/mAP50(B)": 0.5, "val/box_loss": 3, "val/cls_loss": 4,
    })]  # fmt: skip
    log, _ = read(text)
    assert any("sum of train/box_loss, train/cls_loss" in each for each in log.remarks(log.trainings[0].reading()))


def test_two_losses_that_nobody_adds_up_are_not_added_up() -> None:
    log, _ = read("epoch,g_loss,d_loss\n1,1,2\n")
    assert log.problem is not None
    assert "g_loss, d_loss" in str(log.problem)
    assert "--columns train_loss=" in str(log.problem)
    assert series("epoch,g_loss,d_loss\n1,1,2\n", "train_loss", columns="train_loss=d_loss") == [2]


@pytest.mark.parametrize(
    ("name", "text", "role"),
    [
        ("run-train-tag-loss.csv", "Wall time,Step,Value\n17e8,0,3\n17e8,100,1.5\n", "train_loss"),
        ("run-a_validation-tag-epoch_loss.csv", "Wall time,Step,Value\n17e8,0,3\n17e8,100,1.5\n", "valid_loss"),
        ("x.csv", "Wall time,Step,Value\n17e8,0,3\n17e8,100,1.5\n", "train_loss"),
        ("learn_error.tsv", "iter\tLogloss\n0\t3\n100\t1.5\n", "train_loss"),
        ("test_error.tsv", "iter\tLogloss\n0\t3\n100\t1.5\n", "valid_loss"),
        ("test_log.csv", "iter,loss\n0,3\n100,1.5\n", "train_loss"),
        ("x.csv", "iteration,train-rmse,eval-rmse\n0,3,4\n100,1.5,4\n", "train_loss"),
        ("x.csv", "iteration,train-rmse,eval-rmse\n0,4,3\n100,4,1.5\n", "valid_loss"),
        ("x.csv", "round,train-auc,train-logloss,eval-auc,eval-logloss\n0,9,3,9,9\n100,9,1.5,9,9\n", "train_loss"),
        ("x.csv", "迭代,训练损失,验证损失\n0,9,3\n100,9,1.5\n", "valid_loss"),
    ],
)
def test_rows_may_be_numbered_by_steps(name: str, text: str, role: str) -> None:
    assert [number for number, _ in epochs(text, name)] == [0, 100]
    assert series(text, role, name) == [3, 1.5]
    log, _ = read(text, name)
    assert any("No column counts epochs" in each for each in log.remarks(log.trainings[0].reading()))


def test_the_runs_name_that_weights_and_biases_writes_is_passed_over() -> None:
    text = '"Step","a - train/loss","a - train/loss__MIN","a - train/loss__MAX","a - val/loss"\n0,2,1,3,4\n1,1,1,3,4\n'
    assert epochs(text) == [(0, {"train_loss": 2, "valid_loss": 4}), (1, {"train_loss": 1, "valid_loss": 4})]


def test_of_several_rows_of_an_epoch_the_last_counts_and_that_is_told() -> None:
    text = "epoch,batch,loss\n0,0,2\n0,1,1.75\n1,0,1.5\n1,1,1.25\n"
    assert epochs(text) == [(0, {"train_loss": 1.75}), (1, {"train_loss": 1.25})]
    log, _ = read(text)
    assert any("the last one counts" in each for each in log.remarks(log.trainings[0].reading()))


def test_one_measure_is_compared_with_itself() -> None:
    text = "iteration,train-rmse,train-logloss,eval-rmse\n0,1,2,3\n1,1,2,3\n"
    assert (series(text, "train_loss"), series(text, "valid_loss")) == ([2, 2], [3, 3])
    text = "iteration,train-rmse,eval-mae,eval-rmse\n0,1,2,3\n1,1,2,3\n"
    assert series(text, "valid_loss") == [3, 3]


# -- layouts and cells ---------------------------------------------------------------------------------------

PLAIN = "epoch,loss,val_loss\n1,2.5,2.25\n2,1.5,1.75\n3,0.5,0.75\n"
WANTED = [
    (1, {"train_loss": 2.5, "valid_loss": 2.25}), (2, {"train_loss": 1.5, "valid_loss": 1.75}),
    (3, {"train_loss": 0.5, "valid_loss": 0.75}),
]  # fmt: skip


def cells(text: str) -> list[list[str]]:
    return [line.split(",") for line in text.splitlines()]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|", "，", ", ", " ; ", "  "])
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_layouts_and_encodings(separator: str, codec: str, end: str) -> None:
    text = end.join(separator.join(row) for row in cells(PLAIN)) + end
    assert epochs(text.encode(codec)) == WANTED


@pytest.mark.parametrize(
    "text",
    [
        "# lr=0.01 batch=32\n" + PLAIN,
        "sep=,\n" + PLAIN,
        "My run of Tuesday\n\n" + PLAIN,
        PLAIN.replace("\n2,", "\n\n# resumed\n2,"),
        PLAIN.replace("\n", ",\n"),
        PLAIN.replace("1.5", "tensor(1.5, device='cuda:0')").replace(
            "0.5", "tensor([0.5], grad_fn=<NllLossBackward0>)"
        ),
        PLAIN.replace("2.5", "np.float32(2.5)").replace("1.5", "tf.Tensor(1.5, shape=(), dtype=float32)"),
        PLAIN.replace("2.5", "<tf.Tensor: shape=(), dtype=float32, numpy=2.5>"),
        'epoch,loss,val_loss\n1,"2,5","2,25"\n2,"1,5","1,75"\n3,"0,5","0,75"\n',
        "epoch;loss;val_loss\n1;2,5;2,25\n2;1,5;1,75\n3;0,5;0,75\n",
        "轮次,训练损失,验证损失\n1,2.5,2.25\n2,1.5,1.75\n3,0.5,0.75\n",
        PLAIN.replace("\n2,1.5,1.75", "\n2,low,1.75\n2,1.5,1.75"),
        PLAIN.rstrip("\n"),
        PLAIN + "4,0.4",
        PLAIN + '4,"0.4,0.3',
    ],
)
def test_what_stands_around_the_numbers_is_passed_over(text: str) -> None:
    assert epochs(text) == WANTED


@pytest.mark.parametrize("torn", [b"\x00" * 100, b"\xff\xfe\xfd", b"4,\x80\xff,1"])
def test_bytes_of_no_text_among_the_rows_cost_their_row_alone(torn: bytes) -> None:
    data = PLAIN.encode()
    assert epochs(data + torn + b"\n") == WANTED
    assert epochs(data.replace(b"\n2,", b"\n" + torn + b"\n2,")) == WANTED


def test_chinese_encodings_are_read() -> None:
    text = "轮次,训练损失,验证损失\n1,2.5,2.25\n2,1.5,1.75\n3,0.5,0.75\n"
    assert epochs(text.encode("gb18030")) == WANTED


def test_rows_that_are_left_out_are_told_with_their_line() -> None:
    log, trainings = read('# x\nepoch,loss\n1,2\n2,low\x1b[2J\n3,1,9\nx,1\n4,"1\n5,oops\n6,0.5\n7')
    assert [number for number, _ in trainings[0]] == [1, 6]
    assert log.body is not None
    told = log.body.rows_left_out()
    assert [each.partition(": ")[0] for each in told[:3]] == ["log.csv:4", "log.csv:5", "log.csv:6"]
    assert "3 more rows" in told[3]
    assert "\x1b" not in "".join(told)


def test_nan_and_infinity_are_numbers_and_empty_cells_are_not() -> None:
    text = "epoch,loss,val_loss\n1,nan,inf\n2,NaN,-inf\n3,∞,\n4,NA,1\n5,1,Infinity\n"
    assert repr(series(text, "train_loss")) == repr([nan, nan, inf, None, 1.0])
    assert repr(series(text, "valid_loss")) == repr([inf, -inf, None, 1.0, inf])


def test_commas_that_part_thousands_are_told_apart_from_decimal_ones() -> None:
    text = 'epoch,loss\n1,"1,022"\n2,985.5\n3,"1,001"\n'
    assert series(text, "train_loss") == [1022, 985.5, 1001]
    assert series("epoch;loss\n1;1,022\n2;0,985\n", "train_loss") == [1.022, 0.985]
    log, _ = read('epoch,loss\n1,"1,022"\n2,"1,011"\n')
    assert log.body is not None
    unsure = log.body.unsure(log.trainings[0].reading())
    assert unsure is not None
    assert "1022 or 1.022" in str(unsure)


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        ("train_loss=a", {"train_loss": "a"}),
        ("train_loss=a, b,epoch=c=d", {"train_loss": "a, b", "epoch": "c=d"}),
        ("Train-Loss = a , EPOCH=b", {"train_loss": "a", "epoch": "b"}),
        ("", {}),
    ],
)
def test_columns_by_hand(columns: str, found: dict[str, str]) -> None:
    assert parse_columns(columns) == found


@pytest.mark.parametrize("columns", ["x", "=a", "epoch=", "los=a", "epoch=a,b", ","])
def test_columns_by_hand_that_name_nothing(columns: str) -> None:
    if columns == "epoch=a,b":  # a name with a comma in it
        assert parse_columns(columns) == {"epoch": "a,b"}
        return
    with pytest.raises(TutorError, match="ROLE=COLUMN"):
        parse_columns(columns)


# -- pieces --------------------------------------------------------------------------------------------------

_LOGS = [
    PLAIN.encode(),
    ("# a\n" + PLAIN).encode("utf-16"),
    "Title\n轮次;训练损失;准确率\n1;2,5;40\n2;1,5;0,5\n".encode("gb18030"),
    b"epoch,loss,note,acc\n0,1,\xe9t\xe9,0.5\n1,0.5,x,70\n2,tensor(0.25, device='cpu'),y,80\n0,3,z,10\n1,2",
    b"loss,epoch,eval_loss,train_loss\n2,0.5,,\n1,1,,\n,1,1.5,\nloss,epoch,eval_loss,train_loss\n,1,,1.7\n",
    b"\n\nstep\tloss\r\n1\t2\r\n\r\n2\t1\r\n1\t9\r\n",
]
_CELL = st.sampled_from(
    ["1", "2", "3", "0.5", "nan", "", "x", "1,5", "70", '"', "epoch", "loss", "#", "inf", "é", "学"]
)
_TABLE = st.lists(st.lists(_CELL, min_size=1, max_size=4), max_size=12).map(
    lambda rows: "epoch,loss,val_loss,acc\n" + "".join(",".join(row) + "\n" for row in rows)
)


@settings(max_examples=150)
@given(
    st.one_of(st.sampled_from(_LOGS), _TABLE.map(str.encode), _TABLE.map(lambda text: text.encode("utf-16"))),
    st.lists(st.integers(1, 40), max_size=60),
)
def test_the_same_bytes_in_any_pieces_give_the_same_epochs(data: bytes, pieces: list[int]) -> None:
    whole, expected = read(data)
    log, found = read(data, pieces=pieces)
    assert repr(found) == repr(expected)
    assert (log.body is None) == (whole.body is None)
    if log.body is not None and whole.body is not None:
        assert log.body.rows_left_out() == whole.body.rows_left_out()


@given(st.binary(max_size=400), st.lists(st.integers(1, 40), max_size=20))
def test_bytes_of_any_kind_are_a_log_or_a_sentence(data: bytes, pieces: list[int]) -> None:
    try:
        log, found = read(b"epoch,loss\n" + data, pieces=pieces)
    except TutorError:
        return
    for each in found:
        told = [number for number, _ in each if number is not None]
        assert told == sorted(set(told))
    assert log.problem is None or str(log.problem)


@given(
    st.lists(st.tuples(st.floats(0, 9), st.floats(0, 9), st.booleans()), min_size=1, max_size=30), st.integers(0, 99)
)
def test_separate_rows_of_training_and_validation_are_the_epochs_they_were(
    pairs: list[tuple[float, float, bool]], first: int
) -> None:
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(["epoch", "train_loss", "val_loss"])
    for number, (train, valid, validated_first) in enumerate(pairs, first):
        lines = [[number, train, ""], [number, "", valid]]
        rows.writerows(reversed(lines) if validated_first else lines)
    assert epochs(out.getvalue()) == [
        (number, {"train_loss": train, "valid_loss": valid}) for number, (train, valid, _) in enumerate(pairs, first)
    ]


@pytest.mark.parametrize("valid", ["val", "Validation", "eval", "验证"])
@pytest.mark.parametrize("name", ["phase", "Split", "阶段"])
@pytest.mark.parametrize("order", ["together", "apart"])
def test_a_column_may_part_the_rows_of_training_and_validation(name: str, valid: str, order: str) -> None:
    train = [f"{n},train,{4 - n}.0,0.{n}" for n in (1, 2, 3)]
    held = [f"{n},{valid},{5 - n}.0,0.{n + 1}" for n in (1, 2, 3)]
    rows = [*train, *held] if order == "apart" else [row for pair in zip(train, held, strict=True) for row in pair]
    found = epochs("\n".join([f"epoch,{name},loss,acc", *rows, ""]))
    assert found == [
        (n, {"train_loss": 4.0 - n, "valid_loss": 5.0 - n, "train_accuracy": n / 10, "valid_accuracy": (n + 1) / 10})
        for n in (1.0, 2.0, 3.0)
    ]


def test_rows_of_the_test_data_do_not_hide_those_of_validation() -> None:
    log, ([(_, first)],) = read("epoch,split,loss\n1,train,3\n1,val,2\n1,test,9\n")
    assert (first["train_loss"], first["valid_loss"]) == (3.0, 2.0)
    assert log.body is not None
    assert "“split” separates rows of training from rows of validation" in " ".join(
        log.body.remarks(log.trainings[0].reading())
    )


def test_a_column_by_such_a_name_that_parts_nothing_changes_nothing() -> None:
    assert series("epoch,dataset,loss\n1,mnist,3\n2,mnist,2\n", "train_loss") == [3.0, 2.0]
    assert series("epoch,set,loss\n1,1,3\n2,1,2\n", "train_loss") == [3.0, 2.0]


@pytest.mark.parametrize("name", ["第几轮", "训练轮数", "Epoche", "эпоха", "エポック"])
def test_epochs_by_other_names(name: str) -> None:
    assert numbers(f"{name},loss\n50,3\n51,2\n") == [50.0, 51.0]


def test_the_columns_of_matlab() -> None:
    head = "Epoch,Iteration,TimeElapsed,MiniBatchAccuracy,ValidationAccuracy,MiniBatchLoss,ValidationLoss,BaseLearnRate"
    ((_, found),) = epochs(f"{head}\n1,50,00:00:09,30.5,25.5,2.0,2.2,0.01\n")
    assert found == {
        "train_loss": 2.0, "valid_loss": 2.2, "train_accuracy": 0.305, "valid_accuracy": 0.255, "learning_rate": 0.01,
    }  # fmt: skip


def test_json_is_told_as_what_it_is() -> None:
    with pytest.raises(TutorError, match="its content is JSON"):
        read('{"epoch": 1, "loss": 2.0}\n{"epoch": 2, "loss": 1.0}\n')


def test_dates_are_no_numbers_of_epochs() -> None:
    log, _ = read("epoch,loss\n2024-01-01,2\n2024-01-02,1\n")
    assert log.body is not None
    assert "“2024-01-01” in column “epoch” is not a number" in " ".join(log.body.rows_left_out())
    assert numbers("epoch,loss\n1-Jan,2\n2-Jan,1\n") == [1.0, 2.0]


def test_lines_that_end_as_on_old_macs() -> None:
    assert epochs("epoch,loss\r1,2\r2,1\r") == [(1.0, {"train_loss": 2.0}), (2.0, {"train_loss": 1.0})]


def test_short_words_for_test_data_and_epochs() -> None:
    ((number, found),) = epochs("ep,tr_loss,te_loss\n7,1,2\n")
    assert (number, found) == (7.0, {"train_loss": 1.0, "valid_loss": 2.0})


def test_an_accuracy_up_to_1_beside_one_up_to_100_is_a_fraction_and_that_is_told() -> None:
    text = "epoch,loss,acc,val_acc\n1,0.9,0.30,31.0\n2,0.5,0.88,87.5\n"
    assert series(text, "train_accuracy") == [0.3, 0.88]
    assert series(text, "valid_accuracy") == [0.31, 0.875]
    log, _ = read(text)
    assert "In percent, and shown as fractions from 0 to 1: val_acc. Read as fractions already: acc." in " ".join(
        log.remarks(log.trainings[0].reading())
    )
    assert series("epoch,loss,acc,val_acc\n1,6.9,0.5,0.9\n2,6.5,0.8,2.5\n", "train_accuracy") == [0.005, 0.008]


@pytest.mark.parametrize("word", ["No log", "#na#"])
def test_words_of_libraries_for_a_loss_that_was_not_measured_keep_the_rest_of_the_row(word: str) -> None:
    assert series(f"Epoch,Training Loss,Validation Loss\n1,{word},0.5\n2,0.3,0.4\n", "valid_loss") == [0.5, 0.4]


@pytest.mark.parametrize("cell", ["nan(0x8000000000000)", "-nan(snan)"])
def test_nan_as_c_prints_it(cell: str) -> None:
    assert str(series(f"epoch,loss\n1,0.5\n2,{cell}\n", "train_loss")) == "[0.5, nan]"


@pytest.mark.parametrize("name", ["MultiClass", "Huber:delta=1.0", "ppl", "Verlust"])
def test_more_names_of_losses(name: str) -> None:
    assert series(f"iter\t{name}\n0\t2.5\n1\t2.0\n", "valid_loss", "test_error.tsv") == [2.5, 2.0]


def test_steps_in_thousands_and_millions_go_on_growing() -> None:
    assert numbers("step,loss\n900k,0.5\n1M,0.4\n1.1M,0.3\n") == [900_000, 1_000_000, 1_100_000]


@pytest.mark.parametrize("name", ["metric", "key", "tag"])
def test_one_row_for_each_value_is_refused_and_not_taken_for_one_measure(name: str) -> None:
    log, _ = read(f"run,{name},step,value\na,train_loss,0,2.0\na,train_loss,1,1.5\na,val_loss,0,2.2\n")
    assert log.problem is not None
    assert f"“{name}” names what each row measures" in log.problem.hint


def newest_last(log: TrainingLog) -> list[Training]:
    """The trainings of a log, put in the order of their epochs."""
    assert log.body is not None
    log.body.put_newest_last()
    return log.trainings


def test_a_file_that_begins_with_its_last_epoch_is_one_training() -> None:
    log, trainings = read("epoch,loss,acc\n3,0.3,90%\n2,0.4,0.5%\n1,0.5,0.4%\n")
    assert [len(each) for each in trainings] == [1, 1, 1]
    (training,) = newest_last(log)
    reading = training.reading()
    assert [epoch.number for epoch in training.epochs] == [1, 2, 3]
    assert training.values(0, reading) == {"train_loss": 0.5, "train_accuracy": 0.004}
    assert "begins with the last epoch" in " ".join(log.remarks(reading))
    assert len(newest_last(read("epoch,loss\n1,0.5\n2,0.4\n1,0.6\n2,0.3\n")[0])) == 2
