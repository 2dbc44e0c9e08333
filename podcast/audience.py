"""From logs of a web server to the downloads of a show's episodes, and the page that shows them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from podcast import access_log, assembly, downloads, downloads_report, pipeline
from podcast.access_log import Request, Strange
from podcast.alone import alone
from podcast.downloads import Downloads, Sound
from podcast.errors import Fixable, fault
from podcast.ledger import Ledger
from podcast.report import Progress, Reporter, Silent
from podcast.served_as import SOUNDS
from podcast.tags import mp3
from podcast.wording import Wording
from podcast.workspace import Workspace, write

# An episode that was taken off has no file any more: a minute of stereo at 128 kb/s.
_ENOUGH = 960_000


@dataclass(frozen=True, slots=True)
class Audience:
    """What the logs say; ``page`` is empty where nobody has downloaded anything."""

    downloads: Downloads
    sounds: dict[str, Sound]
    page: str


def read(
    space: Workspace, files: Sequence[Path], form: str | None, words: Wording, report: Reporter
) -> Audience:
    """Count the downloads that logs tell of, whatever the order in which they are given.

    Raises :class:`Fixable` where nothing is published, a file cannot be read, or every line that
    names a sound is in another form.
    """
    work = pipeline.start(space, Silent())
    known = pipeline.read_ledger(space)
    if not known.episodes:
        raise Fixable(fault("stats.nothing_published"))
    sounds = _sounds(space, known)
    address = urlsplit(work.show.url(SOUNDS))
    folder = unquote(address.path).removesuffix(SOUNDS)
    with report.progress("progress.stats") as progress:
        found = downloads.counted(_in_order(files, form, progress), sounds, folder)
    if found.strangers and not (found.days or found.robots or found.watches or found.short):
        first = found.strange[0]
        raise Fixable(fault("stats.strange", line=first.line, file=first.file))
    if not found.days:
        return Audience(found, sounds, "")
    show = (work.show.title, work.show.language)
    view = downloads_report.report(words, show, found, sounds)
    page = space.cache / "report" / "downloads.html"
    theme = assembly.theme_of(work)
    write(page, alone(view, downloads_report.TEMPLATE, downloads_report.STYLE, theme))
    return Audience(found, sounds, space.name(page))


def _in_order(
    files: Sequence[Path], form: str | None, progress: Progress
) -> Iterator[Request | Strange]:
    """Rotated logs in the order of their time: a window of 24 hours may lie in two of them."""

    def begins(file: Path) -> float:
        for request in access_log.requests(file, str(file), SOUNDS, form):
            if isinstance(request, Request):
                return request.moment.timestamp()
        return 0.0

    ordered = sorted(files, key=begins)
    whole = max(1, sum(file.stat().st_size for file in ordered))
    before = 0

    def came(size: int) -> None:
        progress((before + size) / whole)

    for file in ordered:
        yield from access_log.requests(file, str(file), SOUNDS, form, came)
        before += file.stat().st_size


def _sounds(space: Workspace, known: Ledger) -> dict[str, Sound]:
    sounds = {was.slug: Sound(was.slug, was.title, _ENOUGH) for was in known.retired.values()}
    for slug, entry in known.episodes.items():
        file = space.site / entry.enclosure
        tag = mp3.size(file) if file.is_file() else 0
        known_length = downloads.enough(entry.length, tag, entry.duration_ms)
        needed = known_length if entry.duration_ms else _ENOUGH
        sounds[slug] = Sound(slug, entry.title or slug, needed)
    return sounds
