"""The accessibility page: its order, each of its states, and that it never claims too much."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from conftest import copy_show, run_podcast
from hypothesis import given
from hypothesis import strategies as st
from small_site import SAMPLE, episode, pages, said, show, tree

from podcast.accessibility import Accessibility, Audit, conformity, french_law, percent
from podcast.errors import Fixable
from podcast.show import read_show

AUDIT = """
accessibility:
  organisation: L'association d'exemple
  established: 2026-09-20
  updated: 2026-10-01
  audit:
    date: 2026-09-15
    auditor: la société Exemple
    criteria_met: 40
    criteria_applicable: 50
    pages: [Accueil, Épisode 1]
    environments: [NVDA et Firefox]
    tools: [axe 4.12]
    report: https://example.org/audit
  not_accessible:
    - Les titres de chapitres ne sont pas traduits.
  multi_year_plan: https://example.org/schema
"""
PAGE = "accessibilite/index.html"


def statement(extra: str = AUDIT, language: str = "fr", newest: str = "2026-11-02") -> str:
    of = show(extra, language)
    made = pages(of, [episode(of, "e", newest)])
    return made[PAGE] if PAGE in made else made["accessibility/index.html"]


def state(page: str) -> str:
    return str(tree(page).xpath("string(//p[contains(@class, 'mention')])")).replace("\u00a0", " ")


def faulty(old: str, new: str) -> list[tuple[str, str]]:
    """What is told of a changed declaration: kind, and the line's text."""
    assert old in AUDIT
    text = SAMPLE + AUDIT.replace(old, new, 1)
    with pytest.raises(Fixable) as caught:
        read_show(text, "podcast.yaml")
    lines = text.split("\n")
    return [
        (f.kind, lines[f.place.line - 1].strip() if f.place and f.place.line else "")
        for f in caught.value.faults
    ]


def test_the_declaration_has_the_mandatory_parts_in_the_mandatory_order() -> None:
    """Page checklist I5; the order of the RGAA's « La déclaration adopte obligatoirement ce format »."""
    page = statement()
    headings = [
        (e.tag, " ".join(e.text_content().split()))
        for e in tree(page).xpath("//main//*[self::h1 or self::h2 or self::h3 or self::h4]")
    ]
    assert headings == [
        ("h1", "Déclaration d’accessibilité"),
        ("h2", "État de conformité"),
        ("h3", "Résultat des tests"),
        ("h2", "Contenus non accessibles"),
        ("h3", "Non-conformités"),
        ("h3", "Dérogations pour charge disproportionnée"),
        ("h3", "Contenus non soumis à l’obligation d’accessibilité"),
        ("h2", "Établissement de cette déclaration d’accessibilité"),
        ("h3", "Technologies utilisées pour la réalisation du site"),
        ("h4", "Environnement de test"),
        ("h4", "Outils utilisés lors de l’évaluation"),
        ("h4", "Pages du site ayant fait l’objet de la vérification de conformité"),
        ("h2", "Retour d’information et contact"),
        ("h2", "Voies de recours"),
    ]
    text = said(page)
    order = [
        "L'association d'exemple s’engage", "loi n° 2005-102 du 11 février 2005",
        "Schéma pluriannuel", "Plan d’actions de l’année en cours : il n’est pas encore publié",
        "s’applique au site À voix égales (https://podcast.example.org/a-voix-egales/)",
        "est partiellement conforme", "réalisé par la société Exemple, terminé le 15 septembre 2026",
        "80 % des critères du RGAA sont respectés (40 sur 50 critères applicables)",
        "Les titres de chapitres ne sont pas traduits.", "Aucune dérogation",
        "établie le 20 septembre 2026", "mise à jour le 1er octobre 2026", "WebVTT",
        "NVDA et Firefox", "axe 4.12", "Épisode 1", "podcast@example.org",
        "Défenseur des droits", "Libre réponse 71120", "75342 Paris CEDEX 07",
    ]  # fmt: skip
    places = [text.index(part) for part in order]
    assert places == sorted(places)
    links = tree(page).xpath("//main//a/@href")
    assert "https://example.org/schema" in links and "https://example.org/audit" in links
    assert "mailto:podcast@example.org" in links
    assert "https://www.defenseurdesdroits.fr/nous-contacter-355" in links


def test_without_an_audit_nothing_is_claimed() -> None:
    page = statement("")
    assert state(page) == "Accessibilité : non conforme"
    text = said(page)
    assert text.count("aucun audit n’a été fait") >= 4
    assert "Schéma pluriannuel de mise en accessibilité : il n’est pas encore publié" in text
    assert "totalement" not in text and "partiellement" not in text and "%" not in text
    assert "établie le 2 novembre 2026" in text


@pytest.mark.parametrize(
    ("met", "applicable", "expected"),
    [(50, 50, "totalement"), (49, 50, "partiellement"), (25, 50, "partiellement"),
     (24, 50, "non"), (0, 50, "non")],
)  # fmt: skip
def test_the_state_follows_from_the_figures(met: int, applicable: int, expected: str) -> None:
    extra = AUDIT.replace("met: 40", f"met: {met}").replace(": 50", f": {applicable}")
    if met == applicable:
        extra = re.sub(r"  not_accessible:\n.*\n", "", extra)
    page = statement(extra)
    assert state(page) == f"Accessibilité : {expected} conforme"
    assert f"est {expected} conforme avec le référentiel" in said(page)
    assert f"{100 * met // applicable} % des critères" in said(page)


def test_an_old_audit_supports_nothing_any_more() -> None:
    """Three years, counted to the newest day that the show gives: its episode's or declaration's."""
    assert state(statement(newest="2029-09-15")) == "Accessibilité : partiellement conforme"
    old = statement(newest="2029-09-16")
    assert state(old) == "Accessibilité : non conforme"
    assert "l’audit du 15 septembre 2026 a plus de trois ans et n’est plus valable" in said(old)
    renewed = AUDIT.replace("updated: 2026-10-01", "updated: 2029-10-01")
    assert state(statement(renewed, newest="2027-01-01")) == "Accessibilité : non conforme"


def test_publish_tells_that_an_audit_has_run_out(tmp_path: Path, published: Path) -> None:
    folder = copy_show(tmp_path / "show", cache=published / ".podcast")
    with (folder / "podcast.yaml").open("a", encoding="utf-8") as file:
        file.write(AUDIT.replace("2026-09-15", "2023-09-15"))
    ran = run_podcast(["publish", "episode-3"], folder)
    assert ran.code == 0
    assert "L'audit d'accessibilité a plus de trois ans" in ran.out
    assert state((folder / "site" / PAGE).read_text("utf-8")) == "Accessibilité : non conforme"


def test_an_automatic_transcript_takes_full_conformity_away() -> None:
    extra = AUDIT.replace("met: 40", "met: 50").replace(
        "  not_accessible:\n    - Les titres de chapitres ne sont pas traduits.\n", ""
    )
    of = show(extra)
    page = pages(of, [episode(of, "a"), episode(of, "b", status="draft")])[PAGE]
    assert state(page) == "Accessibilité : partiellement conforme"
    assert "La transcription de 1 épisode est automatique" in said(page)
    assert "L’audit n’a relevé aucune non-conformité" not in said(page)


def test_sound_from_before_the_law_is_told_as_exempt() -> None:
    of = show()
    page = pages(of, [episode(of, "a", "2020-09-22"), episode(of, "b", "2020-09-23")])[PAGE]
    assert "1 épisode publié avant le 23 septembre 2020" in said(page)


days = st.dates(date(2015, 1, 1), date(2035, 1, 1))


@given(days, days, st.integers(0, 106), st.integers(1, 106), st.integers(0, 2))
def test_never_more_than_the_audit_supports(
    made: date, newest: date, met: int, applicable: int, uncorrected: int
) -> None:
    met = min(met, applicable)
    audit = Audit(made, "x", met, applicable, ("a",), ("b",), ("c",))
    told = conformity(Accessibility(made, audit=audit), newest, uncorrected)
    if newest - made > timedelta(days=3 * 366):
        assert (told.state, told.reason) == ("none", "old_audit")
    if told.state == "full":
        assert met == applicable and not uncorrected and percent(audit) == 100
    if told.state == "partial":
        assert met * 2 >= applicable
    if met < applicable:
        assert percent(audit) < 100
    assert conformity(None, newest).state == "none"
    assert conformity(Accessibility(made), newest).reason == "no_audit"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("    date: 2026-09-15", "    date: 2026-10-02", [("accessibility.future", "date: 2026-10-02")]),
        ("    date: 2026-09-15\n", "", [("field.missing", "audit:")]),
        ("    date: 2026-09-15", "    date: hier", [("field.day", "date: hier")]),
        ("    auditor: la société Exemple\n", "", [("field.missing", "audit:")]),
        ("    pages: [Accueil, Épisode 1]\n", "", [("field.missing", "audit:")]),
        ("pages: [Accueil, Épisode 1]", "pages: []", [("accessibility.empty", "pages: []")]),
        ("tools: [axe 4.12]", "tools: []", [("accessibility.empty", "tools: []")]),
        ("criteria_met: 40", "criteria_met: 51", [("field.too_large", "criteria_met: 51")]),
        ("criteria_applicable: 50", "criteria_applicable: 107", [("field.too_large", "criteria_applicable: 107")]),
        ("criteria_met: 40", "criteria_met: -1", [("field.too_small", "criteria_met: -1")]),
        ("criteria_met: 40", "criteria_met: 50", [("accessibility.listed", "not_accessible:")]),
        ("  not_accessible:\n    - Les titres de chapitres ne sont pas traduits.\n", "", [("accessibility.unlisted", "criteria_met: 40")]),
        ("updated: 2026-10-01", "updated: 2026-09-19", [("accessibility.order", "updated: 2026-09-19")]),
        ("  updated:", "  verdict: totale\n  updated:", [("field.unknown", "verdict: totale")]),
    ],
)  # fmt: skip
def test_what_no_audit_supports_is_refused_with_its_line(
    old: str, new: str, told: list[tuple[str, str]]
) -> None:
    assert faulty(old, new) == told


@pytest.mark.parametrize(
    ("language", "rgaa"),
    [("fr", True), ("fr-FR", True), ("fr-RE", True), ("fr-CA", False), ("fr-BE", False),
     ("fr-Latn-FR", True), ("en", False)],
)  # fmt: skip
def test_french_law_holds_in_france(language: str, rgaa: bool) -> None:
    assert french_law(None, language) is rgaa


@pytest.mark.parametrize("language", ["en", "fr-CA"])
def test_elsewhere_it_is_a_plain_statement(language: str) -> None:
    for extra in ("", AUDIT):
        page = statement(extra, language)
        whole = tree(page).text_content()
        for word in ("RGAA", "2005", "conform", "Défenseur", "compliant"):
            assert word not in whole
        headings = tree(page).xpath("//main//h2")
        assert len(headings) == 4
        assert "mailto:podcast@example.org" in tree(page).xpath("//main//a/@href")
    assert "40" in said(page) and "Les titres de chapitres ne sont pas traduits." in said(page)


def test_the_form_can_be_chosen() -> None:
    page = statement(AUDIT + "  statement: rgaa\n", "en")
    assert state(page) == "Accessibility: partially compliant"
    assert "article 47 of the French law" in said(page)


def test_every_page_leads_to_it_and_to_a_contact_at_the_same_place() -> None:
    """Page checklist I3 and I4: WCAG 3.2.6, RGAA « mentions et pages obligatoires »."""
    of = show()
    made = pages(of, [episode(of, "a"), episode(of, "b", head="language: en\n")])
    for path, page in made.items():
        footer = tree(page).xpath("//body/footer//nav//a")
        root = "/a-voix-egales/" if path == "404.html" else "../" * path.count("/")
        assert [a.get("href") for a in footer] == [
            f"{root}a-propos/", f"{root}accessibilite/", "mailto:podcast@example.org",
        ], path  # fmt: skip
    home = tree(made["index.html"]).text_content().replace("\u00a0", " ")
    assert "Accessibilité : non conforme" in home
    assert "Accessibility: non-compliant" in tree(made["b/index.html"]).text_content()
