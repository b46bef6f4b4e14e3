"""What `provenance.json` says, for those who hold a version against it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import TypeAdapter

NAME = "provenance.json"


@dataclass(frozen=True)
class Described:
    """A file or a thing that was used, and the digest that fixes it."""

    digest: Mapping[str, str] = field(default_factory=dict)
    name: str = ""
    uri: str = ""


@dataclass(frozen=True)
class Asked:
    """What was to be built."""

    recipe: str = ""
    version: str = ""
    repository: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Statement:
    """What was built, from what, and with which packages."""

    subjects: Mapping[str, str]  # path -> SHA-256
    asked: Asked
    materials: Mapping[str, Described]
    packages: Mapping[str, str]


def statement(text: bytes) -> Statement | None:
    """The statement that a text makes; none if it is no in-toto statement with SLSA's predicate."""
    try:
        said = json.loads(text)
        predicate = said["predicate"]
        build = predicate["buildDefinition"]
        return Statement(
            {each.name: each.digest["sha256"] for each in _described(said["subject"])},
            TypeAdapter(Asked).validate_python(build["externalParameters"]),
            {each.name: each for each in _described(build.get("resolvedDependencies", []))},
            TypeAdapter(Mapping[str, str]).validate_python(_packages(predicate)),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _described(listed: object) -> tuple[Described, ...]:
    return TypeAdapter(tuple[Described, ...]).validate_python(listed)


def _packages(predicate: Mapping[str, Mapping[str, Mapping[str, object]]]) -> object:
    return predicate.get("runDetails", {}).get("builder", {}).get("version", {})
