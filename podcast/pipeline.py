"""From a recording to a published episode, on one screen.

recording → master → words → draft → (a person edits) → transcript
transcript + episode + show → captions · pages · feed · tags → site
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from operator import itemgetter
from pathlib import Path
from typing import TypeVar

from podcast import (
    aligning,
    assembly,
    feed_checks,
    guard,
    ledger,
    listening,
    mastering,
    promises,
    remembered,
    schedule,
    site,
    sweeping,
)
from podcast.episode import Episode
from podcast.errors import Fault, Fixable, Place, fault
from podcast.frame import own_names
from podcast.published import Publication, PublishedEpisode, in_order
from podcast.report import Notes, Reporter
from podcast.searching import Searchable
from podcast.served_as import COVERS, is_kept
from podcast.shares import shared, worth_sharing
from podcast.shelf import Card, own
from podcast.show import Show
from podcast.tally import settle
from podcast.unchanged import FILE, Left, Seen
from podcast.wording import Wording, languages
from podcast.work import Work, show_in, work_in
from podcast.workspace import Workspace, line_of, write

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a publish did."""

    episodes: int
    changes: site.Changes
    later: tuple[str, ...]
    """Slugs of what was prepared, and is published when its date has come."""
    show: Show
    waits: bool = False
    """Whether anything waits for its date, or to be sent."""


def publish(
    space: Workspace,
    slugs: Sequence[str],
    report: Reporter,
    force: bool = False,
    allow: Sequence[str] = (),
    now: datetime | None = None,
    seen: Seen | None = None,
) -> Outcome:
    """Publish episodes, beside everything that is published already.

    An episode whose date is after ``now`` is only prepared.  ``force`` takes a text for right that
    was hardly found in the sound; ``allow`` lets changes through that :mod:`podcast.guard` would
    stop.  What was ``seen`` of the disk at the start of the program is not looked at again.
    Raises :class:`podcast.errors.PodcastError`; nothing of the site has changed then.
    """
    began = time.monotonic()
    now = now or datetime.now(UTC)
    with space.lock():
        clock = space.clock()
        if seen and seen.root != str(space.root):
            seen = None
        before = [*remembered.look(space, clock, seen)]
        site.recover(space.site, space.cache)
        work = start(space, report, keeps=True, touched=seen.touched if seen else None)
        known = read_ledger(space)
        wanted, changes = promises.promised(work, slugs, known, allow)
        if taken := sorted(own_names(work.show) & wanted.keys()):
            raise Fixable(
                [fault("episode.taken", _folder(space, slug), slug=slug) for slug in taken]
            )
        named = assembly.beside(work.show, wanted.values())
        before.append(remembered.besides(space, clock, named))
        later = {episode.slug for episode in schedule.later(known, wanted.values(), now)}
        told = space.about()
        assembly.covers(work, [wanted[slug] for slug in slugs])
        inside = replace(work, show=own(work.show))
        shown = assembly.as_published(work)
        sounds = work.shelf.sounds()
        made_of = kept_of(inside)
        cards, faults = prepare_all(inside, tuple(wanted.values()), known, force)
        work.digests.save()
        if faults:
            raise Fixable(faults)
        work.shelf.save(tuple(cards))
        ready = [card.published for card in cards.values()]
        publication = in_order(shown, ready, told)
        if wrong := [*_told_twice(space, publication), *_unfit(space, publication)]:
            raise Fixable(wrong)
        if later:
            # What cannot be built is told now, not at its date.
            files = assembly.files(work, publication, cards, made_of)
            site.rehearse(space.site, space.cache, files)
        public = [p for p in ready if p.episode.slug not in later]
        publication = in_order(shown, public, told)
        released = {slug: card.text for slug, card in cards.items()}
        left = ledger.recorded(publication, released)
        heard = guard.of_sounds(known, left.episodes)
        guard.agree(heard, allow, guard.OF_SOUND)
        says = ("publish.old_audit",) if publication.conformity.reason == "old_audit" else ()
        for sentence in says:
            report.say(sentence)
        new = {slug: ledger.Waiting(released[slug], force) for slug in later}
        made, record = site.Changes(0, 0, 0), known
        if publication.episodes or known.episodes:
            record = guard.after(known, left, (*changes, *heard))
            files = assembly.files(work, publication, cards, made_of)
            content = {**_former(space, record), **files}
            with report.progress("progress.writing") as progress:
                made = site.replace(space.site, space.cache, content, progress)
            sweeping.sweep(space.cache, content, len(publication.episodes))
            swept = sweeping.sweep_sounds(space.cache, sounds - work.shelf.sounds())
            work.digests.forget(swept)
        record = replace(record, waiting=schedule.waiting(known, new, space.slugs()))
        if record != known:
            write(space.ledger, ledger.render(record))
        work.digests.save()
        if made.any:
            report.say(
                "stage.site",
                n=len(publication.episodes),
                added=made.added,
                changed=made.changed,
                removed=made.removed,
                seconds=time.monotonic() - began,
            )
        if corrected := guard.corrected(known, left):
            report.say("publish.corrected", n=len(corrected), slugs=", ".join(corrected[:5]))
        if behind := guard.behind(known, left):
            report.say("publish.behind", n=len(behind), slugs=", ".join(behind[:5]))
        for slug in sorted(later):
            report.say("publish.later", slug=slug, date=wanted[slug].date)
        if publication.episodes:
            slugs, newest = tuple(left.episodes), publication.episodes[0].episode.date
            sends = bool(work.show.deploy or record.waiting)
            stands = Left(
                slugs, force, int(newest.timestamp()), sends, work.show.language, _again_said(says)
            )
            settle(space.ledger)
            stood = remembered.told(space, space.clock(), before, stands, made.there)
            write(space.cache / FILE, stood, lasting=False)
        return Outcome(
            len(publication.episodes), made, tuple(sorted(later)), work.show, bool(record.waiting)
        )


def _again_said(says: Sequence[str]) -> dict[str, list[str]]:
    """What a publish that changes nothing says, by language; its facts are filled in then."""
    keys = (*says, "publish.nothing", "publish.look")
    facts = {"slugs": "{slugs}", "podcast": "{podcast}"}
    return {each: [Wording(each).say(key, **facts) for key in keys] for each in languages()}


def _former(space: Workspace, record: ledger.Ledger) -> dict[str, Path]:
    """The sounds and covers before the present ones: apps that know an older feed load them."""
    paths = [entry.former for entry in record.episodes.values() if entry.former]
    covers = (path.relative_to(space.site).as_posix() for path in space.site.glob(f"{COVERS}*"))
    paths += filter(is_kept, covers)
    return {path: space.site / path for path in paths if (space.site / path).is_file()}


def _unfit(space: Workspace, publication: Publication) -> list[Fault]:
    def line(slug: str, key: str) -> Place:
        file = space.episode_file(slug)
        return Place(space.name(file), line_of(space.text(file), key))

    return feed_checks.unfit(publication, line)


def _folder(space: Workspace, slug: str) -> Place:
    return Place(space.name(space.episode_folder(slug)))


def _told_twice(space: Workspace, publication: Publication) -> list[Fault]:
    """Versions of one episode that are in the same language."""
    faults = []
    for published in publication.episodes:
        episode = published.episode
        for other in publication.versions(published):
            if episode.translation_of and other.episode.language == episode.language:
                file = space.episode_file(episode.slug)
                place = Place(space.name(file), line_of(space.text(file), "translation_of"))
                slug, language = other.episode.slug, episode.language
                faults.append(fault("episode.same_language", place, slug=slug, language=language))
    return faults


def prepare_all(
    work: Work, episodes: Sequence[Episode], known: ledger.Ledger, force: bool
) -> tuple[dict[str, Card], list[Fault]]:
    """The cards of episodes by slug, and what keeps others from readers.

    Many whose sound is ready are prepared in several processes.
    """

    def attempt(work: Work, episode: Episode) -> Card | Fixable:
        try:
            return prepare(work, episode, known.text_of(episode.slug), force)
        except Fixable as error:
            return error

    def aside(share: Sequence[Episode]) -> Iterator[tuple[str, Card | Fixable, Notes]]:
        for episode in share:
            notes = Notes()
            yield episode.slug, attempt(replace(work, report=notes), episode), notes

    ready = ((e, work.shelf.ready(e, known.text_of(e.slug), force)) for e in episodes)
    done: dict[str, Card | Fixable] = {e.slug: card for e, card in ready if card}
    new = [e for e in episodes if e.slug not in done]
    if new:
        work.workspace.glossary()  # a fault of it is told once, and before minutes of work
    quick = [e for e in new if not listening.is_due(work, e)] if worth_sharing(new) else []
    with work.report.progress("progress.preparing") as progress:
        aside_done = shared(quick, aside, progress)
    for slug, made, notes in sorted(aside_done, key=itemgetter(0)):
        done[slug] = made
        for key, facts in notes.said:
            work.report.say(key, **facts)
    cards: dict[str, Card] = {}
    faults: list[Fault] = []
    for episode in episodes:
        made = done.get(episode.slug) or attempt(work, episode)
        if isinstance(made, Fixable):
            faults += made.faults
        else:
            cards[episode.slug] = made
            work.shelf.take(made)
    return cards, faults


def prepare(work: Work, episode: Episode, released: str | None, force: bool = False) -> Card:
    """One episode through all its steps up to the gate, and what is made of it behind the gate."""
    if done := work.shelf.ready(episode, released, force):
        return done
    key = work.shelf.key(episode)
    aligned = aligning.name_of(work, episode.slug, episode.language)
    recording = work.workspace.recording(episode, work.show)
    words = listening.heard(work, episode, recording)
    if words is None:
        listening.model(work)  # a missing model is told before minutes of work on the sound
    master = mastering.master(work, episode, recording)
    if words is None:
        before = listening.old_words(work, episode.slug)
        words = listening.listen(work, episode, recording, master)
        listening.tell_moves(work, episode, before, words)
    if not work.workspace.transcript_file(episode.slug).exists():
        listening.write_first_draft(work, episode, recording, master, words)
    transcript = work.workspace.transcript(episode.slug, work.show, episode.language)
    timeline, cut = aligning.together(work, episode.slug, transcript, words, aligned)
    closed = assembly.gate(work, episode, transcript, words, released)
    if not closed and not force:
        closed = assembly.misfit(work, episode, timeline)
    if closed:
        raise Fixable(closed)
    made = assembly.card(work, episode, transcript, timeline, cut, words, master, key, released)
    return work.shelf.put(*made)


def kept_of(work: Work) -> assembly.Kept:
    """What was made of episodes, made again where it is lost."""
    shelf = work.shelf
    return assembly.Kept(
        lambda published: _again(work, published, shelf.files),
        lambda published: _again(work, published, shelf.head),
        lambda published: _again(work, published, shelf.page),
        lambda published: searchable(work, published),
        shelf.slots,
    )


def searchable(work: Work, published: PublishedEpisode) -> Searchable:
    """What an episode is found by, made again where it is lost."""
    return _again(work, published, work.shelf.searchable)


def _again(
    work: Work, published: PublishedEpisode, kept: Callable[[PublishedEpisode], T | None]
) -> T:
    while not (found := kept(published)):
        work.shelf.drop(published.episode.slug)
        card = prepare(work, published.episode, None, force=True)
        work.shelf.take(card)
        published = card.published
    return found


def start(
    space: Workspace, report: Reporter, keeps: bool = False, touched: Set[str] | None = None
) -> Work:
    """Read the show; raises :class:`Fixable` with every fault of ``podcast.yaml``.

    Who ``keeps`` what was read may write; ``touched`` are the only files that have changed since
    the last publish, where that is known.
    """
    return work_in(space, show_in(space, keeps), report, touched)


def read_ledger(space: Workspace) -> ledger.Ledger:
    """What was published; nothing before the first time."""
    file = space.ledger
    return ledger.read(space.text(file), file.name) if file.is_file() else ledger.Ledger()


def plan(
    space: Workspace, slugs: Sequence[str], report: Reporter, allow: Sequence[str] = ()
) -> None:
    """Tell what :func:`publish` would do, and do nothing; raises what it would raise at once."""
    work = start(space, report)
    known = read_ledger(space)
    wanted, _ = promises.promised(work, slugs, known, allow)
    later = schedule.later(known, wanted.values(), datetime.now(UTC))
    for slug in slugs:
        episode = wanted[slug]
        recording = space.recording(episode, work.show)
        done = mastering.mastered(work, recording, episode.sound)
        report.say("plan.sound_done" if done else "plan.sound", slug=slug)
        words = listening.heard(work, episode, recording)
        if words is None:
            listening.model(work)
        file = space.name(space.words_file(slug))
        report.say("plan.words_done" if words else "plan.words", file=file, model=work.show.model)
        text = space.transcript_file(slug)
        if not text.exists():
            report.say("plan.draft", file=space.name(text))
            continue
        transcript = space.transcript(slug, work.show, episode.language)
        closed = assembly.gate(work, episode, transcript, words, known.text_of(slug))
        report.say("plan.closed" if closed else "plan.open", file=space.name(text), n=len(closed))
    for episode in later:
        report.say("plan.later", slug=episode.slug, date=episode.date)


def transcribe(space: Workspace, slug: str, again: bool, report: Reporter) -> bool:
    """Listen to an episode, and draft its transcript if there is none; whether it had to listen.

    A text that is there stays as it is: it gets its times from the new words, and what moved is
    told.
    """
    with space.lock():
        work = start(space, report)
        episode = space.episode(slug, work.show)
        recording = space.recording(episode, work.show)
        words = None if again else listening.heard(work, episode, recording)
        listened = words is None
        if words is None:
            space.glossary()
            listening.model(work)
        master = mastering.master(work, episode, recording)
        if words is None:
            before = listening.old_words(work, slug)
            words = listening.listen(work, episode, recording, master)
            listening.tell_moves(work, episode, before, words)
        if not space.transcript_file(slug).exists():
            listening.write_first_draft(work, episode, recording, master, words)
        work.digests.save()
        return listened
