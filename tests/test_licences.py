from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards.combination import Combination, SourceTerms
from cards.duties import adapter_duties, dataset_duties, needed_papers, notice_file
from cards.join import base_license, refusals
from cards.licenses import COMMUNITY, IDS, Terms
from tests.golden import run as invented
from tests.golden.run import RECIPE, RECIPE_TEXT
from train import recipe as recipes
from train.errors import StageError
from train.licensing import PAPERS, check_licenses, combination, with_papers
from train.prepare.prepare import prepare
from train.rehearse.scale import scaled
from train.release.bundle import bundle
from train.release.code import Code
from train.run import Run, as_json, read_result, write_text
from train.sections import Publish, Source
from train.tune.report import TrainingReport

LLAMA = "meta-llama/Llama-3.2-3B-Instruct"
LLAMA_2 = "meta-llama/Llama-2-7b-hf"
PLAIN = Combination(
    base="acme/base",
    base_license="mit",
    sources=(SourceTerms("acme/posts", "hub", "mit"),),
    dataset_license="mit",
    adapter_license="mit",
    adapter="acme/writer",
    private=False,
)


def of(license_: str, **other: object) -> Combination:
    """A public version whose only source is under a licence."""
    source = SourceTerms("acme/posts", str(other.pop("kind", "hub")), license_)
    return replace(PLAIN, sources=(source,), **other)  # type: ignore[arg-type]


def on(base: str, license_: str, **other: object) -> Combination:
    """A public version whose base is under a licence."""
    return replace(PLAIN, base=base, base_license=license_, **other)  # type: ignore[arg-type]


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


@pytest.mark.parametrize("name", recipes.names())
def test_every_recipe_may_be_published_as_it_stands(name: str) -> None:
    recipe = recipes.load(name)
    check_licenses(combination(recipe, recipe.sources))


@pytest.mark.parametrize("name", recipes.names())
def test_every_recipe_may_be_rehearsed_in_public(name: str) -> None:
    recipe = recipes.load(name)
    sources = tuple(each if each.private else replace(each, license="mit") for each in recipe.sources)
    check_licenses(combination(scaled(recipe, "0" * 40, sources, ("A title",)), sources))


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


def test_a_forbidden_combination_stops_prepare_before_anything_is_read(tmp_path: Path) -> None:
    (tmp_path / "posts").mkdir()
    source = Source("folder", str(tmp_path / "posts"), license="cc-by-nc-4.0")
    publish = Publish("a/d", "a/Llama-w", "a/s", "mit", "llama3.2", private=False)
    with pytest.raises(StageError, match="forbids commercial use; mit allows it") as caught:
        prepare(replace(RECIPE, sources=(source,), publish=publish), Run(tmp_path / "run"))
    assert "`dataset_license: cc-by-nc-4.0`" in caught.value.fix
    assert not (tmp_path / "run" / "dataset").exists()


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr("train.release.bundle.identity", lambda: Code("c0" * 20, "7e" * 32, False))
    return invented.make(tmp_path / "runs" / "blog")


def with_base_license(run: Run, license_: str) -> None:
    path = run.adapter / "training.json"
    write_text(path, as_json(replace(read_result(TrainingReport, path, ""), base_license=license_)))


def test_a_forbidden_combination_stops_the_bundle_once_the_base_is_known(run: Run) -> None:
    with_base_license(run, "cc-by-nc-4.0")
    with pytest.raises(StageError, match="forbids commercial use") as caught:
        bundle(RECIPE, run, "v0.1.0", RECIPE_TEXT)
    assert "`adapter_license: cc-by-nc-4.0`" in caught.value.fix
    assert not run.bundle.exists()


def test_an_adapter_of_llama_goes_out_with_agreement_policy_and_notice(run: Run) -> None:
    with_base_license(run, "llama3.2")
    bundle(RECIPE, run, "v0.1.0", RECIPE_TEXT)
    card = (run.bundle / "adapter" / "README.md").read_text()
    assert "**Built with Llama.**" in card
    assert "[`USE_POLICY.md`](USE_POLICY.md)" in card
    assert (run.bundle / "adapter" / "NOTICE").read_text() == notice_file("llama3.2")
    assert (run.bundle / "adapter" / "LICENSE.txt").is_file()


def test_a_private_source_is_counted_in_the_cards_without_its_name(run: Run) -> None:
    sources = (Source("hub", "acme/raw"), Source("folder", "../my-blog", private=True))
    bundle(replace(RECIPE, sources=sources), run, "v0.1.0", RECIPE_TEXT)
    for part in ("dataset", "adapter", "space"):
        assert "my-blog" not in (run.bundle / part / "README.md").read_text()
    assert "| private sources | 1 |" in (run.bundle / "dataset" / "README.md").read_text()


def test_an_adapter_of_llama_without_the_agreement_is_refused() -> None:
    asked = on(LLAMA, "llama3.2", adapter_license="llama3.2")
    with pytest.raises(StageError, match="goes out with the LICENSE file") as caught:
        with_papers(asked, "llama3.2", ["adapter_config.json", "USE_POLICY.md"], "blog")
    assert caught.value.fix == "python -m train tune blog"


def test_a_bases_own_notice_is_not_replaced() -> None:
    found = with_papers(PLAIN, "llama3.2", ["LICENSE", "NOTICE.txt", "USE_POLICY.md", "x.bin"], "blog")
    assert found.papers == ("LICENSE", "NOTICE.txt", "USE_POLICY.md")
    assert set(found.papers) <= PAPERS
