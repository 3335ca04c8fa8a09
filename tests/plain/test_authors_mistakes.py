"""What authors get wrong, one mistake each: `tutor check` tells it once, at its line, with the fix, without a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tutor.course.catalogue import Course
from tutor.foundation.translate import sentences
from tutor.plain.check import faults_without_runs

HEAD = """\
---
id: sample
title: "A sample"
needs: []
minutes: 5
---

"""
PROSE = "## A section\n\nText.\n"
CHOICE = """\
### Why subtract?

<!-- q: my-why -->

Why is the gradient subtracted?

1. [x] Because it points uphill
2. [ ] Because the loss is negative
   > A mean of squares never is.

<details><summary>Why</summary>

It points where the loss rises fastest.

</details>
"""
ORDER = "### In order\n\n<!-- q: my-order -->\n\nWhat comes first?\n\n1. One\n2. Two\n3. Three\n"
BLANK = "### Fill in\n\n<!-- q: my-blank -->\n\nThe [[bias]] is added.\n"
NUMBER = "### How much?\n\n<!-- q: my-number -->\n\nWhat is it?\n\n> Hint: Add.\n\n**Answer:** 0.72 ± 0.01\n"
MATCH = "### Match\n\n<!-- q: my-pairs; match -->\n\nWhich?\n\n| a | b |\n|---|---|\n| 1 | one |\n| 2 | two |\n"
DRAWN = """\
### Twice

<!-- q: my-draw -->
<!-- draw: w = 2..9; answer = 2 * w -->

What is twice {w}?

**Answer:** {answer} ± 0.01
"""
RUN = """\
### What does it do?

<!-- q: my-run -->

```toml lab
use = "ball"
optimizer.learning_rate = 0.2
```

1. [ ] It settles <!-- when: not diverged and final.w < -1 -->
2. [x] It flies away <!-- when: diverged -->
"""
TERMS = """\
### My term

<!-- term: my-term; also: another name -->

One or two sentences.

**Formula** $y = f(x)$
**See** [the other](#other-term)

### Other term

<!-- term: other-term -->

One sentence.
"""
EXERCISE = """\
### Twice in code

<!-- x: twice -->

Return twice the number.

```python exercise
def twice(w):
    \"\"\"w: a number. Return a number.\"\"\"
    ...
```

| case | w | gives |
|---|--:|--:|
| by hand | 2.0 | 4.0 |

> Hint: Add it to itself.

<details><summary>Solution</summary>

```python
def twice(w):
    return 2 * w + 0
```

Twice is a sum of two.

</details>

<details><summary>Mistakes</summary>

- `2 *` → `3 *`
  > That is three times.
- `2 *` → ``
  > The 2 is missing.
- `+ 0` → `+ 1`
  > Nothing is added.

</details>
"""
BALL = """\
title = { en = "A ball", zh = "小球" }
[data]
name = "curve"
[model]
name = "function"
function = "ball"
w = 2.0
[loss]
name = "function"
[train]
epochs = 100
"""
HOUSES = """\
title = { en = "Houses", zh = "房价" }

[data]
name = "csv"
path = "houses.csv"
target = "price"

[model]
name = "linear"

[loss]
name = "mse"

[optimizer]
name = "sgd"
learning_rate = 0.01

[train]
epochs = 5
batch_size = 1

[show]
panels = ["loss", "fit"]

[controls]
learning_rate = [0.001, 0.5]

[challenge]
goal = "final.train_loss < 0.5"
"""
FLOWERS = """\
[data]
name = "blobs"

[model]
name = "softmax"

[loss]
name = "cross-entropy"

[optimizer]
name = "sgd"

[train]
epochs = 5
batch_size = 8

[show]
panels = ["loss", "confusion"]
"""
HOUSES_TABLE = "size,rooms,price\n" + "".join(f"{n},{n % 3},{2 * n + n % 5}.5\n" for n in range(1, 31))

Mistake = tuple[str, str, str, int, str]
"""A text, what is replaced in it and by what; then the line of the file and what is told. ``[...]`` is anything."""

# fmt: off
IN_LESSONS: list[Mistake] = [
    (HEAD, "minutes: 5", "minuts: 5", 5,
     "“minuts” is not a key of a lesson; the keys are id, title, needs, [...] Did you mean “minutes”?"),
    (HEAD, "minutes: 5", "minutes: 5\nauthor: me", 6,
     "“author” is not a key of a lesson; the keys are id, title, needs, minutes, part, was."),
    (HEAD, "needs: []", "needs: [sampel]", 4,
     "“needs” names the lesson “sampel”, which does not exist. Did you mean “sample”?"),
    (HEAD, 'title: "A sample"\n', "", 1,
     "The front matter lacks “title:”."),
    (PROSE, "Text.\n", "Text[^1].\n\n[^1]: A source.\n", 10,
     "Footnotes are not read: [^1] is shown as it is written. Put the sentence in brackets, or the [...]"),
    (PROSE, "Text.\n", "![A curve](curve.png)\n", 10,
     "Pictures are not shown: a terminal has none. Draw it in a fence that begins with ```text [...]"),
    (PROSE, "Text.\n", "Text with <b>bold</b> words.\n", 10,
     "Raw HTML is shown as it is written: <b>. Write it in Markdown, or \\< where it is text."),
    (PROSE, "Text.\n", "> Tip: do this.\n", 10,
     "“Tip” begins a callout, which is shown as a plain quotation. Write a sentence instead, with its [...]"),
    (PROSE, "Text.\n", "See [this][1].\n\n[1]: https://example.org\n", 12,
     "Link definitions are not read: “[1]: https://example.org” is shown as it is written. Write the [...]"),
    (PROSE, "Text.\n", '```lab\nuse = "ball"\n```\n', 10,
     "“lab” is not the beginning of a lab, so this fence is shown as code. Begin it with ```toml lab."),
    (PROSE, "Text.\n", "| a | b |\n|---|---|\n| $\\|x|$ | 1 |\n", 12,
     "The row has more cells than the header of its table, so “1” is not shown. Write a bar inside a [...]"),
    (PROSE, "Text.\n", "| a | b |\n|---|\n| 1 | 2 |\n", 10,
     "These lines do not form a table, so they are shown with their bars: the line below the header [...]"),
    (PROSE, "Text.\n", "<!-- lab: ball -->\n", 10,
     "This comment means nothing and is not shown: “lab: ball”. A lab is a fence that begins with [...]"),
    (PROSE, "Text.\n", "<!-- openin: answer -->\n", 10,
     "This comment means nothing and is not shown: “openin: answer”. Known are q:, x:, term:, when:, [...]"),
    (PROSE, "Text.\n", "```python\nx = 1\n\n## More\n\nText.\n", 10,
     "This fence of code is not closed where it should be: it takes in line 11 and what follows. Close [...]"),
    (PROSE, "Text.\n", "Text with [[]] in it.\n", 10,
     "This looks like a blank to fill in, but stands outside a question. Put <!-- q: my-id --> right [...]"),
    (PROSE, "Text.\n", "<!-- a comment\n", 10,
     "This comment is never closed; what follows is lost in it. Close it with -->."),
    (PROSE, "## A", "##A", 8,
     "This looks like a heading, but has no space behind its #. Write ## and a space, or \\# where it is text."),
    (PROSE, "Text.\n", "Text.\n\n<!-- opening: answer -->\n", 12,
     "There is no opening question above that could be answered here. `<!-- opening: answer -->` stands [...]"),
    (PROSE, "Text.\n", "$\\aplha$ is a letter.\n", 10,
     "\\aplha is not among the LaTeX that can [...] Did you mean “\\alpha”? tutor help maths lists what can be."),
    (PROSE, "Text.\n", "$\\binom{n}{k}$ ways.\n", 10,
     "\\binom is not among the LaTeX that can be shown. tutor help maths lists what can be."),
    (PROSE, "Text.\n", "$\\frac{1}{2$ is a half.\n", 10,
     "A brace of this formula has no counterpart."),
    (PROSE, "Text.\n", "$$\\frac{1}{2} x\n\nText.\n", 10,
     "This formula is never closed: its $$ has no counterpart. Write $$ behind it, too, or \\$ where it [...]"),
    (PROSE, "Text.\n", "See [that](#a-sectoin).\n", 10,
     "“#a-sectoin” leads nowhere: there is no term or section of that name. Did you mean “a-section”?"),
    (PROSE, "Text.\n", "See [that](02-other.md).\n", 10,
     "The link 02-other.md leads nowhere: there is no such file. A link leads to #id of a term or [...]"),
    (PROSE, "Text.\n", "See [that](01-sample.md#nowhere).\n", 10,
     "“#nowhere” leads nowhere: 01-sample.md has no section, question or term of that name."),
    (PROSE, "Text.\n", "See [that]().\n", 10,
     "This link leads nowhere: it has no address. Write [words](#id-of-a-term), or the words alone."),
    (PROSE, "Text.\n", "See [that](file:///etc/passwd).\n", 10,
     "Nothing here can follow the link file:///etc/passwd. A link leads to #id of a term or section, to a [...]"),
    (TERMS, "#other-term)", "#othr-term)", 15,
     "“#othr-term” leads nowhere: there is no term or section of that name. Did you mean “other-term”?"),
    (PROSE, "Text.\n", "1. [x] Yes\n2. [ ] No\n", 10,
     "This looks like the options of a question, but stands in none. Put <!-- q: my-id --> right below [...]"),
    (PROSE, "Text.\n", "<details><summary>Why</summary>\n\nBecause.\n\n</details>\n", 10,
     "<details> is read only around the whole explanation of a question, from [...]"),
    (PROSE, "Text.\n", "**Answer:** 3\n", 10,
     "This looks like the answer, hint or explanation of a question, but stands in none. Put <!-- q: [...]"),
    (CHOICE, "<!-- q: my-why -->", "<!-- q my-why -->", 10,
     "This looks like the id of a question or term, or a condition, but cannot be read as one. Write [...]"),
    (CHOICE, "my-why", "My Why", 10,
     "“My Why” is not an id: use lower-case letters, digits and hyphens, at most 60 of them."),
    (CHOICE, "<!-- q: my-why -->", "Text\n\n<!-- q: my-why -->", 12,
     "This comment gives an id, but does not stand right below a heading. Put it on a line of its own [...]"),
    (CHOICE, "my-why", "my-why; vairant of: other", 10,
     "“vairant of:” means nothing behind an id; known are was, depends, variant of. Did you mean “variant of”?"),
    (CHOICE, "my-why", "my-why; variant of: other", 8,
     "“my-why” is a variant of “other”, but this lesson has no such question."),
    (CHOICE, "1. [x]", "1. [y]", 14,
     "The option has neither [ ] nor [x]. Begin it with [ ], or with [x] where it is right."),
    (CHOICE, "   > A mean", "> A mean", 16,
     "This quotation stands behind the options but belongs to none of them. Indent it by three spaces [...]"),
    (CHOICE, "</details>\n", "", 18,
     "<details> is never closed. End the explanation with a line </details>."),
    (CHOICE, "</details>", "</details>\n\nText behind it.", 24,
     "Text below the options or the answer would be shown above them, before answering; it is left out. [...]"),
    (CHOICE, "1. [x]", "> Hnt: Think.\n\n1. [x]", 14,
     "This looks like an answer, a hint or an explanation, but cannot be read as one; it is left out. [...]"),
    (ORDER, "2. Two", "- Two", 16,
     "The list of answers begins with 3: is the line before it lost? Begin it with 1. in a paragraph of [...]"),
    (BLANK, "[[bias]]", "[[bias]", 12,
     "The brackets of this blank are not in pairs; the question is left out. Write [[bias\\|offset]], [...]"),
    (NUMBER, "0.72 ± 0.01", "about 0.72", 16,
     "“about 0.72” is not a number, a number with ±, or a range. Write **Answer:** 0.72 ± 0.01, or [...]"),
    (NUMBER, "**Answer:**", "Answer:", 16,
     "This looks like an answer, a hint or an explanation, but cannot be read as one; it is left out. [...]"),
    (MATCH, "; match", "; mtach", 10,
     "“mtach” is not a type of question that can be named behind an id. Did you mean “match”?"),
    (DRAWN, "draw:", "drw:", 11,
     "This comment means nothing and is not shown: “drw: w = 2..9; answer = 2 * w”. Known are q:, x:, [...]"),
    (RUN, "final.w <", "final.ww <", 17,
     "The condition uses “final.ww”, which the run does [...] Did you mean “final.w”?"),
    (RUN, "when: diverged", "when: divergd", 18,
     "The condition uses “divergd”, which the run does [...] Did you mean “diverged”?"),
    (RUN, " <!-- when: diverged -->", "", 18,
     "An option of a predict-then-run question needs a condition. Write <!-- when: ... --> after the [...]"),
    (RUN, "<!-- when: diverged -->", "<!-- when: diverged and -->", 18,
     "The condition ends where a number or a fact such as final.train_loss was expected. Use facts, [...]"),
    (RUN, '"ball"', '"bal"', 13,
     "There is no lab named bal. Did you mean ball?"),
    (RUN, "learning_rate", "learning_rat", 14,
     "A lab has no key optimizer.learning_rat. Did you mean optimizer.learning_rate?"),
    (RUN, "optimizer.learning_rate = 0.2", "batch_size = 8", 14,
     "train.batch_size changes nothing here: each update looks at all examples here. Batches come with [...]"),
    (RUN, "use =", "lab =", 12,
     'The lab does not say which one it is. Write use = "one-lag", with the name of a file in labs/.'),
    (TERMS, "<!-- term: my-term", "<!-- trem: my-term", 10,
     "This comment means nothing and is not shown: “trem: my-term; also: another name”. Known are q:, [...]"),
    (TERMS, "also:", "alos:", 10,
     "“alos:” means nothing behind an id; known are also, was. Did you mean “also”?"),
    (TERMS, "**Formula**", "**Fromula**", 14,
     "“Fromula” in bold begins neither a formula nor links, so it is shown as a part of the definition. [...]"),
    (EXERCISE, "<!-- x: twice -->", "<!-- x twice -->", 10,
     "This looks like the id of a question or term, or a condition, but cannot be read as one. Write [...]"),
    (EXERCISE, "python exercise", "python excercise", 14,
     "“python excercise” is no part of an exercise, so this fence is shown as code. Known are python [...]"),
    (EXERCISE, "<summary>Solution", "<summary>Solutoin", 26,
     "“Solutoin” is neither the solution nor the mistakes of an exercise. Write [...]"),
    (EXERCISE, "- `2 *` → ``", "- `4 *` → ``", 41,
     "“4 *” does not stand in the solution."),
]

IN_LABS: list[Mistake] = [
    (HOUSES, 'name = "csv"\n', "", 4,
     "data.path is read only with the data sets csv and text, and the data here is views. Write name = [...]"),
    (HOUSES, "houses.csv", "houss.csv", 5,
     "There is no file houss.csv. Did you mean houses.csv?"),
    (HOUSES, '"price"', '"prise"', 6,
     "There is no column “prise”; there are size, rooms, price. Did you mean “price”?"),
    (HOUSES, '"price"', '"price"\nfeatures = ["sise"]', 7,
     "There is no column “sise”; there are size, rooms, price. Did you mean “size”?"),
    (HOUSES, '"price"', '"price"\nfeatures = ["price"]', 7,
     "“price” is the column to predict, so it cannot be a feature too."),
    (HOUSES, '"price"', '"price"\ngroup = "stret"', 7,
     "There is no column “stret”; there are size, rooms, price. Its columns are size, rooms, price."),
    (HOUSES, '"price"', '"price"\ntask = "classification"', 10,
     "The model linear gives a number, but the data has classes. Take softmax or mlp, or set [...]"),
    (HOUSES, '"price"', '"price"\nlags = 3', 7,
     "data.lags changes nothing here: it is there for air, bike-sharing, rebound, views only, and the [...]"),
    (HOUSES, "[train]", "[trian]", 18,
     "A lab has no key trian. Did you mean train?"),
    (HOUSES, "epochs = 5", "epoch = 5", 19,
     "A lab has no key train.epoch. Did you mean train.epochs?"),
    (HOUSES, "epochs = 5", 'epochs = "5"', 19,
     'train.epochs must be a whole number from 1 to 10000000, not "5".'),
    (HOUSES, "epochs = 5", "epochs = ", 19,
     "This is not a TOML file: Invalid value."),
    (HOUSES, "title", "epochs = 5\ntitle", 1,
     "A lab has no key epochs. Did you mean train.epochs?"),
    (HOUSES, '{ en = "Houses", zh = "房价" }', '"Houses"', 1,
     'title must be a text for each language, such as en = "…", zh = "…", not "Houses".'),
    (HOUSES, "epochs = 5", 'epochs = 5\nstop = "no improvement 4"', 20,
     'train.stop must be empty, or "no-improvement N", not no improvement 4.'),
    (HOUSES, '"linear"', '"lineer"', 9,
     "model.name must be one of linear, polynomial, softmax, mlp, char-mlp, naive, [...] Did you mean linear?"),
    (HOUSES, '"linear"', '"linear"\nhidden = [4]', 10,
     "model.hidden changes nothing here: it is there for char-mlp, mlp only, and the model here is linear."),
    (HOUSES, '"linear"', '"naive"', 9,
     "A naive forecast copies an earlier value, so it needs a series: views, rebound, bike-sharing or [...]"),
    (HOUSES, "learning_rate = 0.01", "learning_rate = 0.01\nmomentum = 0.5", 17,
     "optimizer.momentum changes nothing here: it is there for momentum only, and the optimizer here is sgd."),
    (HOUSES, '"fit"]', '"fitt"]', 23,
     'show.panels must be a list, each item one of [...] not ["loss","fitt"]. Did you mean fit?'),
    (HOUSES, '"fit"]', '"confusion"]', 23,
     "The panel confusion has nothing to show for the model linear on this data. It shows a [...]"),
    (HOUSES, '"fit"]', '"roc"]', 23,
     "The panel roc has nothing to show for the model linear on this data. It needs data with exactly [...]"),
    (HOUSES, '"fit"]', '"loss"]', 23,
     "The panel loss is named twice."),
    (HOUSES, '"fit"]', '"fit"]\nfeatures = ["size", "romms"]', 24,
     "There is no column “romms”; there are size, rooms. Did you mean “rooms”?"),
    (HOUSES, "learning_rate = [0.001", "learning_rat = [0.001", 26,
     "learning_rat is not a control. Did you mean learning_rate?"),
    (HOUSES, "[0.001, 0.5]", "[0.5, 0.001]", 26,
     "The control learning_rate needs a range, [low, high], or a list of choices."),
    (HOUSES, "[0.001, 0.5]", "[0.1, 0.5]", 26,
     "The control learning_rate does not allow the lab's own optimizer.learning_rate = 0.01."),
    (HOUSES, "learning_rate = [0.001, 0.5]", "dropout = [0.0, 0.5]", 26,
     "dropout changes nothing here: the model linear has no hidden layers here. Those come with [...]"),
    (HOUSES, "learning_rate = [0.001, 0.5]", 'loss = ["mse", "maee"]', 26,
     "controls.loss must be one of mse, mae, cross-entropy, mistakes, function, not maee. Did you mean mae?"),
    (HOUSES, "learning_rate = [0.001, 0.5]", 'loss = ["mse", "cross-entropy"]', 26,
     "No run can have the choice cross-entropy of the control loss. Cross-entropy compares [...]"),
    (HOUSES, "final.train_loss", "final.train_los", 29,
     "The goal uses “final.train_los”, which no [...] Did you mean “final.train_loss”?"),
    (HOUSES, "< 0.5", "<", 29,
     "The goal cannot be read: The condition ends where a number or a fact such as final.train_loss was [...]"),
    (HOUSES, "[challenge]", '[mine]\noptimiser = "adam"\n\n[challenge]', 29,
     "A lab has no part called “optimiser” that a function could fill. Did you mean optimizer?"),
    (HOUSES, "[challenge]", '[mine]\noptimizer = "no-exercise"\n\n[challenge]', 29,
     "There is no exercise “no-exercise” that could fill this part of the lab."),
    (HOUSES, "title", 'id = "flats"\ntitle', 1,
     "The id “flats” is not the name of the file, mine, by which lessons find the lab. Leave the id [...]"),
    (FLOWERS, '"blobs"', '"blbos"', 2,
     'data.name must be one of [...] not "blbos". Did you mean blobs?'),
    (FLOWERS, '"blobs"', '"blobs"\ntarget = "kind"', 3,
     "data.target changes nothing here: it is there for bike-sharing, csv only, and the data here is blobs."),
    (FLOWERS, '"softmax"', '"linear"', 5,
     "The model linear gives a number, but the data has classes. Take softmax or mlp, or set [...]"),
    (FLOWERS, '"confusion"]', '"confusion"]\nfeatures = ["x"]', 19,
     "There is no column “x”; there are x1, x2. Did you mean “x2”?"),
    (FLOWERS, '"confusion"]', '"fit"]', 18,
     "The panel fit has nothing to show for the model softmax on this data. It shows a regression, in [...]"),
]
# fmt: on


def names(mistakes: list[Mistake]) -> list[str]:
    return [new.strip().partition("\n")[0][:40] or f"without {old.strip()}" for _, old, new, _, _ in mistakes]


@pytest.fixture(autouse=True)
def _pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "labs").mkdir()
    monkeypatch.setenv("TUTOR_LESSONS", str(tmp_path))  # so that no lesson of the course is read for its exercises


def told(pack: Path) -> list[tuple[str, int, str]]:
    faults = faults_without_runs(Course(pack))
    return [(each.place.path.name, each.place.line, sentences(each.message, each.hint)) for each in faults]


def assert_told_once(pack: Path, file: str, line: int, expected: str) -> None:
    (found,) = told(pack)
    assert found[:2] == (file, line)
    start, *rest = expected.split("[...]")
    assert found[2].startswith(start)
    assert all(piece in found[2] for piece in rest)
    assert rest or found[2] == expected


@pytest.mark.parametrize(("text", "old", "new", "line", "expected"), IN_LESSONS, ids=names(IN_LESSONS))
def test_a_mistake_in_a_lesson_is_told_once(
    tmp_path: Path, text: str, old: str, new: str, line: int, expected: str
) -> None:
    assert old in text
    (tmp_path / "labs" / "ball.toml").write_text(BALL)
    body = text.replace(old, new, 1)
    (tmp_path / "01-sample.md").write_text(f"{body}Text.\n" if text == HEAD else HEAD + body)
    assert_told_once(tmp_path, "01-sample.md", line, expected)


@pytest.mark.parametrize(("text", "old", "new", "line", "expected"), IN_LABS, ids=names(IN_LABS))
def test_a_mistake_in_a_lab_is_told_once(
    tmp_path: Path, text: str, old: str, new: str, line: int, expected: str
) -> None:
    assert old in text
    (tmp_path / "labs" / "houses.csv").write_text(HOUSES_TABLE)
    (tmp_path / "labs" / "mine.toml").write_text(text.replace(old, new, 1))
    (tmp_path / "01-sample.md").write_text(HEAD + PROSE)
    assert_told_once(tmp_path, "mine.toml", line, expected)


def test_the_texts_without_a_mistake_have_no_fault(tmp_path: Path) -> None:
    questions = (CHOICE, ORDER, BLANK, NUMBER, MATCH, DRAWN, RUN, TERMS, EXERCISE)
    (tmp_path / "01-sample.md").write_text(HEAD + PROSE + "\n".join(questions))
    (tmp_path / "labs" / "ball.toml").write_text(BALL)
    (tmp_path / "labs" / "houses.csv").write_text(HOUSES_TABLE)
    (tmp_path / "labs" / "mine.toml").write_text(HOUSES)
    (tmp_path / "labs" / "flowers.toml").write_text(FLOWERS)
    assert told(tmp_path) == []
