"""What a site generator's configuration says, as far as a reader of posts must know it."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from train.errors import StageError
from train.prepare.sources import plain_yaml
from train.prepare.sources.decode import DecodeError, read_text
from train.prepare.sources.posts import Entry, Rules


@dataclass(frozen=True)
class Site:
    """A folder as its generator sees it."""

    root: Path
    told_by: str  # what shows which generator it is
    entries: tuple[Entry, ...]
    rules: Rules
    config: tuple[Path, ...] = ()


def configured(path: Path) -> Mapping[str, Any]:
    """The values in a configuration file, YAML, JSON or TOML by its name."""
    try:
        text = read_text(path)
        values = tomllib.loads(text) if path.suffix == ".toml" else plain_yaml.load(text)
    except (OSError, DecodeError, ValueError, RecursionError) as error:
        raise StageError(f"{path} cannot be read: {error}.", fix=f"edit {path}") from error
    return values if isinstance(values, dict) else {}


def mapping(value: Any) -> Mapping[str, Any]:
    """The value if it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}


def words(value: Any) -> tuple[str, ...]:
    """A list of texts, which may be written as one text."""
    items = value if isinstance(value, list) else [value] if value else []
    return tuple(item for item in items if isinstance(item, str))


def says_yes(value: Any) -> bool:
    """Whether an option is switched on."""
    return value is True or plain_yaml.is_true(value)
