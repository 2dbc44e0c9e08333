"""What is read without pydantic is what pydantic would have read."""

from __future__ import annotations

import dataclasses
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from podcast.episode import Episode
from podcast.glossary import Glossary
from podcast.network import Network
from podcast.show import Show
from podcast.transcript_file import _Head
from podcast.validation import plainly_right

READ = (Show, Episode, Glossary, Network, _Head)
TEXTS = (
    "fr", "Émission", "a@b.example", "https://x.example/a", "https://x.example", "a/b.wav", "x-1",
    "2026-11-02T06:00:00+01:00", "2026-11-02", "12:34", "#abc", "#a0b1c2", "Society & Culture",
    "society & culture > relationships", "Education", "Host", "spotify", "CC-BY-4.0", "serif",
    "2d7c9f0a-6a0b-5d2f-9a59-0d5f6f0b3c11", "geo:1,2", "1.5, 2", "R12", "N1", "FREQ=WEEKLY", "ch",
    "folder:../out", "", " ", "1", "01", "+1", "1.0", "true", "no", " a\nb ", "a\x00", "é" * 130,
)  # fmt: skip
SCALARS = st.one_of(
    st.sampled_from(TEXTS), st.none(), st.booleans(), st.integers(-3, 300),
    st.sampled_from((2**31, 2**53, 2**53 + 1, 10**40, 0.5, -16.0, 1e300)), st.text(max_size=5),
)  # fmt: skip
ODD = st.one_of(
    SCALARS, st.lists(SCALARS, max_size=2), st.dictionaries(st.sampled_from(TEXTS), SCALARS, max_size=2)
)  # fmt: skip


def near(wanted: Any) -> st.SearchStrategy[Any]:
    """Values that are often what a field wants, and sometimes anything."""
    return st.integers(0, 19).flatmap(lambda n: ODD if n == 0 else _of(wanted))


def _of(wanted: Any) -> st.SearchStrategy[Any]:
    if dataclasses.is_dataclass(wanted):
        hints = get_type_hints(wanted, include_extras=True)
        missing = dataclasses.MISSING
        fields = dataclasses.fields(wanted)
        must = {f.name: near(hints[f.name]) for f in fields
                if f.default is missing and f.default_factory is missing}  # fmt: skip
        may = {f.name: near(hints[f.name]) for f in fields if f.name not in must}
        return st.fixed_dictionaries(must, optional=may)
    origin, inner = get_origin(wanted), get_args(wanted)
    if origin is Annotated:
        return st.sampled_from(_admitted(inner[1]))
    if origin in (Union, UnionType):
        return st.one_of(*map(near, inner))
    if origin is Literal:
        return st.sampled_from(inner)
    if origin is tuple:
        return st.lists(near(inner[0]), max_size=2)
    if origin is dict:
        keys = st.sampled_from(("1", "12", "01", " 1", "1.0")) if inner[0] is int else _of(inner[0])
        return st.dictionaries(keys, near(inner[1]), max_size=2)
    kinds = {
        str: st.sampled_from(TEXTS),
        int: st.integers(),
        bool: st.booleans(),
        NoneType: st.none(),
    }
    return kinds.get(wanted, st.one_of(st.integers(), st.floats(allow_nan=False)))


def _admitted(rule: Any) -> list[Any]:
    found = []
    for text in (*TEXTS, 3, 1.5):
        try:
            rule.test(text)
        except ValueError:
            continue
        found.append(text)
    return found or [None]


@pytest.mark.parametrize("cls", READ)
@given(data=st.data())
def test_what_is_plainly_right_is_what_pydantic_makes(cls: type, data: st.DataObject) -> None:
    value = data.draw(_of(cls))
    try:
        made = plainly_right(cls, value)
    except (ValueError, TypeError, AssertionError):
        return
    assert repr(made) == repr(TypeAdapter(cls).validate_python(value))
