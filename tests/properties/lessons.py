"""Generated lessons: pieces of the format, right and wrong, in any order."""

from __future__ import annotations

from hypothesis import strategies as st

HEAD = "---\nid: sample\ntitle: A sample\nminutes: 20\n---\n"

SECRET = "zzsecretzz"
"""Stands in every answer, feedback, hint and explanation of `sound_lessons`, and nowhere else."""

_PIECES = st.sampled_from(
    ["---", "id: a", "## Heading", "# H", "<!-- q: q1 -->", "<!-- q: q2; match -->",
     "| a | b |\n|---|---|\n", "| c | d |\n",
     "<!-- term: t1; also: x -->", "<!-- q:", "-->", "1. [ ] A",
     "2. [x] B", "- [x] A", "  - [x] B", "1. A", "   > feedback", "> Hint: h", "**Answer:** 3 ± 1", "**Answer:**",
     "[[a|b]]",
     "[[", "```toml lab", 'use = "x"', "```", "~~~", "<details><summary>Why</summary>", "</details>",
     "<!-- when: a < 1 -->",
     "<!-- figure: a -->", "| a |", "|---|", "**Formula** $a$", "**See** [a](#a)", "", "    ", "\t", "\x1b[31m",
     "\u2028",
     "&#27;", "学习率", "\ufffc", "[x]: #y", "***", "===", "$$", "\\", "`"]
)  # fmt: skip

any_text = st.text(max_size=400)
"""Any text at all."""

scraps = st.lists(_PIECES, max_size=40).flatmap(
    lambda pieces: st.lists(
        st.sampled_from(["\n", "\n", "\n\n", " ", ""]), min_size=len(pieces), max_size=len(pieces)
    ).map(lambda ends: "".join(piece + end for piece, end in zip(pieces, ends, strict=True)))
)
"""Pieces of the format that need not fit together."""

bodies = st.one_of(any_text, scraps, scraps.map(lambda text: HEAD + text), any_text.map(lambda text: HEAD + text))

raw_files = st.one_of(
    st.binary(max_size=300),
    bodies.map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.tuples(bodies, st.sampled_from(["utf-16", "utf-8-sig", "gb18030"])).map(
        lambda pair: pair[0].encode(pair[1], "replace")
    ),
)
"""What may lie in a lesson file."""

_PROMPTS = st.sampled_from(
    ["", "Which?", "Look:\n\n| a | b |\n|---|---|\n| 1 | 2 |", "```\ncode\n```", "* one\n* two", "> quoted", "$a + b$"]
)
_ANSWERS = st.sampled_from(
    [f"1. [ ] {SECRET} A\n2. [x] {SECRET} B", f"- [x] {SECRET} A\n- [ ] {SECRET} B\n- [x] C",
     f"1. [ ] A\n   > {SECRET}\n2. [x] B\n   > {SECRET}", f"1. {SECRET} A\n2. {SECRET} B\n3. C",
     f"One [[{SECRET}|other]] two.",
     "**Answer:** 77123 ± 1", f"> Hint: {SECRET}\n\n1. [ ] A\n2. [x] B",
     f"| a | b |\n|---|---|\n| one | {SECRET} 1 |\n| two | {SECRET} 2 |"]
)  # fmt: skip
_WHYS = st.sampled_from(
    [
        "",
        f"<details><summary>Why</summary>\n\n{SECRET}\n\n</details>",
        f"<details><summary>Why</summary>\n{SECRET}\n</details>",
    ]
)
_BETWEEN = st.sampled_from(["", "## Section\n\nProse.", "### Deeper\n\n1. a\n2. b"])


@st.composite
def sound_lessons(draw: st.DrawFn) -> str:
    """A lesson without fault, with a few questions between its prose."""
    parts = [HEAD, "Prose."]
    for number in range(draw(st.integers(1, 4))):
        level = draw(st.sampled_from(["##", "###"]))
        answer = draw(_ANSWERS)
        pairs = answer.startswith("|")
        prompt = draw(_PROMPTS.filter(lambda each: not pairs or "|" not in each))  # noqa: B023 - drawn at once
        parts += [f"{level} Question {number}", f"<!-- q: q{number}{'; match' if pairs else ''} -->"]
        parts += [prompt, answer, draw(_WHYS)]
        parts.append(draw(_BETWEEN).replace("### Deeper", "## Deeper"))
    end = draw(st.sampled_from(["\n", "\r\n"]))
    return "\n\n".join(part for part in parts if part).replace("\n", end)
