"""Publish what has come due, and send what is published to where listeners find it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from podcast import ledger, pipeline, schedule
from podcast.errors import Fault, FeedRefused, Fixable, Place, PodcastError, fault
from podcast.network import read_network
from podcast.report import Reporter
from podcast.show import FEED, Show
from podcast.workspace import NETWORK, Workspace, write

if TYPE_CHECKING:
    from podcast.all_shows import AllShows


@dataclass(frozen=True, slots=True)
class Done:
    """Slugs that were published now, and what kept others from it."""

    published: tuple[str, ...]
    refused: PodcastError | None


def publish_due(space: Workspace, report: Reporter, now: datetime | None = None) -> Done:
    """Publish each released episode whose date has come; one that may not stops no other.

    Nothing goes out that no person has released with ``publish``, nor with another text than the
    one that was released or reviewed since.  Raises what concerns the whole show.
    """
    now = now or datetime.now(UTC)
    known, show = pipeline.read_ledger(space), space.show()
    dates = {slug: datetime.fromisoformat(was.date) for slug, was in known.episodes.items()}
    schedule.check_clock(dates, now)
    errors: list[PodcastError] = []
    waiting = []
    for slug in sorted(known.waiting):
        if not space.episode_file(slug).is_file():
            report.say("due.gone", slug=slug)
            continue
        try:
            waiting.append(space.episode(slug, show))
        except Fixable as error:
            errors.append(error)
    waiting.sort(key=lambda episode: (episode.date, episode.slug))
    done = []
    for episode in waiting:
        if episode.date > now:
            continue
        try:
            forced = known.waiting[episode.slug].forced
            pipeline.publish(space, [episode.slug], report, forced, now=now)
        except (Fixable, FeedRefused) as error:
            errors.append(error)
        else:
            report.say("due.published", slug=episode.slug, date=episode.date)
            done.append(episode.slug)
    if not done and not errors:
        report.say("due.nothing")
    if coming := [episode for episode in waiting if episode.date > now]:
        report.say("due.next", slug=coming[0].slug, date=coming[0].date)
    return Done(tuple(done), _together(errors))


def _together(errors: list[PodcastError]) -> PodcastError | None:
    """One error with every fault, each once; the guard's where it refused something."""
    faults: list[Fault] = []
    for error in errors:
        faults += [fault for fault in error.faults if fault not in faults]
    refused = any(isinstance(error, FeedRefused) for error in errors)
    return (FeedRefused if refused else Fixable)(faults) if faults else None


def send(
    space: Workspace,
    report: Reporter,
    here: bool = False,
    show: Show | None = None,
    waits: bool = True,
) -> bool:
    """Send the site where the show names a place, unless it stays ``here``; whether it does.

    ``show`` is what ``podcast.yaml`` says, where it was read already; ``waits`` whether the ledger
    may have something that was waiting, which waits no longer then.  If sending fails,
    ``podcast due`` tries it again.
    """
    show = show or space.show()
    sent = bool(show.deploy and not here)
    if show.deploy and sent:
        from podcast import sending

        retired = tuple(pipeline.read_ledger(space).retired)
        if not sending.send(space, show, report, sending.Choices(retired=retired)):
            report.say("deploy.nothing", address=show.deploy.pages)
    if not waits:
        return sent
    with space.lock():
        known = pipeline.read_ledger(space)
        left = {slug: was for slug, was in known.waiting.items() if slug not in known.episodes}
        if left != known.waiting:
            write(space.ledger, ledger.render(replace(known, waiting=left)))
    return sent


def network(space: Workspace) -> tuple[AllShows, tuple[str, ...]]:
    """A network and its shows as its site shows them; and the guids that may vanish from feeds.

    Raises :class:`Fixable` for a fault in ``network.yaml``, or where it is to be built again.
    """
    from podcast import shown
    from podcast.all_shows import AllShows

    of = read_network(space.text(space.root / NETWORK), NETWORK)
    folders = [file.parent.name for file in sorted(space.site.glob(f"*/{FEED}"))]
    shows, retired = {}, [*pipeline.read_ledger(space).retired]
    for folder in folders:
        last = shown.last(space, folder)
        if last is None:  # all caches are lost
            raise Fixable(fault("network.unfit", Place("site/")))
        shows[folder] = last.show
        retired += pipeline.read_ledger(Workspace(space.root / folder)).retired
    return AllShows(of.as_show(list(shows.values())), shows), tuple(retired)
