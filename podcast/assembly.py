"""The step from the corrected text to everything that readers and apps get."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache, partial
from pathlib import Path

from markupsafe import Markup

from podcast import (
    book,
    brf,
    indexing,
    json_feed,
    large_print,
    liblouis,
    look,
    notes_html,
    oembed,
    palette,
    pictures,
    qr,
    subscription,
    tags,
)
from podcast.align import WRONG_BELOW
from podcast.captions import formats
from podcast.captions.txt import plain_text
from podcast.checks import late, not_reviewed, unfinished
from podcast.episode import Episode
from podcast.errors import Fault, Fixable, Outside, Place, fault
from podcast.feed import makers
from podcast.feed_page import STYLE
from podcast.feed_plan import ItemsOf
from podcast.glossary import mentioned
from podcast.memo import Names, each_kept, keep, kept, key, key_of, program
from podcast.pages import Around, Page, Sheet, kinds
from podcast.pages.episode import (
    BRAILLE,
    TRANSCRIPT,
    PageHead,
    PageText,
    kilobytes,
    page_text,
    transcript_view,
)
from podcast.published import (
    About,
    Enclosure,
    Publication,
    PublishedEpisode,
    WholeEpisode,
    whole,
)
from podcast.recording import Master
from podcast.searching import Searchable, searchable
from podcast.served_as import COVERS
from podcast.shelf import Card, Pieces, Shelf, Texts
from podcast.show import Show
from podcast.site import Content, Fresh, alone
from podcast.tally import settle
from podcast.theme import Theme, built_in
from podcast.timeline import chapters
from podcast.transcript import Caption, Chapter, MachineWords, Timeline, Transcript
from podcast.transcript_file import text_digest
from podcast.word_times import word_times
from podcast.wording import Wording, languages
from podcast.work import Work
from podcast.workspace import SHOW, Workspace, disk_kind, ensure_folder, line_of, write

SITEMAP = "sitemap.txt"
"""Every page's address on a line, for search engines (https://www.sitemaps.org/protocol.html)."""
_TYPES = {".mp3": "audio/mpeg", ".m4a": "audio/mp4", ".opus": "audio/ogg"}

# The gate.


def gate(
    work: Work,
    episode: Episode,
    transcript: Transcript,
    words: MachineWords | None,
    released: str | None = None,
) -> tuple[Fault, ...]:
    """What keeps the transcript from readers; empty when it may be published.

    ``words`` is what was heard, if there is any; ``released`` is the digest of the text that was
    published before, or waits for its date.
    """
    path = work.workspace.transcript_file(episode.slug)
    file = work.workspace.name(path)
    place = Place(file, line_of(work.workspace.text(path), "status"))
    waiting = not_reviewed(transcript, text_digest(transcript), released, place, episode.slug)
    beyond = late(transcript, words.duration_ms, file) if words else ()
    untold = _untold(work, episode)
    if waiting and work.show.publish_unreviewed:
        return (*untold, *beyond)
    return (*untold, *unfinished(transcript, file), *beyond, *waiting)


def _untold(work: Work, episode: Episode) -> tuple[Fault, ...]:
    """A summary that is still as ``podcast new`` wrote it: apps would show it."""
    if episode.summary not in {Wording(language).say("new.summary") for language in languages()}:
        return ()
    path = work.workspace.episode_file(episode.slug)
    line = line_of(work.workspace.text(path), "summary")
    return (fault("gate.summary", Place(work.workspace.name(path), line)),)


def misfit(work: Work, episode: Episode, timeline: Timeline) -> tuple[Fault, ...]:
    """What says that the text is another episode's: hardly any of it is in the sound."""
    if timeline.exact >= WRONG_BELOW:
        return ()
    file = Place(work.workspace.name(work.workspace.transcript_file(episode.slug)))
    percent = round(timeline.exact * 100)
    return (fault("gate.other_episode", file, percent=percent, slug=episode.slug),)


# The files.


def card(
    work: Work,
    episode: Episode,
    transcript: Transcript,
    timeline: Timeline,
    cut: tuple[Caption, ...],
    words: MachineWords,
    made: Master,
    key: str,
    released: str | None,
) -> tuple[Card, Texts, Searchable]:
    """The episode with everything that is made from it alone, its tagged sound files too.

    ``cut`` are its captions; ``key`` and ``released`` are as in :class:`Card`.
    """
    marks = chapters(timeline)
    sounds: dict[str, str] = {}
    enclosures = []
    for sound in (made.path, *made.alternates):
        tagged = _tagged(work, episode, transcript, marks, made, sound)
        digest = work.digests.of(tagged)
        path = f"audio/{episode.slug}.{digest[:8]}{sound.suffix}"
        sounds[path] = tagged.name
        kind, size = _TYPES[sound.suffix], tagged.stat().st_size
        enclosures.append(Enclosure(path, size, kind, made.duration_ms, digest))
    published = whole(
        episode,
        transcript,
        timeline,
        cut,
        marks,
        enclosures[0],
        words,
        tuple(mentioned(work.workspace.glossary(), transcript.language).items()),
        tuple(enclosures[1:]),
    )
    before = work.shelf.pieces(episode.slug)
    notes_html.known(before.html)
    written = brf.Written(_cells, before.braille)
    texts = texts_of(published, work.show, written)
    html = {text: str(notes_html.to_html(text)) for text in (episode.summary, episode.notes)}
    if (pieces := Pieces(written.now, html)) != before:
        work.shelf.keep_pieces(episode.slug, pieces)
    known = published.without_words(key_of(texts, published.appearances))
    digest = text_digest(transcript)
    search = searchable(episode.title, episode.summary, episode.language, timeline)
    by = search.found_by(key_of(search))
    told = ("", key, released, digest, timeline.exact, known, sounds, tuple(texts.files), by)
    return Card(*told, key_of(known.bare)), texts, search


def texts_of(published: WholeEpisode, show: Show, written: brf.Written | None = None) -> Texts:
    """What is made of the words, and names the show at most; ``written`` is its braille so far."""
    made = {kind.SUFFIX: kind.render(published).encode() for kind in formats()}
    sizes = {suffix: len(content) for suffix, content in made.items()}
    times, content = word_times(published)
    page = page_text(published, times, sizes)
    more = dict(_to_read(published, page, show, written or brf.Written(_cells)))
    sizes = {suffix: kilobytes(len(content)) for suffix, content in more.items()}
    page = replace(page, kilobytes={**page.kilobytes, **sizes})
    made |= more
    files = {published.file(suffix): content for suffix, content in made.items()}
    return Texts(page, {**files, times: content})


def _to_read(
    published: WholeEpisode, page: PageText, show: Show, written: brf.Written
) -> Iterator[tuple[str, bytes]]:
    """The text as a book, in large print, and in braille where this machine can write it."""
    told = published, page, show.title, show.url(f"{published.folder}/")
    yield book.SUFFIX, book.render(*told)
    yield large_print.SUFFIX, large_print.render(*told)
    for suffix, contracted in zip(BRAILLE, (False, True), strict=True):
        if liblouis.knows(published.language, contracted):
            yield suffix, brf.render(*told, contracted, written)


def _cells(text: str, language: str, contracted: bool) -> str | None:
    known = liblouis.knows(language, contracted)
    return liblouis.braille(text, language, contracted) if known else None


def _tagged(
    work: Work,
    episode: Episode,
    transcript: Transcript,
    marks: Sequence[Chapter],
    made: Master,
    sound: Path,
) -> Path:
    """A copy of a finished sound with everything that players show, made once for each wording."""
    show, space = work.show, work.workspace
    cover, _ = _cover(work, episode)
    said = tags.described(
        show,
        episode,
        marks,
        made.duration_ms,
        chapters_title=Wording(episode.language).say("page.chapters"),
        lyrics=plain_text(transcript) if show.lyrics else "",
    )
    told = asdict(said)
    name = key(sound.stem, tags.RECIPE, told, work.digests.of(cover))
    file = space.cache / "tagged" / f"{name}{sound.suffix}"
    if not file.is_file():
        ensure_folder(file.parent)
        try:
            tags.tag(sound, file, replace(said, cover=_small(work, cover)))
            settle(file)
        except OSError as error:
            raise Outside(fault(disk_kind(error), Place(file.name))) from error
        work.report.say("stage.tags", slug=episode.slug)
    return file


def _small(work: Work, cover: Path) -> pictures.Small:
    """A cover as it stands inside a sound, made once."""
    name = key(work.digests.of(cover), pictures.RECIPE)
    file = work.workspace.cache / "covers" / f"{name}.json"
    small = kept(file, name, pictures.Small)
    if not small:
        small = pictures.for_tag(cover)
        keep(file, name, small)
    return small


def _cover(work: Work, episode: Episode | None) -> tuple[Path, Path]:
    """The picture of an episode, its own or the show's, and the file that names it."""
    space = work.workspace
    if episode and episode.cover:
        return space.episode_folder(episode.slug) / episode.cover, space.episode_file(episode.slug)
    return space.root / work.show.cover, space.root / SHOW


def covers(work: Work, episodes: Sequence[Episode]) -> dict[str, Path]:
    """The show's picture and the episodes' own as they are published, by path below the site.

    Raises :class:`Fixable` with all that apps would refuse; what was looked at is kept.
    """
    made: dict[str, Path] = {}
    faults: list[Fault] = []
    for episode in (None, *(each for each in episodes if each.cover)):
        path = f"{episode.slug}/{episode.cover}" if episode else work.show.cover
        try:
            made[path] = public(work, *_cover(work, episode))
        except Fixable as error:
            faults += error.faults
    if faults:
        raise Fixable(faults)
    return made


def as_published(work: Work) -> Show:
    """The show as pages and feeds name it: its cover's address changes with its bytes.

    Apps and directories keep a picture by its address, and Apple asks for another one with another
    picture.  Raises :class:`Fixable` as :func:`covers` does.
    """
    made = public(work, *_cover(work, None))
    return replace(work.show, cover=f"{COVERS}{made.stem[:8]}{made.suffix.lower()}")


def public(work: Work, picture: Path, said_in: Path) -> Path:
    """A picture as it is published; ``said_in`` is the file that names it.  Raises as above."""
    space = work.workspace
    name = space.name(picture)
    if not picture.exists():
        place = Place(space.name(said_in), line_of(space.text(said_in), "cover"))
        raise Fixable(fault("picture.missing", place, name=name))
    if not picture.is_file():
        pictures.check(picture, name)  # a digest would read a device for ever
    try:
        digest = work.digests.of(picture)
    except OSError as error:
        raise Fixable(fault("file.unreadable", Place(name))) from error
    made = space.cache / "covers" / f"{key(digest, pictures.RECIPE)}{picture.suffix}"
    if not made.is_file():
        pictures.check(picture, name)
        write(made, pictures.public(picture))
    return made


def beside(show: Show, episodes: Iterable[Episode]) -> set[str]:
    """Files in folders of their own that the show or an episode names."""
    music = [
        piece.file
        for each in (show.music, *(episode.music for episode in episodes))
        for piece in (each.opening, each.bed, each.jingle, each.closing)
        if piece
    ]
    return {name for name in (show.cover, *music) if "/" in name}


@dataclass(frozen=True, slots=True)
class Kept:
    """Gives what was made of an episode's words, as :class:`Texts` has it, and of its search.

    ``head`` is what its pages show beside the transcript.
    """

    files: Callable[[PublishedEpisode], Mapping[str, bytes]]
    head: Callable[[PublishedEpisode], PageHead]
    page: Callable[[PublishedEpisode], PageText]
    found: indexing.Found
    lying: indexing.Lying = indexing.nothing


def theme_of(work: Work) -> Theme:
    """The theme in the show's look, with what the workspace changes of it."""
    folders = tuple(f for f in (*work.workspace.themes, built_in()) if f.is_dir())
    sheet = palette.style_sheet(look.palette(work.show.look))
    return Theme(folders, {palette.FILE: sheet.encode()})


def files(
    work: Work,
    publication: Publication,
    cards: Mapping[str, Card],
    made_of: Kept,
) -> dict[str, Content]:
    """Everything that the site holds, by path; what is made of words comes from ``made_of``."""
    theme = theme_of(work)
    made: dict[str, Content] = {asset.path: asset.content for asset in theme.static.values()}
    addresses = {name: asset.path for name, asset in theme.static.items()}
    # Two pages show the words of an episode, and are made one after the other.
    words = lru_cache(maxsize=2)(partial(_words, work.shelf, theme, publication.show, made_of.page))
    around = Around(addresses, made_of.head, words)
    shown = covers(work, [published.episode for published in publication.episodes])
    # The plain name stays as well: it is what feeds of before named.
    shown[publication.show.cover] = shown[work.show.cover]
    made.update(shown)
    bare, names = named(publication, cards)
    for page in kinds():
        recipe = program(), theme.digest_of(page.TEMPLATE, TRANSCRIPT), page.TEMPLATE
        for sheet in page.sheets(publication):
            if sheet.path in made:
                raise Fixable(fault("episode.taken", slug=sheet.path.split("/")[0]))
            key = names.key_of(*recipe, sheet.path, sheet.of)
            made[sheet.path] = Fresh(key, partial(_page, theme, page, sheet, around))
    tagged = work.workspace.cache / "tagged"
    for published in publication.episodes:
        mine = cards[published.episode.slug]
        own = Fresh(published.text, partial(_text, made_of.files, published))
        made.update(dict.fromkeys(mine.files, own))
        for path, name in mine.sounds.items():
            made[path] = tagged / name
    found_by = {slug: card.found_by for slug, card in cards.items()}
    made.update(
        indexing.files(work.shelf.cache, publication, found_by, made_of.found, made_of.lying)
    )
    show = publication.show
    for feed in subscription.feeds(show):
        target = subscription.page_of(show, feed)
        code = partial(qr.svg, target)
        made[subscription.code_of(show, feed)] = Fresh(key_of(program(), target), alone(code))
    items = items_of(work.workspace, names)
    side = lru_cache(partial(_side, shown))
    machines = (
        *makers(bare, addresses[STYLE], items),
        *json_feed.makers(bare, items),
        *oembed.makers(bare, lambda path: (shown[path].name, partial(side, path))),
    )
    for path, content, of in machines:
        made[path] = Fresh(names.key_of(program(), path, *of), alone(content))
    made[SITEMAP] = sitemap(show, made)
    return made


def named(publication: Publication, cards: Mapping[str, Card]) -> tuple[Publication, Names]:
    """The same as far as feeds tell it, and the names of all its large values."""
    names = names_of_values()
    told = []
    for published in publication.episodes:
        bare, mine = published.bare, cards.get(published.episode.slug)
        if mine and mine.bare and mine.published is published:
            names.learn(bare, mine.bare)
        if published.text:
            names.learn(published, names.of(bare) + published.text)
        told.append(bare)
    return Publication(publication.show, tuple(told)), names


def names_of_values() -> Names:
    """The names of what stands in the keys of many files of a site."""
    return Names(Show, About, PublishedEpisode)


def sitemap(show: Show, made: Iterable[str]) -> Fresh:
    """The addresses of all pages among the files of a site."""
    pages = sorted(path for path in made if path.endswith("/index.html") or path == "index.html")
    key = key_of(program(), show.address, show.sounds_elsewhere, pages)
    return Fresh(key, alone(partial(_sitemap, show, pages)))


def _sitemap(show: Show, pages: Iterable[str]) -> bytes:
    addresses = sorted(show.url(path.removesuffix("index.html")) for path in pages)
    return "".join(f"{each}\n" for each in addresses).encode()


def items_of(space: Workspace, names: Names) -> ItemsOf:
    """The items of feeds, of which only those are made that a feed had not like this before."""
    return lambda path: partial(each_kept, space.cache / "feeds" / f"{path}.items", names)


def _page(theme: Theme, page: Page, sheet: Sheet, around: Around, path: str) -> bytes:
    return theme.render(page.TEMPLATE, page.view(sheet, around)).encode()


def _words(
    shelf: Shelf,
    theme: Theme,
    show: Show,
    text: Callable[[PublishedEpisode], PageText],
    published: PublishedEpisode,
) -> Markup:
    """The same as :func:`transcript`, kept: another layout leaves the words as they are."""
    sound = (show.sounds_elsewhere, published.enclosure.path, published.reviewed)
    recipe = program(), theme.digest_of(TRANSCRIPT), published.episode.language, *sound
    key = key_of(published.text, *recipe)
    made = shelf.html(published.episode.slug, key)
    if made is None:
        made = transcript(theme, show, text, published)
        shelf.keep_html(published.episode.slug, key, made)
    return Markup(made)


def transcript(
    theme: Theme,
    show: Show,
    text: Callable[[PublishedEpisode], PageText],
    published: PublishedEpisode,
) -> Markup:
    """The words of an episode as its page and its player show them."""
    view = transcript_view(show, published, text(published))
    return Markup(theme.render(TRANSCRIPT, view).rstrip())


def _side(shown: Mapping[str, Path], path: str) -> int:
    picture = shown[path]
    file = picture.with_suffix(".side")
    side = kept(file, picture.stem, int)
    if side is None:
        side = pictures.side(picture)
        keep(file, picture.stem, side)
    return side


def _text(
    files: Callable[[PublishedEpisode], Mapping[str, bytes]],
    published: PublishedEpisode,
    path: str,
) -> bytes:
    return files(published)[path]
