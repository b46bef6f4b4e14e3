"""The words on top of a card whose version was withdrawn: below its front matter, once, whoever saved it."""

import pytest

from cards import top
from train.release.published.banner import with_banner
from train.release.published.standing import Yanked

GONE = [Yanked("v0.1.0", "It repeats a letter.", "v0.2.0")]
CARD = "---\nlicense: mit\n---\n\n# A writer\n"


@pytest.mark.parametrize(
    "card",
    [
        pytest.param(CARD, id="as a release writes it"),
        pytest.param(CARD.replace("\n", "\r\n"), id="saved on Windows"),
        pytest.param(f"\ufeff{CARD}", id="with a byte order mark"),
        pytest.param("---\nlicense: mit\n---", id="nothing but front matter, without a last line break"),
        pytest.param(CARD.replace("---\n", "---  \n"), id="with spaces behind the dashes"),
    ],
)
def test_the_front_matter_stays_on_top(card: str) -> None:
    told = with_banner(card, GONE)
    assert top.read(told).values == {"license": "mit"}
    assert "\n> **v0.1.0 was withdrawn**" in told
    assert with_banner(told, GONE) == told, "said once"


@pytest.mark.parametrize("saved", ["\n", "\r\n"])
def test_a_banner_is_taken_off_whoever_saved_the_card_since(saved: str) -> None:
    card = CARD.replace("\n", saved)
    told = with_banner(CARD, GONE).replace("\n", saved)
    assert with_banner(told, ()) == card


def test_words_between_two_stray_marks_stay() -> None:
    card = f"{CARD}\n<!-- withdrawn -->\nHow we withdraw a version.\n<!-- /withdrawn -->\n"
    assert with_banner(card, ()) == card
