"""Real web servers, told what ``podcast deploy --snippets`` prints, give a site out as promised.

Without the snippet, or with a line of it taken away, each of them gets something wrong.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from conftest import ROOT, Ran
from feed_readers import clients_folder
from pages.browsing import Visitor
from serving import PATIENCE_S, free_port
from small_deploy import NEW, OLD, build, tree, workspace

from podcast.deploying import STATE
from podcast.served_as import SNIPPETS, TYPES, caching

SOUNDS = ("mp3", "m4a", "opus")
KEPT = {
    *(f"audio/a.{kind}" for kind in SOUNDS),
    *(f"assets/a.0a1b2c3d.{kind}" for kind in ("css", "js", "svg")),
    *(f"assets/cover.0a1b2c3d.{kind}" for kind in ("jpg", "jpeg", "png")),
    "assets/fonts/a.0a1b2c3d.woff2", "audio/audio/a.mp3", "voix/assets/a.0a1b2c3d.css",
}  # fmt: skip
"""Named after their content: for a year."""
# An episode, a topic and a show of a network may be called like the folders of these.
ASKED_AGAIN = {
    *(f"one/a.{kind}" for kind in TYPES if kind not in SOUNDS),
    *(f"{folder}/{name}" for folder in ("audio", "assets", "topics/audio", "voix/assets", "audio/one")
      for name in ("index.html", "audio.vtt", "cover.jpg")),
    "audio/feed.xml", "assets/feed.xml", "assets/fonts/index.html",
}  # fmt: skip
FILES = dict.fromkeys((*sorted(KEPT), *sorted(ASKED_AGAIN)), b"content " * 400)
HIDDEN = (STATE, "audio/.a.mp3.part", "audio/.publish-partial/a.mp3")


def nginx(folder: Path, root: Path, port: int, snippet: str) -> tuple[list[str], Path]:
    """nginx as it comes, with compression on for everything."""
    (folder / "snippet").write_text(snippet, "utf-8")
    user = "user root;" if os.geteuid() == 0 else ""
    paths = "".join(
        f"{kind}_temp_path {folder}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "conf").write_text(
        f"{user} daemon off; master_process off; pid {folder}/pid; error_log {folder}/log;"
        f"events {{}} http {{ access_log off; {paths} gzip on; gzip_types *; gzip_min_length 1;"
        f"server {{ listen 127.0.0.1:{port}; root {root}; include {folder}/snippet; }} }}",
        "utf-8",
    )
    here = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    program = here or ROOT / ".venv" / "nginx" / "usr" / "sbin" / "nginx"
    command = [str(program), "-p", str(folder), "-c", str(folder / "conf"), "-e", f"{folder}/log"]
    return command, folder / "log"


def apache(folder: Path, root: Path, port: int, snippet: str) -> tuple[list[str], Path]:
    """Apache as shared hosts have it: what a site says of itself is in its ``.htaccess``."""
    (folder / "types").write_text("", "utf-8")
    (root / ".htaccess").write_text(snippet, "utf-8")
    names = "mpm_event authz_core mime headers dir alias setenvif filter deflate"
    modules = Path("/usr/lib/apache2/modules")
    loads = "".join(f"LoadModule {n}_module {modules}/mod_{n}.so\n" for n in names.split())
    user = "User www-data\nGroup www-data\n" if os.geteuid() == 0 else ""
    if user:
        unixd = f"LoadModule unixd_module {modules}/mod_unixd.so"
        loads += f"<IfModule !unixd_module>\n{unixd}\n</IfModule>\n"
    (folder / "conf").write_text(
        f"{loads}{user}ServerName localhost\nListen 127.0.0.1:{port}\nPidFile {folder}/pid\n"
        f"ErrorLog {folder}/log\nTypesConfig {folder}/types\nDocumentRoot {root}\n"
        f"StartServers 1\nDirectoryIndex index.html\nDefaultRuntimeDir {folder}\n"
        f"<Directory {root}>\nAllowOverride All\nRequire all granted\n"
        "SetOutputFilter DEFLATE\n</Directory>\n",
        "utf-8",
    )
    return ["/usr/sbin/apache2", "-X", "-f", str(folder / "conf")], folder / "log"


SERVERS = {"nginx": nginx, "apache": apache}


@contextmanager
def serving(server: str, folder: Path, root: Path, snippet: str) -> Iterator[str]:
    port = free_port()
    folder.mkdir()
    for path in (folder, root):
        path.chmod(0o755)
    command, log = SERVERS[server](folder, root, port, snippet)
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        until = time.monotonic() + PATIENCE_S
        while True:
            assert time.monotonic() < until and process.poll() is None, (
                process.communicate()[0],
                log.exists() and log.read_text(),
            )
            try:
                httpx.get(f"http://127.0.0.1:{port}/")
                break
            except httpx.HTTPError:
                time.sleep(0.05)
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE_S)


@pytest.fixture(scope="module")
def open_folder() -> Iterator[Path]:
    """A folder that another user may read, because a web server is one."""
    with tempfile.TemporaryDirectory() as made:
        Path(made).chmod(0o755)
        yield Path(made)


def wrong(address: str) -> list[str]:
    """What of all promises this server does not keep."""
    found = []
    with httpx.Client(headers={"Accept-Encoding": "gzip"}) as http:
        for path in FILES:
            got = http.get(address + path)
            kind, sound = path.rpartition(".")[2], path.endswith(SOUNDS)
            if got.headers.get("content-type", "").replace("; ", ";").lower() != TYPES[
                kind
            ].replace("; ", ";"):
                found.append(f"type {path}: {got.headers.get('content-type')}")
            if got.headers.get("cache-control") != caching(path):
                found.append(f"cache {path}: {got.headers.get_list('cache-control')}")
            if got.headers.get("access-control-allow-origin") != "*":
                found.append(f"other sites {path}")
            # Players are shown in frames of other sites.
            if "x-frame-options" in got.headers or "frame-ancestors" in str(got.headers):
                found.append(f"no frames {path}")
            if sound and "content-encoding" in got.headers:
                found.append(f"compressed {path}")
            if sound:
                with http.stream("GET", address + path, headers={"Range": "bytes=5-6"}) as part:
                    content = b"".join(part.iter_raw())
                if (part.status_code, content) != (206, FILES[path][5:7]):
                    found.append(f"ranges {path}: {part.status_code}")
                if part.headers.get("content-range") != f"bytes 5-6/{len(FILES[path])}":
                    found.append(f"range {path}: {part.headers.get('content-range')}")
            plain = {"Accept-Encoding": "identity"}
            tag = http.get(address + path, headers=plain).headers.get("etag", "-")
            again = http.get(address + path, headers={**plain, "If-None-Match": tag})
            if again.status_code != 304:
                found.append(f"again {path}: {again.status_code}")
        found += [f"shown {path}" for path in HIDDEN if http.get(address + path).status_code == 200]
        if http.get(f"{address}.well-known/proof").status_code != 200:
            found.append("hidden .well-known")
        if http.get(address).status_code != 200:
            found.append("no index.html for a folder")
    return found


def put(root: Path) -> None:
    for path, content in {**FILES, **dict.fromkeys(HIDDEN, b"x")}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    (root / ".well-known").mkdir()
    (root / ".well-known" / "proof").write_bytes(b"x")
    (root / "index.html").write_bytes(b"x")


def test_what_may_be_kept_is_told_from_pages_of_the_same_name() -> None:
    assert {path for path in FILES if "immutable" in caching(path)} == KEPT


@pytest.mark.parametrize("server", sorted(SERVERS))
def test_the_snippet_makes_a_server_right(server: str, open_folder: Path) -> None:
    root = open_folder / f"{server}-www"
    root.mkdir()
    put(root)
    with serving(server, open_folder / server, root, SNIPPETS[server]()) as address:
        assert wrong(address) == []


CONTROLS = {
    "nginx": {
        "types": r"types \{.*?\n\}\n",
        "charset": r"charset utf-8;\n",
        "cache": r"\n    add_header Cache-Control.*?\n",
        "other sites": r"add_header Access.*?\n",
        "compressed": r"    gzip off;\n",
        "shown": r"location ~ \"/\\\..*?\n\}\n",
    },
    "apache": {
        "types": r"(AddType .*\n)+",
        "charset": r"AddCharset.*\n",
        "cache": r"<If (.|\n)*?</If>\n",
        "other sites": r"Header set Access.*\n",
        "compressed": r"SetEnvIf.*\n",
        "shown": r"RedirectMatch.*\n",
    },
}


@pytest.mark.parametrize("server", sorted(SERVERS))
def test_each_line_of_the_snippet_is_needed(server: str, open_folder: Path) -> None:
    root = open_folder / f"{server}-bare"
    root.mkdir()
    put(root)
    for name, pattern in CONTROLS[server].items():
        less, count = re.subn(pattern, "\n", SNIPPETS[server](), flags=re.DOTALL)
        assert count, name
        with serving(
            server, open_folder / f"{server} {name}".replace(" ", "-"), root, less
        ) as address:
            told = wrong(address)
        seen = {"types": "type", "charset": "type"}.get(name, name)
        assert any(line.startswith(seen) for line in told), (name, told)


@pytest.mark.parametrize("server", sorted(SERVERS))
def test_a_site_is_sent_and_found_right(
    server: str, podcast: Callable[..., Ran], open_folder: Path, tmp_path: Path, visitor: Visitor
) -> None:
    root = open_folder / f"{server}-site"
    root.mkdir()
    with serving(server, open_folder / f"{server}-told", root, SNIPPETS[server]()) as address:
        space = workspace(tmp_path / "show", address, f" {root}")
        build(space, OLD)
        assert podcast(space.root, "deploy", language="en").code == 0
        build(space, NEW)
        ran = podcast(space.root, "deploy", language="en")
        assert ran.code == 0, ran.err
        lines = ran.out.splitlines()
        assert len([line for line in lines if line.startswith("Checked: ")]) == 3
        assert not [line for line in lines if "captions" in line or "other sites" in line], lines
        assert (STATE in tree(root)) and httpx.get(address + STATE).status_code == 404
        # A player on another site, in a real browser.
        page = visitor.browser.new_page()
        page.goto(address.replace("127.0.0.1", "localhost"))
        read = "async url => { try { return (await (await fetch(url)).text()).slice(0, 6) } catch (e) { return String(e) } }"
        assert page.evaluate(read, f"{address}one/one.vtt") == "WEBVTT"
        assert page.evaluate(read, f"{address}feed.xml").startswith("<rss")
        page.close()
    # The same server without being told: both are said.
    kinds = "audio/mpeg mp3; application/xml xml;", "AddType audio/mpeg .mp3\n"
    bare = f"types {{ {kinds[0]} }}" if server == "nginx" else kinds[1]
    vtt = " text/vtt vtt; }" if server == "nginx" else "AddType text/vtt .vtt\n"
    for name, told, said in (
        ("untold", bare, "captions are given out wrongly"),
        ("typed", bare.replace(" }", vtt) + (vtt if server == "apache" else ""), "on other sites"),
    ):
        with serving(server, open_folder / f"{server}-{name}", root, told) as address:
            file = space.root / "podcast.yaml"
            text = re.sub("(?m)^address: .*$", f"address: {address}", file.read_text("utf-8"))
            file.write_text(text, "utf-8")
            build(space, NEW)
            ran = podcast(space.root, "deploy", language="en")
            assert ran.code == 0, ran.err
            ran = podcast(space.root, "deploy", "--check", language="en")
            assert ran.code == 0 and said in ran.out


# The parser that Netlify reads ``_headers`` with; where two rules match, both count.
NETLIFY = """
const { parseAllHeaders } = await import(process.argv[1]);
const [file, ...paths] = process.argv.slice(2);
const { headers, errors } = await parseAllHeaders({ headersFiles: [file], minimal: false });
const found = {};
for (const path of paths) {
  found[path] = {};
  for (const rule of headers.filter((rule) => rule.forRegExp.test("/" + path)))
    for (const [name, value] of Object.entries(rule.values))
      (found[path][name.toLowerCase()] ??= []).push(value);
}
console.log(JSON.stringify({ found, errors: errors.map(String) }));
"""


def test_a_host_of_pages_reads_its_file_as_it_is_meant(tmp_path: Path) -> None:
    file = tmp_path / "_headers"
    file.write_text(SNIPPETS["headers"](), "utf-8")
    parser = clients_folder() / "node_modules" / "@netlify" / "headers-parser" / "lib" / "index.js"
    node = ROOT / ".venv" / ("Scripts" if os.name == "nt" else "bin") / "node"
    paths = [*FILES, "feed.xml", "index.html", "deep/er/page.vtt"]
    command = [node, "--input-type=module", "-e", NETLIFY, parser.as_uri(), file, *paths]
    told = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    assert told["errors"] == []
    for path, headers in told["found"].items():
        assert headers["access-control-allow-origin"] == ["*"]
        once = path in KEPT or path.endswith("feed.xml")
        twice = path.startswith("audio/audio/")  # for the rule of a show alone and of a network's
        assert headers.get("cache-control", []) == [caching(path)] * (once + twice), path
        if path.endswith((".vtt", ".srt")) or path == "feed.xml":
            assert headers["content-type"] == [TYPES[path.rpartition(".")[2]]], path
