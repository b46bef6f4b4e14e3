"""The page of a Space that several writers share, as each release would write it."""

from dataclasses import replace

import pytest

from cards import top
from cards.check import check
from cards.own import own_section
from train.rehearse.hub.card_rules import check_card
from train.rehearse.hub.names import Kind
from train.release.pins import Pins, Writer
from train.release.shared import card

OURS = "---\ntitle: Title to blog post\nsdk: gradio\nsdk_version: 6.31.0\n---\n\n# Title to blog post\n"
BLOG = Writer(
    name="blog",
    title="Title to blog post",
    version="v0.1.0",
    adapter="acme/Llama-blog",
    adapter_revision="a" * 40,
    base="meta-llama/Llama-3.2-3B-Instruct",
    base_revision="b" * 40,
    dataset="acme/posts",
    dataset_revision="c" * 40,
    license="llama3.2",
    badges=("Built with Llama",),
)
NEWS = replace(BLOG, name="news", title="Headline to text", version="v2.1.0", adapter="acme/Llama-news")
TONE = replace(
    BLOG,
    name="tone",
    title="Formal to natural",
    adapter="acme/tone",
    base="openai-community/gpt2",
    dataset="acme/pairs",
    license="mit",
    badges=(),
)
ALL = Pins((BLOG, NEWS, TONE))


def test_it_names_every_writer_with_its_version_adapter_and_base() -> None:
    body = top.read(card(OURS, "acme/good-writers", ALL)).body
    assert "# Good writers\n" in body
    rows = [line for line in body.splitlines() if line.startswith("| [")]
    for row, each in zip(rows, ALL.writers, strict=True):
        assert f"https://huggingface.co/{each.adapter}/tree/{each.version}" in row
        assert f"https://huggingface.co/{each.base}/tree/{each.base_revision}" in row
        for word in (each.title, f"`{each.version}`", f"`{each.license}`"):
            assert word in row


def test_its_metadata_lists_all_models_and_datasets_once() -> None:
    values = top.read(card(OURS, "acme/writers", ALL)).values
    assert values["models"] == [
        *("acme/Llama-blog", "meta-llama/Llama-3.2-3B-Instruct", "acme/Llama-news"),
        *("acme/tone", "openai-community/gpt2"),
    ]
    assert values["datasets"] == ["acme/posts", "acme/pairs"]
    assert values["license"] == ["llama3.2", "mit"]
    assert values["short_description"] == "3 writers, each at its own version"
    assert values["sdk_version"] == "6.31.0"


@pytest.mark.parametrize(
    "served",
    [
        pytest.param(ALL, id="three writers"),
        pytest.param(Pins((BLOG, NEWS)), id="one licence"),
        pytest.param(Pins((BLOG, replace(TONE, license=""))), id="one that was pinned before licences were"),
        pytest.param(Pins((BLOG, replace(TONE, title="*a* | b <b>"))), id="a title with marks"),
    ],
)
def test_both_checks_are_happy_with_it(served: Pins) -> None:
    text = card(OURS, "acme/writers", served)
    assert check(text, "space") == ()
    found = check_card(text, Kind.SPACE)
    assert (found.errors, found.warnings) == ((), ())


def test_a_badge_of_one_writer_is_shown_once_for_all() -> None:
    assert card(OURS, "acme/writers", ALL).count("**Built with Llama.**") == 1


def test_what_a_person_wrote_in_the_card_stays() -> None:
    text = card(f"{OURS}\n<!-- yours -->\nAsk Ada first.\n<!-- /yours -->\n", "acme/writers", ALL)
    assert own_section(text) == "Ask Ada first.\n"


def test_the_order_of_releases_changes_no_word_but_the_order() -> None:
    one, other = (Pins(()).having(first).having(second) for first, second in ((BLOG, TONE), (TONE, BLOG)))
    texts = [card(OURS, "acme/writers", each) for each in (one, other)]
    assert sorted(texts[0].splitlines()) == sorted(texts[1].splitlines())
