"""The accessibility page: the declaration that French law wants, or a plain statement."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
from podcast.published import Publication

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


def views(
    publication: Publication, assets: Mapping[str, str]
) -> Iterator[tuple[str, AccessibilityView]]:
    """One page."""
    show = publication.show
    days = [published.episode.date.date() for published in publication.episodes]
    # Without a declaration by a person, the newest episode's day is the day of the page's text.
    declared = show.accessibility or Accessibility(established=max(days, default=date.min))
    audit = declared.audit
    path = f"{accessibility_folder(show)}index.html"

    def day(moment: date | None) -> str:
        return long_date(moment, show.language) if moment and moment != date.min else ""

    yield (
        path,
        AccessibilityView(
            frame=frame(publication, show.language, path, assets),
            rgaa=french_law(show.accessibility, show.language),
            organisation=declared.organisation or show.owner.name,
            address=show.address,
            owner=show.owner.name,
            conformity=publication.conformity,
            established=day(declared.established),
            updated=day(declared.updated),
            audit=audit,
            audit_date=day(audit.date) if audit else "",
            percent=percent(audit) if audit else 0,
            not_accessible=declared.not_accessible,
            uncorrected=publication.uncorrected,
            disproportionate=declared.disproportionate,
            exempt=declared.exempt,
            before_2020=sum(moment < EXEMPT_BEFORE for moment in days),
            multi_year_plan=declared.multi_year_plan,
            action_plan=declared.action_plan,
            contact_form=declared.contact_form,
        ),
    )
