"""A word is found however it is written: solid, hyphened or apart, British or American, and a section however it is cited."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.assistant import Assistant
from ingest.pipeline import ingest
from knowledge.library import Library
from knowledge.word_forms import normal
from tests.earlier_catalogue import back_to_version_2
from tests.library_maker import HashedWords
from tests.prepared import prepared

SAYS = (
    "The well-being of the twins was written about, and neither of them was asked.",
    "An agreement under s.20 was signed by the grandmother alone.",
    "Nobody held a section 47 enquiry until the third bruise.",
    "Regulations 44 and 45 ask for a visitor who is independent.",
    "The anaesthetist and the paediatrician were not at the meeting.",
    "Multi-agency panels sat without the landlord.",
    "The X-ray was read by a trainee who was on her own.",
    "Child care was given by an uncle whom nobody had met.",
    "The organisation did not recognise grooming as harm.",
    "Safekeeping of £12,000 was left to a boy of nine.",
    "In 67% of the families a dog had bitten somebody.",
    "The school enquired into his absence in March.",
    "Each carer signed a counselling contract.",
    "The health visitor's cooperation with Zo\u00eb's nursery was praised.",
)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    folder = tmp_path_factory.mktemp("forms")
    (folder / "review.md").write_text("# Learning from the twins\n\n" + "\n\n".join(SAYS) + "\n", "utf-8")
    library = Library(prepared(folder / "library"))
    assert [result.status for result in ingest(library, [folder / "review.md"])] == ["added"]
    yield Assistant(library)
    library.close()


@pytest.mark.parametrize(
    ("questions", "found"),
    [
        (("Was the wellbeing of the twins looked at?", "the well being of the twins", "well\u2011being of the twins"), SAYS[0]),
        (("s20 agreement", "s.20 agreement", "S 20 agreement", "section 20 agreement", "agreements under sec. 20"), SAYS[1]),
        (("s47", "Was a s.47 inquiry held?", "section 47 enquiries", "ss 47", "\u00a7 47"), SAYS[2]),
        (("What do regs 44 and 45 ask for?", "reg. 45 visitor", "regulation 44"), SAYS[3]),
        (("Was an anesthetist asked?", "anaesthetists", "anesthetist", "pediatrician"), SAYS[4]),
        (("multiagency", "multi agency", "multi-agency", "multiagency panels"), SAYS[5]),
        (("xray", "x-ray", "X ray", "Who read the xray?"), SAYS[6]),
        (("childcare", "child-care", "child care", "Who gave childcare?"), SAYS[7]),
        (("Did the organization recognize grooming?", "organizations that recognise grooming"), SAYS[8]),
        (("safe keeping", "safe-keeping of 12000", "safekeeping"), SAYS[9]),
        (("67 per cent of the families", "67 percent of families", "67% of the families"), SAYS[10]),
        (("Who inquired into his absence?",), SAYS[11]),
        (("counseling contract", "counselling contracts"), SAYS[12]),
        (("cooperation with the nursery", "co-operation with the nursery", "co operation of the health visitor"), SAYS[13]),
    ],
)
def test_every_way_of_writing_a_word_finds_it(asked: Assistant, questions: tuple[str, ...], found: str) -> None:
    for question in questions:
        reply = asked.reply(question)
        assert found in [citation.quotation.text for citation in reply.citations], (question, reply.explanation)


def test_a_word_that_only_happens_to_hold_two_others_is_not_parted(asked: Assistant) -> None:
    """ "manage" is no "man age", and "therapist" no "the rapist"."""
    read = asked.evidence("Did the therapist manage a carpet, and another notable outcome?").question
    assert {"therapist", "manage", "carpet", "notable", "outcome"} <= set(read.terms)
    assert not {form for forms in read.also.values() for form in forms}


def test_a_number_after_a_division_of_a_law_is_not_any_number(asked: Assistant) -> None:
    assert asked.library.catalogue.count_with("47") == 0
    assert asked.library.catalogue.count_with("section 47") == asked.library.catalogue.count_with("s.47") == 1


def test_the_working_says_how_a_word_was_read(asked: Assistant) -> None:
    explanation = asked.reply("Was an anesthetist asked?").explanation
    assert explanation is not None
    assert dict(explanation.heard)["Words searched for"] == "anaesthetist (1)"


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("s.17/47", "sections 17 and 47"),
        ("section 47, 12 children", "s47, 12 children"),
        ("art. 8 and sch 2", "Article 8 and Schedule 2"),
        ("An analysed p\u00e6diatric programme", "an analyzed pediatric program"),
        ("\ufb01nd caf\u00e9s", "find cafes"),
    ],
)
def test_one_form(written: str, same: str) -> None:
    assert normal(written) == normal(same)


def test_a_possessive_and_an_age_are_no_sections() -> None:
    assert normal("the child's 20 toys, ages 5, the 1980s 20") == "the child's 20 toys, ages 5, the 1980s 20"


@given(st.text(max_size=80))
def test_the_form_of_a_form_is_itself(text: str) -> None:
    assert normal(normal(text)) == normal(text)


def test_a_library_of_an_earlier_version_is_indexed_again_without_its_files(tmp_path: Path) -> None:
    (tmp_path / "review.md").write_text("# The twins\n\n" + "\n\n".join(SAYS) + "\n", "utf-8")
    library = Library(tmp_path / "library", HashedWords())
    assert [result.status for result in ingest(library, [tmp_path / "review.md"])] == ["added"]
    library.close()
    make_earlier(tmp_path / "library" / "catalogue.sqlite3")
    library = Library(tmp_path / "library", HashedWords())
    assert [stored.passage.text for stored in library.catalogue.passages("review")] == list(SAYS)
    assert library.catalogue.count_with("organization") == library.catalogue.count_with("section 20") == 1
    assert library.delete("review").file_name == "review.md"
    assert library.catalogue.count_with("organisation") == 0
    library.close()


def make_earlier(catalogue: Path) -> None:
    """Turn a catalogue into one as version 2 made it: the printed words are indexed."""
    connection = sqlite3.connect(catalogue)
    connection.executescript(
        """
        DROP TRIGGER passage_added; DROP TRIGGER passage_gone; DROP TABLE passage_text;
        ALTER TABLE passage DROP COLUMN words; ALTER TABLE passage DROP COLUMN heading_words;
        CREATE VIRTUAL TABLE passage_text USING fts5 (
            text, heading, content = 'passage', content_rowid = 'id', tokenize = 'porter unicode61 remove_diacritics 2'
        );
        CREATE VIRTUAL TABLE passage_word USING fts5vocab ('passage_text', 'row');
        CREATE TRIGGER passage_added AFTER INSERT ON passage BEGIN
            INSERT INTO passage_text (rowid, text, heading) VALUES (new.id, new.text, new.heading);
        END;
        CREATE TRIGGER passage_gone AFTER DELETE ON passage BEGIN
            INSERT INTO passage_text (passage_text, rowid, text, heading) VALUES ('delete', old.id, old.text, old.heading);
        END;
        INSERT INTO passage_text (passage_text) VALUES ('rebuild');
        DELETE FROM setting WHERE name = 'word forms';
        """
    )
    back_to_version_2(connection)
    connection.commit()
    connection.close()
