"""A site of a few bytes to send, and a listener who follows everything that it names."""

from __future__ import annotations

import hashlib
import posixpath
import random
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from urllib.parse import urljoin
from xml.etree import ElementTree

import httpx
import small_network
from conftest import ROOT

from podcast.all_shows import AllShows
from podcast.network import read_network
from podcast.show import Show, read_show
from podcast.workspace import Workspace

GUID = "2d7c9f0a-6a0b-5d2f-9a59-0d5f6f0b3c11"
PODCAST = "https://podcastindex.org/namespace/1.0"
OLD = (("one", "guid-1", "One", 1), ("two", "guid-2", "Two", 1))
"""Slug, guid, title and a number that the sound is made from."""
NEW = (("one", "guid-1", "One again", 1), ("second", "guid-2", "Two", 2), ("three", "guid-3", "Three", 1))  # fmt: skip
"""A third episode, one whose files are renamed with another sound, and one with another title."""

Episodes = Iterable[tuple[str, str, str, int]]

OTHERS = (("four", "guid-4", "Four", 1),)
"""The episodes of another show of the network."""
OLD_SHOWS = {"voix": OLD, "paroles": OTHERS}
NEW_SHOWS = {"voix": NEW, "paroles": OTHERS, "echos": (("five", "guid-5", "Five", 1),)}
"""A third show, and the first with what is new in it."""


def workspace(folder: Path, address: str, deploy: str) -> Workspace:
    """A show that is sent somewhere; its site is yet to be made."""
    folder.mkdir(parents=True, exist_ok=True)
    text = (ROOT / "podcast.yaml").read_text("utf-8")
    text = re.sub(r"^address: .*$", f"address: {address}", text, flags=re.MULTILINE)
    (folder / "podcast.yaml").write_text(f"{text}\ndeploy:{deploy}\n", "utf-8")
    return Workspace(folder)


def show_of(space: Workspace) -> Show:
    """The workspace's show, read once for each text."""
    return _show((space.root / "podcast.yaml").read_text("utf-8"))


def network(folder: Path, address: str, deploy: str) -> Workspace:
    """A network that is sent somewhere, with the folders of all its shows."""
    folder.mkdir(parents=True, exist_ok=True)
    text = re.sub("(?m)^address: .*$", f"address: {address}", small_network.NETWORK)
    (folder / "network.yaml").write_text(f"{text}deploy:{deploy}\n", "utf-8")
    for name in NEW_SHOWS:
        workspace(folder / name, f"{address}{name}/", " /nowhere")
    return Workspace(folder)


def addressed(space: Workspace) -> Show | AllShows:
    """A workspace's show, or its network with its shows, as sending must know it."""
    file = space.root / "network.yaml"
    if not file.is_file():
        return show_of(space)
    inside = {name: Workspace(space.root / name) for name in NEW_SHOWS}
    shows = {name: show_of(each) for name, each in inside.items()}
    return AllShows(read_network(file.read_text("utf-8"), "network.yaml").as_show(), shows)


@cache
def _show(text: str) -> Show:
    return read_show(text, "podcast.yaml")


def build(
    space: Workspace, episodes: Episodes, guid: str = GUID, audio: str = "", weight: int = 0
) -> None:
    """``site/`` with these episodes, as small as it can be; ``weight`` are more bytes of sound."""
    _put(space, _files(show_of(space).address, episodes, guid, audio, weight))


def build_network(space: Workspace, shows: Mapping[str, Episodes]) -> None:
    """``site/`` with these shows, the feed of them all, and the list of their feeds."""
    address = addressed(space).address
    files: dict[str, bytes] = {}
    items = ""
    for name, episodes in shows.items():
        guid = hashlib.sha256(name.encode()).hexdigest()
        own = _files(f"{address}{name}/", episodes, guid, "", 0)
        files |= {f"{name}/{path}": content for path, content in own.items()}
        items += "".join(re.findall("<item>.*?</item>", own["feed.xml"].decode()))
    links = "".join(f'<a href="{name}/">{name}</a>' for name in shows)
    files["index.html"] = (
        f'{links}<a href="feed.xml">feed</a><a href="shows.opml">feeds</a>'.encode()
    )
    files["shows.opml"] = "".join(
        f'<outline xmlUrl="{address}{name}/feed.xml"/>' for name in shows
    ).encode()
    files["feed.xml"] = _feed(GUID, items)
    _put(space, files)


def _files(
    address: str, episodes: Episodes, guid: str, audio: str, weight: int
) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    style = f"/* {len(list(episodes))} */".encode()
    css = f"assets/style.{_digest(style)}.css"
    files[css] = style
    items, links = "", ""
    for slug, item, title, number in episodes:
        sound = f"ID3 {slug} {number} ".encode() * 40 + random.Random(slug).randbytes(weight)
        name = f"audio/{slug}.{_digest(sound)}.mp3"
        files[name] = sound
        files[f"{slug}/{slug}.vtt"] = f"WEBVTT\n\n00:00.000 --> 00:01.000\n{title}\n".encode()
        here = posixpath.join(audio, name) if audio else f"../{name}"
        files[f"{slug}/index.html"] = (
            f'<title>{title}</title><link href="../{css}"><audio src="{here}"></audio>'
            f'<a href="../index.html">all</a><a href="{slug}.vtt">captions</a>'
        ).encode()
        links += f'<a href="{slug}/">{title}</a>'
        items += (
            f"<item><title>{title}</title><guid>{item}</guid><link>{address}{slug}/</link>"
            f'<enclosure url="{audio or address}{name}" length="{len(sound)}" type="audio/mpeg"/>'
            f'<podcast:transcript url="{address}{slug}/{slug}.vtt" type="text/vtt"/></item>'
        )
    files["index.html"] = f'<link href="{css}">{links}<a href="feed.xml">feed</a>'.encode()
    files["feed.xml"] = _feed(guid, items)
    return files


def _feed(guid: str, items: str) -> bytes:
    return (
        f'<rss version="2.0" xmlns:podcast="{PODCAST}"><channel><title>Show</title>'
        f"<podcast:guid>{guid}</podcast:guid>{items}</channel></rss>"
    ).encode()


def _put(space: Workspace, files: Mapping[str, bytes]) -> None:
    for old in sorted(space.site.rglob("*"), reverse=True) if space.site.exists() else ():
        old.unlink() if old.is_file() else old.rmdir()
    for path, content in files.items():
        file = space.site / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:8]


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, hidden ones too."""
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()
    }


def broken_network(http: httpx.Client, address: str) -> list[str]:
    """The same of whoever follows all shows, or one of those that the list of feeds names."""
    named = http.get(f"{address}shows.opml").text
    shows = set(re.findall('xmlUrl="(.*?)feed.xml"', named))
    shows |= {f"{address}{name}/" for name in NEW_SHOWS
              if http.head(f"{address}{name}/feed.xml").status_code == 200}  # fmt: skip
    return [wrong for at in (address, *sorted(shows)) for wrong in broken(http, at)]


def broken(http: httpx.Client, address: str) -> list[str]:
    """What a listener at ``address`` would stumble over: empty where everything holds."""
    wrong: list[str] = []
    feed = http.get(f"{address}feed.xml")
    try:
        channel = ElementTree.fromstring(feed.content).find("channel")
        assert channel is not None
    except (ElementTree.ParseError, AssertionError):
        return [f"the feed cannot be read: {feed.status_code} {feed.content[:80]!r}"]
    for enclosure in channel.iter("enclosure"):
        seen = http.head(enclosure.get("url", ""))
        if seen.status_code != 200 or seen.headers["content-length"] != enclosure.get("length"):
            wrong.append(f"enclosure {enclosure.get('url')}: {seen.status_code}")
    pages = {address}
    pages |= {link.text or "" for item in channel.iter("item") for link in item.iter("link")}
    links = [e.get("url", "") for e in channel.iter(f"{{{PODCAST}}}transcript")]
    for page in sorted(pages):
        answer = http.get(_file(page))
        if answer.status_code != 200:
            wrong.append(f"page {page}: {answer.status_code}")
        found = [urljoin(page, link) for link in re.findall(r'(?:href|src)="([^"]+)"', answer.text)]
        links += found
        if page == address:
            below = [link for link in found if link.endswith("/") and link not in pages]
            for link in below:
                inner = http.get(_file(link))
                links += [
                    urljoin(link, n) for n in re.findall(r'(?:href|src)="([^"]+)"', inner.text)
                ]
    for link in sorted(set(links)):
        if http.head(_file(link)).status_code != 200:
            wrong.append(f"link {link}")
    return wrong


def _file(url: str) -> str:
    # What a server of pages shows for a folder; a bucket alone knows no such thing.
    return f"{url}index.html" if url.endswith("/") else url
