"""What a passage is to a pack: measured on the six fictional reviews, whose sections say what their passages are."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.packs.desk import Desk
from assistant.packs.roles import load_examples
from assistant.packs.when import When, when_of
from knowledge.errors import SettingsError

SECTIONS = {"The people": "event", "Stage": "event", "What the review": "finding", "What helped": "helped", "Recommendations": "advice"}
LEAST = 170  # of 181; raised when the judgement gets better, never lowered


def test_nearly_all_passages_of_the_fictional_reviews_have_the_role_of_their_section(desk: Desk) -> None:
    right, spoilers, count = 0, [], 0
    for briefing in desk.briefings():
        if not briefing.file_name.startswith("case-"):
            continue
        stored = desk.told(briefing)
        roles = desk.roles.of([one.passage for one in stored], briefing.details.pseudonyms)
        for one, role in zip(stored, roles, strict=True):
            headings = one.passage.heading.split(" > ")
            wanted = next((r for begins, r in SECTIONS.items() if any(h.startswith(begins) for h in headings)), None)
            count += wanted is not None
            right += wanted == role.value
            if wanted in ("finding", "helped") and role.value == "event":
                spoilers.append(one.passage.text)
    assert count == 181
    assert right >= LEAST
    assert len(spoilers) <= 1  # a finding told among the stages gives the end away


def test_what_can_distress_is_told_from_what_is_calm(desk: Desk) -> None:
    can = ["The baby was found with two broken ribs and a burn on the back.", "He was stabbed by his father in front of his sister."]
    calm = ["The health visitor wrote a letter and got no answer.", "The plan was reviewed in June and nine actions were carried forward."]
    assert desk.roles.distressing(can[:1])
    assert desk.roles.distressing(can[1:])
    assert not desk.roles.distressing(calm)


@pytest.mark.parametrize(
    ("text", "heading", "found"),
    [
        ("On 12 October 2023 she told a teacher, who rang in November 2023.", "", When(2023, 10, 12, "12 October to November 2023")),
        ("In 2016 the family moved.", "", When(2016, 0, 0, "2016")),
        ("The Children Act 1989 asks for it.", "", None),
        ("He went home.", "Stage two, 2019 to 2021", When(2019, 0, 0, "2019 to 2021")),
        ("He went missing nine times between March and July 2023.", "", When(2023, 3, 0, "March to July 2023")),
        ("From March to July 2014 nobody called.", "", When(2014, 3, 0, "March to July 2014")),
        ("He wrote in February 2016 and, since nobody answered, in 2018.", "", When(2016, 2, 0, "February 2016 to 2018")),
        ("In 2018 Iolo was moved, as the 2012 plan had said.", "", When(2012, 0, 0, "2012 to 2018")),
        ("From 3 March to 9 July 2014, in the school year 2013/14, he was absent.", "", When(2014, 3, 3, "2013 to 2014")),
        ("On 3 and 9 March 2014 they rang; on 8 March she was out.", "", When(2014, 3, 3, "3 to 9 March 2014")),
        ("It cites Working Together (2015), the 1989 Act and £2000 of costs.", "", None),
    ],
)
def test_a_date_is_read_from_the_words_else_from_the_heading(text: str, heading: str, found: When | None) -> None:
    assert when_of(text, heading) == found


def test_a_file_of_examples_that_lacks_a_role_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "examples.toml"
    role = '[[role]]\nid = "event"\nheadings = ["a", "b"]\nexamples = ["c", "d"]\n'
    path.write_text(f'{role}[distress]\nthreshold = 0.4\ncan = ["e", "f"]\ncalm = ["g", "h"]\n', "utf-8")
    with pytest.raises(SettingsError, match="no examples of the role finding"):
        load_examples(path)
