"""Send the site where listeners find it, so that the feed never names what they cannot reach.

intent → audio → assets → pages → verify over HTTP → feed → commit → delete what has become old

A kill between any two writes leaves a place on which everything that is named is there, and the
next run goes on from what the place says of itself (:mod:`podcast.deploying`).
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from podcast.built_site import Addressed, Site, read_site
from podcast.client_view import look_at_captions, look_at_feed, look_at_sounds
from podcast.deploy import Target, Upload, open_target
from podcast.deploying import (
    FEED,
    INDEX,
    STATE,
    Plan,
    State,
    make_plan,
    read_state,
    render_state,
    settled,
    to_look_at,
)
from podcast.destination import Deploy
from podcast.errors import Busy, Fault, FeedRefused, Fixable, Outside, Place, fault
from podcast.live_feed import changed_by_others, lost, read_feed
from podcast.patience import WAITS, Patient
from podcast.remote_lock import Held, clear, hold, put
from podcast.report import Progress, Reporter
from podcast.served_as import is_sound
from podcast.workspace import SHOW, Workspace

STEPS = ("intent", "audio", "assets", "pages", "verify", "feed", "commit", "delete")
PATIENCE_S = 240
"""How long a host of pages may take to show a commit."""

Opened = Callable[[str, Path], AbstractContextManager[Target]]


@dataclass(frozen=True, slots=True)
class Choices:
    """What the person asks for beside the usual."""

    prune: bool = False
    break_lock: bool = False
    replace_feed: bool = False
    dry_run: bool = False
    again: bool = False
    """Send everything, for a place that has lost files behind our back."""
    at: str = ""
    """The machine to look at, where the show's name does not lead to the place yet."""
    retired: Collection[str] = ()
    """Guids of episodes that may vanish, because a person has said so."""


def send(
    space: Workspace,
    show: Addressed,
    report: Reporter,
    choices: Choices = Choices(),
    opened: Opened | None = None,
    steps: Sequence[str] = STEPS,
    waits: Sequence[float] = WAITS,
) -> bool:
    """Send what has changed of a show's site, or of a network's; whether there was anything.

    Raises :class:`FeedRefused` before anything is sent where the feed at the place is not ours,
    :class:`Outside` before the feed is sent where a sound cannot be reached, :class:`Busy` where
    somebody else is sending.
    """
    where = _destination(show, space.said_in)
    opened = opened or partial(open_target, said_in=space.said_in)
    with space.lock(), ExitStack() as stack:
        site = read_site(space, show)
        scratch = space.cache / "deploy"
        scratch.mkdir(parents=True, exist_ok=True)
        pages, *other = (
            Patient(stack.enter_context(opened(address, scratch)), report, waits)
            for address in (where.pages, where.audio)
            if address
        )
        sounds = other[0] if other else pages
        if where.audio and sounds.at_once:
            raise Fixable(fault("deploy.audio_at_once", Place(space.said_in), address=where.audio))
        seen, live = pages.read(STATE), pages.read(FEED)
        recorded = read_state(seen)
        if recorded is None:
            _first(pages, live, seen, site, where, report)
        state = recorded or State()
        others = {path: pages.read(path) for path in to_look_at(state, site.files, choices.again)}
        _guard(state, {FEED: live, **others}, site, choices)
        guids = {path: _guids(there) for path, there in others.items() if there is not None}
        state = settled(state, _sha(live or b""), _guids(live), guids)
        told_of = {path: list(of.episodes) for path, of in site.feeds.items() if path != FEED}
        plan = make_plan(state, site.files, list(site.feed.episodes), where.audio or "",
                         choices.prune, choices.again, told_of)  # fmt: skip
        if not plan.todo and not plan.stale and recorded == plan.after:
            if not choices.dry_run and not pages.at_once:
                clear(pages)
            return False
        if choices.dry_run:
            _tell(plan, site, where, report)
            return True
        began = time.monotonic()
        new = _new_sounds(show, site, plan, [live, *others.values()])
        total = sum(site.files[path].size for path in plan.todo)
        title = {"n": len(plan.todo), "megabytes": total / 1e6}
        with report.progress("deploy.progress", **title) as told:
            with hold(pages, choices.break_lock, pages.inner) as held:
                if pages.read(STATE) != seen:
                    raise Busy(fault("deploy.changed", address=where.pages))
                run = _Run(
                    show, site, plan, new, pages, sounds, held, report, told, seen, choices.at
                )
                for step in steps:
                    held.renew()
                    getattr(run, step)()
            pages.finish(_message(show, site), run.sent)
        for path in (*(path for path in plan.feed if path in others), FEED):
            patience_s = PATIENCE_S if pages.at_once else 0
            look_at_feed(show, site, report, choices.at, patience_s, path)
        if sounds.at_once:
            look_at_sounds(show, site, new, report, choices.at)
        if pages.at_once:
            look_at_captions(show, plan.assets, report, choices.at)
        report.say("deploy.done", n=len(plan.todo), megabytes=total / 1e6, old=len(plan.stale),
                   seconds=time.monotonic() - began)  # fmt: skip
        return True


def check(space: Workspace, show: Addressed, report: Reporter, at: str = "") -> None:
    """Look at every sound, at the feeds and at captions as a client does, and send nothing."""
    site = read_site(space, show)
    look_at_sounds(show, site, list(filter(is_sound, site.files)), report, at)
    for path in sorted(site.feeds):
        look_at_feed(show, site, report, at, path=path)
    look_at_captions(show, list(site.files), report, at)


def _destination(show: Addressed, said_in: str) -> Deploy:
    if show.deploy is None:
        raise Fixable(
            fault("deploy.nowhere" if said_in == SHOW else "network.nowhere", Place(said_in))
        )
    return show.deploy


# What is there already.


def _first(
    pages: Target, live: bytes | None, seen: bytes | None, site: Site, where: Deploy,
    report: Reporter,
) -> None:  # fmt: skip
    """No record: the place is new, or its record was lost, or it is somebody else's."""
    if live is None and seen is None:
        if pages.read(INDEX) is not None:
            raise FeedRefused(fault("deploy.not_empty", address=where.pages, file=INDEX))
        return
    report.say("deploy.record_lost", file=STATE)


def _guard(state: State, there: Mapping[str, bytes | None], site: Site, choices: Choices) -> None:
    """Hold each feed at the place against what was left there, and what will be in its stead."""
    wrong = [_wrong(path, live, state, site, choices) for path, live in there.items()]
    if found := [each for each in wrong if each]:
        raise FeedRefused(found)


def _wrong(
    path: str, live: bytes | None, state: State, site: Site, choices: Choices
) -> Fault | None:
    place = Place(path) if path != FEED else None
    left = {file.sha for file in (state.files.get(path), state.pending.get(path)) if file}
    new = site.feeds.get(path)
    if new and (live is None or _sha(live) not in left):
        guids = state.guids if path == FEED else state.feeds.get(path, ())
        known = guids if path in state.files else ()
        wrong = changed_by_others(live, known, new)
        if wrong and not (choices.replace_feed and wrong.kind != "deploy.feed_of_others"):
            return replace(wrong, place=place)
    # Of a show that is gone, apps may lose what a person has let go, or what is in another show.
    kept = site.episodes[path] if new else site.episodes[FEED]
    gone = None if choices.replace_feed else lost(live, {*kept, *choices.retired})
    return replace(gone, place=place) if gone else None


def _new_sounds(
    show: Addressed, site: Site, plan: Plan, there: Sequence[bytes | None]
) -> list[str]:
    """What no listener's app has fetched yet, an unfinished run's too: what must be looked at."""
    feeds = [read_feed(live) for live in there if live]
    known = {sound.url for feed in feeds if feed for sound in feed.sounds}
    named = set(site.sounds) - known
    sounds = filter(is_sound, site.files)
    return [path for path in sounds if path in plan.audio or show.announced(path) in named]


def _guids(live: bytes | None) -> Sequence[str]:
    feed = read_feed(live) if live else None
    return tuple(feed.episodes) if feed else ()


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


# What is done.


@dataclass(slots=True)
class _Run:
    """One run: each step is a method."""

    show: Addressed
    site: Site
    plan: Plan
    new_sounds: Sequence[str]
    pages_target: Target
    audio_target: Target
    held: Held
    report: Reporter
    told: Progress
    written: bytes | None
    at: str = ""
    done: int = 0

    def intent(self) -> None:
        """Say what may have been put from now on, so that nothing is ever left unknown."""
        self._state(self.plan.intent)

    def audio(self) -> None:
        """The sounds, each noted when it has arrived: a second run need not send it again."""
        state = self.plan.intent
        for path in self.plan.audio:
            self.held.renew()
            self._put(self.audio_target, [path])
            # Not among our files before a feed names it: another site may come before that.
            state = replace(state, arrived=(*state.arrived, path))
            self._state(state)

    def assets(self) -> None:
        """Everything that pages refer to, transcripts and captions."""
        self._put(self.pages_target, self.plan.assets)

    def pages(self) -> None:
        """New pages, then the pages that lead to them."""
        self._put(self.pages_target, self.plan.pages)

    def verify(self) -> None:
        """Nothing that cannot be reached gets into the feed."""
        if not self.audio_target.at_once:
            try:
                look_at_sounds(self.show, self.site, self.new_sounds, self.report, self.at)
            except Outside as error:
                raise Outside([*error.faults, fault("seen.held_back")]) from error
            if not self.pages_target.at_once:
                look_at_captions(self.show, self.plan.assets, self.report, self.at)

    def feed(self) -> None:
        """The feed, if nobody has written to the place meanwhile."""
        self.held.check()
        if self.pages_target.read(STATE) != self.written:
            raise Busy(fault("deploy.changed", address=STATE))
        self._put(self.pages_target, self.plan.feed)

    def commit(self) -> None:
        """Say what is there now, and what is still to be deleted."""
        after = self.plan.after
        self._state(replace(after, stale=self.plan.stale))

    def delete(self) -> None:
        """What has become old, and was put there by us."""
        sounds = [path for path in self.plan.stale if is_sound(path)]
        others = [path for path in self.plan.stale if path not in sounds]
        if sounds:
            self.audio_target.delete(sounds)
        if others:
            self.pages_target.delete(others)
        self._state(self.plan.after)

    def sent(self, more: int) -> None:
        """So many bytes have arrived since the last batch."""
        total = sum(self.site.files[path].size for path in self.plan.todo) or 1
        self.told(min(1.0, (self.done + more) / total))

    def _put(self, target: Target, paths: Sequence[str]) -> None:
        files = [
            Upload(path, self.site.folder / path, self.site.files[path].size) for path in paths
        ]
        if files:
            target.put(files, self.sent)
        if not target.at_once:
            self.done += sum(file.size for file in files)

    def _state(self, state: State) -> None:
        content = render_state(state)
        if content != self.written:
            put(self.pages_target, STATE, content)
            self.written = content


def _tell(plan: Plan, site: Site, where: Deploy, report: Reporter) -> None:
    report.say("deploy.plan", address=where.pages, n=len(plan.todo))
    for path in plan.todo:
        report.say("deploy.plan_file", file=path, kilobytes=-(-site.files[path].size // 1000))
    for path in plan.stale:
        report.say("deploy.plan_old", file=path)


def _message(show: Addressed, site: Site) -> str:
    return f"{show.title}: {len(site.feed.episodes)}"
