"""Which card metadata the Hub accepts, by type of repository."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from train.rehearse.hub import card_checks as check
from train.rehearse.hub import card_values as values
from train.rehearse.hub.front_matter import parse_card
from train.rehearse.hub.model_index import check_model_index
from train.rehearse.hub.names import Kind

_NO_METADATA = "empty or missing yaml metadata in repo card"

_EVERYWHERE: Mapping[str, check.Check] = {
    "license": check.one_or_more(check.one_of(values.LICENSES)),
    "license_name": check.string,
    "license_link": check.string,
    "tags": check.array_of(check.string),
    "language": check.one_or_more(check.language),
}
_MODEL: Mapping[str, check.Check] = {
    **_EVERYWHERE,
    "base_model": check.one_or_more(check.hub_id("model")),
    "base_model_relation": check.one_of(values.BASE_MODEL_RELATIONS),
    "pipeline_tag": check.one_of(values.PIPELINE_TAGS),
    "library_name": check.string,
    "datasets": check.one_or_more(check.hub_id("dataset")),
    "metrics": check.one_or_more(check.string),
    "widget": check.array_of(check.mapping),
    "inference": check.of_type((bool, dict, str), "a boolean or an object"),
    "model-index": check_model_index,
}
_DATASET: Mapping[str, check.Check] = {
    **_EVERYWHERE,
    "annotations_creators": check.array_of(check.one_of(values.ANNOTATIONS_CREATORS)),
    "size_categories": check.one_or_more(check.one_of(values.SIZE_CATEGORIES)),
    "task_categories": check.array_of(check.one_of(values.PIPELINE_TAGS)),
    "task_ids": check.array_of(check.string),
    "source_datasets": check.array_of(check.string),
    "pretty_name": check.string,
    "configs": check.array_of(check.mapping),
    "dataset_info": check.one_or_more(check.mapping),
    "viewer": check.boolean,
}
_SPACE: Mapping[str, check.Check] = {
    **_EVERYWHERE,
    "title": check.string,
    "emoji": check.string,
    "sdk": check.one_of(values.SPACE_SDKS),
    "sdk_version": check.matching(r"\d+\.\d+(\.\d+)?\S*"),
    "python_version": check.matching(r"3\.\d+(\.\d+)?"),
    "app_file": check.string,
    "app_port": check.number,
    "base_path": check.string,
    "colorFrom": check.one_of(values.SPACE_COLORS),
    "colorTo": check.one_of(values.SPACE_COLORS),
    "short_description": check.at_most(60),
    "suggested_hardware": check.one_of(values.SPACE_HARDWARE),
    "startup_duration_timeout": check.string,
    "models": check.array_of(check.hub_id("model")),
    "datasets": check.array_of(check.hub_id("dataset")),
    "preload_from_hub": check.array_of(check.string),
    "pinned": check.boolean,
    "fullWidth": check.boolean,
    "hf_oauth": check.boolean,
    "header": check.one_of(values.SPACE_HEADERS),
    "custom_headers": check.keys_among(values.CUSTOM_HEADERS),
}
_RULES = {Kind.MODEL: _MODEL, Kind.DATASET: _DATASET, Kind.SPACE: _SPACE}
_RECOMMENDED_WITH_OTHER = ("license_name", "license_link")


@dataclass(frozen=True)
class Verdict:
    """What is wrong with a card, and what might be."""

    errors: tuple[str, ...]
    warnings: tuple[str, ...]


def check_card(readme: str, kind: Kind) -> Verdict:
    """The Hub's opinion of a README."""
    card = parse_card(readme)
    if card.problem:
        return Verdict((card.problem,), ())
    if not card.values:
        return Verdict((), (_NO_METADATA,))
    return Verdict(tuple(_errors(card.values, kind)), tuple(_warnings(card.values)))


def _errors(card: Mapping[str, object], kind: Kind) -> Iterator[str]:
    for name, rule in _RULES[kind].items():
        if card.get(name) is not None:
            yield from rule(name, card[name])
    if kind is Kind.SPACE and "sdk" not in card:
        yield '"sdk" is required'


def _warnings(card: Mapping[str, object]) -> Iterator[str]:
    if card.get("license") == "other":
        for name in _RECOMMENDED_WITH_OTHER:
            if not card.get(name):
                yield f'"{name}" is recommended when the license is "other"'
