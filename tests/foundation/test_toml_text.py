"""TOML of somebody else's: read as the standard library does, or refused in a sentence, and never for long."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.foundation.toml_text import TomlError, key_of, load_toml

PLAIN = st.recursive(
    st.integers(-(2**63), 2**63 - 1) | st.booleans() | st.text("abc .=[]#\"'", max_size=9),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.text("abc_-", min_size=1, max_size=4), PLAIN, max_size=5))
def test_sound_toml_is_read_as_the_standard_library_does(values: dict[str, object]) -> None:
    import json

    text = "".join(f"{key} = {json.dumps(value)}\n" for key, value in values.items())
    assert load_toml(text) == tomllib.loads(text) == values


@given(st.text("ab.=[]{}\"'\\#1_-\n ", max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        expected = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        with pytest.raises(TomlError):
            load_toml(text)
    else:
        assert load_toml(text) == expected


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a = 1\nb = " + "9" * 5000, 2, "digits"),
        ("a = 1\nb = 0x" + "f" * 5000, 2, "digits"),
        (f"a = {2**63}", 1, "digits"),
        (".".join("a" * 3000) + " = 1", 1, "levels"),
        ("\n[" + ".".join("a" * 3000) + "]", 2, "levels"),
        ("a." * 100_000 + "a = 1", 1, "levels"),
        ('"a=" . ' * 20_000 + "a = 1", 1, "levels"),
        ("[" + "a." * 60_000 + "a]\n" + "".join(f"k{n} = 1\n" for n in range(10_000)), 1, "levels"),
        ("a = " + "[" * 40 + "]" * 40, 0, "levels"),
        ("a = " + "[" * 100_000, 0, "levels"),
        ("a = " + "{a = " * 20_000, 0, "levels"),
        ("a = 1\nb == 2", 2, "[Ii]nvalid"),
    ],
)
def test_what_would_take_long_or_break_others_is_refused_with_its_line(text: str, line: int, said: str) -> None:
    with pytest.raises(TomlError, match=said) as caught:
        load_toml(text)
    assert caught.value.line == line


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("a = 1", ("a",)),
        ("  a.b-c . \"d e\".'f.g' = 1", ("a", "b-c", "d e", "f.g")),
        ("[[ a . b ]] # c", ("a", "b")),
        ("# a = 1", ()),
        ("", ()),
        ("= 1", ()),
        ('"a\\"b" = 1', ('a\\"b',)),
    ],
)
def test_the_key_of_a_line(line: str, parts: tuple[str, ...]) -> None:
    assert key_of(line)[0] == parts
