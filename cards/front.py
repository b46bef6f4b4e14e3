"""The YAML on top of a card, as values that a dumper writes."""

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

import yaml

from cards.facts import DatasetFacts, Energy, License, ModelFacts
from cards.licenses import Terms
from cards.limits import is_demo
from cards.markdown import one_line
from cards.origin import OWN, Real, Whole
from cards.space import SpaceFacts

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
    """The values between two lines of dashes; each number is marked with its origin."""
    text = yaml.dump(_traced(values), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10_000)
    return f"---\n{text}---\n"


class _Dumper(yaml.SafeDumper):
    """Repeats a value where it is repeated: an anchor is no friend of a reader."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _traced(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name)[:]: _traced(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_traced(each) for each in value]
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return str(value if isinstance(value, Whole) else Whole(value))
    if isinstance(value, float):
        return format(value if isinstance(value, Real) else Real(value), "yaml")
    return value[:] if isinstance(value, str) else value


def model_front(facts: ModelFacts) -> Values:
    """The metadata of an adapter's card."""
    tags = ["lora", "sft", "trl", f"base_model:adapter:{facts.base.repo}", "imprint"]
    return {
        **_license(facts.license, facts.combination.papers),
        **_language(facts.language),
        "base_model": facts.base.repo,
        "base_model_relation": "adapter",
        "datasets": [facts.version.dataset],
        "library_name": "peft",
        "pipeline_tag": "text-generation",
        "tags": tags + ["demo"] * is_demo(facts),
        **({"new_version": facts.new_version} if facts.new_version else {}),
        **_emissions(facts.energy),
        **_index(facts),
    }


def dataset_front(facts: DatasetFacts) -> Values:
    """The metadata of a dataset's card, with which `load_dataset` finds the splits."""
    splits = facts.corpus.splits
    return {
        **_license(facts.license),
        **_language(facts.language),
        "pretty_name": one_line(facts.title),
        "size_categories": [size_category(sum(split.rows for split in splits))],
        "task_categories": ["text-generation"],
        **_sources(facts),
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
    served = facts.writers
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
        "models": _once([name for each in served for name in (each.version.adapter, each.base.repo)]),
        "datasets": _once([each.version.dataset for each in served]),
        **_licenses([each.license for each in served]),
        "short_description": shortened(_in_short(facts), SHORT),
        "pinned": False,
    }


def _in_short(facts: SpaceFacts) -> str:
    if len(facts.writers) > 1:
        return f"{len(facts.writers)} writers, each at its own version"
    return f"{one_line(facts.title)}, {facts.writers[0].version.tag[:]}"


def _once(names: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _licenses(licenses: Sequence[License]) -> Values:
    """One licence with its name and link, or the ids of several."""
    ids = _once([each.id for each in licenses])
    return _license(licenses[0]) if len(ids) == 1 else {"license": ids}


def size_category(rows: int) -> str:
    """The Hub's word for a number of rows."""
    return next((word for limit, word in SIZES if rows < limit), "10M<n<100M")


def shortened(text: str, length: int) -> str:
    """The text, cut to a length with an ellipsis if it is longer."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def merged(existing: Values, ours: Values) -> Values:
    """Our metadata of a dataset, with the configurations that somebody else has described beside ours."""
    configs, infos = (_others(existing, ours, name) for name in ("configs", "dataset_info"))
    both = dict(ours)
    if configs or infos:
        both["configs"] = [*_listed(ours.get("configs")), *configs]
        both["dataset_info"] = [*map(_named, _listed(ours.get("dataset_info"))), *infos]
    return both


def _others(existing: Values, ours: Values, name: str) -> list[Values]:
    taken = {_named(each)["config_name"] for each in _listed(ours.get(name))}
    others = [each for each in map(_named, _listed(existing.get(name))) if each["config_name"] not in taken]
    return [_theirs(each) for each in others]


def _theirs(value: Any) -> Any:
    """The same value; its numbers are somebody else's to prove."""
    if isinstance(value, Mapping):
        return {name: _theirs(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_theirs(each) for each in value]
    return Whole(value, OWN) if isinstance(value, int) and not isinstance(value, bool) else value


def _listed(value: object) -> list[Values]:
    found = value if isinstance(value, list) else [value]
    return [each for each in found if isinstance(each, Mapping)]


def _named(entry: Values) -> Values:
    return {"config_name": "default"} | dict(entry)


def _language(code: str) -> Values:
    """The language by the Hub's code; a variety of it, such as en-GB, has a key of its own there."""
    language, _, variety = code.replace("_", "-").partition("-")
    varieties = {"language_bcp47": [f"{language.lower()}-{variety}"]} if variety else {}
    return {"language": language.lower(), **varieties}


def _license(license_: License, papers: Sequence[str] = ()) -> Values:
    agreement = next((paper for paper in papers if paper.startswith("LICENSE")), "")
    link = license_.link or (agreement if Terms(license_.id).binds_uses else "")
    named = {"license_name": license_.name, "license_link": link}
    return {"license": license_.id} | {name: value for name, value in named.items() if value}


def _sources(facts: DatasetFacts) -> Values:
    """The datasets on the Hub that this one was made from."""
    public = [each.name for each in facts.combination.sources if each.link]
    return {"source_datasets": public} if public else {}


def _emissions(energy: Energy | None) -> Values:
    if energy is None:
        return {}
    return {
        "co2_eq_emissions": {
            "emissions": energy.grams,
            "source": energy.source,
            "training_type": "fine-tuning",
            "hardware_used": energy.hardware,
        }
    }


def _index(facts: ModelFacts) -> Values:
    """What the Hub shows as results: every figure that has a value, as not every writer gives it one."""
    if not (measured := [figure for figure in facts.evidence.figures if isfinite(figure.adapter)]):
        return {}
    dataset = facts.version.dataset
    results = {
        "task": {"type": "text-generation"},
        "dataset": {
            "name": dataset.split("/")[-1],
            "type": dataset,
            "revision": facts.version.tag,
            "split": "test",
        },
        "metrics": [
            {"type": figure.name, "name": one_line(figure.label), "value": figure.adapter}
            for figure in measured
        ],
    }
    return {"model-index": [{"name": facts.version.adapter.split("/")[-1], "results": [results]}]}
