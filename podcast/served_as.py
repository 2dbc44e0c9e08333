"""How each file of a site must be served: its media type, how long it may be kept, ready snippets.

sounds in audio/, assets/*.DIGEST.*    named after their content, so they never change: a year
everything else                        asked for again after five minutes

In the site of a network each show has these folders below its own.  An episode, a topic or a show
of a network may be called audio or assets, too: its pages change, and are told from these files.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

TYPES: Mapping[str, str] = {
    "html": "text/html; charset=utf-8",
    # Of application/rss+xml browsers show the source or nothing; apps take either.
    "xml": "application/xml; charset=utf-8",
    "opml": "text/x-opml",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json",
    "vtt": "text/vtt; charset=utf-8",
    "srt": "application/x-subrip",
    "txt": "text/plain; charset=utf-8",
    "epub": "application/epub+zip",
    # Nobody has registered it; what no browser knows, it saves.
    "brf": "application/x-brf",
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "opus": "audio/ogg",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "svg": "image/svg+xml",
    "woff2": "font/woff2",
}
SOUNDS = "audio/"
COVERS = "assets/cover."
"""How the addresses of the show's covers begin; the digest and the kind follow."""
NOT_FOUND = "404.html"
_SOUND_NAME = r"audio/[^/]+\.(?:mp3|m4a|opus)"
_ASSET_NAME = r"assets/(?:[^/]+/)*[^/]+\.[0-9a-f]{8}\.[a-z0-9]+"
_SOUND = re.compile(rf"(?:[^/]+/)?{_SOUND_NAME}")
_LASTING = re.compile(rf"(?:[^/]+/)?(?:{_SOUND_NAME}|{_ASSET_NAME})")
# Hosts that know no digest in a name: what of these folders no page has beside it.
_SUFFIXES = {
    SOUNDS: ("*.mp3", "*.m4a", "*.opus"),
    "assets/": ("*.css", "*.js", "*.svg", "*.woff2", "cover.*.jpg", "cover.*.jpeg", "cover.*.png"),
}
_COVER = re.compile(r"(?:[^/]+/)?assets/cover\.[0-9a-f]{8}\.(?:jpe?g|png)")
_FOREVER, _SHORTLY = "public, max-age=31536000, immutable", "public, max-age=300"


def media_type(path: str) -> str:
    """The type for a path below the site, with the encoding of texts."""
    return TYPES.get(PurePosixPath(path).suffix[1:].lower(), "application/octet-stream")


def is_sound(path: str) -> bool:
    """Whether a path below the site is a sound that feeds name, of a show or one of a network's."""
    return _SOUND.fullmatch(path) is not None


def is_kept(path: str) -> bool:
    """Whether apps hold the address of a path for long: a sound's, or that of the show's cover."""
    return is_sound(path) or _COVER.fullmatch(path) is not None


def is_lasting(path: str) -> bool:
    """Whether a path below the site is named after its content."""
    return _LASTING.fullmatch(path) is not None


def caching(path: str) -> str:
    """``Cache-Control`` for a path below the site."""
    return _FOREVER if is_lasting(path) else _SHORTLY


# Players on other sites read feeds, transcripts and chapters; there is nothing to keep from them.
_ALLOW, _ALL = "Access-Control-Allow-Origin", "*"
# Records, locks and halves of files, which are ours; what proves a name to others stays.
_HIDDEN = r"/\.(?!well-known/)"


def headers_file(_: str = "/") -> str:
    """``_headers`` for Netlify and Cloudflare Pages, which know most types by themselves.

    Where two rules say the same header, these hosts give out both.  They show ``404.html`` unasked.
    """
    lines = [f"/*\n  {_ALLOW}: {_ALL}"]
    lines += [
        f"{top}{folder}{name}\n  Cache-Control: {_FOREVER}"
        for top in ("/", "/:show/")
        for folder, names in _SUFFIXES.items()
        for name in names
    ]
    lines += [f"/*.{suffix}\n  Content-Type: {TYPES[suffix]}" for suffix in ("vtt", "srt")]
    lines += [
        f"{top}feed.xml\n  Content-Type: {TYPES['xml']}\n  Cache-Control: {_SHORTLY}"
        for top in ("/", "/:show/")
    ]
    return "\n".join(lines) + "\n"


def nginx(top: str = "/") -> str:
    """The inside of a ``server`` block; ``top`` is where the site is below the server's name."""
    types = "".join(f"    {_bare(kind)} {suffix};\n" for suffix, kind in sorted(TYPES.items()))
    allow = f'add_header {_ALLOW} "{_ALL}";\n'
    return (
        f"types {{\n{types}}}\n"
        "charset utf-8;\n"
        "charset_types text/html text/css text/javascript text/plain text/vtt\n"
        "    application/xml;\n"
        f"error_page 404 {top}{NOT_FOUND};\n"
        f'add_header Cache-Control "{_SHORTLY}";\n{allow}'
        f'location ~ "{_HIDDEN}" {{\n    return 404;\n}}\n'
        f'location ~ "/(?:{_SOUND_NAME}|{_ASSET_NAME})$" {{\n'
        f'    add_header Cache-Control "{_FOREVER}";\n    {allow}'
        "    gzip off;\n"
        "}\n"
    )


def htaccess(top: str = "/") -> str:
    """``.htaccess`` for Apache; ``top`` is where the site is below the server's name."""
    types = "".join(f"AddType {_bare(kind)} .{suffix}\n" for suffix, kind in sorted(TYPES.items()))
    return (
        f"{types}AddDefaultCharset utf-8\nAddCharset utf-8 .vtt .xml .css .js .txt\n"
        f"ErrorDocument 404 {top}{NOT_FOUND}\n"
        f"RedirectMatch 404 {_HIDDEN}\n"
        "<IfModule mod_headers.c>\n"
        f'Header set {_ALLOW} "{_ALL}"\n'
        f'Header set Cache-Control "{_SHORTLY}"\n'
        f'<If "%{{REQUEST_URI}} =~ m#/(?:{_SOUND_NAME}|{_ASSET_NAME})$#">\n'
        f'Header set Cache-Control "{_FOREVER}"\n'
        "</If>\n</IfModule>\n"
        # A compressed sound has no byte ranges, and players ask for them.
        'SetEnvIfNoCase Request_URI "\\.(mp3|m4a|opus)$" no-gzip\n'
    )


def _bare(kind: str) -> str:
    return kind.partition(";")[0]


SNIPPETS = {"nginx": nginx, "apache": htaccess, "headers": headers_file}
