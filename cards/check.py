"""The Hub's documented rules for the YAML on top of a card."""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

import yaml

from cards.front import SHORT, SIZES
from cards.licenses import IDS

Kind = Literal["model", "dataset", "space"]
Rule = Callable[[Any], bool]

_FRONT_MATTER = re.compile(r"---\n(.*?)\n---\n", re.DOTALL)
_REPO_PART = re.compile(r"(?!.*(--|\.\.))[A-Za-z0-9_]([A-Za-z0-9._-]{0,94}[A-Za-z0-9_])?(?<!\.git)")
_COLORS = frozenset({"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"})
_RELATIONS = frozenset({"adapter", "merge", "quantized", "finetune"})
_SIZE_WORDS = frozenset({*(word for _, word in SIZES), "10M<n<100M"})


def check(text: str, kind: Kind) -> tuple[str, ...]:
    """What the Hub would refuse or misread in a card's front matter; empty if nothing."""
    values = front_matter(text)
    return tuple(_flaws(values, kind)) if values else ("it has no front matter that can be read",)


def front_matter(text: str) -> Mapping[str, Any]:
    """The values on top of a card; empty if there are none, or they are no YAML."""
    found = _FRONT_MATTER.match(text)
    try:
        values = yaml.safe_load(found[1]) if found else None
    except yaml.YAMLError:
        return {}
    return values if isinstance(values, dict) else {}


def is_repo(value: Any) -> bool:
    """Whether this is a repository's id, with or without a namespace: a path is none."""
    parts = value.split("/") if isinstance(value, str) else []
    return len(parts) in (1, 2) and all(_REPO_PART.fullmatch(part) for part in parts)


def _flaws(values: Mapping[str, Any], kind: Kind) -> Iterator[str]:
    rules = {**_COMMON, **_BY_KIND[kind]}
    for name in sorted(_REQUIRED[kind] - values.keys()):
        yield f"{name} is missing"
    for name in sorted(rules.keys() & values.keys()):
        is_right, must = rules[name]
        if not is_right(values[name]):
            yield f"{name} must be {must}, not {values[name]!r:.80}"
    if values.get("license") == "other" and not (values.get("license_name") and values.get("license_link")):
        yield "license is other, so license_name and license_link must be given"


def _matches(pattern: str) -> Rule:
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None


def _list_of(rule: Rule) -> Rule:
    return lambda value: isinstance(value, list) and all(rule(each) for each in value)


def _among(words: frozenset[str]) -> Rule:
    return lambda value: isinstance(value, str) and value in words


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_short(value: Any) -> bool:
    return _is_text(value) and len(value) <= SHORT


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_result(value: Any) -> bool:
    dataset, task = value.get("dataset", {}), value.get("task", {})
    metrics = value.get("metrics", [])
    return _is_text(task.get("type")) and _is_text(dataset.get("name")) and _are_metrics(dataset, metrics)


def _are_metrics(dataset: Mapping[str, Any], metrics: list[Mapping[str, Any]]) -> bool:
    figures = [metric.get("value") for metric in metrics]
    numbers = [figure for figure in figures if isinstance(figure, int | float) and math.isfinite(figure)]
    named = all(_is_text(metric.get("type")) for metric in metrics)
    return is_repo(dataset.get("type")) and named and len(numbers) == len(figures) > 0


def _is_model_index(value: Any) -> bool:
    return isinstance(value, list) and all(
        _is_text(model.get("name")) and all(map(_is_result, model.get("results", []))) for model in value
    )


def _is_config(value: Any) -> bool:
    files = value.get("data_files", [])
    return _is_text(value.get("config_name")) and all(each.keys() == {"split", "path"} for each in files)


_COMMON: Mapping[str, tuple[Rule, str]] = {
    "license": (_among(IDS), "one of the Hub's licences"),
    "language": (_matches(r"[a-z]{2,3}|code|multilingual"), "an ISO 639 code of two or three letters"),
    "tags": (_list_of(_is_text), "a list of texts"),
    "datasets": (_list_of(is_repo), "a list of repositories"),
}
_BY_KIND: Mapping[Kind, Mapping[str, tuple[Rule, str]]] = {
    "model": {
        "base_model": (is_repo, "a model on the Hub, not a path"),
        "base_model_relation": (_among(_RELATIONS), "adapter, merge, quantized or finetune"),
        "model-index": (_is_model_index, "named results with finite values on a repository"),
    },
    "dataset": {
        "size_categories": (_list_of(_among(_SIZE_WORDS)), "a list of the Hub's sizes"),
        "task_categories": (_list_of(_is_text), "a list of texts"),
        "configs": (_list_of(_is_config), "a list of names with splits and paths"),
    },
    "space": {
        "sdk": (_among(frozenset({"gradio", "docker", "static"})), "gradio, docker or static"),
        "sdk_version": (_matches(r"\d+\.\d+\.\d+"), "a full version, x.y.z"),
        "python_version": (_matches(r"3\.\d+(\.\d+)?"), "a version of Python 3"),
        "colorFrom": (_among(_COLORS), "one of the Hub's colours"),
        "colorTo": (_among(_COLORS), "one of the Hub's colours"),
        "short_description": (_is_short, f"a text of at most {SHORT} characters"),
        "models": (_list_of(is_repo), "a list of repositories"),
        "pinned": (_is_flag, "true or false"),
    },
}
_REQUIRED: Mapping[Kind, frozenset[str]] = {
    "model": frozenset({"license", "base_model", "library_name", "pipeline_tag"}),
    "dataset": frozenset({"license", "configs", "dataset_info"}),
    "space": frozenset({"title", "sdk", "sdk_version", "app_file"}),
}
