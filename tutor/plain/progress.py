"""``tutor progress``: how it stands, as lines of text; ``tutor progress items``: what an author should know."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tutor.course.catalogue import Course
from tutor.foundation import clock, paths
from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.text import pad, pad_left, shorten
from tutor.foundation.translate import language, translate
from tutor.plain.progress_files import memory
from tutor.study.misconceptions import ItemReport, Misconception, item_reports
from tutor.study.report import Confidence, Overview, Topics, confidence, frequent_misconceptions, overview, topics
from tutor.typeset.page import one_line

_NAME = 44


def show_progress() -> int:
    """Print how it stands, and where it is kept.

    Returns:
        The exit code, 0.
    """
    try:
        course: Course | None = Course(paths.lessons_folder())
    except TutorError:
        course = None
    with memory() as store:
        lines = [
            *overview_lines(overview(store, course, language(), clock.utc_now())),
            *topic_lines(topics(store, course, language())),
            *mix_up_lines(frequent_misconceptions(store, course, language())),
            *confidence_lines(confidence(store.statistics.estimates())),
        ]
    for line in lines:
        print(line)
    print(translate("stats.kept-in", path=paths.progress_file()))
    return int(ExitCode.OK)


def overview_lines(found: Overview) -> Iterator[str]:
    """How it stands, a fact a line."""
    yield translate("stats.lessons", done=found.finished, begun=found.begun, total=found.lessons)
    yield translate("stats.answers", count=found.accuracy.answers, percent=f"{found.accuracy.fraction:.0%}")
    yield translate("stats.streak", days=found.streak, best=found.longest_streak)
    yield translate("reading.time", time=clock.time_spent(found.seconds_read))
    yield translate("stats.time", time=clock.time_spent(found.seconds))
    yield translate("stats.cards", count=found.cards, due=found.due)


def topic_lines(found: Topics) -> Iterator[str]:
    """Accuracy by topic, a lesson a line."""
    if found.lessons:
        yield from ("", translate("stats.topics"))
        for topic in found.lessons:
            yield _share_line(topic.header.numbered_title, topic.accuracy.answers, topic.accuracy.fraction)
        if found.terms.answers:
            yield _share_line(translate("stats.of-terms"), found.terms.answers, found.terms.fraction)


def mix_up_lines(misses: Sequence[Misconception]) -> Iterator[str]:
    """What was mixed up most often, and the lesson that mends it."""
    if misses:
        yield from ("", translate("stats.misses"))
        for miss in misses:
            yield f"  {miss.count:>3} × {mix_up(miss)}"
            yield f"        {translate('stats.mends', lesson=harmless_line(miss.question.lesson_id))}"


def confidence_lines(found: Confidence) -> Iterator[str]:
    """The learner's own loss, and what was said against what came true."""
    if found.loss is not None:
        yield from ("", translate("stats.loss", loss=f"{found.loss:.3f}", count=len(found.losses)))
        for each in found.bins:
            yield translate(
                "stats.bin", low=f"{each.low:.0%}", high=f"{each.high:.0%}", count=each.count,
                said=f"{each.said:.0%}", right=f"{each.right:.0%}",
            )  # fmt: skip


def _share_line(name: str, answers: int, fraction: float) -> str:
    name = shorten(harmless_line(name), _NAME)
    return f"  {pad(name, _NAME)} {pad_left(f'{fraction:.0%}', 5)}  {translate('stats.of-answers', count=answers)}"


def mix_up(miss: Misconception) -> str:
    """A misconception on one line: what its author says of it, else the option that was chosen."""
    text = miss.option.feedback or miss.option.text
    return one_line(text)


def show_items(lesson: str | None) -> int:
    """Print what is worth an author's look: questions nearly everyone or hardly anyone knows, options nobody takes.

    Args:
        lesson: only this lesson's, by id or number; all where None.

    Returns:
        The exit code, 0.

    Raises:
        TutorError: there is no lessons folder, or no such lesson.
    """
    course = Course(paths.lessons_folder())
    header = course.header(lesson, language()) if lesson is not None else None
    if lesson is not None and header is None:
        raise TutorError(translate("app.no-lesson", name=lesson), hint=translate("app.see-list"))
    with memory() as store:
        items = store.statistics.items()
    reports = item_reports(items, course, language(), header.id if header is not None else "")
    titles = {header.id: header.numbered_title for header in course.headers(language())}
    for each in reports:
        for line in item_lines(each, titles.get(each.item.lesson_id, each.item.lesson_id)):
            print(line)
    if not reports:
        print(translate("stats.no-items"))
    return int(ExitCode.OK)


def item_lines(each: ItemReport, title: str) -> Iterator[str]:
    """A question: how often it was answered, how often right, how long it takes, and what is worth a look.

    Args:
        each: What is known of it.
        title: Its lesson's.
    """
    accuracy = each.item.accuracy
    name = shorten(one_line(each.first_words), _NAME)
    seconds = f"{each.item.seconds:.0f} s"
    yield (
        f"{pad(name, _NAME)} {pad_left(f'{accuracy.fraction:.0%}', 5)}  "
        f"{translate('stats.of-answers', count=accuracy.answers)}  {seconds}"
    )
    yield f"    {harmless_line(title)} · {harmless_line(each.item.question_id)}"
    for remark in remarks(each):
        yield f"    {remark}"


def remarks(each: ItemReport) -> Iterator[str]:
    """What is worth a look, a sentence each."""
    if each.too_easy:
        yield translate("stats.too-easy")
    if each.too_hard:
        yield translate("stats.too-hard")
    for option in each.unused:
        yield translate("stats.unused", option=one_line(option.text, inline=True))
