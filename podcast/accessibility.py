"""What may be said of a site's accessibility: never more than what an audit by a person supports.

The state is computed and cannot be written by hand (RGAA, « Déclaration d'accessibilité »): every
applicable criterion met is full, half of them partial, anything else none, and none as well
without an audit or with one that is over three years old.  No clock is asked, so that two builds
give the same bytes: the age is counted up to the newest date that the show itself gives, its
newest episode's or the declaration's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, ClassVar, Literal

from podcast.errors import Fault, fault
from podcast.rules import DAY, LINE, STRICT, WEB
from podcast.strict_yaml import Path, Tree

CRITERIA = 106  # in RGAA 4, all versions
VALID_YEARS = 3
# Pre-recorded sound that is older need not be accessible (decree 2019-768 of 24 July 2019).
EXEMPT_BEFORE = date(2020, 9, 23)
# French law holds in France and where France is overseas, not wherever French is spoken.
_FRANCE = frozenset("FR GP MQ GF RE YT PM BL MF WF PF NC".split())

Day = Annotated[date, DAY]


@dataclass(frozen=True, slots=True)
class Audit:
    """A check of the site, criterion by criterion, that a person made."""

    date: Day
    """The day on which it was finished: 2026-09-15."""
    auditor: Annotated[str, LINE]
    """Who made it: a company, a person, or the show's own organisation."""
    criteria_met: int
    """How many criteria are met on every page of the sample."""
    criteria_applicable: int
    """How many criteria apply to at least one page of the sample."""
    pages: tuple[Annotated[str, LINE], ...]
    """The pages that were checked."""
    environments: tuple[Annotated[str, LINE], ...]
    """Browsers with assistive technologies that the pages were read with."""
    tools: tuple[Annotated[str, LINE], ...]
    """Programs that helped to check."""
    report: Annotated[str, WEB] | None = None
    """The address of its full report."""

    __pydantic_config__: ClassVar = STRICT


@dataclass(frozen=True, slots=True)
class Accessibility:
    """What the producer declares about the site."""

    established: Day
    """The day on which the declaration was made."""
    updated: Day | None = None
    """The day on which it was last changed."""
    organisation: Annotated[str, LINE] | None = None
    """Who answers for the site; the owner's name if nothing is said."""
    statement: Literal["rgaa", "plain"] | None = None
    """The French declaration or a plain statement; by the show's language if nothing is said."""
    audit: Audit | None = None
    """The audit that the declaration rests on."""
    not_accessible: tuple[Annotated[str, LINE], ...] = ()
    """What is not accessible, each with its alternative."""
    disproportionate: tuple[Annotated[str, LINE], ...] = ()
    """What would be too heavy a burden, each with its reason and alternative."""
    exempt: tuple[Annotated[str, LINE], ...] = ()
    """What the law does not ask for."""
    multi_year_plan: Annotated[str, WEB] | None = None
    """The address of the « schéma pluriannuel »."""
    action_plan: Annotated[str, WEB] | None = None
    """The address of this year's « plan d'actions »."""
    contact_form: Annotated[str, WEB] | None = None
    """The address of a form by which people can write; the owner's e-mail if nothing is said."""

    __pydantic_config__: ClassVar = STRICT


@dataclass(frozen=True, slots=True)
class Conformity:
    """The state, and why it is no better.

    ``state`` is full, partial or none; ``reason`` is "" where the audit's figures say it,
    ``no_audit``, ``old_audit``, or ``uncorrected`` where an automatic transcript takes away the
    full conformity that the audit found.
    """

    state: Literal["full", "partial", "none"]
    reason: Literal["", "no_audit", "old_audit", "uncorrected"] = ""


def conformity(
    declared: Accessibility | None, newest: date | None, uncorrected: int = 0
) -> Conformity:
    """The state that a declaration supports.

    ``newest`` is the day of the newest episode; ``uncorrected`` the number of published
    transcripts that no person has corrected, which break a criterion (RGAA 4.2).
    """
    audit = declared.audit if declared else None
    if declared is None or audit is None:
        return Conformity("none", "no_audit")
    today = max(filter(None, (newest, declared.updated, declared.established)))
    expires = (audit.date.year + VALID_YEARS, audit.date.month, audit.date.day)
    if expires < (today.year, today.month, today.day):
        return Conformity("none", "old_audit")
    if audit.criteria_met == audit.criteria_applicable:
        return Conformity("partial", "uncorrected") if uncorrected else Conformity("full")
    return Conformity("partial" if 2 * audit.criteria_met >= audit.criteria_applicable else "none")


def percent(audit: Audit) -> int:
    """The share of applicable criteria that are met, rounded down: 99.9 % is not all of them."""
    return 100 * audit.criteria_met // audit.criteria_applicable


def french_law(declared: Accessibility | None, language: str) -> bool:
    """Whether the page is the declaration of the RGAA, or a plain statement."""
    if declared and declared.statement:
        return declared.statement == "rgaa"
    first, *rest = language.split("-")
    regions = [part for part in rest if part.isupper() or part.isdigit()]
    return first == "fr" and all(region in _FRANCE for region in regions)


def contradictions(declared: Accessibility, tree: Tree) -> list[Fault]:
    """What a declaration says against itself, with the lines of ``podcast.yaml``."""
    here: Path = ("accessibility",)
    faults = []
    last = declared.updated or declared.established
    if last < declared.established:
        faults.append(fault("accessibility.order", tree.place((*here, "updated"))))
    audit = declared.audit
    if audit is None:
        return faults
    inside: Path = (*here, "audit")
    if audit.date > last:
        place = tree.place((*inside, "date"))
        days = {"audit": str(audit.date), "last": str(last)}
        faults.append(fault("accessibility.future", place, **days))
    for key in ("pages", "environments", "tools"):
        if not getattr(audit, key):
            faults.append(fault("accessibility.empty", tree.place((*inside, key)), key=key))
    met, applicable = audit.criteria_met, audit.criteria_applicable
    for key, value, least, most in (
        ("criteria_applicable", applicable, 1, CRITERIA),
        ("criteria_met", met, 0, max(0, applicable)),
    ):
        place = tree.place((*inside, key))
        said: dict[str, str | int] = {"key": key, "value": value}
        if value < least:
            faults.append(fault("field.too_small", place, **said, limit=least))
        elif value > most:
            faults.append(fault("field.too_large", place, **said, limit=most))
    if 0 <= met < applicable and not declared.not_accessible:
        place = tree.place((*inside, "criteria_met"))
        faults.append(fault("accessibility.unlisted", place, n=applicable - met))
    if met == applicable and declared.not_accessible:
        place = tree.place((*here, "not_accessible"))
        faults.append(fault("accessibility.listed", place, n=applicable))
    return faults
