"""Object storage that speaks S3: the one door to obstore (``pip install "podcast[s3]"``).

``s3://bucket/prefix``, with ``?endpoint=https://…&region=…`` where it is not Amazon's.  The keys
are ``AWS_ACCESS_KEY_ID`` and ``AWS_SECRET_ACCESS_KEY``.
"""

from __future__ import annotations

import atexit
import os
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, wait
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import IO, Any, TypeVar
from urllib.parse import parse_qsl, urlsplit

from podcast.credentials import redacted, secret
from podcast.deploy import Sent, Target, Upload
from podcast.errors import Fixable, Outside, Place, Unsteady, fault
from podcast.served_as import caching, media_type

SCHEMES = ("s3",)
T = TypeVar("T")
PROGRAMS: tuple[str, ...] = ()
_OPTIONS = ("endpoint", "region", "virtual_hosted_style_request")
_KEYS = ("access_key_id", "secret_access_key")
# Machines of a cloud get their keys from it, and obstore knows how.
_FROM_THE_CLOUD = ("AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
                   "AWS_CONTAINER_CREDENTIALS_FULL_URI")  # fmt: skip
# What a request sends at most; S3 takes no smaller parts.
PART = 5 << 20
_SLOWEST = 16_000
"""Bytes a second of the slowest line on which a part arrives before it is given up."""
_SMALL = 250_000
ANSWER_S = 60.0
"""Seconds that a small request may take, its answer included."""
# More tries are ours, because they are told.
_AGAIN = {"max_retries": 2, "retry_timeout": timedelta(minutes=1)}

# What obstore raises, from the general to the special, and what it is told as.
FAILURES: Mapping[str, str] = {
    "BaseError": "deploy.failed",
    "GenericError": "deploy.failed",
    "NotFoundError": "deploy.no_bucket",
    "PermissionDeniedError": "deploy.refused",
    "UnauthenticatedError": "deploy.refused",
}


# What S3 itself calls it, where obstore says "generic" and asking again is in vain.
CODES: Mapping[str, str] = {
    "AuthorizationHeaderMalformed": "deploy.refused",
    "ExpiredToken": "deploy.refused",
    "InvalidToken": "deploy.refused",
    "RequestTimeTooSkewed": "deploy.clock",
    "NoSuchBucket": "deploy.no_bucket",
}


class S3:
    """A bucket, or what begins with a prefix in it; S3 shows an object when it is whole."""

    at_once = False
    one_by_one = True

    def __init__(self, quick: Any, slow: Any, name: str) -> None:
        """``quick`` and ``slow`` are the bucket: a request may take longer where it is large."""
        self._quick, self._slow, self._name = quick, slow, name
        self._obstore: Any = import_module("obstore")

    def read(self, path: str) -> bytes | None:
        try:
            return _heard(lambda: bytes(self._obstore.get(self._quick, path).bytes()))
        except FileNotFoundError:  # obstore's own NotFoundError is one
            return None
        except Exception as error:
            raise self._told(error) from error

    def has(self, path: str) -> bool:
        """Whether there is such a file."""
        try:
            _heard(lambda: self._obstore.head(self._quick, path))
        except FileNotFoundError:
            return False
        except Exception as error:
            raise self._told(error) from error
        return True

    def fetch(self, path: str, made: IO[bytes]) -> bool:
        """Write a large file's content in blocks; whether there is such a file."""

        def blocks() -> None:
            for block in self._obstore.get(self._slow, path).stream(min_chunk_size=PART):
                made.write(block)

        try:
            _heard(blocks)
        except FileNotFoundError:
            return False
        except OSError:  # the disk here
            raise
        except Exception as error:
            raise self._told(error) from error
        return True

    def put(self, files: Sequence[Upload], sent: Sent) -> None:
        done = 0
        for file in files:
            attributes = {
                "Content-Type": media_type(file.path),
                "Cache-Control": caching(file.path),
            }
            with file.source.open("rb") as source:
                counted = _Counted(source, _after(done, sent))
                # One part after the other: how much was read says then how much has arrived.
                how = {"attributes": attributes, "chunk_size": PART, "max_concurrency": 1}
                store = self._slow if file.size > _SMALL else self._quick
                try:
                    _heard(partial(self._obstore.put, store, file.path, counted, **how))
                except Exception as error:
                    raise self._told(error) from error
            done += file.size
            sent(done)

    def delete(self, paths: Sequence[str]) -> None:
        try:
            if paths:
                _heard(lambda: self._obstore.delete(self._quick, list(paths)))
        except FileNotFoundError:
            return
        except Exception as error:
            raise self._told(error) from error

    def finish(self, message: str, sent: Sent) -> None:
        """Each object was shown as it came."""

    def _told(self, error: Exception) -> Outside:
        exceptions: Any = import_module("obstore.exceptions")
        said = redacted(" ".join(str(error).split()))
        code, message = (re.search(f"<{name}>(.*?)</{name}>", said) for name in ("Code", "Message"))
        told = {getattr(exceptions, name, None): kind for name, kind in FAILURES.items()}
        told[FileNotFoundError] = "deploy.no_bucket"  # obstore raises Python's own
        kind = [kind for cls, kind in told.items() if cls and isinstance(error, cls)][-1:]
        name = CODES.get(code[1] if code else "") or (kind[0] if kind else "deploy.failed")
        detail = ": ".join(found[1] for found in (code, message) if found) or said
        cls = Outside if name != "deploy.failed" else Unsteady
        return cls(fault(name, address=self._name, detail=detail[:200]))


def _heard(request: Callable[[], T]) -> T:
    """Ask in a thread, because obstore itself hears Ctrl+C only when a request is over."""
    answer: Future[T] = Future()

    def ask() -> None:
        try:
            answer.set_result(request())
        except BaseException as error:
            answer.set_exception(error)

    threading.Thread(target=ask, daemon=True).start()
    try:
        while not wait([answer], 0.5).done:  # without an end, Windows would hear nothing either
            continue
    except BaseException:
        # The request goes on; an answer that came while Python ends would abort the process.
        atexit.register(os._exit, 130)
        raise
    return answer.result()


def _after(before: int, sent: Sent) -> Sent:
    return lambda done: sent(before + done)


class _Counted:
    """A file that tells how much of it has arrived: all but the part on its way and the next."""

    def __init__(self, file: Any, told: Sent) -> None:
        self._file, self._told = file, told

    def read(self, size: int = -1) -> bytes:
        block: bytes = self._file.read(size)
        self._told(max(0, self._file.tell() - 2 * PART))
        return block

    def seek(self, *where: int) -> int:
        return int(self._file.seek(*where))

    def tell(self) -> int:
        return int(self._file.tell())


@contextmanager
def open_target(address: str, scratch: Path, answer_s: float = ANSWER_S) -> Iterator[Target]:
    """The bucket; raises :class:`Outside` where obstore or the keys are missing."""
    parts = urlsplit(address)
    options = dict(parse_qsl(parts.query))
    if not parts.hostname or "@" in parts.netloc or set(options) - set(_OPTIONS):
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
    http = {"allow_http": True} if endpoint.startswith("http://") else {}
    if endpoint:
        options["endpoint"] = endpoint

    def bucket(seconds: float) -> Any:
        times = {"timeout": timedelta(seconds=seconds), "connect_timeout": timedelta(seconds=20)}
        return store.S3Store(
            parts.netloc,
            prefix=parts.path.strip("/") or None,
            client_options={**times, **http},
            retry_config=_AGAIN,
            **options,
            **given,
        )

    slow = bucket(answer_s + PART / _SLOWEST)
    yield S3(bucket(answer_s), slow, f"s3://{parts.hostname}")
