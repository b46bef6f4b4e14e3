"""What licences ask of the cards and files of a version."""

from dataclasses import replace

import pytest

from cards.combination import Combination, SourceTerms
from cards.duties import adapter_duties, dataset_duties, needed_papers, notice_file
from cards.licenses import COMMUNITY
from tests.combinations import LLAMA, LLAMA_2, PLAIN, of, on
from train.errors import StageError
from train.licensing import PAPERS, with_papers


def test_a_llama_adapter_says_and_holds_what_its_licence_asks() -> None:
    asked = on(
        LLAMA, "llama3.2", adapter_license="llama3.2", papers=("LICENSE.txt", "NOTICE", "USE_POLICY.md")
    )
    duties = adapter_duties(asked)
    said = " ".join(duties.notices)
    assert duties.badges == ("Built with Llama",)
    assert (
        "Llama 3.2 is licensed under the Llama 3.2 Community License, Copyright © Meta Platforms, Inc."
        in said
    )
    assert "Acceptable Use Policy" in said
    assert "written by a person" in said
    assert needed_papers("llama3.2") == ("LICENSE", "USE_POLICY")
    assert notice_file("llama3.2") == COMMUNITY["llama3.2"].notice + "\n"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (on("openai-community/gpt2-medium", ""), "created using GPT-2"),
        (on("microsoft/DialoGPT-medium", ""), "Microsoft takes no responsibility"),
        (on(LLAMA_2, ""), "may improve no other model than Llama 2"),
        (on("google/gemma-2-2b", ""), "Gemma Terms of Use"),
        (on("acme/base", ""), "states no licence"),
        (on("acme/base", "other"), "licence of its own"),
        (of("llama3.2"), "Built with Llama"),
    ],
)
def test_the_adapters_card_says_what_its_base_and_sources_ask(asked: Combination, said: str) -> None:
    duties = adapter_duties(asked)
    assert said in " ".join((*duties.badges, *duties.notices))


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (SourceTerms("HuggingFaceH4/ultrachat_200k", "chat", "mit"), "OpenAI's terms"),
        (SourceTerms("medium_articles", "csv", "unknown"), "Each author keeps the copyright"),
        (SourceTerms("mediastack", "mediastack", "unknown"), "not republished"),
        (SourceTerms("acme/wrote", "hub", "gemma"), "made from Gemma"),
        (SourceTerms("nepalprabin/blog_dataset", "hub", "unknown"), "no licence is stated"),
    ],
)
def test_the_datasets_card_says_what_is_known_of_its_sources(source: SourceTerms, said: str) -> None:
    (credit,) = dataset_duties(replace(PLAIN, sources=(source,))).credits
    assert said in " ".join(credit.notes)


def test_a_private_source_is_named_in_no_card() -> None:
    asked = replace(PLAIN, sources=(SourceTerms("diary", "folder", "unknown", private=True),))
    assert adapter_duties(asked).credits == dataset_duties(asked).credits == ()


def test_an_unknown_licence_is_said_to_be_unknown() -> None:
    assert "No licence is stated" in dataset_duties(of("unknown", dataset_license="unknown")).notices[0]


def test_an_adapter_of_llama_without_the_agreement_is_refused() -> None:
    asked = on(LLAMA, "llama3.2", adapter_license="llama3.2")
    with pytest.raises(StageError, match="goes out with the LICENSE file") as caught:
        with_papers(asked, "llama3.2", ["adapter_config.json", "USE_POLICY.md"], "blog")
    assert caught.value.fix == "python -m train tune blog"


def test_a_bases_own_notice_is_not_replaced() -> None:
    found = with_papers(PLAIN, "llama3.2", ["LICENSE", "NOTICE.txt", "USE_POLICY.md", "x.bin"], "blog")
    assert found.papers == ("LICENSE", "NOTICE.txt", "USE_POLICY.md")
    assert set(found.papers) <= PAPERS
