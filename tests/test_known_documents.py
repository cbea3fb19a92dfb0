"""Documents of every kind are known for what they are: title, publisher, kind, year and nation, whatever the file is called."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.details import details_with_origins
from ingest.places import nation_of, place_ending
from ingest.publisher import is_publisher
from ingest.reading import read
from ingest.reading.source import Block, Source
from knowledge.briefing import Details
from knowledge.kinds import Nature, kinds, nature_of
from tests.made_documents import DOCUMENTS, pdf, word
from tests.made_fronts import FRONTS, web

MADE = DOCUMENTS | FRONTS  # FRONTS are of kinds that no rule was written for


def known(path: Path) -> Details:
    return details_with_origins(read(path), f"download{path.suffix}").details


@pytest.mark.parametrize("name", MADE)
def test_a_pdf_is_known_for_what_it_is(tmp_path: Path, name: str) -> None:
    made = MADE[name]
    got = known(pdf(made, tmp_path / "made.pdf"))
    assert (got.title, got.publisher, got.kind, got.date.year, got.nation) == (
        made.title,
        made.publisher,
        made.kind,
        made.year,
        made.nation,
    )


@pytest.mark.parametrize("name", MADE)
def test_a_word_document_is_known_alike(tmp_path: Path, name: str) -> None:
    made = MADE[name]
    got = known(word(made, tmp_path / "made.docx"))
    assert (got.publisher, got.kind, got.date.year, got.nation) == (made.publisher, made.kind, made.year, made.nation)
    assert made.title.startswith(got.title)
    assert got.title


@pytest.mark.parametrize("name", [name for name, made in FRONTS.items() if not made.full])
def test_a_web_page_is_known_by_its_first_lines_and_its_site(tmp_path: Path, name: str) -> None:
    made = FRONTS[name]
    got = known(web(made, tmp_path / "made.html"))
    assert (got.publisher, got.kind, got.date.year, got.nation) == (made.publisher, made.kind, made.year, made.nation)
    assert got.title
    assert got.title in made.title


def test_every_kind_is_of_a_known_nature_and_no_two_are_called_alike() -> None:
    names = [kind.name for kind in kinds()]
    assert len(set(names)) == len(names)
    assert {nature_of(name) for name in names} == set(Nature)
    assert nature_of("serious case review and lessons learned review") is Nature.REVIEW
    assert nature_of("starter material") is None


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Multi-agency statutory guidance for the conduct of domestic homicide reviews", "statutory guidance"),
        ("Non-statutory guidance for schools", ""),
        ("Annual report of serious case reviews", "annual report"),
        ("Local child safeguarding practice review: Robin", "local child safeguarding practice review"),
        ("Seven-minute briefing: learning from a child practice review", "briefing note"),
        ("Working Together to Safeguard Children", "statutory guidance"),
        ("How agencies have been working together to safeguard children in towns", ""),
        ("Record of inquest touching the death of Hazel", "coroner's finding"),
        ("Fatal accident inquiry: determination", "fatal accident inquiry determination"),
        ("Joint area review", "joint area review"),
        ("A rapid review", "rapid review"),
    ],
)
def test_what_wins_where_a_title_names_several_kinds(title: str, kind: str) -> None:
    blocks = (Block("heading", title, level=1), Block("paragraph", "The people who read this work with families. " * 4))
    assert details_with_origins(Source(blocks, 1, True, "test"), "a.pdf").details.kind == kind


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Ann Other, Chair of West of Berkshire", "West of Berkshire"),
        ("the London Borough of Barking and Dagenham", "London Borough of Barking and Dagenham"),
        ("Dear Bath & North East Somerset", "Bath & North East Somerset"),
        ("together with Leicester, Leicestershire and Rutland", "Leicester, Leicestershire and Rutland"),
        ("Pan-Dorset", "Pan-Dorset"),
        ("The work of the local", ""),
        ("as every Anyshire", ""),
    ],
)
def test_a_place_is_read_from_the_end_of_what_stands_before_a_board(text: str, place: str) -> None:
    assert place_ending(text) == place


@pytest.mark.parametrize(
    ("place", "nation"),
    [
        ("Bristol City", "England"),
        ("City of Bristol", "England"),
        ("Cardiff and the Vale of Glamorgan", "Wales"),
        ("Glasgow City", "Scotland"),
        ("Belfast", "Northern Ireland"),
        ("Northamptonshire", "England"),
        ("St. Helens", "England"),
        ("Stockton-on-Tees", "England"),
        ("Anyshire", ""),
    ],
)
def test_the_nation_of_a_place(place: str, nation: str) -> None:
    assert nation_of(place) == nation


@pytest.mark.parametrize(
    ("line", "only_names"),
    [
        ("Torbay Safeguarding Children Partnership", True),
        ("Care Quality Commission", True),
        ("The Torbay Safeguarding Children Partnership’s guide to neglect", False),
        ("How Ofsted inspects", False),
    ],
)
def test_a_line_that_only_names_who_publishes_is_no_title(line: str, only_names: bool) -> None:
    assert is_publisher(line) is only_names


def test_a_board_that_is_only_named_in_the_text_publishes_nothing() -> None:
    text = "Torbay Safeguarding Children Partnership was asked what it knew. The people who read this work with families."
    blocks = (Block("heading", "What we learned", level=1), *(Block("paragraph", f"{n} families were seen.") for n in range(20)))
    got = details_with_origins(Source((*blocks, Block("paragraph", text), *blocks[1:]), 1, True, "test"), "a.pdf").details
    assert got.publisher == ""


def made_of(*texts: str, title: str = "", empty: tuple[int, ...] = ()) -> Details:
    blocks = (Block("heading", texts[0], level=1), *(Block("paragraph", text) for text in texts[1:]))
    return details_with_origins(Source(blocks, 9, True, "test", title=title, empty_sheets=empty), "a.pdf").details


@pytest.mark.parametrize(
    ("text", "publisher"),
    [
        ("I am Ann Other, senior coroner, for the coroner area of Cornwall and the Isles of Scilly.", "Cornwall and the Isles of Scilly"),
        ("I am Ann Other, HM Senior Coroner for Manchester South.", "HM Senior Coroner for Manchester South"),
    ],
)
def test_a_coroner_is_known_by_office_and_area(text: str, publisher: str) -> None:
    assert made_of("Regulation 28: report to prevent future deaths", text).publisher.endswith(publisher)


def test_inspectorates_that_only_sign_are_named_as_well() -> None:
    got = made_of(
        "Joint targeted area inspection of Anyshire",
        *(f"Inspectors of the Care Quality Commission saw {number} families." for number in range(50)),
        "Ann Other, National Director, Ofsted",
    )
    assert got.publisher == "Care Quality Commission, Ofsted"


def test_where_the_title_page_is_a_picture_the_file_s_own_title_counts_if_it_is_printed() -> None:
    texts = ("How we did it", "This is the story of Child Q: what agencies knew. The people who read this work with families every day.")
    assert made_of(*texts, title="The story of Child Q", empty=(1,)).title == "The story of Child Q"
    assert made_of(*texts, title="The story of Child Q").title == "How we did it"
