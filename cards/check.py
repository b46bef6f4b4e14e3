"""The Hub's documented rules for the YAML on top of a card."""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Literal

from cards import hub, top
from cards.front import SHORT
from cards.licenses import IDS
from cards.top import Path

Kind = Literal["model", "dataset", "space"]
Rule = Callable[[Any], bool]
Values = Mapping[str, Any]

_REPO_PART = re.compile(r"(?!.*(--|\.\.))[A-Za-z0-9_]([A-Za-z0-9._-]{0,94}[A-Za-z0-9_])?(?<!\.git)")


@dataclass(frozen=True)
class Complaint:
    """What is wrong at one place of the metadata, and what to do about it."""

    path: Path
    what: str
    fix: str


def check(text: str, kind: Kind) -> tuple[str, ...]:
    """What the Hub would refuse or misread in the front matter of a card of ours; empty if nothing."""
    found = top.read(text)
    if not found.values:
        return ("it has no front matter that can be read",)
    missing = [f"{name} is missing" for name in sorted(_REQUIRED[kind] - found.values.keys())]
    return (*missing, *(each.what for each in complaints(found.values, kind)))


def front_matter(text: str) -> Values:
    """The values on top of a card; empty if there are none, or they are no YAML."""
    return top.read(text).values


def is_repo(value: Any) -> bool:
    """Whether this is a repository's id, with or without a namespace: a path is none."""
    parts = value.split("/") if isinstance(value, str) else []
    return len(parts) in (1, 2) and all(_REPO_PART.fullmatch(part) for part in parts)


def complaints(values: Values, kind: Kind) -> Iterator[Complaint]:
    """Everything wrong with the values of a card, whoever wrote it."""
    rules = {**_COMMON, **_BY_KIND[kind]}
    for name in sorted(rules.keys() & values.keys()):
        is_right, must = rules[name]
        if not is_right(values[name]):
            fix = _hint(values[name], name) or f"write {must}"
            yield Complaint((name,), f"{name} must be {must}, not {values[name]!r:.80}", fix)
    yield from _of_license(values)
    yield from _of_keys(values, kind)
    if kind == "model" and values.get("base_model") and "base_model_relation" not in values:
        yield Complaint(
            ("base_model",),
            "base_model is given without base_model_relation",
            "add base_model_relation: adapter, finetune, merge or quantized",
        )


def _of_license(values: Values) -> Iterator[Complaint]:
    named = values.get("license_name") and values.get("license_link")
    if values.get("license") == "other" and not named:
        what = "license is other, so license_name and license_link must be given"
        yield Complaint(
            ("license",), what, "add license_name: a short name, and license_link: LICENSE or a URL"
        )
    if "license" not in values and "licence" not in values:
        yield Complaint(
            (), "license is missing", "add license: and one of the Hub's ids, such as mit or unknown"
        )


def _of_keys(values: Values, kind: Kind) -> Iterator[Complaint]:
    known = hub.KEYS["common"] | hub.KEYS[kind]
    for name in values:
        meant = get_close_matches(str(name), known, n=1, cutoff=0.8) if name not in known else []
        if meant:
            yield Complaint((str(name),), f"{name} is no key that the Hub reads", f"write {meant[0]}:")


def _hint(value: Any, name: str) -> str:
    if isinstance(value, bool):
        return "put it in quotes: YAML reads a bare no, yes, on or off as true or false"
    if isinstance(value, float) and name.endswith("version"):
        return "put it in quotes: YAML reads 3.10 as the number 3.1"
    options = {"license": IDS, "pipeline_tag": hub.PIPELINES, "suggested_hardware": hub.HARDWARE}.get(
        name, ()
    )
    close = get_close_matches(str(value).lower(), options, n=1, cutoff=0.4) if options else []
    if name == "language" and str(value).lower() in hub.MEANT:
        close = [hub.MEANT[str(value).lower()]]
    return f"write {name}: {close[0]}" if close else ""


def _matches(pattern: str) -> Rule:
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None


def _list_of(rule: Rule) -> Rule:
    return lambda value: isinstance(value, list) and all(rule(each) for each in value)


def _one_or_list(rule: Rule) -> Rule:
    return lambda value: all(rule(each) for each in (value if isinstance(value, list) else [value]))


def _among(words: frozenset[str]) -> Rule:
    return lambda value: isinstance(value, str) and value in words


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_language(value: Any) -> bool:
    is_known = _among(hub.LANGUAGES | {"code", "multilingual"})
    return is_known(value) or _matches(r"[a-z]{3}")(value)


def _is_short(value: Any) -> bool:
    return _is_text(value) and len(value) <= SHORT


def _is_emoji(value: Any) -> bool:
    return (
        isinstance(value, str)
        and 0 < len(value) <= 12
        and not re.search(r"[\w\s:]", re.sub(r"\d\ufe0f?\u20e3", "", value))
    )


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_result(value: Any) -> bool:
    task, dataset = (value.get(name) if isinstance(value, dict) else None for name in ("task", "dataset"))
    if not isinstance(task, dict) or not isinstance(dataset, dict):
        return False
    return _is_text(task.get("type")) and _is_text(dataset.get("name")) and _are_metrics(dataset, value)


def _are_metrics(dataset: Values, result: Values) -> bool:
    metrics = result.get("metrics")
    if not isinstance(metrics, list) or not metrics or not is_repo(dataset.get("type")):
        return False
    return all(
        isinstance(each, dict) and _is_text(each.get("type")) and _is_number(each.get("value"))
        for each in metrics
    )


def _is_model_index(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(model, dict) and _is_text(model.get("name")) and _list_of(_is_result)(model.get("results"))
        for model in value
    )


def _is_emission(value: Any) -> bool:
    return _is_number(value) or (isinstance(value, dict) and _is_number(value.get("emissions")))


def _is_config(value: Any) -> bool:
    files = value.get("data_files", []) if isinstance(value, dict) else None
    if files is None or not _is_text(value.get("config_name")):
        return False
    entries = files if isinstance(files, list) else []
    return all(isinstance(each, str) or each.keys() == {"split", "path"} for each in entries)


def _is_info(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("features", []), list)


_REPOS = "repositories on the Hub, not paths"
_COMMON: Mapping[str, tuple[Rule, str]] = {
    "license": (_one_or_list(_among(IDS)), "one of the Hub's licences"),
    "language": (_one_or_list(_is_language), "an ISO 639 code of two or three letters"),
    "tags": (_list_of(_is_text), "a list of texts"),
    "datasets": (_list_of(is_repo), f"a list of {_REPOS}"),
}
_BY_KIND: Mapping[Kind, Mapping[str, tuple[Rule, str]]] = {
    "model": {
        "base_model": (_one_or_list(is_repo), "a model on the Hub, not a path"),
        "base_model_relation": (_among(hub.RELATIONS), "adapter, merge, quantized or finetune"),
        "pipeline_tag": (_among(hub.PIPELINES), "one of the Hub's tasks"),
        "library_name": (_is_text, "a text"),
        "metrics": (_list_of(_is_text), "a list of texts"),
        "new_version": (is_repo, "a model on the Hub"),
        "co2_eq_emissions": (_is_emission, "grams, as a number or under emissions"),
        "model-index": (_is_model_index, "named results with finite values on a repository"),
    },
    "dataset": {
        "annotations_creators": (
            _list_of(_among(hub.ANNOTATORS)),
            "a list of the Hub's words for annotators",
        ),
        "size_categories": (_one_or_list(_among(hub.SIZES)), "one of the Hub's sizes, such as 1K<n<10K"),
        "task_categories": (_list_of(_among(hub.PIPELINES)), "a list of the Hub's tasks"),
        "source_datasets": (_list_of(_is_text), "a list of texts"),
        "configs": (_list_of(_is_config), "a list of names with splits and paths"),
        "dataset_info": (_one_or_list(_is_info), "features and splits"),
    },
    "space": {
        "title": (_is_text, "a text"),
        "emoji": (_is_emoji, "one emoji"),
        "sdk": (_among(hub.SDKS), "gradio, docker or static"),
        "sdk_version": (_matches(r"\d+\.\d+\.\d+"), "a full version, x.y.z"),
        "python_version": (_matches(r"3\.\d+(\.\d+)?"), "a version of Python 3"),
        "colorFrom": (_among(hub.COLORS), "one of the Hub's colours"),
        "colorTo": (_among(hub.COLORS), "one of the Hub's colours"),
        "suggested_hardware": (_among(hub.HARDWARE), "one of the Hub's machines"),
        "short_description": (_is_short, f"a text of at most {SHORT} characters"),
        "models": (_list_of(is_repo), f"a list of {_REPOS}"),
        "pinned": (_is_flag, "true or false"),
    },
}
_REQUIRED: Mapping[Kind, frozenset[str]] = {
    "model": frozenset({"base_model", "library_name", "pipeline_tag"}),
    "dataset": frozenset({"configs", "dataset_info"}),
    "space": frozenset({"title", "sdk", "sdk_version", "app_file"}),
}
