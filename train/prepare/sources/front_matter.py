"""What stands at the head of a post: YAML, TOML, JSON or Org, read by a list of allowed keys."""

import json
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from train.prepare.sources import plain_yaml
from train.prepare.sources.dates import day_of
from train.prepare.sources.plain_yaml import Quoted

YAML_OPENED = re.compile(r"(?:[ \t]*\n)*---[ \t]*\n")
YAML_CLOSED = re.compile(r"^(?:---|\.\.\.)[ \t]*$(?:\n[ \t]*$)*\n?", re.MULTILINE)
TOML_OPENED = re.compile(r"(?:[ \t]*\n)*\+\+\+[ \t]*\n")
TOML_CLOSED = re.compile(r"^\+\+\+[ \t]*$\n?", re.MULTILINE)
JSON_OPENED = re.compile(r'\s*\{\s*"[^"\n]*"\s*:')
ORG = re.compile(r"(?:#\+\w+:[^\n]*\n|[ \t]*\n)*#\+\w+:[^\n]*(?:\n|\Z)")
STATED = re.compile(r"^(?:#\+)?[\"']?(\w+)[\"']?[ \t]*[:=][ \t]*(\S.*?)[ \t,]*$", re.MULTILINE)
COMMENT = re.compile(r"(?:^|[ \t]+)#.*")
LONGEST = 1_000_000  # characters of a head; comments of many years fit in
NAMES = 20  # authors of one post
READABLE = (
    *("title", "date", "author", "lang", "language", "license", "layout", "permalink"),
    *("publishdate", "expirydate", "published", "draft"),
)


class FrontMatterError(ValueError):
    """A head that cannot be read; the message says why."""


@dataclass(frozen=True)
class FrontMatter:
    """What is read of a head, and nothing else: readers' comments and addresses are found there too.

    None is what the head does not say, so that a site's defaults can.
    """

    title: str | None = None
    date: str | None = None
    author: str | None = None
    language: str | None = None
    license: str | None = None
    layout: str | None = None
    permalink: str | None = None
    publish_date: str | None = None
    expiry_date: str | None = None
    published: bool | None = None
    draft: bool | None = None
    redirects: bool | None = None

    def over(self, defaults: "FrontMatter") -> "FrontMatter":
        """This front matter, with the defaults for what it does not say."""
        said = {each.name: getattr(self, each.name) for each in fields(self)}
        return replace(defaults, **{name: value for name, value in said.items() if value is not None})


def split(text: str) -> tuple[FrontMatter, str, str]:
    """The front matter of a post, the lines it was read from, and the body; a post without any has none."""
    if opened := YAML_OPENED.match(text):
        return _fenced(text, opened.end(), YAML_CLOSED, _yaml)
    if opened := TOML_OPENED.match(text):
        return _fenced(text, opened.end(), TOML_CLOSED, _toml)
    if JSON_OPENED.match(text):
        return _json(text)
    if org := ORG.match(text):
        return from_values(_stated(org[0])), org[0], text[org.end() :]
    return FrontMatter(), "", text


def from_values(values: Mapping[str, Any]) -> FrontMatter:
    """The allowed keys of a head, of a site's defaults, or of its configuration."""
    found = {key.lower(): value for key, value in values.items() if isinstance(key, str)}
    return FrontMatter(
        title=_text(found, "title"),
        date=_text(found, "date", "published_at", "pubdate") or day_of(_text(found, "published")) or None,
        author=_author(found),
        language=_text(found, "lang", "language", "locale"),
        license=_text(found, "license", "licence"),
        layout=_text(found, "layout"),
        permalink=_text(found, "permalink", "url"),
        publish_date=_text(found, "publishdate"),
        expiry_date=_text(found, "expirydate"),
        published=False if _is_part(found) else _truth(found.get("published")),
        draft=_truth(found.get("draft")),
        redirects=True if found.get("redirect_to") or found.get("redirect") else None,
    )


def _fenced(
    text: str, start: int, closing: re.Pattern[str], parse: Callable[[str], Mapping[str, Any] | None]
) -> tuple[FrontMatter, str, str]:
    closed = closing.search(text, start)
    if not closed:
        raise FrontMatterError("it is never closed")
    raw, head = text[start : closed.start()], text[: closed.end()]
    try:
        values = parse(raw) if len(raw) <= LONGEST else _stated(raw)
    except (ValueError, RecursionError) as error:
        values = _stated(raw)
        if not values:
            raise FrontMatterError(str(error) or "it is nested too deeply") from error
    if values is None:  # prose between two rules
        return FrontMatter(), "", text
    return from_values(values), head, text[closed.end() :]


def _yaml(raw: str) -> Mapping[str, Any] | None:
    values = plain_yaml.load(raw)
    if values == "":
        return {}
    return values if isinstance(values, dict) else None


def _toml(raw: str) -> Mapping[str, Any]:
    values = tomllib.loads(raw)
    return {key: Quoted(value) if isinstance(value, str) else value for key, value in values.items()}


def _json(text: str) -> tuple[FrontMatter, str, str]:
    start = text.index("{")
    try:
        values, end = json.JSONDecoder().raw_decode(text[: start + LONGEST], start)
    except (ValueError, RecursionError) as error:
        raise FrontMatterError(f"JSON: {error}") from error
    return from_values(values), text[:end], text[end:]


def _stated(raw: str) -> dict[str, str]:
    """Key and value of the lines that have them, for a head that is not valid: the first of each key."""
    lines = [(match[1].lower(), match[2]) for match in STATED.finditer(raw)]
    return {key: _unquoted(value) for key, value in reversed(lines) if key in READABLE}


def _unquoted(value: str) -> str:
    if value[0] not in "\"'":
        value = COMMENT.sub("", value)
    inside = value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value
    return "" if inside[:1] in ("|", ">", "[", "{", "&", "*") and len(inside) < 3 else inside


def _text(found: Mapping[str, Any], *keys: str) -> str | None:
    for key in keys:
        value = found.get(key)
        if value is None or isinstance(value, bool | list | dict):
            continue
        if words := " ".join(str(value).encode("utf-8", "ignore").decode().split()):
            return words
    return None


def _author(found: Mapping[str, Any]) -> str | None:
    value = found.get("author") or found.get("authors")
    people = value if isinstance(value, list) else [value]
    named = [each if isinstance(each, dict) else {"name": each} for each in people[:NAMES]]
    return ", ".join(name for each in named if (name := _text(each, "name"))) or None


def _is_part(found: Mapping[str, Any]) -> bool:
    """Whether other pages include this one, and nobody is shown it alone."""
    build = found.get("build") or found.get("_build")
    render = build.get("render") if isinstance(build, dict) else found.get("render")
    return _truth(found.get("headless")) is True or render == "never" or _truth(render) is False


def _truth(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    return None if value in (None, "") else not plain_yaml.is_false(value)
