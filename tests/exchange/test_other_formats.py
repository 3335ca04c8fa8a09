# ruff: noqa: E501, ISC004 - the samples stand as their programs write them
"""Moodle XML, QTI 2 and 3, Aiken, Anki and tables of terms, written as their programs write them; and hostile files."""

from __future__ import annotations

import io
import sqlite3
import zipfile
from pathlib import Path

import pytest

from tests.exchange.reading import imported, lesson_of, ticks
from tutor.course.questions.fill_in import Blanks
from tutor.course.questions.match import Pairs
from tutor.course.questions.numeric import NumericAnswer
from tutor.exchange.detect import read_foreign
from tutor.foundation.errors import TutorError


def moodle_question(kind: str, name: str, text: str, rest: str) -> str:
    return (
        f'<question type="{kind}"><name><text>{name}</text></name><questiontext format="html">'
        f"<text><![CDATA[{text}]]></text></questiontext>{rest}</question>"
    )


def answer(fraction: str, text: str, feedback: str = "", more: str = "") -> str:
    return (
        f'<answer fraction="{fraction}" format="html"><text>{text}</text>{more}'
        f'<feedback format="html"><text>{feedback}</text></feedback></answer>'
    )


MOODLE = "".join([
    '<?xml version="1.0" encoding="UTF-8"?>\r\n<quiz>\r\n<!-- exported -->',
    '<question type="category"><category><text>$course$/top/Networks &amp; co</text></category></question>',
    moodle_question(
        "multichoice", "Layers", "<p>Which&nbsp;is <b>true</b>?</p><p>\\(a_1 &lt; b\\)</p><ul><li>x</li><li>y</li></ul>",
        "<single>true</single><idnumber>layers</idnumber><generalfeedback><text>&lt;p&gt;Why.&lt;/p&gt;</text></generalfeedback>"
        + answer("100", "&lt;p&gt;One&lt;/p&gt;", "&lt;p&gt;Right!&lt;/p&gt;") + answer("33.33333", "Two") + answer("0", "[x] Three")
        + "<correctfeedback><text>Bravo</text></correctfeedback><hint><text>Think.</text></hint>"
        + "<tags><tag><text>t</text></tag></tags>",
    ),
    moodle_question("multichoice", "All", "Choose.", "<single>false</single>" + answer("50", "a") + answer("50", "b") + answer("-100", "c")),
    moodle_question("truefalse", "Truth", "So?", answer("0", "true") + answer("100", "false", "Yes.")),
    moodle_question("shortanswer", "Word", "It is _____ here.", "<usecase>1</usecase>" + answer("100", "cold") + answer("100", "co*ld")),
    moodle_question("numerical", "Pi", "About?", answer("100", "3.14", "", "<tolerance>0.01</tolerance>")
                    + "<units><unit><multiplier>1</multiplier><unit_name>m</unit_name></unit></units>"),
    moodle_question("matching", "Pairs", "Match.", "".join(
        f'<subquestion format="html"><text>{left}</text><answer><text>{right}</text></answer></subquestion>'
        for left, right in (("&lt;p&gt;a&lt;/p&gt;", "1"), ("b", "2"), ("", "3"))
    )),
    moodle_question("ordering", "Order", "Sort.", answer("2", "second") + answer("1", "first")),
    moodle_question("cloze", "", "Roses are {1:SHORTANSWER:=red~%50%rosy} and {:SA:=violets}.", ""),
    moodle_question("cloze", "Menu", "Roses are {1:MULTICHOICE:=red~blue}.", ""),
    moodle_question("description", "Read", "Some <i>text</i>.", ""),
    moodle_question("essay", "Write", "Write.", ""),
    moodle_question("ddmarker", "Drag", "Drag.", ""),
    "</quiz>",
])  # fmt: skip


def test_moodle_xml() -> None:
    lesson = lesson_of(found := read_foreign(MOODLE.encode("utf-8-sig")))
    said = "\n".join(map(str, found.losses))
    assert [section.title for section in lesson.sections] == ["Networks & co", "Read"]
    layers, every, truth, word, pi, pairs, order, cloze = lesson.questions
    assert (layers.id, layers.prompt) == ("layers", "Which is **true**?\n\n$a_1 < b$\n\n* x\n* y")
    assert ticks(layers) == [("One", True), ("Two", False), (r"\[x\] Three", False)]
    assert (layers.hints, layers.explanation, layers.options[0].feedback) == (("Think.",), "Why.", "Right!")
    assert ticks(every) == [("a", True), ("b", True), ("c", False)]
    assert ticks(truth) == [("True", False), ("False", True)]
    assert isinstance(word.content, Blanks)
    assert word.content.blanks[0].accepted == ("cold",)
    assert word.prompt.endswith("here.")
    assert isinstance(pi.content, NumericAnswer)
    assert (pi.content.low, pi.content.high) == (3.13, 3.15)
    assert isinstance(pairs.content, Pairs)
    assert [(each.left, each.right) for each in pairs.content.pairs] == [("a", "1"), ("b", "2")]
    assert [option.text for option in order.options] == ["first", "second"]
    assert isinstance(cloze.content, Blanks)
    assert [blank.accepted for blank in cloze.content.blanks] == [("red",), ("violets",)]
    for part in (
        "line 3 “Layers”: Partial credit", "as a whole", "Tags", "“co*ld” has a wildcard", "Upper and lower case", "Units",
        "“3” belongs to nothing", "“rosy” was partly right", "“Menu”: It is left out: it has a gap of the kind MULTICHOICE",
        "“Write”: It is left out: an essay", "no question of the kind “ddmarker”",
    ):  # fmt: skip
        assert part in said, (part, said)


QTI2 = """<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="ch" title="A choice"><responseDeclaration
identifier="R" cardinality="multiple" baseType="identifier"><correctResponse><value>A</value><value>C</value></correctResponse>
</responseDeclaration><itemBody><p>Look: <img src="i.png" alt="a graph"/></p><choiceInteraction responseIdentifier="R" maxChoices="0">
<prompt>Which?</prompt><simpleChoice identifier="A">a<feedbackInline identifier="A" outcomeIdentifier="F" showHide="show">Yes.
</feedbackInline></simpleChoice><simpleChoice identifier="B">b</simpleChoice><simpleChoice identifier="C"><b>c</b></simpleChoice>
</choiceInteraction></itemBody></assessmentItem>"""
QTI3 = """<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="te" title="数">
<qti-response-declaration identifier="R" cardinality="single" base-type="float"><qti-correct-response><qti-value>5</qti-value>
</qti-correct-response></qti-response-declaration><qti-item-body><p>多少？<qti-text-entry-interaction response-identifier="R"/></p>
</qti-item-body><qti-response-processing><qti-response-condition><qti-response-if><qti-equal tolerance-mode="absolute"
tolerance="0.5 0.5"><qti-variable identifier="R"/><qti-correct identifier="R"/></qti-equal></qti-response-if>
</qti-response-condition></qti-response-processing></qti-assessment-item>"""
ESSAY = """<assessmentItem identifier="e" title="Essay"><itemBody><extendedTextInteraction responseIdentifier="R"/></itemBody></assessmentItem>"""


def zipped(files: dict[str, str | bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in files.items():
            package.writestr(name, content)
    return made.getvalue()


def test_qti_2_and_3_in_the_order_of_the_manifest() -> None:
    manifest = '<manifest><resources><file href="z.xml"/><file href="a.xml"/></resources></manifest>'
    questions, losses = imported(
        zipped({"imsmanifest.xml": manifest, "a.xml": QTI3, "b.xml": ESSAY, "z.xml": QTI2, "i.png": b"x"})
    )
    choice, number = questions
    assert (choice.id, choice.title, choice.kind) == ("ch", "A choice", "multiple")
    assert choice.prompt == "Look: (a graph)\n\nWhich?"
    assert ticks(choice) == [("a", True), ("b", False), ("**c**", True)]
    assert choice.options[0].feedback == "Yes."
    assert (number.title, number.prompt) == ("数", "多少？")
    assert isinstance(number.content, NumericAnswer)
    assert (number.content.low, number.content.high) == (4.5, 5.5)
    assert any("i.png" in loss for loss in losses)
    assert any("Essay" in loss for loss in losses)


def test_aiken() -> None:
    questions, losses = imported(
        "\ufeffWhat is\r\n2 * 3?\r\nA) 5\r\nB) 6\r\nANSWER: B\r\n\r\nNo answer\nA. x\nB. y\n\nLast?\nA. α\nB. # b\nANSWER: A\n"
    )
    assert [ticks(each) for each in questions] == [[("5", False), ("6", True)], [("α", True), (r"\# b", False)]]
    assert questions[0].prompt == "What is\\\n2 * 3?"
    assert losses == ["line 7 “No answer”: It is left out: it needs a question, at least two options A, B, …, and ANSWER"
                      " with one of their letters."]  # fmt: skip


def anki_package(path: Path, notes: list[str], more: str = "") -> bytes:
    connection = sqlite3.connect(path)
    connection.executescript(
        "CREATE TABLE col (decks TEXT); CREATE TABLE cards (id INTEGER, nid INTEGER, did INTEGER);"
        "CREATE TABLE notes (id INTEGER PRIMARY KEY, flds TEXT, tags TEXT);"
    )
    connection.executemany("INSERT INTO notes VALUES (?, ?, ' t ')", list(enumerate(notes, 1)))
    connection.executescript(more)
    connection.commit()
    connection.close()
    return zipped({"collection.anki2": path.read_bytes(), "media": "{}", "0": b"sound"})


def test_an_anki_package(tmp_path: Path) -> None:
    found = read_foreign(anki_package(tmp_path / "c.anki2", [
        "<b>Bias</b>\x1fAdded to the sum.<br>Moves the line. [sound:a.mp3]\x1f<i>more</i>",
        "The {{c1::gradient::a vector}} points {{c2::up}}.\x1fAnd so on.",
        "Empty\x1f<br>",
        "学习率\x1f一步走多远",
    ]))  # fmt: skip
    lesson = lesson_of(found, "zh")
    assert [(term.name, term.definition) for term in lesson.terms] == [
        ("**Bias**", "Added to the sum.\\\nMoves the line."), ("学习率", "一步走多远"),
    ]  # fmt: skip
    (gaps,) = lesson.questions
    assert isinstance(gaps.content, Blanks)
    assert [blank.accepted for blank in gaps.content.blanks] == [("gradient",), ("up",)]
    assert gaps.explanation == "And so on."
    said = "\n".join(map(str, found.losses))
    for part in (
        "sound",
        "Further columns",
        "hint in a gap",
        "“Empty”: It is left out",
        "Tags",
        "Files in the package",
    ):
        assert part in said, (part, said)


def test_a_table_of_terms() -> None:
    found = read_foreign(
        b'\xef\xbb\xbf#separator:tab\r\n#html:true\r\nloss\thow wrong it is $5\tx\r\n"a ""b"""\t\\(\\frac{1}{2}\\)\r\nlone\r\n'
    )
    lesson = lesson_of(found)
    assert [(term.name, term.definition) for term in lesson.terms] == [
        ("loss", r"how wrong it is \$5"), ('a "b"', r"$\frac{1}{2}$"),
    ]  # fmt: skip
    assert [loss.line for loss in found.losses] == [3, 5]


def test_notes_that_anki_exported_with_kind_deck_and_tags() -> None:
    """Anki says in the head which columns hold them; they are no terms."""
    found = read_foreign(
        b"#separator:Semicolon\n#html:true\n#guid column:1\n#notetype column:2\n#deck column:3\n#tags column:6\n"
        b'k1;Basic;ML::Nets;loss;"how ""wrong""; two\nlines";t\nk2;Cloze;ML;The {{c1::gradient {{c2::here}}}} is up;;t\n'
        b"k3;Basic;ML;[latex]$x^2$[/latex];[$$]y[/$$] <b>b</b>;\n"
    )
    lesson = lesson_of(found)
    terms = [(term.name, term.definition) for term in lesson.terms]
    assert terms == [("loss", 'how "wrong"; two\\\nlines'), ("$x^2$", "$$y$$ **b**")]
    (gaps,) = lesson.questions
    assert isinstance(gaps.content, Blanks)
    assert [blank.accepted for blank in gaps.content.blanks] == [("gradient here",)]
    assert [str(loss) for loss in found.losses] == ["Tags are not carried over."]


@pytest.mark.parametrize("head", ["Term\tDefinition", "正面\t背面"])
def test_a_header_above_terms_is_no_term(head: str) -> None:
    found = read_foreign(f"{head}\nloss\thow wrong\nback\tthe rear\n".encode())
    assert [term.name for term in lesson_of(found).terms] == ["loss", "back"]
    assert len(found.losses) == 1


def test_aiken_as_chinese_teachers_write_it() -> None:
    questions, losses = imported(
        "下坡的方向？\na、上\nb．下\nc）左\n答案：B\n\n选两个\nA. 一\nB. 二\nC. 三\n正确答案：AC\n"
    )
    assert ticks(questions[0]) == [("上", False), ("下", True), ("左", False)]
    assert [right for _, right in ticks(questions[1])] == [True, False, True]
    assert losses == []


def test_files_in_older_encodings() -> None:
    questions, losses = imported("::题一:: 梯度下降往哪里走？ {=下坡 ~上坡}\n".encode("gb18030"))
    assert questions[0].prompt == "梯度下降往哪里走？"
    assert "GB18030" in losses[0]
    text = moodle_question("truefalse", "题", "对吗？", answer("100", "true") + answer("0", "false"))
    xml = f'<?xml version="1.0" encoding="GBK"?>\n<quiz>{text}</quiz>'
    assert imported(xml.encode("gbk"))[0][0].prompt == "对吗？"


LAUGHS = '<!DOCTYPE q [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><quiz>&b;</quiz>'
OUTSIDE = '<!DOCTYPE q SYSTEM "file:///etc/passwd"><quiz/>'


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (LAUGHS.encode(), "document type"),
        (OUTSIDE.encode(), "document type"),
        (b"<quiz>" + b"<a>" * 300, "nested too deeply"),
        (b"<quiz><a></quiz>", "damaged in line 1"),
        (b"<questestinterop/>", "QTI 1"),
        (b"<html/>", "begins with"),
        (b"PK\x03\x04 no zip", "damaged"),
        (b"SQLite format 3\0 no database", "no database"),
        (b'{"version": 3}', "JSON"),
        (b"just words", "This is not GIFT"),
        (b"\xff\x00\xfa", "not text"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(content: bytes, said: str) -> None:
    with pytest.raises(TutorError, match=said):
        read_foreign(content)


def test_a_package_that_unpacks_to_very_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tutor.exchange.archives._MOST_BYTES", 1 << 20)
    with pytest.raises(TutorError, match="unpacks to more"):
        read_foreign(zipped({f"{number}.xml": b" " * (700 << 10) for number in range(2)}))


def test_a_view_in_the_place_of_notes_is_not_run(tmp_path: Path) -> None:
    endless = (
        "DROP TABLE notes; CREATE VIEW notes AS WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id FROM n)"
        " SELECT id, 'a' AS flds, '' AS tags FROM n;"
    )
    with pytest.raises(TutorError, match="no database"):
        read_foreign(anki_package(tmp_path / "c.anki2", [], endless))
