"""Which themes a message speaks of, with an embedder that counts words: what is near in words is near in meaning."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.language.theme_matcher import MOST, NAMED, ThemeMatcher
from knowledge.themes import Theme
from tests.library_maker import HashedWords

EMBEDDER = HashedWords(dimensions=8192)


@pytest.fixture(scope="module")
def matcher(tmp_path_factory: pytest.TempPathFactory) -> ThemeMatcher:
    made = ThemeMatcher(EMBEDDER, tmp_path_factory.mktemp("derived"))
    made.warm()
    return made


def heard(matcher: ThemeMatcher, message: str, *sentences: str) -> list[tuple[Theme, float]]:
    vector = EMBEDDER.embed_query(message)
    return matcher.heard(message, vector, vector, [EMBEDDER.embed_query(one) for one in sentences])


def test_a_theme_that_is_named_is_heard_first_whatever_stands_round_it(matcher: ThemeMatcher) -> None:
    for theme in matcher.themes:
        if " " in theme.name:
            found = heard(matcher, f"zebra quartz {theme.name.lower()} marmalade violin")
            assert theme.id in [one.id for one, score in found if score >= NAMED], theme.name


def test_each_way_of_saying_a_theme_finds_it_and_nothing_finds_more_than_a_few(matcher: ThemeMatcher) -> None:
    said = [(theme, phrase) for theme in matcher.themes for phrase in theme.said_as]
    firsts = [heard(matcher, phrase, phrase) for _, phrase in said]
    assert all(1 <= len(found) <= MOST for found in firsts)
    right = sum(found[0][0].id == theme.id for (theme, _), found in zip(said, firsts, strict=True))
    assert right >= 0.9 * len(said)


def test_words_that_no_theme_prints_are_of_none(matcher: ThemeMatcher) -> None:
    assert heard(matcher, "quartz violin zebra marmalade") == []


def test_what_was_learned_is_kept_and_not_made_again(matcher: ThemeMatcher) -> None:
    fresh = HashedWords(dimensions=8192)
    ThemeMatcher(fresh, matcher._folder).warm()
    assert fresh.embedded == 0


def test_scores_go_by_theme_and_fall_from_the_first_on(matcher: ThemeMatcher, tmp_path: Path) -> None:
    order = matcher.fitting([EMBEDDER.embed_query("she never lets us upstairs")])
    assert {theme.id for theme, _ in order} == {theme.id for theme in matcher.themes}
    assert [score for _, score in order] == sorted((score for _, score in order), reverse=True)
    assert list(tmp_path.iterdir()) == []
