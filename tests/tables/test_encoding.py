"""The encoding of small tables, found by their bytes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tables.tables_written import lines, loaded, notes, written
from tutor.foundation.errors import TutorError
from tutor.ml.datasets.sources.own_table import load_labelled_table
from tutor.tables.encoding import UTF8, detect_encoding

SAMPLES = {
    "gb18030": [
        ("长度,宽度,种类", "山鸢尾 变色鸢尾"),
        ("面积,楼层,城市", "北京 上海 广州"),
        ("x,y,是否", "是 否"),
        ("x,y,姓名", "龚喆 翟昊 薛婷"),
    ],
    "big5": [("長度,寬度,種類", "貓 狗 鳥類"), ("面積,樓層,城市", "臺北 高雄")],
    "cp932": [("長さ,幅,種類", "ネコ いぬ 鳥")],
    "cp949": [("길이,너비,종류", "고양이 개 새")],
    "cp1252": [
        ("surface,étage,ville", "Orléans Nîmes Besançon"),
        ("Größe,Straße,Stadt", "München Köln"),
        ("año,tamaño,ciudad", "Málaga León"),
        ("temp (°C),width (µm),area (m²)", "a b"),
        ("price €,x,it’s", "“a” b–c"),
        ("Sepal\u00a0length,x,y", "a b"),
    ],
    "cp1251": [("длина,ширина,вид", "кошка собака Птица")],
    "koi8_r": [("длина,ширина,вид", "кошка собака Птица")],
}  # fmt: skip


def table(head: str, words: str) -> str:
    kinds = words.split()
    return lines(head, (f"{n}.5,{n},{kinds[n % len(kinds)]}" for n in range(12)))


@pytest.mark.parametrize(
    ("codec", "head", "words"), [(codec, *sample) for codec, samples in SAMPLES.items() for sample in samples]
)
def test_older_encodings_are_known_by_their_letters(codec: str, head: str, words: str, tmp_path: Path) -> None:
    text = table(head, words)
    encoding = detect_encoding(text.encode(codec))
    assert encoding is not None
    assert text.encode(codec).decode(encoding.codec) == text
    target = head.split(",")[2].replace("\u00a0", " ")
    data = loaded(tmp_path, text.encode(codec), target)
    assert f"read as {encoding.name}" in notes(data)
    assert data.class_names == tuple(sorted(set(words.split())))


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig"])
def test_unicode_with_and_without_a_mark(codec: str, tmp_path: Path) -> None:
    data = loaded(tmp_path, table("长度,宽度,种类", "猫 狗").encode(codec), "种类")
    assert data.feature_names == ("长度", "宽度")
    assert ("not UTF-8" in notes(data)) == (codec != "utf-8-sig")


@pytest.mark.parametrize("codec", ["gb18030", "cp1252"])
def test_a_file_that_is_ascii_for_a_megabyte(codec: str, tmp_path: Path) -> None:
    text = (
        lines("x,word,y", (f"{n % 97},plain,{n}.5" for n in range(40_000)))
        + {
            "gb18030": "1,城市,2.5\n2,北京,3.5\n",
            "cp1252": "1,Köln,2.5\n2,Orléans,3.5\n",
        }[codec]
    )
    data = loaded(tmp_path, text.encode(codec), "y")
    assert {"gb18030": "word=城市", "cp1252": "word=Köln"}[codec] in data.feature_names


@pytest.mark.parametrize("broken", [b"\xff", b"K\xc3ln", b"\xe4\xb8", b"\x80\x81\x82"])
def test_damaged_utf8_is_told_with_its_line_and_not_taken_for_something_else(broken: bytes, tmp_path: Path) -> None:
    text = table("长度,Größe,种类", "猫 狗").encode() + b"3.5,4," + broken + b"\n"
    with pytest.raises(TutorError, match=r":14: this is not UTF-8 text") as told:
        load_labelled_table(written(tmp_path, text), "种类")
    assert "UTF-8" in told.value.hint


@given(st.binary(max_size=300))
def test_any_bytes_get_an_encoding_that_reads_them_or_none(sample: bytes) -> None:
    encoding = detect_encoding(sample)
    if encoding is not None and not encoding.codec.startswith(("utf-16", "utf-32")):
        assert isinstance(sample.decode(encoding.codec), str)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=100), st.integers(0, 3))
def test_utf8_is_known_wherever_the_sample_ends(text: str, cut: int) -> None:
    whole = text.encode()
    assert detect_encoding(whole[: len(whole) - cut] if cut else whole, more=True) == UTF8
