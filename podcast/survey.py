"""Look at a whole show as somebody who cannot hear and somebody who cannot see would.

What other steps already tell of one episode, of the feed or of a page is asked there and put in
order of harm; nothing is judged twice.  What was found of an episode or a page is kept under what
it was made from, so that a show that has not changed is looked at in no time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from podcast import (
    assembly,
    correction,
    examining,
    feed_checks,
    page_rules,
    pipeline,
    promises,
    reporting,
)
from podcast.accessibility import VALID_YEARS, Accessibility
from podcast.align import WRONG_BELOW
from podcast.built_site import read_site
from podcast.correction import Report
from podcast.diagnosis import Blemish, spoken_in
from podcast.episode import Episode
from podcast.errors import FeedRefused, Fixable, Place, PodcastError, fault
from podcast.front_matter import split_front_matter
from podcast.glossary import Glossary
from podcast.harms import Finding, Harm, Level, of_fault
from podcast.ledger import Ledger
from podcast.memo import Digests, keep, kept, key_of, program
from podcast.published import in_order
from podcast.report import Reporter
from podcast.shares import shared
from podcast.show import FEED, Show
from podcast.timeline import chapters
from podcast.tongues import foreign_sentences
from podcast.transcript import Paragraph, Text, Transcript
from podcast.transcript_file import text_digest
from podcast.unchanged import names_below
from podcast.work import Work, work_in
from podcast.workspace import SHOW, Workspace, line_of

_FILE = "surveyed.json"
_WORD = re.compile(r"[^\W_]+")
# An episode of an hour takes a second and more, and a person waits: two are worth another process,
# and ten are worth a line on how far it is.
_AT_ONCE = 1
# A page may have other words than the file: its text was corrected since.
_LEAST_SHARE = 0.75
WORDS_FOR_A_HEADING = 2500
"""Of an episode with more words and no chapter nobody finds a place again (WCAG 2.4.10)."""
_LONG_MS = 600_000
# The last caption may stand a little longer than the sound.
_LATE_MS = 1000
# A link's text out of its sentence, as a list of links in a screen reader has it (WCAG 2.4.9).
_VAGUE = frozenset(
    "ici|cliquez ici|cliquer ici|là|lien|ce lien|lire|lire la suite|en savoir plus|plus|voir|site|"
    "here|click here|this|link|this link|read|read more|more|learn more|see|website".split("|")
)
_LINK = re.compile(r"(!?)\[([^\]\n]*)\]\([^)\n]+\)")
# What a page lacks: the harm that it does, and whether it must be mended.
_LACKS: dict[str, tuple[Harm, Level]] = {
    "no_sound": ("sound", "mend"), "no_controls": ("sound", "mend"), "autoplay": ("sound", "mend"),
    "no_alt": ("images", "mend"),
    "no_title": ("structure", "mend"), "no_h1": ("structure", "mend"),
    "second_h1": ("structure", "mend"), "empty_heading": ("structure", "mend"),
    "skipped_heading": ("structure", "mend"), "no_name": ("structure", "mend"),
    "nowhere": ("structure", "mend"), "order": ("structure", "mend"),
    "no_captions": ("captions", "mend"), "captions_order": ("captions", "mend"),
    "captions_late": ("captions", "mend"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Surveyed:
    """All that was found, the worst first, and how much was looked at.

    ``unheard`` are published episodes whose finished sound is not on this machine.
    """

    findings: tuple[Finding, ...]
    published: int
    drafts: int
    pages: int
    unheard: int

    @property
    def to_mend(self) -> int:
        """How many must be mended."""
        return sum(each.level == "mend" for each in self.findings)


@dataclass(frozen=True, slots=True)
class _Examined:
    """What was found of one episode: ``said`` counts its words, ``heard`` whether its sound is
    here."""

    key: str
    findings: tuple[Finding, ...]
    said: int = 0
    heard: bool = True


@dataclass(frozen=True, slots=True)
class _Seen:
    """What was seen in one file of the site."""

    key: str
    look: page_rules.PageLook | None
    captions: str = ""
    ends_ms: int = 0


@dataclass(frozen=True, slots=True)
class _Known:
    """What was found the last time, by slug and by path below the site."""

    episodes: dict[str, _Examined]
    files: dict[str, _Seen]


def survey(space: Workspace, report: Reporter, now: datetime | None = None) -> Surveyed:
    """Everything that hinders somebody in a show, published or not.

    Raises :class:`Fixable` for a faulty ``podcast.yaml``, ``glossary.yaml`` or ``published.json``.
    """
    show = space.show()
    work = work_in(space, show, report)
    known = pipeline.read_ledger(space)
    glossary = space.glossary()
    file = space.cache / _FILE
    before = kept(file, program(), _Known) or _Known({}, {})
    episodes, found = _readable(work, known)
    with report.progress("progress.survey") as progress:
        examined = _examined(work, episodes, known, glossary, before.episodes, progress)
    for each in examined.values():
        found += each.findings
    published = [episode for episode in episodes if episode.slug in known.episodes]
    found += _feed(work, published, known, show)
    found += _show(space, show, (now or datetime.now(UTC)).date())
    files: dict[str, _Seen] = {}
    if space.site.is_dir():
        with report.progress("progress.survey_pages") as progress:
            files = _files(space, before.files, progress)
        found += _pages(space, published, known, show, examined, files)
    elif known.episodes:
        found.append(Finding("comfort", "advice", "harm.no_site", file="site/"))
    work.digests.save()
    keep(file, program(), _Known(examined, files))
    return Surveyed(
        tuple(sorted(_once(found), key=lambda finding: finding.order)),
        len(known.episodes),
        len(space.slugs()) - len(known.episodes.keys() & set(space.slugs())),
        sum(seen.look is not None for seen in files.values()),
        sum(not examined[e.slug].heard for e in published),
    )


def _once(found: Sequence[Finding]) -> list[Finding]:
    """Two steps may tell the same: the graver one counts."""
    told: dict[tuple[str, str, int | None, str], Finding] = {}
    for each in sorted(found, key=lambda finding: finding.order):
        told.setdefault((each.key, each.file, each.line, str(each.facts)), each)
    return list(told.values())


# The episodes.


def _readable(work: Work, known: Ledger) -> tuple[list[Episode], list[Finding]]:
    """The episodes whose file can be read, and what is wrong with the others."""
    episodes, found = [], []
    for slug in work.workspace.slugs():
        try:
            episodes.append(work.shelf.episode(slug))
        except PodcastError as error:
            public = slug in known.episodes
            found += [of_fault(each, "feed", slug=slug, public=public) for each in error.faults]
    return episodes, found


def _examined(
    work: Work,
    episodes: Sequence[Episode],
    known: Ledger,
    glossary: Glossary,
    before: dict[str, _Examined],
    progress: Callable[[float], None],
) -> dict[str, _Examined]:
    keys = {episode.slug: _key(work, episode, known) for episode in episodes}
    done = {slug: was for slug, was in before.items() if keys.get(slug) == was.key}
    new = [episode for episode in episodes if episode.slug not in done]

    def examine(share: Sequence[Episode]) -> Iterator[tuple[str, _Examined]]:
        for episode in share:
            yield episode.slug, _examine(work, episode, known, glossary, keys[episode.slug])

    return {**done, **dict(shared(new, examine, progress, _AT_ONCE))}


def _key(work: Work, episode: Episode, known: Ledger) -> str:
    """Names all that an episode's findings depend on, as it is now."""
    space, slug = work.workspace, episode.slug
    review = space.review_file(slug)
    there = reporting.finished(work, episode)
    return key_of(
        work.shelf.key(episode),
        work.digests.of(review) if review.is_file() else "",
        known.episodes.get(slug),
        known.waiting.get(slug),
        there[1].path.name if there else "",
    )


def _examine(
    work: Work, episode: Episode, known: Ledger, glossary: Glossary, key: str
) -> _Examined:
    space, slug = work.workspace, episode.slug
    public = slug in known.episodes
    found = list(_of_notes(work, episode, public))
    said, heard = 0, True
    try:
        if not space.transcript_file(slug).is_file():
            if public:
                place = Place(space.name(space.transcript_file(slug)))
                raise Fixable(fault("file.missing", place))
            return _Examined(key, tuple(found))
        transcript = space.transcript(slug, work.show, episode.language)
        found += _of_language(work, episode, transcript, public)
        words = space.words(slug)
        if words is None:
            if public:
                place = Place(space.name(space.words_file(slug)))
                raise Fixable(fault("words.none", place, slug=slug))
            return _Examined(key, tuple(found))
        told = correction.report(work, episode, transcript, words, glossary, known.text_of(slug))
        said = sum(
            len(_WORD.findall(block.spoken))
            for block in transcript.blocks
            if isinstance(block, Paragraph)
        )
        found += _of_text(work, episode, transcript, told, known, said)
        there = reporting.finished(work, episode)
        heard = there is not None
        if there:
            blemishes = examining.blemishes(work, *there, spoken_in(told.timeline))
            found += [_blemish(each, slug, public) for each in blemishes]
    except PodcastError as error:
        found += [of_fault(each, "text", slug=slug, public=public) for each in error.faults]
    return _Examined(key, tuple(found), said, heard)


def _of_text(
    work: Work, episode: Episode, transcript: Transcript, told: Report, known: Ledger, said: int
) -> Iterator[Finding]:
    """What of an episode's words is missing, wrong, waiting or doubtful."""
    slug, file = episode.slug, told.file
    entry = known.episodes.get(slug)
    public = entry is not None

    def finding(
        harm: Harm, level: Level, key: str, line: int | None = None, **facts: str | int
    ) -> Finding:
        return Finding(harm, level, key, {"slug": slug, **facts}, file, line, slug, public)

    if not public and transcript.status != "reviewed":
        left = len(told.closed) + len(told.doubts)
        yield finding("doubts", "advice", "harm.draft_left", n=left)
    else:
        level: Level = "mend" if public else "advice"
        yield from (of_fault(each, "text", level, slug, public) for each in told.closed)
    if entry and transcript.status != "reviewed" and not told.closed:
        yield finding("text", "mend", "harm.unreviewed", 1)
    elif entry and entry.text != text_digest(transcript) and not told.closed:
        yield finding("text", "advice", "harm.text_waiting")
    if told.timeline.exact < WRONG_BELOW:
        percent = round(told.timeline.exact * 100)
        yield finding("text", "mend" if public else "advice", "harm.misfit", percent=percent)
    if public:
        absent = [flag for flag in told.doubts if flag.kind == "not_in_text"]
        if absent:
            yield finding("text", "advice", "harm.unwritten", absent[0].line, n=len(absent))
        if other := len(told.doubts) - len(absent):
            yield finding("doubts", "advice", "harm.doubts", n=other)
    if told.typography:
        n, line = len(told.typography), told.typography[0][1]
        yield finding("comfort", "advice", "harm.typography", line, n=n)
    if not chapters(told.timeline):
        if said > WORDS_FOR_A_HEADING:
            yield finding("structure", "advice", "harm.no_headings", n=said)
        elif told.timeline.duration_ms > _LONG_MS:
            yield finding("comfort", "advice", "harm.no_chapters")


def _of_language(
    work: Work, episode: Episode, transcript: Transcript, public: bool
) -> Iterator[Finding]:
    file = work.workspace.name(work.workspace.transcript_file(episode.slug))
    for block in transcript.blocks:
        if not isinstance(block, Paragraph):
            continue
        for part in block.content:
            if isinstance(part, Text):
                for text, other in foreign_sentences(part.text, transcript.language):
                    yield Finding(
                        "language",
                        "advice",
                        "harm.unmarked",
                        {"text": text[:60], "language": other},
                        file,
                        block.line,
                        episode.slug,
                        public,
                    )


def _of_notes(work: Work, episode: Episode, public: bool) -> Iterator[Finding]:
    """The head and the show notes: the picture without words, links that say nothing."""
    space, slug = work.workspace, episode.slug
    path = space.episode_file(slug)
    text, file = space.text(path), space.name(path)

    def finding(harm: Harm, key: str, line: int | None, text: str = "") -> Finding:
        return Finding(harm, "advice", key, {"text": text}, file, line, slug, public)

    if episode.cover and not episode.cover_alt:
        yield finding("images", "harm.cover_alt", line_of(text, "cover"), episode.cover)
    head, body, first = split_front_matter(text, file)
    begins = first + head.count("\n") + 2  # a line of --- stands between
    for number, line in enumerate(body.split("\n"), begins):
        for picture, said in _LINK.findall(line):
            plain = " ".join(said.casefold().split()).strip(" .…»«>*_")
            if picture:
                yield finding("images", "harm.lost_picture", number, said)
            elif plain in _VAGUE or plain.startswith(("http://", "https://", "www.")):
                yield finding("structure", "harm.vague_link", number, said)
    if not body.strip():
        yield finding("comfort", "harm.no_notes", None)


def _blemish(blemish: Blemish, slug: str, public: bool) -> Finding:
    facts = {name: fact for name, fact in blemish.facts if isinstance(fact, str | int | float)}
    times = tuple((stretch.start_ms, stretch.end_ms) for stretch in blemish.stretches)
    place = blemish.file or slug
    return Finding(
        "sound", "advice", f"blemish.{blemish.kind}", {**facts, "place": place}, "", None, slug,
        public, times, blemish.more,
    )  # fmt: skip


# The show and its feed.


def _show(space: Workspace, show: Show, today: date) -> Iterator[Finding]:
    text = space.text(space.root / SHOW)

    def finding(harm: Harm, key: str, name: str, **facts: str | int) -> Finding:
        return Finding(harm, "advice", key, dict(facts), SHOW, line_of(text, name))

    if not show.cover_alt:
        yield finding("images", "harm.cover_alt", "cover", text=show.cover)
    yield from _statement(show.accessibility, today, finding)
    if not show.subscribe:
        yield finding("comfort", "harm.no_apps", "subscribe")


def _statement(
    declared: Accessibility | None, today: date, finding: Callable[..., Finding]
) -> Iterator[Finding]:
    """The declaration of the RGAA is made again after three years."""
    if declared is None:
        yield finding("statement", "harm.no_statement", "accessibility")
        return
    last = declared.updated or declared.established
    if declared.audit is None:
        yield finding("statement", "harm.no_audit", "accessibility")
    elif _old(declared.audit.date, today):
        on = declared.audit.date.isoformat()
        yield finding("statement", "harm.old_audit", "accessibility", date=on)
    if _old(last, today):
        yield finding("statement", "harm.old_statement", "accessibility", date=last.isoformat())


def _old(day: date, today: date) -> bool:
    return (day.year + VALID_YEARS, day.month, day.day) < (today.year, today.month, today.day)


def _feed(work: Work, published: Sequence[Episode], known: Ledger, show: Show) -> Iterator[Finding]:
    """What apps would lose or refuse: what ``publish`` and ``deploy`` would stop at."""
    space = work.workspace
    try:
        promises.promised(work, (), known)
    except (Fixable, FeedRefused) as error:
        yield from (of_fault(each, "feed") for each in error.faults)
    try:
        assembly.covers(work, published)
    except Fixable as error:
        yield from (of_fault(each, "feed") for each in error.faults)
    cards = [work.shelf.card(episode.slug) for episode in published]
    ready = in_order(show, [card.published for card in cards if card])

    def place(slug: str, key: str) -> Place:
        file = space.episode_file(slug)
        return Place(space.name(file), line_of(space.text(file), key))

    yield from (of_fault(each, "feed") for each in feed_checks.unfit(ready, place))
    if not space.site.is_dir() or not known.episodes:
        return
    if not (space.site / FEED).is_file():
        yield Finding("feed", "mend", "harm.no_feed", file=f"site/{FEED}")
        return
    try:
        made = read_site(space, show)
    except Fixable as error:
        yield from (of_fault(each, "feed") for each in error.faults)
        return
    for slug, entry in sorted(known.episodes.items()):
        if entry.guid not in made.episodes[FEED]:
            title = entry.title or slug
            facts: dict[str, str | int | float] = {"title": title, "slug": slug}
            yield Finding("feed", "mend", "harm.not_in_feed", facts, f"site/{FEED}", slug=slug)


# The site's pages.


def _files(
    space: Workspace, before: dict[str, _Seen], progress: Callable[[float], None]
) -> dict[str, _Seen]:
    """Every page and every file of captions, looked at again only where it has changed."""
    digests = Digests(space.cache / "site-digests.json")
    keys = {}
    for name in names_below(space.site):
        if name.endswith((".html", ".vtt")):
            keys[name] = digests.of(space.site / name)
    digests.save()
    done = {name: was for name, was in before.items() if keys.get(name) == was.key}
    new = [name for name in keys if name not in done]

    def look(share: Sequence[str]) -> Iterator[tuple[str, _Seen]]:
        for name in share:
            yield name, _look(space.site / name, keys[name])

    seen = {**done, **dict(shared(new, look, progress))}
    return {name: seen[name] for name in keys}


def _look(file: Path, key: str) -> _Seen:
    text = file.read_text("utf-8", errors="replace")
    if file.suffix == ".html":
        return _Seen(key, page_rules.look_at(text))
    return _Seen(key, None, *page_rules.captions_fit(text))


def _pages(
    space: Workspace,
    published: Sequence[Episode],
    known: Ledger,
    show: Show,
    examined: dict[str, _Examined],
    files: dict[str, _Seen],
) -> Iterator[Finding]:
    """What pages lack; their place is their file in ``site/``."""
    there = set(names_below(space.site))
    languages = {f"{each.slug}/index.html": each.language for each in published}
    slugs = {f"{each.slug}/index.html": each.slug for each in published}

    def finding(name: str, lack: page_rules.Lack) -> Finding:
        harm, level = _LACKS[lack.kind]
        facts: dict[str, str | int | float] = {"text": lack.text}
        slug = slugs.get(name, "")
        return Finding(harm, level, f"harm.{lack.kind}", facts, f"site/{name}", lack.line, slug)

    lasts = {f"{slug}/{slug}.vtt": e.duration_ms for slug, e in known.episodes.items()}
    for name, seen in files.items():
        if seen.captions:
            yield finding(name, page_rules.Lack(seen.captions, 1))
        elif seen.look is None and seen.ends_ms > lasts.get(name, 0) + _LATE_MS > _LATE_MS:
            yield finding(name, page_rules.Lack("captions_late", 1))
        look = seen.look
        if look is None:
            continue
        yield from (finding(name, lack) for lack in look.lacks)
        yield from (finding(name, lack) for lack in page_rules.missing(name, look, there))
        if not look.language or (name in languages and look.language != languages[name]):
            wanted = languages.get(name, show.language)
            facts: dict[str, str | int | float] = {"found": look.language, "wanted": wanted}
            slug = slugs.get(name, "")
            yield Finding("language", "mend", "harm.language", facts, f"site/{name}", 1, slug)
    for name, slug in slugs.items():
        made = files.get(name)
        words = made.look.transcript if made and made.look else None
        said = examined[slug].said
        if words is None or words < said * _LEAST_SHARE:
            key = "harm.no_text" if not words else "harm.cut_text"
            facts = {"slug": slug, "words": words or 0, "said": said}
            yield Finding("text", "mend", key, facts, f"site/{name}", None, slug)
