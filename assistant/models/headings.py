"""What the words of a kind of document are headed with.

A statutory duty is shown as a duty and an inspection's judgement as an inspection's, never as what reviews say.
"""

from __future__ import annotations

from knowledge.kinds import Nature, nature_of

REVIEWS = "What reviews say"
HEADINGS = {
    Nature.DUTY: "What statutory guidance requires",
    Nature.INSPECTION: "What inspectors judged",
    Nature.INQUIRY: "What inquiries and committees found",
    Nature.CORONER: "What coroners found",
    Nature.REPORT: "What annual reports say",
    Nature.OTHER: "What other documents say",
}


def heading_of(kind: str) -> str:
    """What the words of a document of this kind stand under in an answer; of briefings, and where the kind is not known, as of reviews."""
    nature = nature_of(kind)
    return HEADINGS.get(nature, REVIEWS) if nature else REVIEWS
