"""The Hub's rules for a card's `model-index`: the results a model claims."""

from __future__ import annotations

from collections.abc import Iterator

from train.rehearse.hub.card_checks import array_of, mapping, string

_STRING_OPTIONS = ("config", "split", "revision")


def check_model_index(name: str, value: object) -> Iterator[str]:
    """What is wrong with the list of models and their results."""
    yield from array_of(_check_model)(name, value)


def _check_model(name: str, value: object) -> Iterator[str]:
    yield from _required(name, value, "name")
    yield from array_of(_check_result)(f"{name}.results", _get(value, "results"))


def _check_result(name: str, value: object) -> Iterator[str]:
    yield from _required(f"{name}.task", _get(value, "task"), "type")
    dataset = _get(value, "dataset")
    for key in ("type", "name"):
        yield from _required(f"{name}.dataset", dataset, key)
    for key in _STRING_OPTIONS:
        if _get(dataset, key) is not None:
            yield from string(f"{name}.dataset.{key}", _get(dataset, key))
    yield from array_of(_check_metric)(f"{name}.metrics", _get(value, "metrics"))
    if _get(value, "source") is not None:
        yield from _required(f"{name}.source", _get(value, "source"), "url")


def _check_metric(name: str, value: object) -> Iterator[str]:
    yield from _required(name, value, "type")
    if _get(value, "value") is None:
        yield f'"{name}.value" is required'


def _required(name: str, value: object, key: str) -> Iterator[str]:
    if value is None:
        yield f'"{name}" is required'
        return
    yield from mapping(name, value)
    found = _get(value, key)
    if found is None:
        yield f'"{name}.{key}" is required'
    else:
        yield from string(f"{name}.{key}", found)


def _get(value: object, key: str) -> object:
    return value.get(key) if isinstance(value, dict) else None
