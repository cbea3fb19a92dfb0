"""A library with the starter briefings and two published papers in our own words, and packs made of it once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.assistant import Assistant
from assistant.packs.build import build
from assistant.packs.desk import Desk
from assistant.packs.files import files_of
from assistant.packs.holdings import choose_case
from assistant.packs.pack import Pack
from ingest.pipeline import ingest
from knowledge.library import Library
from tests.prepared import starter_folder

TWO_CASES = """# Learning from two serious case reviews

Exampleshire Safeguarding Children Partnership, June 2019. It cites Working Together 2015.

## Serious Case Review - Tamsin

Tamsin was six months old when her father took her to hospital in May 2018 with a broken arm. The doctor said that the arm had been twisted.

In March 2017 Tamsin's mother met the midwife, who wrote down that she was often alone. “I am fine,” she said.

Tamsin's grandmother telephoned the council in January 2018. She was told that somebody would ring back.

## Key findings - Tamsin

- Tamsin's bruises were seen by two services and put together by neither of them.
- Nobody asked who the man in Tamsin's home was, or whether he had children of his own.
- Professionals accepted the account of Tamsin's mother and did not check it with anybody.

## What helped Tamsin

- A neighbour of Tamsin's family wrote down what she heard and passed it on at once.
- Tamsin's grandmother was asked what she had seen on the first day and was helped to look after the baby.

## Recommendations - Tamsin

- The partnership should make sure that each baby like Tamsin is seen by a doctor when there is a bruise.

## Serious Case Review - Iolo

Iolo was nine years old in 2016 and lived with his uncle. The uncle locked Iolo into the shed at night.

In July 2016 Iolo told a coach that he was hungry. The coach rang the school.

In February 2016 a neighbour wrote to the school about Iolo, under Working Together 2015. Nobody wrote back, and in 2018 he wrote again.

## Key findings - Iolo

- Iolo's silence was understood as shyness, and no worker asked what it meant.
"""
ANOTHER = """# Messages from reviews

Otherton Safeguarding Children Board, March 2014

## What reviews found

- Fathers and other men in the home were not asked about, and their history was not known to those who visited.
- Injuries to babies who could not move were explained as accidents, and procedures for bruising were not followed.
- Relatives who were worried about a child had telephoned, and their calls were not written down.
"""
TAMSIN = "two-cases.md"


@pytest.fixture(scope="package")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The starter briefings and both papers. Whoever changes it puts it back."""
    folder = tmp_path_factory.mktemp("packs")
    made = Library(starter_folder(folder / "library"))
    for name, text in ((TAMSIN, TWO_CASES), ("another.md", ANOTHER)):
        (folder / name).write_text(text, "utf-8")
    assert {result.status for result in ingest(made, [folder / TAMSIN, folder / "another.md"])} == {"added"}
    yield made
    made.close()


@pytest.fixture(scope="package")
def desk(library: Library) -> Desk:
    return Desk(Assistant(library))


@pytest.fixture(scope="package")
def pack(desk: Desk) -> Pack:
    """The case of Tamsin, published beside that of Iolo."""
    return build(desk, choose_case(desk, "Tamsin"))


@pytest.fixture(scope="package")
def fictional(desk: Desk) -> Pack:
    """A case of the starter library."""
    return build(desk, choose_case(desk, "Bryony"), "schools", 120)


@pytest.fixture(scope="package")
def files(pack: Pack) -> dict[str, bytes]:
    return files_of(pack)


@pytest.fixture(scope="package")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("work")
