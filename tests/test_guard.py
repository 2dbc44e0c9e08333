"""The feed guard: each change that apps would suffer from is refused, told, and can be allowed once."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import podcastparser
import pytest
from conftest import Ran, copy_show
from lxml import etree

from podcast.moving import redirects

Podcast = Callable[..., Ran]
ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
GUIDS = {
    "episode-1": "0b6f7b1e-4c55-4c0e-9d0b-6d0d1b8d7a01",
    "episode-2": "5d0b2a7c-8f1b-4a53-8d39-2f3c6f6f9b02",
}
FOLLOWED = "https://voix-egales.fr/podcast/"
SECRET = "R2VoZWltLiBOaWNodCE"
FEEDS = f"""
feeds:
  english:
    title: Equal voices
    guid: 7a1e0c52-4d0a-5a9e-8f2a-1b2c3d4e5f60
    language: en
  friends:
    title: Pour les proches
    guid: 9b2f1d63-5e1b-5baf-903b-2c3d4e5f6071
    unlisted: true
    secret: {SECRET}
"""


@pytest.fixture
def told(tmp_path: Path, published: Path) -> Path:
    """The sample show, published: site and ledger are there."""
    folder = copy_show(tmp_path / "show", cache=published / ".podcast")
    shutil.copytree(published / "site", folder / "site")
    shutil.copy(published / "published.json", folder)
    return folder


def ledger(show: Path) -> dict[str, Any]:
    made: dict[str, Any] = json.loads((show / "published.json").read_text("utf-8"))
    return made


def rewrite(show: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """What the ledger would say if another program, or another version of ours, had published."""
    tree = ledger(show)
    change(tree)
    (show / "published.json").write_text(json.dumps(tree, ensure_ascii=False), "utf-8")


def replace(show: Path, name: str, old: str, new: str) -> None:
    file = show / name
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def items(show: Path) -> dict[str, str]:
    """The feed's guids and titles."""
    feed = etree.parse(show / "site" / "feed.xml")
    return {i.findtext("guid") or "": i.findtext("title") or "" for i in feed.iter("item")}


def state(show: Path) -> dict[str, bytes]:
    kept = [*(show / "site").rglob("*"), show / "published.json", show / "podcast.yaml"]
    return {str(p): p.read_bytes() for p in kept if p.is_file()}


def vanish(show: Path) -> None:
    shutil.rmtree(show / "episodes" / "episode-2")


def rename(show: Path) -> None:
    (show / "episodes" / "episode-2").rename(show / "episodes" / "premier-jour")
    for suffix in ("md", "words.jsonl"):
        file = show / "transcripts" / f"episode-2.{suffix}"
        file.rename(file.with_name(f"premier-jour.{suffix}"))


def another_guid(show: Path) -> None:
    replace(show, "episodes/episode-2/episode.md", "5d0b2a7c", "6d0b2a7c")


def another_date(show: Path) -> None:
    replace(show, "episodes/episode-2/episode.md", "2026-10-19", "2026-10-20")


def another_sound(show: Path) -> None:
    rewrite(show, lambda tree: tree["episodes"]["episode-2"].update(sound="0" * 64))


def another_address(show: Path) -> None:
    rewrite(show, lambda tree: tree["episodes"]["episode-2"].update(enclosure="audio/2.mp3"))


def half_the_sound(show: Path) -> None:
    rewrite(
        show,
        lambda tree: tree["episodes"]["episode-2"].update(
            enclosure="audio/2.mp3", sound="0" * 64, duration_ms=200_000
        ),
    )


def another_show(show: Path) -> None:
    replace(show, "podcast.yaml", "guid: 2d7c9f0a", "guid: 3d7c9f0a")


def elsewhere(show: Path) -> None:
    rewrite(show, lambda tree: tree["show"].update(feed=FOLLOWED + "feed.xml"))


def without_feed(show: Path) -> None:
    replace(show, "podcast.yaml", FEEDS, "")


def another_feed_guid(show: Path) -> None:
    replace(show, "podcast.yaml", "guid: 7a1e", "guid: 8a1e")


def feed_elsewhere(show: Path) -> None:
    replace(show, "podcast.yaml", "  english:", "  anglais:")


def another_secret(show: Path) -> None:
    replace(show, "podcast.yaml", SECRET, SECRET[::-1])


def another_language(show: Path) -> None:
    replace(show, "podcast.yaml", "    language: en\n", "    language: de\n")


FEED_CHANGES = {
    "feeds.english:vanished": (
        without_feed,
        "podcast.yaml : le flux « Equal voices » (feeds, english) est publié, et podcast.yaml ne le dit plus.",
    ),
    "feeds.english:guid": (
        another_feed_guid,
        "podcast.yaml : le guid du flux « Equal voices » (feeds, english) a changé.",
    ),
    "feeds.english:address": (
        feed_elsewhere,
        "podcast.yaml : le flux « Equal voices » irait de https://podcast.example.org/a-voix-egales/english.xml à https://podcast.example.org/a-voix-egales/anglais.xml.",
    ),
    "feeds.friends:address": (
        another_secret,
        f"podcast.yaml : le flux « Pour les proches » irait de https://podcast.example.org/a-voix-egales/friends-{SECRET}.xml à ",
    ),
    "episode-2:feeds": (
        another_language,
        "episodes/episode-2/episode.md : « A first day that works » (episode-2) quitterait un flux où il est publié : english.",
    ),
}
CHANGES = {
    "episode-2:vanished": (
        vanish,
        "episodes/episode-2/episode.md : l'épisode « A first day that works » (episode-2) est publié, et son dossier n'est plus là.",
    ),
    "episode-2:renamed": (
        rename,
        "episodes/premier-jour/episode.md : l'épisode « A first day that works » s'appelait episode-2, et s'appelle maintenant premier-jour.",
    ),
    "episode-2:guid": (
        another_guid,
        "episodes/episode-2/episode.md : le guid de « A first day that works » (episode-2) a changé.",
    ),
    "episode-2:date": (
        another_date,
        "episodes/episode-2/episode.md : la date de « A first day that works » (episode-2) a changé, alors que l'épisode est publié",
    ),
    "episode-2:replaced": (
        another_sound,
        "episodes/episode-2/episode.md : le son de « A first day that works » (episode-2) a changé sans changer d'adresse",
    ),
    "episode-2:moved": (
        another_address,
        "episodes/episode-2/episode.md : le son de « A first day that works » (episode-2) n'a pas changé, mais son adresse, si : audio/episode-2.",
    ),
    "episode-2:shorter": (
        half_the_sound,
        "episodes/episode-2/episode.md : le nouveau son de « A first day that works » (episode-2) ne dure que 42 % de ce qui est publié.",
    ),
    "podcast.yaml:guid": (another_show, "podcast.yaml : le guid de l'émission a changé."),
    "podcast.yaml:address": (
        elsewhere,
        f"podcast.yaml : le flux de l'émission irait de {FOLLOWED}feed.xml à https://podcast.example.org/",
    ),
}


@pytest.mark.parametrize("consent", CHANGES)
def test_refused_told_and_allowed_once(told: Path, podcast: Podcast, consent: str) -> None:
    change, sentence = CHANGES[consent]
    change(told)
    before = state(told)
    refused = podcast(told, "publish", "episode-3")
    assert refused.code == 3
    assert refused.err.startswith(sentence), refused.err
    # One fault, whose end is what to type; lines after the first are what to write.
    assert refused.err.endswith(f"--allow {consent}\n"), refused.err
    assert refused.err.count("--allow") == 1
    assert state(told) == before
    allowed = podcast(told, "publish", "episode-3", "--allow", consent)
    assert allowed.code == 0, allowed.err
    (record,) = ledger(told)["allowed"]
    assert f"{record['item']}:{record['change']}" == consent
    # Good for one time: the ledger has the new state, and the consent allows nothing any more.
    assert podcast(told, "publish", "episode-3").code == 0
    stale = podcast(told, "publish", "episode-3", "--allow", consent)
    assert (stale.code, stale.out) == (2, "")
    assert stale.err.startswith(f"Il n'y a rien à permettre pour « --allow {consent} »")
    assert ledger(told)["allowed"] == [record]


@pytest.mark.parametrize("consent", FEED_CHANGES)
def test_other_feeds_are_kept_too(told: Path, podcast: Podcast, consent: str) -> None:
    file = told / "podcast.yaml"
    file.write_text(file.read_text("utf-8") + FEEDS, "utf-8")
    assert podcast(told, "publish", "episode-3").code == 0
    assert (told / "site" / "english.xml").is_file()
    assert (told / "site" / f"friends-{SECRET}.xml").is_file()
    change, sentence = FEED_CHANGES[consent]
    change(told)
    before = state(told)
    refused = podcast(told, "publish", "episode-3")
    assert refused.code == 3
    told_of = [line for line in refused.err.splitlines() if consent in line]
    assert len(told_of) == 1 and told_of[0].endswith(f"--allow {consent}"), refused.err
    assert sentence in refused.err
    assert state(told) == before
    wanted = re.findall(r"--allow (\S+)", refused.err)
    allow = [word for each in wanted for word in ("--allow", each)]
    assert podcast(told, "publish", "episode-3", *allow).code == 0
    assert [f"{r['item']}:{r['change']}" for r in ledger(told)["allowed"]] == wanted
    assert podcast(told, "publish", "episode-3").code == 0
    assert podcast(told, "publish", "episode-3", *allow).code == 2


def test_an_episode_that_changes_its_season_leaves_a_feed(told: Path, podcast: Podcast) -> None:
    file = told / "podcast.yaml"
    season = FEEDS.replace("    language: en\n", "    season: 1\n")
    file.write_text(file.read_text("utf-8") + season, "utf-8")
    replace(told, "episodes/episode-2/episode.md", "number: 2", "number: 2\nseason: 1")
    assert podcast(told, "publish", "episode-3").code == 0
    feeds = ledger(told)["episodes"]["episode-2"]["feeds"]
    assert feeds == ["english", "friends"]
    replace(told, "episodes/episode-2/episode.md", "season: 1", "season: 2")
    refused = podcast(told, "publish", "episode-3")
    assert refused.code == 3
    assert re.findall(r"--allow (\S+)", refused.err) == ["episode-2:feeds"]


def test_a_show_that_moves_takes_its_other_feeds_along(told: Path, podcast: Podcast) -> None:
    file = told / "podcast.yaml"
    file.write_text(file.read_text("utf-8") + FEEDS, "utf-8")
    assert podcast(told, "publish", "episode-3").code == 0
    assert podcast(told, "move", FOLLOWED).code == 0
    assert podcast(told, "publish", "episode-3").code == 0


@pytest.mark.parametrize("feeds", ["english", [1], {"english": 1}])
def test_a_ledger_whose_feeds_are_damaged(told: Path, podcast: Podcast, feeds: object) -> None:
    rewrite(told, lambda tree: tree["episodes"]["episode-2"].update(feeds=feeds))
    ran = podcast(told, "publish", "episode-3")
    assert ran.code == 1 and "published.json" in ran.err


def test_the_wrong_consent_allows_nothing(told: Path, podcast: Podcast) -> None:
    another_guid(told)
    for consent in ("episode-2:date", "episode-1:guid", "podcast.yaml:guid"):
        assert podcast(told, "publish", "episode-3", "--allow", consent).code == 3


@pytest.mark.parametrize(
    ("consent", "known"),
    [
        ("episode-2", "vanished, "),
        ("episode-2:all", "vanished, "),
        ("podcast.yaml:date", "guid, address"),
        ("feeds.english:date", "vanished, guid, address"),
    ],
)
def test_words_that_no_change_has(told: Path, podcast: Podcast, consent: str, known: str) -> None:
    ran = podcast(told, "publish", "episode-3", "--allow", consent)
    assert ran.code == 2
    assert f"« --allow {consent} »" in ran.err and known in ran.err


def test_all_changes_are_told_at_once(told: Path, podcast: Podcast) -> None:
    another_date(told)
    another_show(told)
    shutil.rmtree(told / "episodes" / "episode-1")
    ran = podcast(told, "publish", "episode-3", language="en")
    assert ran.code == 3
    assert re.findall(r"--allow (\S+)", ran.err) == [
        "podcast.yaml:guid", "episode-1:vanished", "episode-2:date",
    ]  # fmt: skip
    some = podcast(told, "publish", "episode-3", "--allow", "episode-2:date")
    assert some.code == 3 and "episode-2" not in some.err
    assert podcast(told, "publish", "episode-3", "--dry-run").code == 3


def test_told_before_long_work(told: Path, podcast: Podcast) -> None:
    """Nobody waits for an hour of listening to hear that a folder is gone."""
    vanish(told)
    (told / "episodes" / "episode-3" / "recording.flac").unlink()
    assert podcast(told, "publish", "episode-3").code == 3


def test_a_guid_of_an_episode_taken_off_is_never_used_again(told: Path, podcast: Podcast) -> None:
    taken = podcast(told, "publish", "episode-3", "--allow", "episode-2:vanished")
    assert taken.code == 0, taken.err
    assert GUIDS["episode-2"] not in items(told)
    assert not (told / "site" / "episode-2").exists()
    assert ledger(told)["retired"][GUIDS["episode-2"]]["title"] == "A first day that works"
    # Its folder may stay: it is not published unless somebody asks.
    assert podcast(told, "publish", "episode-3").code == 0
    assert GUIDS["episode-2"] not in items(told)
    replace(told, "episodes/episode-1/episode.md", GUIDS["episode-1"], GUIDS["episode-2"])
    reused = podcast(told, "publish", "episode-1")
    assert reused.code == 3
    assert "était celui de « A first day that works », un épisode retiré" in reused.err
    fresh = re.search(r"guid: ([0-9a-f-]{36})$", reused.err.strip())
    assert fresh and fresh[1] not in items(told)
    replace(told, "episodes/episode-1/episode.md", GUIDS["episode-2"], GUIDS["episode-1"])
    assert podcast(told, "publish", "episode-2").code == 0
    assert GUIDS["episode-2"] in items(told)
    assert "retired" not in ledger(told)


def test_a_former_guid_is_remembered_too(told: Path, podcast: Podcast) -> None:
    another_guid(told)
    assert podcast(told, "publish", "episode-3", "--allow", "episode-2:guid").code == 0
    assert ledger(told)["retired"][GUIDS["episode-2"]]["slug"] == "episode-2"


def test_a_copied_folder_gets_a_guid_to_paste(told: Path, podcast: Podcast) -> None:
    """The usual way to make a new episode is to copy the last one."""
    shutil.copytree(told / "episodes" / "episode-1", told / "episodes" / "episode-0")
    ran = podcast(told, "publish", "episode-0")
    assert ran.code == 3
    assert ran.err.startswith(
        "episodes/episode-0/episode.md : « episode-0 » a le même guid que « episode-1 »."
    )
    assert re.search(r"guid: [0-9a-f-]{36}$", ran.err.strip())


def test_the_same_moment_in_another_zone_is_no_change(told: Path, podcast: Podcast) -> None:
    replace(
        told,
        "episodes/episode-2/episode.md",
        "2026-10-19T06:00:00+02:00",
        "2026-10-19T04:00:00+00:00",
    )
    assert podcast(told, "publish", "episode-3").code == 0


def test_a_corrected_sound_has_a_new_address_and_keeps_its_guid(
    told: Path, podcast: Podcast
) -> None:
    def feed() -> dict[str, tuple[str, int]]:
        with (told / "site" / "feed.xml").open("rb") as file:
            read = podcastparser.parse("https://podcast.example.org/feed.xml", file)
        return {
            e["guid"]: (e["enclosures"][0]["url"], e["enclosures"][0]["file_size"])
            for e in read["episodes"]
        }

    before = feed()
    replace(
        told, "episodes/episode-2/episode.md", "number: 2", "number: 2\nsound: {loudness_mono: -20}"
    )
    ran = podcast(told, "publish", "episode-2")
    assert ran.code == 0, ran.err
    after = feed()
    guid = GUIDS["episode-2"]
    assert {g for g in before if before[g] != after.get(g)} == {guid}
    assert set(after) == set(before)
    assert before[guid][0] != after[guid][0]
    file = told / "site" / "audio" / after[guid][0].rpartition("/")[2]
    assert file.stat().st_size == after[guid][1]
    # The name holds the content's digest: nothing else can ever be at this address.
    assert hashlib.sha256(file.read_bytes()).hexdigest()[:8] == file.name.split(".")[1]
    assert "Nouveau son pour episode-2 : il a une nouvelle adresse et garde son guid." in ran.out
    # Apps that have not asked for the feed since load the sound before, but no older one.
    first, second = before[guid][0].rpartition("/")[2], file.name
    assert (told / "site" / "audio" / first).stat().st_size == before[guid][1]
    assert ledger(told)["episodes"]["episode-2"]["former"] == f"audio/{first}"
    assert "Rien à faire" in podcast(told, "publish", "episode-2").out
    assert (told / "site" / "audio" / first).is_file()
    replace(told, "episodes/episode-2/episode.md", "A first day", "Another first day")
    assert podcast(told, "publish", "episode-2").code == 0
    kept = {path.name for path in (told / "site" / "audio").glob("episode-2.*.mp3")}
    assert len(kept) == 2 and second in kept and first not in kept


def test_an_older_episode_is_published_and_told(told: Path, podcast: Podcast) -> None:
    rewrite(told, lambda tree: tree["episodes"].pop("episode-1"))
    ran = podcast(told, "publish", "episode-1")
    assert ran.code == 0, ran.err
    assert "episode-1 est plus ancien que des épisodes déjà publiés" in ran.out


def test_the_former_ledger_loses_nothing(told: Path, podcast: Podcast) -> None:
    now = ledger(told)
    text = (told / "published.json").read_text("utf-8")

    def first_kind(tree: dict[str, Any]) -> None:
        tree["schema"] = "published/1"
        del tree["show"]
        for entry in tree["episodes"].values():
            for key in ("title", "sound", "duration_ms"):
                del entry[key]

    rewrite(told, first_kind)
    another_date(told)
    ran = podcast(told, "publish", "episode-3")
    assert ran.code == 3 and "« A first day that works » (episode-2)" in ran.err
    replace(told, "episodes/episode-2/episode.md", "2026-10-20", "2026-10-19")
    assert podcast(told, "publish", "episode-3").code == 0
    assert (told / "published.json").read_text("utf-8") == text
    assert ledger(told) == now


def test_the_ledger_is_one_line_for_each_thing(told: Path) -> None:
    lines = (told / "published.json").read_text("utf-8").splitlines()
    assert len([line for line in lines if '"guid"' in line]) == 4
    assert "retired" not in ledger(told) and "allowed" not in ledger(told)


# Bad input of ours.


def test_a_number_twice(told: Path, podcast: Podcast) -> None:
    replace(told, "episodes/episode-3/episode.md", "number: 3", "number: 1")
    ran = podcast(told, "publish", "episode-3")
    assert ran.code == 1
    assert ran.err == (
        "episodes/episode-3/episode.md:3 : le numéro 1 est déjà celui de « episode-1 », dans la même saison. Corrigez l'un des deux.\n"
    )
    replace(told, "episodes/episode-3/episode.md", "number: 1", "number: 1\ntype: bonus")
    assert podcast(told, "publish", "episode-3").code == 0


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda file: file.unlink(), "il n'y a pas d'enregistrement"),
        (lambda file: (file.unlink(), file.touch()), "ce fichier son est vide (0 octet)"),
    ],
    ids=["missing", "empty"],
)
def test_no_sound(
    told: Path, podcast: Podcast, change: Callable[[Path], object], sentence: str
) -> None:
    before = state(told)
    change(told / "episodes" / "episode-2" / "recording.flac")
    ran = podcast(told, "publish", "episode-3")
    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert sentence in ran.err and "episodes/episode-2" in ran.err
    assert state(told) == before


# Moves.


def test_a_move_in_one_command(told: Path, podcast: Podcast) -> None:
    text = (told / "podcast.yaml").read_text("utf-8")
    was, now = "https://podcast.example.org/a-voix-egales/", "https://voix-egales.fr/"
    replace(told, "podcast.yaml", f"address: {was}", f"address: {was}  # chez Ana")
    ran = podcast(told, "move", "https://voix-egales.fr")
    assert ran.code == 0, ran.err
    assert (told / "podcast.yaml").read_text("utf-8") == text.replace(
        f"address: {was}", f"address: {now}  # chez Ana\nprevious_feed_url: {was}feed.xml"
    )
    lines = ran.out.splitlines()
    assert f"    RedirectMatch 301 ^/a-voix-egales/(.*)$ {now}$1" in lines
    assert f"    /a-voix-egales/* {now}:splat 301" in lines
    assert lines[-1].startswith("4. Gardez la redirection")
    guids = items(told)
    assert podcast(told, "publish", "episode-3").code == 0
    feed = etree.parse(told / "site" / "feed.xml")
    assert feed.findtext(f"channel/{ITUNES}new-feed-url") == now + "feed.xml"
    assert feed.find("channel/{http://www.w3.org/2005/Atom}link").get("href") == now + "feed.xml"
    assert items(told) == guids
    assert ledger(told)["show"]["feed"] == now + "feed.xml"
    # The former address lets through this move only.
    replace(told, "podcast.yaml", f"address: {now}", "address: https://ailleurs.fr/")
    again = podcast(told, "publish", "episode-3")
    assert again.code == 3 and "podcast move https://ailleurs.fr/" in again.err
    assert podcast(told, "move", "https://ailleurs.fr/").code == 0
    assert podcast(told, "publish", "episode-3").code == 0
    assert f"previous_feed_url: {now}feed.xml" in (told / "podcast.yaml").read_text("utf-8")


def test_a_feed_that_does_not_move_says_no_new_address(published: Path) -> None:
    feed = etree.parse(published / "site" / "feed.xml")
    assert feed.find(f"channel/{ITUNES}new-feed-url") is None


def test_a_placeholder_may_become_an_address(told: Path, podcast: Podcast) -> None:
    """What « podcast init » wrote was never followed by anybody."""
    replace(told, "podcast.yaml", "https://podcast.example.org/a-voix-egales/", FOLLOWED)
    assert podcast(told, "publish", "episode-3").code == 0


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("voix-egales.fr", "« voix-egales.fr » n'est pas une adresse web."),
        (
            "https://podcast.example.org/a-voix-egales",
            "podcast.yaml:7 : le flux est déjà publié à cette adresse",
        ),
    ],
)
def test_no_move(told: Path, podcast: Podcast, address: str, sentence: str) -> None:
    before = state(told)
    ran = podcast(told, "move", address)
    assert ran.code == 1 and ran.err.startswith(sentence), ran.err
    assert state(told) == before


def test_a_file_that_only_its_author_can_change(told: Path, podcast: Podcast) -> None:
    replace(told, "podcast.yaml", "address: https", "address: >-\n  https")
    before = state(told)
    ran = podcast(told, "move", FOLLOWED)
    assert ran.code == 1
    assert f"\naddress: {FOLLOWED}\nprevious_feed_url: https://podcast." in ran.err
    assert state(told) == before


@pytest.mark.parametrize(
    ("was", "now", "asked", "answered"),
    [
        ("https://a.fr/x.y/", "https://b.fr/", "/x.y/audio/1.mp3", "https://b.fr/audio/1.mp3"),
        ("https://a.fr/x.y/", "https://b.fr/", "/x-y/feed.xml", None),
        ("https://a.fr/", "https://b.fr/z/", "/feed.xml", "https://b.fr/z/feed.xml"),
        ("https://a.fr/caf%C3%A9/", "https://b.fr/", "/café/feed.xml", "https://b.fr/feed.xml"),
        # The new address lies below the old one: the rest would go round in circles.
        ("https://a.fr/", "https://a.fr/z/", "/feed.xml", "https://a.fr/z/feed.xml"),
        ("https://a.fr/", "https://a.fr/z/", "/z/feed.xml", None),
        ("http://a.fr/", "https://a.fr/", "/feed.xml", None),
    ],
)
def test_redirections(was: str, now: str, asked: str, answered: str | None) -> None:
    """nginx 1.22 was seen to answer so; Apache's rule is the same expression."""
    lines = dict(redirects(was + "feed.xml", now + "feed.xml"))
    pattern, target = lines.get("Apache", "RedirectMatch 301 ^$ -").split(" ")[2:]
    found = re.match(pattern, asked)
    assert (found.expand(target.replace("$1", r"\1")) if found else None) == answered
