"""Which licences of base, sources, rows and adapter go together."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards.combination import Combination, SourceTerms
from cards.duties import adapter_duties
from cards.join import base_license, refusals
from cards.licenses import IDS, Terms
from tests.combinations import LLAMA, LLAMA_2, PLAIN, of, on


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(PLAIN, id="MIT everywhere"),
        pytest.param(on("acme/base", ""), id="a base of unknown licence, which the card says"),
        pytest.param(on(LLAMA, "llama3.2", adapter_license="llama3.2", adapter="a/Llama-w"), id="Llama 3.2"),
        pytest.param(on(LLAMA_2, "llama2", adapter_license="llama2"), id="Llama 2 has no rule for names"),
        pytest.param(on("google/gemma-2-2b", "gemma", adapter_license="gemma"), id="Gemma"),
        pytest.param(on("openai-community/gpt2", "mit"), id="GPT-2"),
        pytest.param(of("cc-by-4.0", dataset_license="cc-by-4.0"), id="credit is given"),
        pytest.param(of("cc-by-4.0"), id="credit is given under another licence"),
        pytest.param(of("cc-by-sa-4.0", dataset_license="cc-by-sa-4.0"), id="share alike"),
        pytest.param(of("cc-by-sa-3.0", dataset_license="cc-by-sa-4.0"), id="share alike, a later version"),
        pytest.param(
            of("cc-by-nc-4.0", dataset_license="cc-by-nc-4.0", adapter_license="cc-by-nc-4.0"),
            id="no commerce",
        ),
        pytest.param(of("cc-by-nd-4.0", private=True), id="no changes, and nobody sees them"),
        pytest.param(of("unknown", dataset_license="unknown"), id="unknown is said to be unknown"),
        pytest.param(of("unknown", private=True), id="a private dataset of texts without a licence"),
        pytest.param(of("unknown", kind="mediastack", private=True), id="descriptions that stay private"),
        pytest.param(of("mit", kind="mediastack"), id="descriptions that somebody licensed"),
        pytest.param(of("cc0-1.0", dataset_license="cc0-1.0"), id="no rights reserved"),
        pytest.param(
            replace(PLAIN, sources=(SourceTerms("mine", "jekyll", "unknown", private=True),)),
            id="a private source is in no published row",
        ),
    ],
)
def test_what_the_licences_allow_is_allowed(asked: Combination) -> None:
    assert refusals(asked) == ()


@pytest.mark.parametrize(
    ("asked", "what", "instead"),
    [
        pytest.param(
            on(LLAMA, "llama3.2", adapter="a/Llama-w"),
            "stays under it",
            "adapter_license: llama3.2",
            id="MIT on Llama",
        ),
        pytest.param(
            on(LLAMA, "llama3.2", adapter_license="llama3.2"),
            "begin with Llama; it is writer",
            "adapter: acme/Llama-writer",
            id="the name of an adapter of Llama 3.2",
        ),
        pytest.param(
            on(LLAMA, "", adapter="a/Llama-w"),
            "under llama3.2",
            "adapter_license: llama3.2",
            id="known by its name",
        ),
        pytest.param(
            on("acme/mine", "llama3.2", adapter="a/Llama-w", adapter_license="llama3.1"),
            "stays under it",
            "adapter_license: llama3.2",
            id="another generation of Llama",
        ),
        pytest.param(on(LLAMA_2, ""), "under llama2", "adapter_license: llama2", id="MIT on Llama 2"),
        pytest.param(on("google/gemma-2-2b", ""), "under gemma", "adapter_license: gemma", id="MIT on Gemma"),
        pytest.param(on("a/b", "gpl-3.0"), "stays under it", "adapter_license: gpl-3.0", id="MIT on GPL"),
        pytest.param(on("a/b", "bigscience-openrail-m"), "limits of use", "openrail-m", id="MIT on OpenRAIL"),
        pytest.param(
            on("a/b", "cc-by-nc-4.0"), "commercial", "adapter_license: cc-by-nc-4.0", id="MIT on NC"
        ),
        pytest.param(
            on("a/b", "cc-by-nd-4.0"), "passing on what is changed", "private: true", id="a base under ND"
        ),
        pytest.param(
            of("cc-by-nc-4.0"), "forbids commercial use; mit", "dataset_license: cc-by-nc-4.0", id="NC data"
        ),
        pytest.param(
            of("cc-by-sa-4.0"), "stays under it", "dataset_license: cc-by-sa-4.0", id="SA data under MIT"
        ),
        pytest.param(
            of("cc-by-sa-4.0", dataset_license="cc-by-nc-sa-4.0"),
            "stays under",
            "cc-by-sa-4.0",
            id="SA data under NC-SA",
        ),
        pytest.param(
            of("cc-by-sa-4.0", dataset_license="cc-by-sa-3.0"),
            "stays under it",
            "dataset_license: cc-by-sa-4.0",
            id="share alike, an earlier version",
        ),
        pytest.param(
            on("acme/base", "gpl-3.0", adapter_license="gpl-2.0"),
            "stays under it",
            "adapter_license: gpl-3.0",
            id="an adapter under an earlier GPL than its base",
        ),
        pytest.param(
            of(
                "cc-by-nc-4.0",
                base=LLAMA,
                adapter="a/Llama-w",
                base_license="llama3.2",
                adapter_license="llama3.2",
                dataset_license="cc-by-nc-4.0",
            ),
            "forbids commercial use; llama3.2 allows it",
            "another base, or leave acme/posts out",
            id="no commerce, and a base whose licence stays",
        ),
        pytest.param(
            on("meta-llama/Llama-4-Scout-17B-16E", "", adapter="a/Llama-w"),
            "under llama4",
            "adapter_license: llama4",
            id="Llama 4 by its name",
        ),
        pytest.param(
            on("codellama/CodeLlama-7b-hf", ""),
            "under llama2",
            "adapter_license: llama2",
            id="Code Llama by its name",
        ),
        pytest.param(of("gpl-3.0"), "stays under it", "dataset_license: gpl-3.0", id="GPL data under MIT"),
        pytest.param(of("cc-by-nd-4.0"), "may not be passed on", "private: true", id="ND data in public"),
        pytest.param(
            of("cc-by-4.0", dataset_license="cc0-1.0"),
            "holders named",
            "dataset_license: cc-by-4.0",
            id="BY as CC0",
        ),
        pytest.param(
            of("unknown"), "states no licence", "dataset_license: unknown", id="unknown data under MIT"
        ),
        pytest.param(
            of("unknown", kind="mediastack", dataset_license="unknown"),
            "not republished",
            "private: true",
            id="descriptions from MediaStack in public",
        ),
        pytest.param(
            of("llama3.2", dataset_license="llama3.2"),
            "which wrote the texts of acme/posts, wants the adapter's name to begin with Llama",
            "adapter: acme/Llama-writer",
            id="texts that Llama 3.2 wrote",
        ),
        pytest.param(
            of("llama2", dataset_license="llama2"),
            "may improve no other model",
            "a base under llama2",
            id="by Llama 2",
        ),
    ],
)
def test_what_they_forbid_is_refused_with_what_to_write(asked: Combination, what: str, instead: str) -> None:
    found = refusals(asked)
    assert any(what in each.what and instead in each.instead for each in found), found


def test_llama_2_may_learn_from_what_llama_2_wrote() -> None:
    asked = replace(
        of("llama2", dataset_license="llama2"), base=LLAMA_2, base_license="llama2", adapter_license="llama2"
    )
    assert refusals(asked) == ()


@given(*(st.sampled_from(sorted(IDS)) for _ in range(4)), st.booleans())
def test_every_refusal_says_why_and_what_instead(
    base: str, source: str, dataset: str, adapter: str, private: bool
) -> None:
    asked = replace(
        of(source), base_license=base, dataset_license=dataset, adapter_license=adapter, private=private
    )
    for each in refusals(asked):
        assert each.what.endswith(".")
        assert each.instead
    assert adapter_duties(asked).credits


@pytest.mark.parametrize("license_", sorted(IDS - {"other", "unknown"}))
def test_one_licence_everywhere_is_refused_for_its_name_or_publicity_alone(license_: str) -> None:
    asked = replace(
        of(license_),
        base_license=license_,
        dataset_license=license_,
        adapter_license=license_,
        adapter="a/Llama-3-w",
    )
    assert all(each.instead.startswith("private: true") for each in refusals(asked))


@pytest.mark.parametrize(
    ("license_", "traits"),
    [
        ("cc-by-nc-sa-4.0", {"wants_credit", "is_noncommercial", "stays"}),
        ("cc-by-nc-nd-4.0", {"wants_credit", "is_noncommercial", "forbids_changes"}),
        ("cc-by-4.0", {"wants_credit"}),
        ("cc0-1.0", {"waives"}),
        ("lgpl-2.1", {"wants_credit", "stays"}),
        ("openrail++", {"wants_credit", "binds_uses"}),
        ("llama3.2", {"wants_credit", "binds_uses"}),
        ("unknown", set()),
    ],
)
def test_what_a_licence_asks_is_read_from_its_id(license_: str, traits: set[str]) -> None:
    names = ("wants_credit", "waives", "is_noncommercial", "forbids_changes", "stays", "binds_uses")
    assert {name for name in names if getattr(Terms(license_), name)} == traits


@pytest.mark.parametrize(
    ("repo", "stated", "license_"),
    [
        (LLAMA, "", "llama3.2"),
        (LLAMA, "other", "other"),
        ("acme/base", "", ""),
        ("openai-community/gpt2-xl", "", "mit"),
    ],
)
def test_a_bases_licence_is_what_its_page_says_or_its_name_tells(
    repo: str, stated: str, license_: str
) -> None:
    assert base_license(repo, stated) == license_
