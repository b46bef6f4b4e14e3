"""The YAML between two lines of dashes at the head of a post."""

import re
from dataclasses import dataclass

import yaml

FRONT_MATTER = re.compile(
    r"\A(---\s*\n.*?\n?)^((---|\.\.\.)\s*$\n?)", re.DOTALL | re.MULTILINE
)  # Jekyll's own
OPENED = re.compile(r"\A---[ \t]*\n")
TOML = re.compile(r"\A\+\+\+[ \t]*\n")
FALSE = ("false", "no", "off")


class FrontMatterError(ValueError):
    """A head that cannot be read; the message says why."""


@dataclass(frozen=True)
class FrontMatter:
    """What is read of a head, and nothing else: readers' comments and addresses are found there too."""

    title: str = ""
    published: bool = True


def split(text: str) -> tuple[FrontMatter, str]:
    """The front matter of a post and its body; a post without any has the empty one."""
    match = FRONT_MATTER.match(text)
    if match:
        return _read(match[1]), text[match.end() :]
    if OPENED.match(text):
        raise FrontMatterError("it is never closed")
    if TOML.match(text):
        raise FrontMatterError("it is TOML, Jekyll's is YAML")
    return FrontMatter(), text


def _read(head: str) -> FrontMatter:
    try:
        # Every value as text: `title: no` is a title, and 30 February no reason to lose a post.
        values = yaml.load(head, yaml.BaseLoader)  # noqa: S506
    except yaml.YAMLError as error:
        raise FrontMatterError(_place(error)) from error
    except RecursionError as error:
        raise FrontMatterError("it is nested too deeply") from error
    if not values:
        return FrontMatter()
    if not isinstance(values, dict):
        raise FrontMatterError("it has no keys")
    title, published = values.get("title"), values.get("published")
    return FrontMatter(title if isinstance(title, str) else "", str(published).lower() not in FALSE)


def _place(error: yaml.YAMLError) -> str:
    mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
    return f"line {mark.line + 1}: {problem}" if mark else str(problem or "it has characters YAML forbids")
