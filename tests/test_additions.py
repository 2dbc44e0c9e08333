"""Something is added to a file that a person wrote, and nothing else of it changes."""

from __future__ import annotations

import json

import pytest
from cases_reader import cases
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

from podcast.errors import Fixable
from podcast.glossary import read_glossary, with_term
from podcast.show import read_show, with_person
from podcast.strict_yaml import read_yaml, with_added


@pytest.mark.parametrize("case", cases("additions"))
def test_added(case: dict[str, str]) -> None:
    path, value = (
        case["add"].strip().split(" ", 1)
        if case["add"][1] == "]"
        else case["add"].strip().split("] ", 1)
    )
    path = path if path.endswith("]") else path + "]"
    try:
        made = with_added(case["before"], "x.yaml", json.loads(path), json.loads(value))
    except Fixable as error:
        assert [fault.kind for fault in error.faults] == ["yaml.by_hand"]
        made = "by hand\n"
    assert made == case["after"]


texts = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=8
)


@given(texts, st.lists(texts, min_size=1, max_size=3))
def test_whatever_is_added_is_read_back(key: str, items: list[str]) -> None:
    text = "a:\n  b: [c]\n# end\n"
    made = with_added(text, "x.yaml", (), {key: {"misheard": items}} if key != "a" else {"b": "c"})
    assert [line for line in made.split("\n") if line in text.split("\n")] != []
    assert made.startswith("a:\n  b: [c]\n") and "# end" in made
    if key != "a":
        assert read_yaml(made, "x.yaml").value[key] == {"misheard": items}


def test_a_person_joins_the_show_and_every_other_line_stays() -> None:
    text = (ROOT / "podcast.yaml").read_text("utf-8")
    made = with_person(text, "podcast.yaml", "Éloïse Le Roy")
    assert read_show(made, "p").people["eloise-le-roy"].name == "Éloïse Le Roy"
    kept = iter(made.split("\n"))
    assert all(line in kept for line in text.split("\n"))
    assert made.count("\n") == text.count("\n") + 2
    again = with_person(made, "podcast.yaml", "Eloise le Roy")
    assert "eloise-le-roy-2" in read_show(again, "p").people


@pytest.mark.parametrize("name", ["La présentatrice", "", "A : B", " ", "[a]"])
def test_nobody_joins_under_a_name_that_a_show_cannot_have(name: str) -> None:
    text = (ROOT / "podcast.yaml").read_text("utf-8")
    with pytest.raises(Fixable):
        with_person(text, "podcast.yaml", name)


def test_a_term_grows_and_what_is_known_of_it_stays() -> None:
    text = (ROOT / "glossary.yaml").read_text("utf-8")
    made = with_term(text, "glossary.yaml", "RQTH", ["R.Q.T.H.", "RTH", "RQTH"], None)
    assert read_glossary(made, "g").terms["RQTH"].misheard[-1] == "R.Q.T.H."
    made = with_term(made, "glossary.yaml", "Agefiph", ["Agefif"], "Association")
    term = read_glossary(made, "g").terms["Agefiph"]
    assert (term.expansion, term.misheard) == ("Association", ("Agefif",))
    made = with_term(made, "glossary.yaml", "Cap emploi", [], None)
    assert "Cap emploi" in read_glossary(made, "g").terms
    kept = iter(made.split("\n"))
    assert all(line in kept for line in text.split("\n") if "misheard" not in line)
    with pytest.raises(Fixable) as caught:
        with_term(made, "glossary.yaml", "Agefiph", [], "Autre chose")
    assert caught.value.faults[0].kind == "glossary.explained"
