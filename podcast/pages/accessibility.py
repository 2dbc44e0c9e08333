"""The accessibility page: the declaration that French law wants, or a plain statement."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from podcast.accessibility import (
    EXEMPT_BEFORE,
    Accessibility,
    Audit,
    Conformity,
    french_law,
    percent,
)
from podcast.dates import long_date
from podcast.frame import Frame, accessibility_folder, frame
from podcast.pages import Around, Sheet
from podcast.published import Publication
from podcast.show import Show

TEMPLATE = "accessibility.html"


@dataclass(frozen=True, slots=True)
class AccessibilityView:
    """All that the accessibility page's template may show.

    ``rgaa`` chooses the form.  ``percent`` is the share of criteria met, in whole percents, and
    holds where there is an audit only; ``uncorrected`` and ``before_2020`` count episodes.
    """

    frame: Frame
    rgaa: bool
    organisation: str
    address: str
    owner: str
    conformity: Conformity
    established: str
    updated: str
    audit: Audit | None
    audit_date: str
    percent: int
    not_accessible: tuple[str, ...]
    uncorrected: int
    disproportionate: tuple[str, ...]
    exempt: tuple[str, ...]
    before_2020: int
    multi_year_plan: str | None
    action_plan: str | None
    contact_form: str | None


def sheets(publication: Publication) -> Iterator[Sheet]:
    """One page."""
    days = [published.episode.date.date() for published in publication.episodes]
    before = sum(moment < EXEMPT_BEFORE for moment in days)
    path = f"{accessibility_folder(publication.show)}index.html"
    yield Sheet(path, (publication.about, max(days, default=date.min), before))


def view(sheet: Sheet, around: Around) -> AccessibilityView:
    """What is declared, or said where nothing is."""
    about, newest, before_2020 = sheet.of
    show: Show = about.show
    # Without a declaration by a person, the newest episode's day is the day of the page's text.
    declared = show.accessibility or Accessibility(established=newest)
    audit = declared.audit

    def day(moment: date | None) -> str:
        return long_date(moment, show.language) if moment and moment != date.min else ""

    return AccessibilityView(
        frame=frame(about, show.language, sheet.path, around.assets),
        rgaa=french_law(show.accessibility, show.language),
        organisation=declared.organisation or show.owner.name,
        address=show.address,
        owner=show.owner.name,
        conformity=about.conformity,
        established=day(declared.established),
        updated=day(declared.updated),
        audit=audit,
        audit_date=day(audit.date) if audit else "",
        percent=percent(audit) if audit else 0,
        not_accessible=declared.not_accessible,
        uncorrected=about.uncorrected,
        disproportionate=declared.disproportionate,
        exempt=declared.exempt,
        before_2020=before_2020,
        multi_year_plan=declared.multi_year_plan,
        action_plan=declared.action_plan,
        contact_form=declared.contact_form,
    )
