"""Which French page of the documentation says what which English one does, and which pages say both."""

from __future__ import annotations

import re
from pathlib import Path

from conftest import ROOT

DOCS = ROOT / "docs"

# Below docs/: the pages to learn from, with the same steps.
LEARNT = {
    "tutoriel": "tutorial", "produire-sans-voir": "producing-blind", "produire-sans-entendre": "producing-deaf",
}  # fmt: skip
# The pages to look things up, with the same headings, tables, keys and names in code.
LOOKED_UP = {
    "avertissements-sur-le-son": "sound-warnings",
    "changer-l-apparence": "theme",
    "compter-les-ecoutes": "statistics",
    "corrections-des-lecteurs": "corrections",
    "corriger-dans-le-navigateur": "editor",
    "declaration-d-accessibilite": "accessibility-statement",
    "des-episodes-a-leur-date": "schedule",
    "envoyer-le-site": "deploy",
    "format-de-la-transcription": "transcript-format",
    "la-grappe": "cluster",
    "la-recherche": "search",
    "le-flux": "feed",
    "le-garde-fou": "feed-guard",
    "le-reseau": "network",
    "le-son": "sound",
    "les-cles": "podcast-yaml",
    "les-commandes": "commands",
    "les-mots": "glossary",
    "les-pages-du-site": "site-pages",
    "mener-aux-applications": "subscribe",
}
# comment-faire/ and how-to/: one thing to do on each.
HOW_TO = {
    "chapitres-et-sons": "chapters-and-sounds", "completer-les-cles": "complete-keys",
    "corriger-un-episode-publie": "correct-a-published-episode", "modele-plus-grand": "larger-model",
    "venir-d-un-autre-hebergeur": "move-from-another-host", "mettre-en-ligne": "put-the-site-online",
    "publier-a-une-date": "schedule", "plusieurs-langues": "several-languages",
    "episodes-hors-annuaires": "unlisted-episodes",
    "mettre-un-episode-sur-un-autre-site": "put-an-episode-on-another-site",
}  # fmt: skip
# reference/, which the program writes.
REFERENCE = {"commandes": "commands", "cles": "keys", "fichiers": "files", "erreurs": "errors"}

# The French page of each English one, both as paths below docs/.
FRENCH_OF = {
    f"{there}{english}.md": f"{here}{french}.md"
    for here, there, table in (
        ("", "", LEARNT | LOOKED_UP),
        ("comment-faire/", "how-to/", HOW_TO),
        ("reference/", "reference/", REFERENCE),
    )
    for french, english in table.items()
}


def anchors(text: str) -> list[str]:
    """The anchors that GitHub and GitLab give the headings of a Markdown text, in order."""
    outside = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.+)$", outside, re.MULTILINE)
    return [re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings]


def french_half(page: Path) -> str:
    """What stands in French on a page: all of it, the part before its English one, or nothing."""
    text = page.read_text("utf-8")
    if page.is_relative_to(DOCS) and page.relative_to(DOCS).as_posix() in FRENCH_OF.values():
        return text
    turn = re.search(r"\[In English[^]]*\]\(#([^)]+)\)|^## (In English)$", text, re.MULTILINE)
    if not turn:
        return ""
    anchor = turn[1] or anchors(turn[0])[0]
    parts = re.split(r"^(?=#+ )", text, flags=re.MULTILINE)
    here = next(n for n, part in enumerate(parts) if anchors(part)[:1] == [anchor])
    return "".join(parts[:here])


FRENCH_PAGES = sorted(
    page for page in (ROOT / "README.md", *DOCS.glob("**/*.md")) if french_half(page)
)
