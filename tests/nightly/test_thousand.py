"""A thousand episodes of another host: imported, published for real, and imported again."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import foreign_feeds
import podcastparser
from conftest import Ran, run_podcast
from foreign_feeds import told
from loopback import Host
from test_import_feed import as_told, bring, everything, host, kept, picture, serve, tone

__all__ = ["host", "tone"]  # fixtures
EPISODES, PAGES = 1000, 4


def test_a_thousand_episodes_are_published(
    host: Host, tone: bytes, podcast: Callable[..., Ran], tmp_path: Path
) -> None:
    items = told(EPISODES, host.address, "podlove", len(tone))
    serve(host, items, b"", sound=tone)
    size = EPISODES // PAGES
    for page in range(1, PAGES + 1):
        part = items[size * (page - 1) : size * page]
        feed = foreign_feeds.podlove(part, host.address, page, PAGES)
        host.put("/feed.xml" + f"?paged={page}" * (page > 1), feed, "application/rss+xml")
    folder = tmp_path / "show"
    assert bring(podcast, folder, host).code == 0
    (folder / "cover.jpg").write_bytes(picture())
    file = folder / "podcast.yaml"
    file.write_text(file.read_text("utf-8") + "publish_unreviewed: true\n", "utf-8")
    before = everything(folder)
    done = run_podcast(["publish", *kept(folder)], folder)
    assert done.code == 0, done.err
    feed = (folder / "site/feed.xml").read_bytes()
    parsed = podcastparser.parse("https://x.example/feed.xml", io.BytesIO(feed))
    assert [one["guid"] for one in parsed["episodes"]] == [one.guid for one in items]
    times = [int(one.date.timestamp()) for one in items]
    assert [one["published"] for one in parsed["episodes"]] == times
    again = bring(podcast, folder, host)
    assert again.code == 0 and "Rien à faire" in again.out
    assert everything(folder).items() >= before.items(), "nothing that was imported has changed"
    assert sorted(kept(folder).values()) == as_told(items)
    assert "Rien à faire" in run_podcast(["publish", *kept(folder)], folder).out
