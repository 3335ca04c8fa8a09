"""Text on its way to a stream that does not take every letter."""

from __future__ import annotations

import io

import pytest

from tutor.foundation.terminal import encoding_of, fit_stream, terminal_speaks_unicode


class Console(io.TextIOWrapper):
    """A stream that says it is a terminal."""

    def __init__(self, encoding: str) -> None:
        self.bytes = io.BytesIO()
        super().__init__(self.bytes, encoding=encoding, write_through=True)

    def isatty(self) -> bool:
        return True


def written(stream: Console, text: str) -> bytes:
    fit_stream(stream)
    stream.write(text)
    return stream.bytes.getvalue()


def test_an_encoding_without_our_signs_gets_ascii_ones_and_question_marks_for_letters() -> None:
    assert written(Console("ascii"), "“η” · −1 ✓ 学") == b'"?" * -1 v ?'


def test_an_encoding_keeps_what_it_has() -> None:
    assert written(Console("gb18030"), "学习 ✓") == "学习 ✓".encode("gb18030")


def test_a_terminal_with_unicode_is_left_alone() -> None:
    assert written(Console("utf-8"), "“学” ✓") == "“学” ✓".encode()


def test_a_terminal_in_the_c_locale_gets_ascii_signs_and_keeps_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    console = Console("utf-8")
    assert written(console, "“学” ✓ ── done") == '"学" v -- done'.encode()
    assert encoding_of(console) == "utf-8"


def test_a_pipe_in_the_c_locale_gets_utf8(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    raw = io.BytesIO()
    pipe = io.TextIOWrapper(raw, encoding="utf-8", write_through=True)
    fit_stream(pipe)
    pipe.write("“学”")
    assert raw.getvalue() == "“学”".encode()


def test_a_stream_that_is_closed_is_no_failure() -> None:
    fit_stream(None)
    assert encoding_of(None) == "utf-8"


def test_the_console_of_linux_has_no_font_for_our_signs(monkeypatch: pytest.MonkeyPatch) -> None:
    assert terminal_speaks_unicode()
    monkeypatch.setenv("TERM", "linux")
    assert not terminal_speaks_unicode()
