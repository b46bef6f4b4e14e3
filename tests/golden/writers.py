"""The five recipes' writers, with invented figures, and the cards that must come of them byte for byte."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter

from cards.duties import adapter_duties
from cards.energy import estimate, minutes
from cards.facts import DatasetFacts, ModelFacts
from cards.render import dataset_card, model_card, space_card
from cards.space import Served, SpaceFacts

FOLDER = Path(__file__).parent
GRADIO = "6.31.0"
RECIPES = ("blog", "humanizer", "medium", "news", "voice")


@dataclass(frozen=True)
class Writer:
    """The facts of the three cards of one version."""

    model: ModelFacts
    dataset: DatasetFacts
    space: SpaceFacts


def writer(recipe: str) -> Writer:
    """The facts in the recipe's `facts.yaml`."""
    found = yaml.safe_load((FOLDER / recipe / "facts.yaml").read_text(encoding="utf-8"))
    model = TypeAdapter(ModelFacts).validate_python(found["model"])
    training = replace(model.training, minutes=minutes(model.training.seconds))
    model = replace(model, training=training, energy=estimate(training))
    return Writer(model, _dataset(model, found["dataset"]), _space(model))


@cache
def cards() -> dict[str, str]:
    """Every golden card by the name of its file."""
    return {
        f"{recipe}/{kind}.md": card for recipe in RECIPES for kind, card in _cards(writer(recipe)).items()
    }


def _cards(facts: Writer) -> dict[str, str]:
    return {
        "dataset": dataset_card(facts.dataset),
        "model": model_card(facts.model),
        "space": space_card(facts.space),
    }


def _dataset(model: ModelFacts, own: Mapping[str, Any]) -> DatasetFacts:
    """The facts of the dataset: those that it shares with the adapter, and its own."""
    names = ("title", "language", "version", "corpus", "notes", "combination")
    shared = {name: getattr(model, name) for name in names}
    return TypeAdapter(DatasetFacts).validate_python({**shared, **own})


def _space(model: ModelFacts) -> SpaceFacts:
    badges = adapter_duties(model.combination).badges
    served = Served(model.title, model.version, model.base, model.license, badges)
    return SpaceFacts(model.title, GRADIO, (served,))
