"""A course of two lessons in both languages, made for the tests of the lesson reader."""

from __future__ import annotations

from pathlib import Path

DESCENT = {
    "en": """\
---
id: descent
title: "Gradient descent: which way is down"
needs: [model]
minutes: 20
---

A fog lies over the valley. You cannot see its floor, but you can feel which way the ground falls: that is
**gradient descent**, and it makes the loss small.

## One step

At $w = 2$ the slope of $f$ is $+21$. Downhill is to the left, so we subtract:

$$w \\leftarrow w - \\eta \\cdot f'(w) = 2 - 0.01 \\cdot 21 = 1.79$$

The learning rate $\\eta$ is set by a person. A learning rate too large jumps over the floor, see
[the model](01-model.md) and <https://example.org>.

| step | $w$ |
|---|---:|
| 0 | 2.00 |
| 1 | 1.79 |

- a step too small wastes time;
- a step too large lands higher than before.

## What happens with a large step?

<!-- q: large -->

The ball starts at $w = 2$.

1. [ ] It arrives sooner
   > That needs a step smaller than the bowl is steep.
2. [x] It flies away
   > Each step overshoots by more than the last.

<details><summary>Why</summary>

The step must stay below 2 / curvature.

</details>

## Many parameters

The slope becomes the [gradient](#gradient), a vector.

### Gradient

<!-- term: gradient -->

The vector of all partial derivatives; it points uphill.

**See** [learning rate](#learning-rate)

### Learning rate

<!-- term: learning-rate; also: step size -->

How far one update moves.

**Formula** $\\theta \\leftarrow \\theta - \\eta\\, g$

## Which are set by a person?

<!-- q: person -->

- [x] The learning rate
- [ ] The weight $w$

## Local minima

The bowl may have two floors. Whoever starts on the wrong side ends on the wrong floor.

> At a local minimum the slope is zero.
""",
    "zh": """\
---
id: descent
title: "梯度下降：哪边是下坡"
needs: [model]
minutes: 20
---

山谷里起了大雾。你看不见谷底，但脚下能感觉到哪边地势更低：这就是**梯度下降**，它让损失变小。

## 一步

在 $w = 2$ 处，$f$ 的斜率是 $+21$。下坡在左边，所以做减法：

$$w \\leftarrow w - \\eta \\cdot f'(w) = 2 - 0.01 \\cdot 21 = 1.79$$

学习率 $\\eta$ 由人来设定。学习率太大会跨过谷底，参见[模型](01-model.md)和 <https://example.org>。

| 步数 | $w$ |
|---|---:|
| 0 | 2.00 |
| 1 | 1.79 |

- 步子太小，浪费时间；
- 步子太大，会落到比原来更高的地方。

## 步子很大会怎样？

<!-- q: large -->

小球从 $w = 2$ 出发。

1. [ ] 更早到达
   > 那需要步子比碗的陡度更小。
2. [x] 飞出去
   > 每一步都比上一步冲过头更多。

<details><summary>Why</summary>

步长必须小于 2 / 曲率。

</details>

## 许多参数

斜率变成[梯度](#gradient)，也就是一个向量。

### 梯度

<!-- term: gradient -->

所有偏导数组成的向量；它指向上坡。

**参见** [学习率](#learning-rate)

### 学习率

<!-- term: learning-rate; also: 步长 -->

一次更新移动多远。

**公式** $\\theta \\leftarrow \\theta - \\eta\\, g$

## 哪些由人设定？

<!-- q: person -->

- [x] 学习率
- [ ] 权重 $w$

## 局部最小值

碗可能有两个底。从错的一侧出发，就会停在错的底上。

> 在局部最小值处，斜率为零。
""",
}

MODEL = {
    "en": """\
---
id: model
title: "Model and loss"
needs: []
minutes: 15
---

## A model

A function with unknown parameters.

### Loss

<!-- term: loss -->

How wrong a model is, as one number.
""",
    "zh": """\
---
id: model
title: "模型与损失"
needs: []
minutes: 15
---

## 模型

带有未知参数的函数。

### 损失

<!-- term: loss -->

模型错得有多厉害，用一个数表示。
""",
}


def write_course(folder: Path, **lessons: dict[str, str]) -> Path:
    """The two lessons, and further ones by file name (``c03_x`` is ``03-x.md``), in ``folder``."""
    every = {"02-descent": DESCENT, "01-model": MODEL}
    every |= {name.removeprefix("c").replace("_", "-"): texts for name, texts in lessons.items()}
    for name, texts in every.items():
        for language, text in texts.items():
            path = folder / language / f"{name}.md"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    (folder / "labs").mkdir(exist_ok=True)
    (folder / "data").mkdir(exist_ok=True)
    return folder
