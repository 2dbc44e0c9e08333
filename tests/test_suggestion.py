"""Readers say what is wrong in a text, without a script and without an account."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import small_site
from hypothesis import given
from hypothesis import strategies as st

from podcast.errors import Fixable
from podcast.suggestion import suggestion
from podcast.wording import Wording

PAGE = "https://x.example/un/?a=1&b=2"
FORM = "https://forge.example/new?title={title}&body={address}"


def of(extra: str, title: str = "Titre & suite") -> str:
    return suggestion(small_site.show(extra), title, PAGE, Wording("fr"))


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1))
def test_an_email_arrives_as_it_was_begun(title: str) -> None:
    address = urlsplit(of("", title))
    assert (address.scheme, address.path) == ("mailto", "podcast@example.org")
    told = parse_qs(address.query, strict_parsing=True)
    assert told["subject"] == [f"Une correction\u00a0: {title}"]
    assert told["body"][0].startswith(f"Page\u00a0: {PAGE}\r\n\r\nCe qui est écrit\u00a0:")


def test_another_address_and_a_form() -> None:
    assert of("corrections: aide@example.org\n").startswith("mailto:aide@example.org?")
    told = parse_qs(urlsplit(of(f"corrections: {FORM}\n")).query)
    assert told == {"title": ["Titre & suite"], "body": [PAGE]}


def test_a_title_is_not_filled_in_itself() -> None:
    told = parse_qs(urlsplit(of(f"corrections: {FORM}\n", "{address}")).query)
    assert told == {"title": ["{address}"], "body": [PAGE]}


@pytest.mark.parametrize(
    "value", ["nobody", "javascript://x", "https://x.example/{slug}", "a@b@c", "ftp://x.example/"]
)
def test_what_is_no_address(value: str) -> None:
    with pytest.raises(Fixable) as error:
        small_site.show(f"corrections: '{value}'\n")
    assert error.value.faults[0].kind == "field.corrections"


def test_every_episode_has_the_link_with_its_own_page(published: Path) -> None:
    for slug in ("episode-1", "episode-2", "episode-3"):
        page = small_site.tree((published / "site" / slug / "index.html").read_text("utf-8"))
        (link,) = page.xpath("//article//a[@id='suggest']")
        assert f"/{slug}/\r\n" in unquote(link.get("href"))
        wanted = "Suggest a correction" if slug == "episode-2" else "Proposer une correction"
        assert link.text.startswith(wanted)
