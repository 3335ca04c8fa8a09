"""A small course in both languages with a question of every kind, made for the tests of questions and quizzes."""

from __future__ import annotations

from pathlib import Path

ENGLISH = """\
---
id: sample
title: "Model and loss"
needs: []
minutes: 5
---

Two errors are 0.4 and 2.1.

```toml lab
use = "quick"
```

## What is the MAE?

<!-- q: mae -->

Two errors are $0.4$ and $2.1$; the loss is the **mean** absolute error.

> Hint: The M stands for mean.

> Hint: Divide by $N = 2$.

1. [ ] 2.5
   > That is the sum: the mean divides by $N$.
2. [x] 1.25
   > The sum of both, divided by two.
3. [ ] 1.7
   > That is the difference.

<details><summary>Why</summary>

$\\text{MAE} = (|0.4| + |2.1|) / 2 = 1.25$. A sum would grow with the number of days.

</details>

## Which are parameters?

<!-- q: parameters -->

- [x] The weight $w$
- [x] The bias $b$
- [ ] The learning rate $\\eta$
  > A person sets it: a hyperparameter.

<details><summary>Why</summary>

Training finds parameters; a person sets hyperparameters.

</details>

## One step of gradient descent

<!-- q: steps -->

1. Predict
2. Measure the loss
3. Find the gradient
4. Move against it

## Names

<!-- q: names -->

In $y = b + w x$, $b$ is called the [[bias|偏置]], and $w$ the [[weight|权重]].

<details><summary>Why</summary>

The weight multiplies, the bias adds.

</details>

## A slope

<!-- q: slope -->

The slope of $w^2$ at $w = 0.36$?

**Answer:** 0.72 ± 0.01

## What does this run do?

<!-- q: diverge -->

```toml lab
use = "quick"
optimizer.learning_rate = 5.0
```

1. [ ] The loss falls smoothly <!-- when: not diverged and final.train_loss < 0.9 -->
   > That needs a smaller step.
2. [x] It flies away <!-- when: diverged -->
   > Each step overshoots by more than the last.

<details><summary>Why</summary>

The step is longer than the bowl is wide.

</details>
"""

CHINESE = """\
---
id: sample
title: 模型与损失
needs: []
minutes: 5
---

两个误差是 0.4 和 2.1。

```toml lab
use = "quick"
```

## MAE 是多少？

<!-- q: mae -->

两个误差是 $0.4$ 和 $2.1$；损失是**平均**绝对误差。

> Hint: M 代表平均。

> Hint: 除以 $N = 2$。

1. [ ] 2.5
   > 那是总和：平均还要除以 $N$。
2. [x] 1.25
   > 两者之和除以二。
3. [ ] 1.7
   > 那是差。

<details><summary>Why</summary>

$\\text{MAE} = (|0.4| + |2.1|) / 2 = 1.25$。总和会随天数增长。

</details>

## 哪些是参数？

<!-- q: parameters -->

- [x] 权重 $w$
- [x] 偏置 $b$
- [ ] 学习率 $\\eta$
  > 它由人设定：是超参数。

<details><summary>Why</summary>

训练找参数，人定超参数。

</details>

## 梯度下降的一步

<!-- q: steps -->

1. 预测
2. 算损失
3. 求梯度
4. 往反方向走

## 名称

<!-- q: names -->

在 $y = b + w x$ 中，$b$ 叫做 [[偏置|bias]]，$w$ 叫做 [[权重|weight]]。

<details><summary>Why</summary>

权重相乘，偏置相加。

</details>

## 斜率

<!-- q: slope -->

$w^2$ 在 $w = 0.36$ 处的斜率是多少？

**Answer:** 0.72 ± 0.01

## 这次运行会怎样？

<!-- q: diverge -->

```toml lab
use = "quick"
optimizer.learning_rate = 5.0
```

1. [ ] 损失平稳下降 <!-- when: not diverged and final.train_loss < 0.9 -->
   > 那需要更小的步子。
2. [x] 越飞越远 <!-- when: diverged -->
   > 每一步都比上一步冲过头更多。

<details><summary>Why</summary>

步子比碗还宽。

</details>
"""

NEXT = '---\nid: after\ntitle: "{title}"\nneeds: [sample]\nminutes: 5\n---\n\nText.\n'

LAB = """\
id = "quick"
title = { en = "A ball on a curve", zh = "曲线上的小球" }
about = { en = "A ball.", zh = "小球。" }

[data]
name = "curve"

[model]
name = "function"
function = "ball"
w = 2.0

[loss]
name = "function"

[optimizer]
name = "gd"
learning_rate = 0.01

[train]
epochs = 30
seed = 1

[show]
panels = ["curve", "loss"]
"""


def make_lessons(folder: Path) -> Path:
    """The course under ``folder``."""
    for language, text, title in (("en", ENGLISH, "Gradient descent"), ("zh", CHINESE, "梯度下降")):
        (folder / language).mkdir(parents=True)
        (folder / language / "02-sample.md").write_text(text, encoding="utf-8")
        (folder / language / "03-after.md").write_text(NEXT.format(title=title), encoding="utf-8")
    (folder / "labs").mkdir()
    (folder / "labs" / "quick.toml").write_text(LAB, encoding="utf-8")
    return folder
