"""What a briefing says of itself is read right or left open, with where it was read; printed page numbers; findings printed twice."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.models.reply import Citation
from ingest.details import Found, details_with_origins
from ingest.reading import read
from ingest.reading.source import Block, BlockKind, Source
from ingest.structure import assemble
from knowledge.briefing import UNNUMBERED, Briefing, DateBasis, Details, Page, PassageKind, Place, Quotation
from tests import made_files

BODY = "The panel read the files of five agencies and spoke with the family, and this paper tells what it found in them all."
ENGLAND, SCR = "England", "serious case review"
BOTH = {".pdf", ".docx", ".txt"}
TRUE_OF = {  # read off the briefings by eye; "" is: not printed
    "solihull-2011-learning-lessons": {
        "title": "Learning Lessons from Serious Case Reviews",
        "publisher": "Solihull LSCB",
        "short_name": "Solihull",
        "date": "September 2011",
        "kind": SCR,
        "nation": ENGLAND,
        "period": "",
        "authors": ("Paul Nash",),
        "guidance": (),
        "pseudonyms": (),
        "contacts": 0,
    },
    "medway-2007-practitioner-guide": {
        "title": "Serious Case Reviews and Lessons Learned Reviews – a guide for practitioners",
        "publisher": "MSCB (Medway)",
        "short_name": "Medway",
        "date": "July 2007",
        "kind": f"{SCR} and lessons learned review",
        "nation": ENGLAND,
        "period": "",
        "authors": ("Sally Mortimore",),
        "guidance": ("Working Together 2006",),
        "pseudonyms": (),
        "contacts": 1,
    },
    "leicester-2019-learning-from-reviews": {
        "title": "Learning from reviews",
        "publisher": "Leicester LSCB",
        "short_name": "Leicester",
        "date": "date not printed (2019, from its content)",
        "kind": "briefing note",
        "nation": ENGLAND,
        "period": "",
        "authors": (),
        "guidance": ("Safeguarding Children who May be Trafficked 2011", "Working Together 2015", "Working Together 2018"),
        "pseudonyms": ("Nadiya", "Robyn"),
        "contacts": 2,
    },
    "cambridgeshire-2013-scr-silp-briefing": {
        "title": "Briefing paper from SCR and SILP",
        "publisher": "Cambridgeshire LSCB",
        "short_name": "Cambridgeshire",
        "date": "date not printed (2013, from its content)",
        "kind": "briefing note",
        "nation": ENGLAND,
        "period": "2012-13",
        "authors": (),
        "guidance": ("Working Together 2010",),
        "pseudonyms": (),
        "contacts": 0,
    },
    "leicestershire-rutland-2011-learning-review": {
        "title": "Leicestershire & Rutland Learning Review",
        "publisher": "Leicestershire and Rutland LSCB",
        "short_name": "Leicestershire and Rutland",
        "date": "June 2011",
        "kind": "newsletter",
        "nation": ENGLAND,
        "period": "",
        "authors": (),
        "guidance": (),
        "pseudonyms": (),
        "contacts": 13,
    },
}


def told(details: Details) -> dict[str, object]:
    names = ("title", "publisher", "short_name", "kind", "nation", "period", "authors", "guidance", "pseudonyms")
    return {**{name: getattr(details, name) for name in names}, "date": str(details.date), "contacts": len(details.contacts)}


@pytest.mark.parametrize("stem", TRUE_OF)
def test_the_boards_briefings_are_known_right_in_every_format(shared: Path, stem: str) -> None:
    files = [file for file in (shared / "briefings").glob(f"{stem}.*") if file.suffix in BOTH and ".scan" not in file.name]
    assert len(files) >= 2
    for file in files:
        assert told(details_with_origins(read(file), file.name).details) == TRUE_OF[stem], file.name


@pytest.mark.parametrize("stem", TRUE_OF)
def test_under_another_name_they_are_known_right_or_not_at_all(shared: Path, stem: str) -> None:
    found = told(details_with_origins(read(shared / "briefings" / f"{stem}.pdf"), "download.pdf").details)
    bare = {"publisher": ("MSCB",), "date": ("date not printed",)}
    for name, value in found.items():
        assert value in ("", (), TRUE_OF[stem][name], *bare.get(name, ())), name


def source(*blocks: str | Block, title: str = "", running: Sequence[str] = (), paged: bool = True) -> Source:
    made = tuple(block if isinstance(block, Block) else Block("paragraph", block) for block in blocks)
    return Source(made, sheets=max(block.sheet for block in made), paged=paged, reader="test", title=title, running=tuple(running))


def head(text: str, kind: BlockKind = "heading") -> Block:
    return Block(kind, text, level=1)


def found(*blocks: str | Block, name: str = "download.pdf", **more: object) -> Found:
    return details_with_origins(source(*blocks, **more), name)  # type: ignore[arg-type]


def test_each_detail_says_where_it_was_read(tmp_path: Path) -> None:
    path = made_files.bullets(tmp_path / "anyshire-2014.pdf")
    got = details_with_origins(read(path), path.name)
    assert got.details.publisher == "Anyshire Safeguarding Children Board"
    assert got.origins["title"] == "page 1: “What the Anyshire board learned”"
    assert got.origins["publisher"] == "page 1: “Anyshire Safeguarding Children Board”"
    assert got.origins["date"] == "page 1: “March 2014”"
    assert set(got.origins) == {"title", "publisher", "short_name", "date"}


@pytest.mark.parametrize(
    ("name", "text", "date"),
    [
        ("board-2015.pdf", "In 2015 the panel met four times.", "date not printed (2015, from its content)"),
        ("board-2015.pdf", "It follows Working Together 2015 throughout.", "date not printed (2015, from the file's name)"),
        ("board.pdf", "In 2015 the panel met four times.", "date not printed"),
        ("board-20150612.pdf", "The panel met four times.", "date not printed"),
    ],
)
def test_a_date_says_what_it_rests_on(name: str, text: str, date: str) -> None:
    assert str(found(head("What we learned"), BODY, text, BODY, name=name).details.date) == date


def test_a_printed_date_wins_over_the_files_name() -> None:
    assert str(found(head("What we learned"), "Published: 3 June 2014", BODY, name="board-2015.pdf").details.date) == "3 June 2014"


@pytest.mark.parametrize(
    ("stored", "title"),
    [("What we learned", "What we learned"), ("board-2015.scan", ""), ("Template for minutes", ""), ("Microsoft Word - Document1", "")],
)
def test_a_title_in_the_files_properties_counts_where_it_is_printed(stored: str, title: str) -> None:
    assert found(f"What we learned. {BODY}", BODY, title=stored).details.title == title


def test_a_boards_name_or_a_quotation_over_the_title_is_not_the_title() -> None:
    assert (
        found(head("Anyshire Safeguarding Children Board"), "“Listen.”", head("Six lessons from one home"), BODY).details.title
        == "Six lessons from one home"
    )


@pytest.mark.parametrize("title", ["Finding 1", "FINDING 1", "Lesson 12", "Family 7"])
def test_a_heading_that_counts_is_a_title_and_a_reference_number_is_none(title: str) -> None:
    assert found(head("ASCB 03/2020"), head(title), BODY).details.title == title


@pytest.mark.parametrize(
    ("blocks", "name", "publisher"),
    [
        (("Othershire Safeguarding Children Partnership", BODY), "a.pdf", "Othershire Safeguarding Children Partnership"),
        ((BODY, *([BODY] * 14), "As the Othershire LSCB found in its own review.", *([BODY] * 8)), "a.pdf", ""),
        ((BODY, "The LSCB met. The LSCB wrote to the agencies in Milton Keynes."), "milton-keynes-2015.pdf", "Milton Keynes LSCB"),
        ((BODY, "The LSCB met. The LSCB heard Professor Eileen Munro. The Munro review is read."), "munro-review.pdf", ""),
        ((BODY, "The LSCB met. The LSCB asked the family. Family networks matter."), "family-networks.pdf", ""),
        ((BODY, "The partnership met the safeguarding partners in Anyshire."), "anyshire.pdf", ""),
        ((BODY, "Cardiff and Vale Regional Safeguarding Board"), "a.pdf", "Cardiff and Vale Regional Safeguarding Board"),
    ],
)
def test_a_publisher_is_printed_or_left_open(blocks: tuple[str, ...], name: str, publisher: str) -> None:
    assert found(head("What we learned"), *blocks, name=name).details.publisher == publisher


@pytest.mark.parametrize(
    ("title", "text", "kind", "nation"),
    [
        ("A child practice review", "The board reports.", "child practice review", "Wales"),
        ("Learning from a case management review", "The board reports.", "case management review", "Northern Ireland"),
        ("A significant case review", "This SCR is Scotland's. The SCR was read.", "significant case review", "Scotland"),
        ("A local child safeguarding practice review", "The LCSPR is told.", "local child safeguarding practice review", "England"),
        ("The autumn learning review", "Our newsletter tells what is new.", "", ""),
        ("What we learned", "CPR was begun at once. CPR went on. CPR was stopped.", "", ""),
        ("What we learned", "A serious case review was read.", "", ""),
    ],
)
def test_the_kind_of_review_tells_the_nation_where_it_is_one_nations_own(title: str, text: str, kind: str, nation: str) -> None:
    details = found(head(title), BODY, text).details
    assert (details.kind, details.nation) == (kind, nation)


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("Three case reviews commissioned by the board in 2012-3 are told here.", "2012-13"),
        ("The audits were done between April 2018 and March 2019.", "April 2018 to March 2019"),
        ("The biennial analysis of reviews from 2007-09 was read.", ""),
        ("The panel met in room 2012-3.", ""),
        ("Reviews in 2012-09-14 were few.", ""),
    ],
)
def test_the_period_covered_is_the_reviews_own(text: str, period: str) -> None:
    assert found(head("What we learned"), text, BODY).details.period == period


def test_contacts_are_kept_as_printed_and_a_date_of_birth_or_a_law_is_none() -> None:
    text = "Ring 0116 496 0123 or (01632) 960 456, write to duty@anyshire.example or see www.anyshire.example/help."
    other = "Section 47 of the Act of 1989; 24 reviews in 2018 and 2019; reference 123 456 7890."
    assert found(BODY, text, other).details.contacts == (
        ("phone", "0116 496 0123"),
        ("phone", "(01632) 960 456"),
        ("email", "duty@anyshire.example"),
        ("link", "www.anyshire.example/help"),
    )


def test_a_signature_is_an_author_and_a_professor_who_is_quoted_is_not() -> None:
    blocks: list[str | Block] = [
        head("What we learned"),
        *([BODY] * 12),
        "Professor Ann Other said so.",
        "Mary Example",
        "Board Manager",
        "May 2012",
    ]
    assert found(*blocks).details.authors == ("Mary Example",)
    assert found(*blocks[:-3], "Further Information", "Anyshire Council").details.authors == ()


def test_pseudonyms_are_the_reviews_and_a_family_gp_is_none() -> None:
    text = "Child A and Baby B2 lived with Adult C. The Family GP and the Child CP plan knew. Mina (not her real name) told."
    assert found(head("What we learned"), text).details.pseudonyms == ("Child A", "Baby B2", "Adult C", "Mina")


# -- a finding printed twice ----------------------------------------------------------------------

CHAOS = "The brothers lived for years in a home without order and the help they had {} that disorder, as nobody held the plan."


def items(*texts: str, heading: str = "Findings") -> Source:
    return source(head("What we learned"), head(heading), *(Block("item", text, marker="•") for text in texts))


def test_a_finding_printed_twice_is_kept_once_with_both_places() -> None:
    first, second = CHAOS.format("also mirrored"), CHAOS.format("appeared to mirror")
    reading = assemble(items(first, "Nobody asked the older brother what he saw.", second, "The plan was late."))
    assert [p.text for p in reading.passages] == [first, "Nobody asked the older brother what he saw.", "The plan was late."]
    (again,) = reading.passages[0].also_at
    assert reading.pages[0].text[again.start : again.end] == second
    assert (again.page, again.ordinal, [p.ordinal for p in reading.passages]) == (1, 3, [1, 2, 4])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "The mother was never asked what she knew of the injuries to the child.",
            "The father was never asked what he knew of the injuries to the child.",
        ),
        (
            "In review 3 the visits that were planned for the spring were not made.",
            "In review 8 the visits that were planned for the spring were not made.",
        ),
        (
            "The school was told of the injury on the day that it was first seen.",
            "The school was not told of the injury on the day that it was first seen.",
        ),
        (
            "Child A was seen at home by the same worker on nine of ten visits.",
            "Child B was seen at home by the same worker on nine of ten visits.",
        ),
        ("The plan came late.", "The plan came late."),
    ],
)
def test_two_findings_that_only_read_alike_are_both_kept(one: str, other: str) -> None:
    assert [p.text for p in assemble(items(one, other)).passages] == [one, other]


def test_the_same_words_under_two_headings_are_two_findings() -> None:
    text = CHAOS.format("mirrored")
    blocks = [*items(text).blocks, head("Another case"), Block("item", text, marker="•")]
    assert len(assemble(source(*blocks)).passages) == 2


def test_leicesters_finding_that_is_printed_twice(shared: Path) -> None:
    path = shared / "briefings" / "leicester-2019-learning-from-reviews.pdf"
    reading = assemble(read(path))
    twice = [p for p in reading.passages if p.also_at]
    assert [len(p.also_at) for p in twice] == [1]
    (again,) = twice[0].also_at
    second = reading.pages[again.page - 1].text[again.start : again.end]
    assert twice[0].text.startswith("The four children lived")
    assert second.startswith("The four children lived")
    assert second != twice[0].text


# -- the page as printed, and the sheet in the file -----------------------------------------------


def pages(path: Path, first: int, sheets: int = 4, form: str = "{}", cover: bool = True) -> Path:
    """A PDF without page labels whose foot prints numbers from `first`, after a cover without one."""
    made = made_files.pdf()
    for sheet in range(sheets):
        if sheet:
            made.add_page()
        made.text(15, 30, f"The finding of sheet {sheet + 1} stands here, and is a sentence of its own.")
        made.text(15, 60, f"The finding below it on sheet {sheet + 1} says what was done about that.")
        if sheet or not cover:
            made.text(100, 285, form.format(first + sheet))
    return made_files.save(made, path)


@pytest.mark.parametrize("form", ["{}", "Page {}", "Anyshire board | {}", "- {} -", "{} of 40"])
def test_printed_page_numbers_are_kept_where_the_file_has_no_labels(tmp_path: Path, form: str) -> None:
    reading = assemble(read(pages(tmp_path / "part.pdf", 11, form=form)))
    assert [page.label for page in reading.pages] == [UNNUMBERED, "12", "13", "14"]


def test_sheets_that_count_from_one_need_no_other_number(tmp_path: Path) -> None:
    assert [page.label for page in assemble(read(pages(tmp_path / "a.pdf", 1))).pages] == ["", "2", "3", "4"]


def test_the_labels_that_a_file_states_are_taken(tmp_path: Path) -> None:
    made = made_files.pdf()
    for sheet in range(3):
        if sheet:
            made.add_page()
        made.set_page_label(label_style="r" if sheet < 2 else "D", label_start=1 if sheet in (0, 2) else None)
        made.text(15, 30, f"The finding of sheet {sheet + 1} stands here, and is a sentence of its own.")
    assert [page.label for page in assemble(read(made_files.save(made, tmp_path / "a.pdf"))).pages] == ["i", "ii", "1"]


@pytest.mark.parametrize(
    ("number", "label", "end", "place"),
    [
        (14, "12", 9, "p. 12 (PDF page 14)"),
        (14, "12", 20, "pp. 12-13 (PDF pages 14-15)"),
        (3, "iii", 9, "p. iii (PDF page 3)"),
        (2, "2", 9, "p. 2"),
        (2, "", 9, "p. 2"),
        (1, UNNUMBERED, 9, "PDF page 1"),
    ],
)
def test_a_citation_names_the_printed_page_and_the_sheet_where_they_differ(number: int, label: str, end: int, place: str) -> None:
    page = Page(number, "A finding that runs on over.", label, runs_on=10)
    briefing = Briefing("a", "a.pdf", "0", Details(), paged=True)
    again = Place(16, 5, 20, 31)
    citation = Citation(Quotation(briefing, page, 0, end, page.text[:end]), "Findings", 7, also_at=(again,))
    assert citation.place == place
    assert citation.as_json()["also_at"] == [{"page": 16, "paragraph": 31, "start": 5, "end": 20}]
    scanned = Citation(Quotation(briefing, replace(page, recognised=True), 0, end, page.text[:end]), "Findings", 7)
    assert (scanned.place, scanned.as_json()["ocr"]) == (f"{place}, from a scan", True)
    text = Citation(Quotation(Briefing("b", "b.docx", "0", Details(), paged=False), page, 0, end, page.text[:end]), "", 7)
    assert text.place == "paragraph 7"


def test_what_a_reading_process_sends_names_nothing_but_its_own_class() -> None:
    """Python 3.11.2, which Debian 12 has, pickles an enumeration through `getattr`: then no file was read at all."""
    for sent in (*DateBasis, *PassageKind):
        assert b"getattr" not in pickle.dumps(sent)
        assert pickle.loads(pickle.dumps(sent)) is sent
