"""Secrets from the environment or the system's keyring, and how they are kept out of sentences.

A secret is never written to disk, put on a command line or told: :func:`redacted` takes every
value that was asked for out of a text, wherever the text comes from.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

_SERVICE = "podcast"
_SHORTEST = 6  # what is shorter is in every other word
_asked: set[str] = set()


def secret(name: str) -> str | None:
    """The value of an environment variable, or of that name for ``podcast`` in the keyring."""
    value = os.environ.get(name, "").strip() or _kept(name)
    if value and len(value) >= _SHORTEST:
        _asked.add(value)
    return value


def _kept(name: str) -> str | None:
    try:
        keyring: Any = import_module("keyring")
        value: str | None = keyring.get_password(_SERVICE, name)
    except Exception:  # a machine without a keyring has many ways to say so
        return None
    return value


def redacted(text: str) -> str:
    """The text without any secret that was asked for."""
    for value in sorted(_asked, key=len, reverse=True):
        text = text.replace(value, "***")
    return text
