"""Report what has no meaning where it is: an id away from its heading, a lab inside a list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tutor.course.id_fields import IdFields
from tutor.course.lab_fence import is_lab_info
from tutor.course.source import LONGEST_IDENTIFIER, Element, Source, gives_id
from tutor.foundation.suggest import nearest
from tutor.foundation.translate import translate


def refuse_stray_id(source: Source, element: Element) -> None:
    """Report a comment with an id that is not directly below a heading."""
    source.fault(source.place(element.start), translate("course.stray-id"), translate("course.stray-id-hint"))


def refuse_text_behind_id(source: Source, mark: Element) -> None:
    """Report text, or another comment, on the line of an id, because it would be lost."""
    behind = mark.content.partition("-->")[2].strip()
    if behind:
        place = source.find(mark.start, mark.end, behind)
        source.fault(place, translate("course.text-behind-id"), translate("course.text-behind-id-hint"))


def refuse_unknown_fields(source: Source, heading: Element, fields: IdFields, known: Sequence[str]) -> None:
    """Report every field after an id that has a colon and an unknown name."""
    for name in fields.values:
        if name not in known:
            place = source.find(heading.start, len(source.lines), name)
            near = nearest(name, known)
            hint = translate("course.did-you-mean", near=near) if near else ""
            message = translate("course.unknown-field", name=name[:LONGEST_IDENTIFIER], known=", ".join(known))
            source.fault(place, message, hint)


def refuse_misplaced(source: Source, element: Element) -> bool:
    """Report labs and ids inside another block, such as a list, a quotation or the line of a heading.

    Returns:
        Whether the block contains an id.
    """
    has_id = False
    if any(token.type == "fence" and is_lab_info(token.info) for token in element.tokens if token.level > 0):
        source.fault(source.place(element.start), translate("course.lab-inside"))
    for comment in _comments_inside(element):
        if gives_id(comment):
            found = source.find(element.start, element.end, comment)
            source.fault(found, translate("course.stray-id"), translate("course.stray-id-hint"))
            has_id = True
    return has_id


def _comments_inside(element: Element) -> Iterator[str]:
    """Yield the comments in running text and in nested blocks, but not those inside code."""
    for token in element.tokens:
        if token.type == "html_block" and token.level > 0:
            yield token.content.strip()
        for child in token.children or ():
            if child.type == "html_inline":
                yield child.content
