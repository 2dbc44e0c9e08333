"""Object storage that speaks S3: the one door to obstore (``pip install "podcast[s3]"``).

``s3://bucket/prefix``, with ``?endpoint=https://…&region=…`` where it is not Amazon's.  The keys
are ``AWS_ACCESS_KEY_ID`` and ``AWS_SECRET_ACCESS_KEY``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from podcast.credentials import redacted, secret
from podcast.deploy import Sent, Target, Upload
from podcast.errors import Fixable, Outside, Place, Unsteady, fault
from podcast.served_as import caching, media_type

SCHEMES = ("s3",)
PROGRAMS: tuple[str, ...] = ()
_OPTIONS = ("endpoint", "region", "virtual_hosted_style_request")
_KEYS = ("access_key_id", "secret_access_key")
# Machines of a cloud get their keys from it, and obstore knows how.
_FROM_THE_CLOUD = ("AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
                   "AWS_CONTAINER_CREDENTIALS_FULL_URI")  # fmt: skip
# obstore gives a whole request 30 s if nothing is said, too little for a slow line.
_CLIENT = {"timeout": "30m", "connect_timeout": "20s"}
_BLOCK = 1 << 20

# What obstore raises, from the general to the special, and what it is told as.
FAILURES: Mapping[str, str] = {
    "BaseError": "deploy.failed",
    "GenericError": "deploy.failed",
    "NotFoundError": "deploy.no_bucket",
    "PermissionDeniedError": "deploy.refused",
    "UnauthenticatedError": "deploy.refused",
}


class S3:
    """A bucket, or what begins with a prefix in it; S3 shows an object when it is whole."""

    at_once = False

    def __init__(self, store: Any, name: str) -> None:
        self._store, self._name = store, name
        self._obstore: Any = import_module("obstore")

    def read(self, path: str) -> bytes | None:
        try:
            return bytes(self._obstore.get(self._store, path).bytes())
        except FileNotFoundError:  # obstore's own NotFoundError is one
            return None
        except Exception as error:
            raise self._told(error) from error

    def put(self, files: Sequence[Upload], sent: Sent) -> None:
        done = 0
        for file in files:
            attributes = {
                "Content-Type": media_type(file.path),
                "Cache-Control": caching(file.path),
            }
            with file.source.open("rb") as source:
                counted = _Counted(source, _after(done, sent))
                try:
                    self._obstore.put(self._store, file.path, counted, attributes=attributes)
                except Exception as error:
                    raise self._told(error) from error
            done += file.size
            sent(done)

    def delete(self, paths: Sequence[str]) -> None:
        for path in paths:
            try:
                self._obstore.delete(self._store, path)
            except FileNotFoundError:
                continue
            except Exception as error:
                raise self._told(error) from error

    def finish(self, message: str) -> None:
        """Each object was shown as it came."""

    def _told(self, error: Exception) -> Outside:
        exceptions: Any = import_module("obstore.exceptions")
        told = {getattr(exceptions, name, None): kind for name, kind in FAILURES.items()}
        told[FileNotFoundError] = "deploy.no_bucket"  # obstore raises Python's own
        kind = [kind for cls, kind in told.items() if cls and isinstance(error, cls)][-1:]
        detail = redacted(" ".join(str(error).split()))[:200]
        cls = Outside if kind and kind[0] != "deploy.failed" else Unsteady
        return cls(fault(kind[0] if kind else "deploy.failed", address=self._name, detail=detail))


def _after(before: int, sent: Sent) -> Sent:
    return lambda done: sent(before + done)


class _Counted:
    """A file that tells how much of it was read."""

    def __init__(self, file: Any, told: Sent) -> None:
        self._file, self._told = file, told

    def read(self, size: int = -1) -> bytes:
        block: bytes = self._file.read(size)
        self._told(self._file.tell())
        return block

    def seek(self, *where: int) -> int:
        return int(self._file.seek(*where))

    def tell(self) -> int:
        return int(self._file.tell())


@contextmanager
def open_target(address: str, scratch: Path) -> Iterator[Target]:
    """The bucket; raises :class:`Outside` where obstore or the keys are missing."""
    parts = urlsplit(address)
    options = dict(parse_qsl(parts.query))
    if not parts.hostname or set(options) - set(_OPTIONS):
        place = Place("podcast.yaml")
        raise Fixable(fault("deploy.s3_address", place, address=address, known=", ".join(_OPTIONS)))
    try:
        store: Any = import_module("obstore.store")
    except ImportError as error:
        raise Outside(fault("deploy.no_obstore")) from error
    keys = {name: secret(f"AWS_{name.upper()}") for name in _KEYS}
    if not all(keys.values()) and not any(os.environ.get(name) for name in _FROM_THE_CLOUD):
        raise Outside(fault("deploy.no_keys", address=f"s3://{parts.hostname}"))
    if token := secret("AWS_SESSION_TOKEN"):
        keys["session_token"] = token
    given = {name: value for name, value in keys.items() if value}
    endpoint = options.get("endpoint") or os.environ.get("AWS_ENDPOINT_URL", "")
    client = {**_CLIENT, **({"allow_http": True} if endpoint.startswith("http://") else {})}
    if endpoint:
        options["endpoint"] = endpoint
    bucket = store.S3Store(
        parts.netloc,
        prefix=parts.path.strip("/") or None,
        client_options=client,
        **options,
        **given,
    )
    yield S3(bucket, f"s3://{parts.hostname}")
