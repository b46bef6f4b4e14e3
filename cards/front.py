"""The YAML on top of a card, as values that a dumper writes."""

from collections.abc import Mapping

import yaml

from cards.facts import DatasetFacts, License, ModelFacts, SpaceFacts
from cards.limits import is_demo
from cards.markdown import one_line

SHORT = 60  # the Hub's own limit for a Space's short description
SIZES = (
    (10**3, "n<1K"),
    (10**4, "1K<n<10K"),
    (10**5, "10K<n<100K"),
    (10**6, "100K<n<1M"),
    (10**7, "1M<n<10M"),
)

Values = Mapping[str, object]


def front_matter(values: Values) -> str:
    """The values between two lines of dashes."""
    text = yaml.safe_dump(dict(values), sort_keys=False, allow_unicode=True, width=10_000)
    return f"---\n{text}---\n"


def model_front(facts: ModelFacts) -> Values:
    """The metadata of an adapter's card."""
    tags = ["lora", "sft", "trl", f"base_model:adapter:{facts.base.repo}", "imprint"]
    return {
        **_license(facts.license),
        "language": facts.language,
        "base_model": facts.base.repo,
        "base_model_relation": "adapter",
        "datasets": [facts.version.dataset],
        "library_name": "peft",
        "pipeline_tag": "text-generation",
        "tags": tags + ["demo"] * is_demo(facts),
        "model-index": [{"name": facts.version.adapter.split("/")[-1], "results": [_results(facts)]}],
    }


def dataset_front(facts: DatasetFacts) -> Values:
    """The metadata of a dataset's card, with which `load_dataset` finds the splits."""
    splits = facts.corpus.splits
    return {
        **_license(facts.license),
        "language": facts.language,
        "pretty_name": one_line(facts.title),
        "size_categories": [size_category(sum(split.rows for split in splits))],
        "task_categories": ["text-generation"],
        "tags": ["imprint"],
        "configs": [
            {
                "config_name": "default",
                "data_files": [{"split": split.name, "path": split.path} for split in splits],
            }
        ],
        "dataset_info": {
            "features": [{"name": column.name, "dtype": column.dtype} for column in facts.columns],
            "splits": [
                {"name": split.name, "num_bytes": split.bytes, "num_examples": split.rows} for split in splits
            ],
            "download_size": facts.download_bytes,
            "dataset_size": sum(split.bytes for split in splits),
        },
    }


def space_front(facts: SpaceFacts) -> Values:
    """The metadata of a Space's page, with which the Hub builds and starts it."""
    return {
        "title": one_line(facts.title),
        "emoji": "📝",
        "colorFrom": "indigo",
        "colorTo": "gray",
        "sdk": "gradio",
        "sdk_version": facts.gradio,
        "python_version": "3.12.12",
        "app_file": "app.py",
        "suggested_hardware": "cpu-basic",
        "models": [facts.version.adapter, facts.base.repo],
        "datasets": [facts.version.dataset],
        **_license(facts.license),
        "short_description": shortened(f"{one_line(facts.title)}, {facts.version.tag}", SHORT),
        "pinned": False,
    }


def size_category(rows: int) -> str:
    """The Hub's word for a number of rows."""
    return next((word for limit, word in SIZES if rows < limit), "10M<n<100M")


def shortened(text: str, length: int) -> str:
    """The text, cut to a length with an ellipsis if it is longer."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def _license(license_: License) -> Values:
    named = {"license_name": license_.name, "license_link": license_.link}
    return {"license": license_.id} | {name: value for name, value in named.items() if value}


def _results(facts: ModelFacts) -> Values:
    dataset = facts.version.dataset
    return {
        "task": {"type": "text-generation"},
        "dataset": {
            "name": dataset.split("/")[-1],
            "type": dataset,
            "revision": facts.version.tag,
            "split": "test",
        },
        "metrics": [
            {"type": figure.name, "name": one_line(figure.label), "value": figure.adapter}
            for figure in facts.evidence.figures
        ],
    }
