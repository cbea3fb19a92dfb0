"""A saved page keeps its own words: folded sections under their heads, and whatever its classes and ids are called."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.reading import read
from tests import made_office
from tests.test_formats import passages, shown

FIRST = "The nurse called at the flat three times and was let in once."
SECOND = "No service held the whole of the picture of this family."
SCRIPT = "<p>This page is for all who work with families.</p>"

GOVUK = """<div class="govuk-accordion"><div class="govuk-accordion__controls"><button class="govuk-accordion__show-all"
aria-expanded="false">Show all sections</button></div>{}</div>""".format(
    "".join(
        f"""<div class="govuk-accordion__section"><h2><button aria-controls="a-{n}" aria-expanded="false"><span>{head}</span><span
class="govuk-visually-hidden">, </span><span class="govuk-accordion__section-toggle"><span>Show</span></span></button></h2><div id="a-{n}"
class="govuk-accordion__section-content" hidden="until-found"><p>{words}</p></div></div>"""
        for n, head, words in ((1, "Unseen babies", FIRST), (2, "Lost files", SECOND))
    )
)
BOOTSTRAP = "".join(
    f"""<div class="accordion-item"><h2 class="accordion-header"><button class="accordion-button collapsed" data-bs-target="#c{n}">{head}
</button></h2><div id="c{n}" class="accordion-collapse collapse" style="display: none"><p>{words}</p></div></div>"""
    for n, head, words in ((1, "Unseen babies", FIRST), (2, "Lost files", SECOND))
)
PLAIN_BUTTONS = "".join(
    f'<button class="accordion">{head}</button><div class="panel" style="display:none"><p>{words}</p></div>'
    for head, words in (("Unseen babies", FIRST), ("Lost files", SECOND))
)
DETAILS = "".join(
    f"<details><summary>{head}</summary><p>{words}</p></details>" for head, words in (("Unseen babies", FIRST), ("Lost files", SECOND))
)
TABS = f"""<ul role="tablist"><li><a role="tab" href="#t1" aria-controls="t1">Unseen babies</a></li><li><a role="tab"
href="#t2">Lost files</a></li></ul><section role="tabpanel" id="t1"><p>{FIRST}</p></section>
<section role="tabpanel" id="t2" hidden><p>{SECOND}</p></section>"""
BOOTSTRAP_TABS = f"""<ul class="nav nav-tabs"><li><button class="nav-link" data-bs-toggle="tab" data-bs-target="#t1">Unseen
babies</button></li><li><a class="nav-link"
data-toggle="tab" href="#t2">Lost files</a></li></ul><div
class="tab-content"><div class="tab-pane"
id="t1"><p>{FIRST}</p>
</div><div class="tab-pane" style="display:none" id="t2"><p>{SECOND}</p></div></div>"""
FOLDED = {
    "govuk": GOVUK,
    "bootstrap": BOOTSTRAP,
    "buttons": PLAIN_BUTTONS,
    "details": DETAILS,
    "tabs": TABS,
    "bootstrap tabs": BOOTSTRAP_TABS,
}


@pytest.mark.parametrize("name", FOLDED)
def test_folded_sections_are_read_under_what_opens_them(tmp_path: Path, name: str) -> None:
    path = made_office.page(tmp_path / "folded.html", f"<main><h1>Learning</h1>{SCRIPT}{FOLDED[name]}</main>")
    found = passages(path)
    assert found[FIRST].heading == "Learning > Unseen babies"
    assert found[SECOND].heading == "Learning > Lost files"
    assert "Show" not in shown(read(path))
    assert not read(path).warnings or name == "govuk"


@pytest.mark.parametrize(
    "opening",
    [
        '<section id="consent-and-information-sharing">',
        '<div class="consent-to-treatment">',
        '<section id="uk-gdpr-and-child-protection">',
        '<div class="page with-sidebar">',
        '<div class="sidebar">',
        '<aside role="complementary">',
        '<div id="navigation-of-services">',
        '<section id="related-content">',
        "<button>",
    ],
)
def test_no_prose_is_lost_for_the_name_of_what_it_stands_in(tmp_path: Path, opening: str) -> None:
    tag = opening[1:].rstrip(">").split()[0]
    path = made_office.page(tmp_path / "named.html", f"<h1>Learning</h1><p>{SECOND}</p>{opening}<p>{FIRST}</p></{tag}>")
    assert FIRST in passages(path)


def test_what_is_not_the_pages_own_is_left_out_with_its_number_of_words(tmp_path: Path) -> None:
    beside = '<div class="sidebar"><a href="/a">Other reviews</a> <a href="/b">Contact</a></div>'
    notice = '<div id="consent"><p>We use cookies to count visits.</p></div>'
    path = made_office.page(tmp_path / "around.html", f"<nav>Home News</nav>{notice}<h1>Learning</h1><p>{FIRST}</p>{beside}")
    source = read(path)
    assert shown(source) == f"Learning\n{FIRST}"
    assert source.warnings == (
        "Left out of the page: navigation (2 words).",
        "Left out of the page: a cookie notice (6 words).",
        "Left out of the page: navigation or links beside the text (3 words).",
    )


def test_a_dialog_that_is_hidden_stays_so_and_is_counted(tmp_path: Path) -> None:
    dialog = '<button aria-controls="d">Help</button><div id="d" class="modal" style="display:none"><p>Leave this page now.</p></div>'
    source = read(made_office.page(tmp_path / "dialog.html", f"<h1>Learning</h1><p>{FIRST}</p>{dialog}"))
    assert "Leave this page" not in shown(source)
    assert source.warnings == ("1 hidden passage was left out.",)


SAVED_BY_WORD = f"""<p class=MsoToc1><a href="#_Toc1">Findings<span>....3</span></a></p><p
class=MsoTitle>Learning from Child N<o:p></o:p></p>
<h1>Findings</h1><p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><![if !supportLists]><span style='font-family:Symbol'><span
style='mso-list:Ignore'>·<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;&nbsp;</span></span></span><![endif]>{FIRST}</p>
<p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><span style='mso-list:Ignore'>2.<span>&nbsp;&nbsp;</span></span>{SECOND}</p>
<p class=MsoNormal>The child was <del cite="mailto:a">not </del>seen <span style='font-family:Wingdings'>&#252;</span> by
<w:Sdt ShowingPlcHdr="t">Click here to enter a name.</w:Sdt>the doctor.</p>"""


def test_a_page_that_word_saved_reads_as_the_document_does(tmp_path: Path) -> None:
    source = read(made_office.page(tmp_path / "saved.htm", SAVED_BY_WORD))
    assert shown(source) == f"Learning from Child N\nFindings\n• {FIRST}\n2. {SECOND}\nThe child was seen ✓ by the doctor."
    assert set(source.warnings) == {
        "The table of contents was left out.",
        "1 struck-out passage was left out.",
        "1 form field without an answer was left out.",
    }
