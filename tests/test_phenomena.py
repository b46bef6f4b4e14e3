"""The nastiest things found in blogs, one invented post for each, through all that looks at one text."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from train import recipe as recipes
from train.prepare import sources
from train.prepare.document import Document
from train.prepare.refine import Refined, refine
from train.run import ROOT
from train.sections import Keep, Source

SITE = ROOT / "train" / "rehearse" / "samples" / "voice" / "site"
RECIPE = replace(recipes.load("voice"), keep=Keep(words=(20, 5000)))


@cache
def refined() -> dict[str, Refined | str]:
    """By file name: what a post became, or why it was not read."""
    source = Source(kind="jekyll", path=str(SITE), take=("post", "page", "walks"))
    (pinned,) = sources.pin((source,))
    return {
        Path(each.id).name: refine(each, RECIPE) if isinstance(each, Document) else each.reason
        for each in sources.read(pinned)
    }


def text_of(name: str) -> str:
    found = refined()[name]
    assert isinstance(found, Refined), found
    assert not found.secrets
    (document,) = found.documents
    return document.text


def reason_against(name: str) -> str:
    found = refined()[name]
    return found if isinstance(found, str) else found.dropped[0].reason


@pytest.mark.parametrize(
    ("name", "stays", "goes"),
    [
        pytest.param(
            "2019-03-04-the-allotment-in-march.md",
            ["stuck to my boots like dough"],
            ["Birgit", "gmx", "Put glass over them"],
            id="readers' comments in the front matter never enter",
        ),
        pytest.param(
            "2019-04-20-a-list-for-winter.md",
            ["I kept the onions too warm"],
            ["+++", "mood", "orderly"],
            id="TOML front matter is read",
        ),
        pytest.param(
            "2019-05-11-what-my-old-friend-said.md",
            ["my old choir friend", "only to the dog, and he leaves the room"],
            [],
            id="a sentence that looks like a link's target stays",
        ),
        pytest.param(
            "2019-06-02-the-fence-and-the-line.md",
            ["I have painted it twice since then", "a line you can lean on"],
            ["# I have painted"],
            id="a paragraph over dashes is no heading unless it was meant",
        ),
        pytest.param(
            "2019-07-14-teaching-a-machine-to-water.md",
            ["for (i = 3; i <= n; ++ i) open the tap", "< 40 and the sky", "> 60, the lamp blinks"],
            [],
            id="comparisons are no tags",
        ),
        pytest.param(
            "2019-08-08-prices-at-the-market.md",
            ["I sold beans at the market for the first time today.", "A man asked me"],
            ["{%", "{{", "stall.price", "where:", "| first"],
            id="Liquid over several lines goes, the prose around it stays",
        ),
        pytest.param(
            "2019-09-01-how-this-page-is-made.md",
            ["{{ site.title }}", "{% for post in site.posts %}", "That loop makes the list"],
            ["{% raw %}", "{% endraw %}"],
            id="what raw marks keep from Liquid stays",
        ),
        pytest.param(
            "2019-10-10-scripts-for-the-shed.md",
            ["${SHED_DIR:-${HOME}/shed}", "The shed in October, with its one good window", "2a}}$$"],
            ["{{Figure", "/images/shed.jpg"],
            id="what only looks like Liquid stays, and so does a figure's caption",
        ),
        pytest.param(
            "2019-11-21-tools-i-would-buy-again.md",
            ["It was my mother's", "The shoe held for a whole summer.", "Black, with milk, in the blue cup."],
            ["{:", "{#", "Table of Contents", "{:toc}"],
            id="kramdown's attributes and contents go, footnotes' words stay",
        ),
        pytest.param(
            "2020-02-29-which-vegetable-are-you.md",
            ["I am not sorry", "Sven is a leek, of course."],
            ["<a ", "<img", "brought to you by"],
            id="the residue of a quiz goes",
        ),
        pytest.param(
            "2020-03-15-the-pond.md",
            ["We dug a pond, the size of a door.", "Now there are five frogs"],
            ["[caption", "[/caption]", "attachment_41"],
            id="WordPress' captions around images go",
        ),
        pytest.param(
            "2020-04-01-a-new-look.md",
            ["This page has a new look", "The green is the green of the shed door."],
            ["display: block", "font-size"],
            id="pasted CSS goes",
        ),
        pytest.param(
            "2020-05-05-two-ways-to-break-a-line.md",
            [
                "it rang a bell near the edge of the paper",
                "the kettle first\nthen the boots\nthen the long way down\nwith the key in my teeth",
            ],
            [],
            id="wrapped prose is joined and a poem is not",
        ),
        pytest.param(
            "2020-06-18-things-you-cannot-see.md",
            ["copying letters", "soft hyphens", "a sign for the beginning"],
            ["\u200b", "\u00ad", "\u200e", "\ufeff", "\u202a", "\x0b", "\u00a0"],
            id="what cannot be seen goes",
        ),
        pytest.param(
            "2020-07-07-a-singer-on-the-radio.md",
            ["currants want a waltz"],
            [],
            id="a homoglyph hurts nothing",
        ),
        pytest.param(
            "2020-08-19-jam-and-bread.md",
            [
                "Sven's jam",
                "sugar — and a story",
                "`&lt;b&gt;Jam&lt;/b&gt; &amp; more`",
                "Jam &amp; bread &mdash; 2020",
            ],
            ["Sven&#039;s"],
            id="entities are read in prose and stay in code",
        ),
        pytest.param(
            "2020-09-09-written-on-the-old-laptop.md",
            ["I put the round ones with the round ones."],
            ["\r", "\x00"],
            id="UTF-16 with a mark and DOS line ends is read",
        ),
        pytest.param(
            "2020-10-30-a-letter-from-my-cousin.md",
            ["persimmons are red at last", "庭の柿がようやく赤くなりました"],
            [],
            id="a quotation in another language stays",
        ),
        pytest.param(
            "2020-12-24-a-short-day.html",
            [
                "*almost* found the other glove",
                "## What we gave",
                "- Sven gave me string.",
                "nothing. It is the right kind",
            ],
            ["<p>", "<script", "document.write"],
            id="an HTML post becomes Markdown",
        ),
        pytest.param(
            "2021-01-15-how-to-reach-me.md",
            ["The telephone in the shed is dead", "[e-mail]", "[phone]"],
            ["allotment-post.se", "174 06 58"],
            id="an address and a number are masked",
        ),
    ],
)
def test_the_prose_stays_and_the_dirt_goes(name: str, stays: list[str], goes: list[str]) -> None:
    text = text_of(name)
    assert [part for part in stays if part not in text] == []
    assert [part for part in goes if part in text] == []


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        pytest.param("2020-01-02-old-address.md", "redirect", id="redirect"),
        pytest.param("2020-01-03-look.md", "only links", id="nothing but an address"),
        pytest.param("2020-01-20-a-talk-about-leeks.md", "somebody else's words", id="a chat log"),
        pytest.param("2020-02-11-from-the-council.md", "somebody else's words", id="a press release"),
        pytest.param("2020-11-11-ein-brief-an-die-schwester.md", "in another language", id="a German letter"),
        pytest.param("2020-12-01-not-for-everyone.md", "unpublished", id="by the site's defaults"),
        pytest.param("notes-without-a-date.md", "no date in the file name", id="a name without a date"),
    ],
)
def test_what_is_no_post_of_the_author_is_dropped_with_its_reason(name: str, reason: str) -> None:
    assert reason_against(name) == reason


@pytest.mark.parametrize("name", ["CLAUDE.md", "2020-01-01-my-turn.md"])
def test_what_the_site_leaves_out_never_enters(name: str) -> None:
    found = refined().get(name, "not looked at")
    assert isinstance(found, str), f"{name} was read"


@pytest.mark.parametrize("name", ["about.md", "along-the-railway.md"])
def test_pages_and_collections_come_if_they_are_asked_for(name: str) -> None:
    assert text_of(name)
