from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from datasets import get_dataset_config_names, load_dataset_builder
from huggingface_hub import ModelCard, ModelCardData
from hypothesis import given, settings
from hypothesis import strategies as st

from cards.check import front_matter as values_of
from cards.combination import SourceTerms
from cards.facts import Energy, License
from cards.front import dataset_front, front_matter, merged, model_front, shortened, space_front
from cards.markdown import one_line
from cards.origin import CLOSE, MIDDLE, OPEN, Field, Real, Whole
from cards.render import dataset_card, dataset_page, model_card, space_card
from cards.trace import page
from tests.golden import facts as golden
from train.rehearse.hub.card_rules import check_card
from train.rehearse.hub.names import Kind

THEIRS = {
    "license": "mit",
    "configs": [
        {"config_name": "default", "data_files": [{"split": "train", "path": "old.parquet"}]},
        {"config_name": "poems", "data_files": [{"split": "train", "path": "poems/train.parquet"}]},
    ],
    "dataset_info": [
        {"config_name": "default", "features": [{"name": "old", "dtype": "string"}], "splits": []},
        {"config_name": "poems", "features": [{"name": "text", "dtype": "string"}], "splits": []},
    ],
}


def dumped(values: Mapping[str, Any]) -> Any:
    return yaml.safe_load(page(front_matter(values)).text[4:-4])


@pytest.mark.parametrize(
    ("card", "kind"),
    [
        pytest.param(model_card(golden.MODEL), Kind.MODEL, id="model"),
        pytest.param(dataset_card(golden.DATASET), Kind.DATASET, id="dataset"),
        pytest.param(space_card(golden.SPACE), Kind.SPACE, id="space"),
    ],
)
def test_the_embedded_hub_takes_our_cards_without_a_warning(card: str, kind: Kind) -> None:
    verdict = check_card(card, kind)
    assert (verdict.errors, verdict.warnings) == ((), ())


@pytest.mark.parametrize(
    ("language", "code", "varieties"),
    [
        pytest.param("en", "en", None, id="a language"),
        pytest.param("EN", "en", None, id="in capitals"),
        pytest.param("en-GB", "en", ["en-GB"], id="as it is written somewhere"),
        pytest.param("pt_BR", "pt", ["pt-BR"], id="with an underscore"),
        pytest.param("no", "no", None, id="a word that YAML would take for false"),
    ],
)
def test_a_card_states_a_language_by_the_hubs_own_code(
    language: str, code: str, varieties: list[str] | None
) -> None:
    model = model_card(replace(golden.MODEL, language=language))
    dataset = dataset_card(replace(golden.DATASET, language=language))
    for card, kind in ((model, Kind.MODEL), (dataset, Kind.DATASET)):
        values = values_of(card)
        assert (values["language"], values.get("language_bcp47")) == (code, varieties)
        assert (check_card(card, kind).errors, check_card(card, kind).warnings) == ((), ())


def test_numbers_stay_numbers_and_remember_where_they_come_from() -> None:
    field = Field("report.json", "/rows")
    marked = front_matter(
        {"rows": Whole(1200, field), "share": Real(1e-05, field), "on": True, "name": "1e5"}
    )
    found = page(marked)
    assert yaml.safe_load(found.text.split("---\n")[1]) == {
        "rows": 1200,
        "share": 1e-05,
        "on": True,
        "name": "1e5",
    }
    assert [(trace.value, trace.origin) for trace in found.traces] == [("1200", field), ("1.0e-05", field)]


WORDS = st.characters(codec="utf-8", exclude_characters=OPEN + MIDDLE + CLOSE)
LINE = st.text(WORDS).map(one_line)  # as every text is before it gets into the metadata
VALUE = st.recursive(
    LINE | st.integers() | st.booleans() | st.floats(allow_nan=False), st.lists, max_leaves=8
)


@settings(deadline=None, max_examples=50)
@given(st.dictionaries(LINE, VALUE))
def test_whatever_is_dumped_is_read_back(values: dict[str, Any]) -> None:
    assert dumped(values) == values


def test_a_licence_of_ones_own_needs_name_and_link_and_a_known_one_may_link_its_text() -> None:
    own = model_front(replace(golden.MODEL, license=License("other", "acme-1", "LICENSE")))
    assert (own["license"], own["license_name"], own["license_link"]) == ("other", "acme-1", "LICENSE")
    assert model_front(golden.MODEL)["license_link"] == "LICENSE.txt"
    assert "license_link" not in dataset_front(golden.DATASET)


def test_emissions_are_stated_only_with_their_basis() -> None:
    assert "co2_eq_emissions" not in model_front(golden.MODEL)
    energy = Energy(0.4, 152.5, "power meter readings of the card, times the grid's average", "1 x H200")
    card = model_card(replace(golden.MODEL, energy=energy))
    stated = values_of(card)["co2_eq_emissions"]
    assert stated == {
        "emissions": 152.5,
        "source": energy.source,
        "training_type": "fine-tuning",
        "hardware_used": "1 x H200",
    }
    assert isinstance(ModelCard(card).data, ModelCardData)


def test_a_version_names_its_successor_only_after_the_fact() -> None:
    assert "new_version" not in model_front(golden.MODEL)
    assert model_front(replace(golden.MODEL, new_version="acme/next"))["new_version"] == "acme/next"


def test_a_dataset_names_the_public_datasets_it_was_made_from() -> None:
    assert dataset_front(golden.DATASET)["source_datasets"] == ["acme/raw-posts"]
    home = replace(golden.COMBINATION, sources=(SourceTerms("my-blog", "jekyll", "unknown"),))
    assert "source_datasets" not in dataset_front(replace(golden.DATASET, combination=home))


def test_other_configurations_of_a_dataset_survive_ours() -> None:
    ours = dumped(dataset_front(golden.DATASET))
    both = merged(THEIRS, ours)
    assert [each["config_name"] for each in both["configs"]] == ["default", "poems"]  # type: ignore[attr-defined]
    assert [each["config_name"] for each in both["dataset_info"]] == ["default", "poems"]  # type: ignore[attr-defined]
    assert both["dataset_info"][0]["features"] == ours["dataset_info"]["features"]  # type: ignore[index]
    assert both["license"] == ours["license"]
    assert merged(both, ours) == both, "merging twice changes nothing"


def test_a_rendered_card_keeps_them_and_asks_no_proof_of_their_numbers() -> None:
    info = {
        "config_name": "poems",
        "features": [],
        "splits": [{"name": "train", "num_bytes": 77, "num_examples": 5}],
    }
    found = dataset_page(golden.DATASET, page(front_matter({**THEIRS, "dataset_info": [info]})).text)
    assert [each["config_name"] for each in values_of(found.text)["dataset_info"]] == ["default", "poems"]
    assert values_of(found.text)["dataset_info"][1]["splits"] == info["splits"]
    assert not [spot for spot in found.unproven if spot.value == "77"]
    assert dataset_page(golden.DATASET).text == dataset_card(golden.DATASET)


@pytest.mark.parametrize(
    "existing",
    [
        {},
        {"license": "mit"},
        {"dataset_info": {"features": [], "splits": []}},
        {"configs": "broken", "dataset_info": None},
        {"configs": [{"config_name": "default", "data_files": "x"}]},
    ],
)
def test_without_other_configurations_our_own_metadata_stays_as_it_is(existing: Mapping[str, object]) -> None:
    ours = dumped(dataset_front(golden.DATASET))
    assert merged(existing, ours) == ours


def test_load_dataset_reads_every_configuration_of_a_merged_card(tmp_path: Path) -> None:
    from pyarrow import parquet, table

    facts = golden.DATASET
    for path in ("poems/train.parquet", *(split.path for split in facts.corpus.splits)):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        columns = (
            {"text": ["a"]} if "poems" in path else {"id": ["a"], "title": ["b"], "text": ["c"], "words": [1]}
        )
        parquet.write_table(table(columns), tmp_path / path)
    text = page(front_matter(merged(THEIRS, dataset_front(facts)))).text
    (tmp_path / "README.md").write_text(text)
    assert sorted(get_dataset_config_names(str(tmp_path))) == ["default", "poems"]
    poems = load_dataset_builder(str(tmp_path), "poems", cache_dir=str(tmp_path / "cache"))
    assert list(poems.info.features or {}) == ["text"]
    assert check_card(text, Kind.DATASET).errors == ()


def test_every_space_key_keeps_within_its_length() -> None:
    values = space_front(replace(golden.SPACE, title="word " * 40))
    assert len(str(values["short_description"])) <= 60
    assert str(values["short_description"]).endswith("…")
    assert shortened("abc", 3) == "abc"


def test_a_card_is_the_same_bytes_each_time() -> None:
    assert {dataset_card(golden.DATASET) for _ in range(3)} == {dataset_card(golden.DATASET)}
