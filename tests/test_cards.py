import math
import re
from dataclasses import replace

import pytest
import yaml
from huggingface_hub import DatasetCard, ModelCard, ModelCardData, SpaceCard
from jinja2 import UndefinedError
from markdown_it import MarkdownIt
from markdown_it.token import Token

from cards.check import Kind, check, front_matter
from cards.facts import Change, Check, Evidence, Figure, License, ModelFacts, Request, Sample
from cards.front import shortened, size_category
from cards.limits import limits
from cards.opinion import findings
from cards.render import dataset_card, model_card, space_card
from tests.golden import facts as golden
from tests.golden.writers import FOLDER, cards
from train.rehearse.hub import names as hub
from train.rehearse.hub.card_rules import check_card

HOSTILE = [
    pytest.param("```\n\n# escaped\n\n````", id="fences"),
    pytest.param("<script>alert(1)</script><!-- ", id="HTML"),
    pytest.param("a | b |\n| c | d |", id="a table row"),
    pytest.param("x](https://evil.example) ![y](https://evil.example/p.png)", id="links"),
    pytest.param("https://evil.example www.evil.example <https://evil.example>", id="bare links"),
    pytest.param("{{ facts }}{% include 'model.md.jinja' %}{# #}", id="Jinja"),
    pytest.param("---\nlicense: mit\n---\n", id="front matter"),
    pytest.param("': {a: [\n- &b !!python/object:os.system", id="YAML"),
    pytest.param('"); import os  # `$(rm -rf ~)`', id="Python and shell"),
    pytest.param("\u202eevil\u2028\x00\x1b[31m", id="control characters"),
]


def tokens(card: str) -> list[Token]:
    body = re.sub(r"\A---\n.*?\n---\n", "", card, flags=re.DOTALL)
    parsed = MarkdownIt("commonmark").enable("table").parse(body)
    return [token for each in parsed for token in (each, *(each.children or []))]


def shape(card: str) -> list[str]:
    """What a card is built of, whatever the words in it."""
    return [token.type for token in tokens(card) if token.type not in ("text", "text_special", "softbreak")]


def links(card: str) -> set[str]:
    return {str(token.attrs["href"]) for token in tokens(card) if token.type == "link_open"}


@pytest.mark.parametrize("name", sorted(cards()))
def test_a_card_of_known_facts_is_the_golden_one(name: str) -> None:
    expected = (FOLDER / name).read_text(encoding="utf-8")
    assert cards()[name] == expected, "if meant: python -m tests.golden"


@pytest.mark.parametrize("name", sorted(cards()))
def test_a_golden_card_has_no_flaw(name: str) -> None:
    kind: Kind = name.split("/")[1].removesuffix(".md")  # type: ignore[assignment]
    assert check(cards()[name], kind) == ()
    assert findings(cards()[name], kind) == ()
    verdict = check_card(cards()[name], hub.Kind(kind))
    assert (verdict.errors, verdict.warnings) == ((), ())


@pytest.mark.parametrize("text", HOSTILE)
def test_a_title_stays_in_its_place_in_every_card(text: str) -> None:
    for plain, hostile in (
        (model_card(golden.MODEL), model_card(replace(golden.MODEL, title=text))),
        (dataset_card(golden.DATASET), dataset_card(replace(golden.DATASET, title=text))),
        (space_card(golden.SPACE), space_card(replace(golden.SPACE, title=text))),
    ):
        assert shape(hostile) == shape(plain)
        assert links(hostile) == links(plain)
        assert front_matter(hostile).keys() == front_matter(plain).keys()
        assert front_matter(hostile)["license"] == front_matter(plain)["license"]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_sample_stays_in_its_fence_and_its_request_on_its_line(text: str) -> None:
    sample, usage = Sample(Request(text, {}), text), replace(golden.MODEL.usage, request=Request(text, {}))
    plain = replace(
        golden.MODEL,
        sample=Sample(Request("x", {}), "x"),
        usage=replace(golden.MODEL.usage, request=Request("x", {})),
    )
    hostile = model_card(replace(plain, sample=sample, usage=usage))
    assert shape(hostile) == shape(model_card(plain))
    assert links(hostile) == links(model_card(plain))


@pytest.mark.parametrize("text", HOSTILE)
def test_words_from_a_result_stay_in_their_cell(text: str) -> None:
    corpus = replace(golden.CORPUS, read={text: 83}, dropped={text: 21})
    plain = replace(golden.CORPUS, read={"x": 83}, dropped={"x": 21})
    assert shape(dataset_card(replace(golden.DATASET, corpus=corpus))) == shape(
        dataset_card(replace(golden.DATASET, corpus=plain))
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_every_python_block_of_a_card_is_python(text: str) -> None:
    usage = replace(golden.MODEL.usage, request=Request(text, {"words": 600}))
    card = model_card(replace(golden.MODEL, usage=usage))
    blocks = [token.content for token in tokens(card) if token.info == "python"]
    assert len(blocks) == 3
    for block in blocks:
        compile(block, "card", "exec")


def test_a_card_refuses_to_print_a_fact_that_is_missing() -> None:
    with pytest.raises(UndefinedError, match="request"):
        model_card(replace(golden.MODEL, usage=None))  # type: ignore[arg-type]


def test_the_hub_library_reads_the_metadata_as_it_was_meant() -> None:
    model = ModelCard(model_card(golden.MODEL)).data
    assert isinstance(model, ModelCardData)
    assert (model.license, model.base_model) == ("llama3.2", golden.BASE.repo)
    assert model.eval_results is not None
    assert [each.metric_value for each in model.eval_results] == [0.96, 0.02, 0.8127]
    assert {each.dataset_revision for each in model.eval_results} == {"v0.1.0"}
    dataset, space = DatasetCard(dataset_card(golden.DATASET)).data, SpaceCard(space_card(golden.SPACE)).data
    splits = ["train", "validation", "test"]
    assert [each["split"] for each in dataset.get("configs")[0]["data_files"]] == splits
    assert space.get("models")[0] == golden.VERSION.adapter


def test_a_reader_can_add_the_texts_up_also_where_some_are_private() -> None:
    for card in (model_card(golden.MODEL), dataset_card(golden.DATASET)):
        assert re.search(r"62 texts (were )?kept, 4 of them private", card)


def test_a_card_says_so_if_nobody_set_a_limit_to_copying() -> None:
    looked = replace(golden.MODEL.evidence, checks=(Check("It came back nowhere.", True, True, "returned"),))
    said = " ".join(limits(replace(golden.MODEL, evidence=looked)))
    assert "Nobody set a limit" in said
    assert "Nobody looked" not in said


@pytest.mark.parametrize(
    "is_demo",
    [
        pytest.param(True, id="too few texts, all told"),
        pytest.param(False, id="few texts that are published, and enough private ones"),
    ],
)
def test_a_corpus_that_is_a_demo_is_called_one(is_demo: bool) -> None:
    facts = replace(golden.MODEL, corpus=replace(golden.CORPUS, private=4, demo=is_demo))
    assert any("demo" in limit for limit in limits(facts)) == is_demo
    assert ("demo" in front_matter(model_card(facts))["tags"]) == is_demo
    assert ("**Demo.**" in model_card(facts)) == is_demo


def test_a_pre_release_does_not_send_its_readers_to_a_space() -> None:
    facts = replace(golden.MODEL, version=replace(golden.VERSION, tag="v0.2.0-rc.1", space=None))
    assert "Try it" not in model_card(facts)


def test_a_figure_without_a_value_is_no_result_and_stays_in_the_table() -> None:
    known, unknown = (Figure(name, name, 0.5, 0.5, "higher", "50 titles") for name in ("rhythm", "echo"))
    figures = (known, replace(unknown, adapter=math.nan))
    card = model_card(replace(golden.MODEL, evidence=Evidence(50, 6, figures)))
    (results,) = front_matter(card)["model-index"][0]["results"]
    assert [each["type"] for each in results["metrics"]] == ["rhythm"]
    assert "| echo ↑ |" in card


@pytest.mark.parametrize(
    ("low", "high", "is_folded"),
    [
        pytest.param(0.1, 0.5, False, id="surely more than the base"),
        pytest.param(-0.5, -0.1, False, id="surely less"),
        pytest.param(-0.1, 0.1, True, id="perhaps the same"),
        pytest.param(0.0, 0.0, True, id="the same"),
    ],
)
def test_a_figure_that_may_be_the_bases_own_is_folded_away(low: float, high: float, is_folded: bool) -> None:
    change = Change(0.0, low, high)
    figure = Figure("echo", "echo", 0.5, 0.5, "higher", "50 titles", from_base=change)
    card = model_card(replace(golden.MODEL, evidence=Evidence(50, 6, (figure,))))
    folded = card.partition("<details><summary>Figures")[2].partition("</details>")[0]
    assert ("| echo ↑ |" in folded) == is_folded
    assert card.count("| echo ↑ |") == 1


def with_license(id_: str, **named: str) -> ModelFacts:
    return replace(golden.MODEL, license=License(id_, **named))


def with_figure(value: float) -> ModelFacts:
    figure = Figure("structure", "whole posts", 0.5, value, "higher", "50 titles")
    return replace(golden.MODEL, evidence=Evidence(50, 6, (figure,)))


@pytest.mark.parametrize(
    ("facts", "flaw"),
    [
        (with_license("MIT"), "license must be one of the Hub's licences, not 'MIT'"),
        (with_license("other"), "license_name and license_link must be given"),
        (with_license("other", name="acme", link="LICENSE"), None),
        (with_figure(math.nan), None),
        (with_figure(0.5), None),
        (replace(golden.MODEL, language="english"), "language must be an ISO 639 code"),
        (replace(golden.MODEL, language="no"), None),
        (replace(golden.MODEL, base=replace(golden.BASE, repo="../models/base")), "base_model must be"),
        (replace(golden.MODEL, version=replace(golden.VERSION, dataset="a--b/c")), "datasets must be"),
    ],
)
def test_a_flaw_is_named_before_the_hub_names_it(facts: ModelFacts, flaw: str | None) -> None:
    flaws = check(model_card(facts), "model")
    assert (flaws == ()) if flaw is None else flaw in " ".join(flaws)


@pytest.mark.parametrize("text", ["", "no front matter", "---\n- a list\n---\n", "---\na: [\n---\n"])
def test_a_card_without_readable_metadata_is_flawed(text: str) -> None:
    assert check(text, "space") == ("it has no front matter that can be read",)


def test_a_long_title_is_cut_for_the_space_and_stays_whole_in_its_heading() -> None:
    values = front_matter(space_card(replace(golden.SPACE, title="word " * 40)))
    assert len(values["short_description"]) <= 60
    assert values["title"] == ("word " * 40).strip()


def test_the_front_matter_is_what_any_yaml_reader_reads() -> None:
    card = space_card(replace(golden.SPACE, title="yes: #1 'quoted' ---"))
    top = card.split("---\n", 2)[1] if card.count("---\n") else ""
    assert yaml.safe_load(top)["title"] == "yes: #1 'quoted' ---"


@pytest.mark.parametrize(
    ("rows", "word"), [(0, "n<1K"), (999, "n<1K"), (1000, "1K<n<10K"), (10**7, "10M<n<100M")]
)
def test_a_size_has_the_hubs_word(rows: int, word: str) -> None:
    assert size_category(rows) == word


def test_a_short_text_is_not_shortened() -> None:
    assert shortened("abc", 3) == "abc"
    assert shortened("abcd", 3) == "ab…"
