"""What a visitor gets where there is nothing: a page with ways on, at any depth, on any server."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from conftest import ROOT, Ran
from pages.browsing import LIGHT, Site, Visitor
from small_site import episode, pages, show, tree
from test_servers import SERVERS, put, serving

from podcast.served_as import SNIPPETS


def test_its_addresses_begin_at_the_top() -> None:
    of = show()
    page = pages(of, [episode(of, "a")])["404.html"]
    found = tree(page).xpath("//*[not(self::meta)]/@href | //@src")
    inside = [a for a in found if not a.startswith(("https:", "mailto:", "#"))]
    assert len(inside) > 10
    assert [a for a in inside if not a.startswith("/a-voix-egales/")] == []
    assert {"/a-voix-egales/index.html", "/a-voix-egales/recherche/"} <= set(inside)
    assert tree(page).xpath("//meta[@name='robots']/@content") == ["noindex"]


@pytest.mark.parametrize("path", ["nowhere", "episode-1/nowhere/", "a/b/c/d.html", "personnes/x/"])
def test_serve_answers_with_it(sites: tuple[Site, ...], visitor: Visitor, path: str) -> None:
    """With its style, and each way leads on."""
    site = sites[0]
    page = visitor.browser.new_page()
    told = page.goto(site.address + path)
    assert told and told.status == 404
    assert page.get_by_role("heading", level=1).inner_text() == "Cette page n’existe pas"
    assert (
        page.evaluate("getComputedStyle(document.querySelector('header.site')).borderTopWidth")
        == "6px"
    )
    for name, leads in (("Chercher un mot", "recherche/"), ("Plan du site", "plan-du-site/")):
        page.goto(site.address + path)
        page.locator("main").get_by_role("link", name=name).click()
        page.wait_for_url(site.address + leads)
        assert page.get_by_role("heading", level=1).inner_text() != "Cette page n’existe pas"
    page.close()
    # The same at the top of the server, where people look at their site.
    top = site.address.replace("/a-voix-egales/", "/")
    assert httpx.get(f"{top}{path}").status_code == 404
    assert httpx.get(top).status_code == 200


@pytest.mark.parametrize("server", sorted(SERVERS))
def test_servers_that_were_told_answer_with_it(server: str) -> None:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        folder.chmod(0o755)
        root = folder / "www"
        root.mkdir()
        put(root)
        (root / "show").mkdir()
        (root / "show" / "404.html").write_text("<h1>gone</h1>", "utf-8")
        with serving(server, folder / "conf", root, SNIPPETS[server]("/show/")) as address:
            for path in ("show/nowhere", "show/a/b/c/", "show/.publish/deploy.json"):
                got = httpx.get(address + path)
                assert (got.status_code, got.text) == (404, "<h1>gone</h1>"), path


def test_the_snippet_names_the_shows_folder(podcast: Callable[..., Ran], tmp_path: Path) -> None:
    ran = podcast(ROOT, "deploy", "--snippets", "nginx")
    assert "error_page 404 /a-voix-egales/404.html;" in ran.out
    assert "error_page 404 /404.html;" in podcast(tmp_path, "deploy", "--snippets", "nginx").out


def test_the_checks_look_at_it(sites: tuple[Site, ...], visitor: Visitor) -> None:
    assert "404.html" in sites[0].pages
    with visitor.visit(sites[0], "404.html", LIGHT) as visit:
        assert visit.problems == []
