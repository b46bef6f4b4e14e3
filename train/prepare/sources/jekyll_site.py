"""A Jekyll folder as its `_config.yml` describes it: which files are posts, pages, drafts, collections."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Any

from train.prepare.sources import tree
from train.prepare.sources.dates import day_of
from train.prepare.sources.front_matter import FrontMatter, from_values
from train.prepare.sources.posts import HTML, MARKDOWN, OTHERS, Entry, Rules, refusal
from train.prepare.sources.site import Site, configured, mapping, says_yes, words

CONFIGS = ("_config.yml", "_config.yaml", "_config.toml")
EXCLUDED = (
    *(".sass-cache", ".jekyll-cache", "gemfiles", "Gemfile", "node_modules"),
    *("bower_components", "vendor"),
)
POST = re.compile(r"(?P<date>\d{2,4}-\d{1,2}-\d{1,2})-(?P<slug>.+)")
PLAIN = (".text", ".txt")


@dataclass(frozen=True)
class _Default:
    path: str
    type: str
    values: FrontMatter


@dataclass(frozen=True)
class _Layout:
    excluded: tuple[str, ...]
    included: tuple[str, ...]
    collections: tuple[str, ...]
    collections_dir: str
    markdown: tuple[str, ...]
    defaults: tuple[_Default, ...]


def look(root: Path, take: tuple[str, ...]) -> Site:
    """The site in a folder; only what it shows as posts is taken, unless `take` says more."""
    config = next((root / each for each in CONFIGS if (root / each).is_file()), None)
    values = configured(config) if config else {}
    inner = root / next(iter(words(values.get("source"))), "")
    if inner.is_dir() and inner.resolve().is_relative_to(root):
        root = inner.resolve()
    layout = _layout(values)
    shown = ("post", "draft") if says_yes(values.get("show_drafts")) else ("post",)
    rules = Rules(
        take=take or shown,
        encoding=next(iter(words(values.get("encoding"))), "utf-8"),
        markdown=layout.markdown,
        unpublished=says_yes(values.get("unpublished")),
        future=says_yes(values.get("future")),
    )
    told = f"its {config.name}" if config else "its _posts"
    entries = tuple(_entries(root, layout, rules))
    return Site(root, told, entries, rules, (config,) if config else ())


def _layout(values: Mapping[str, Any]) -> _Layout:
    listed = values.get("collections")
    names = tuple(listed) if isinstance(listed, dict) else words(listed)
    endings = next(iter(words(values.get("markdown_ext"))), "")
    return _Layout(
        excluded=(*EXCLUDED, *words(values.get("destination")), *words(values.get("exclude"))),
        included=words(values.get("include")),
        collections=tuple(name for name in names if name not in ("posts", "drafts")),
        collections_dir=next(iter(words(values.get("collections_dir"))), "").strip("/"),
        markdown=(*MARKDOWN, *(f".{each.strip().lower()}" for each in endings.split(",") if each.strip())),
        defaults=tuple(_defaults(values)),
    )


def _defaults(values: Mapping[str, Any]) -> Iterator[_Default]:
    listed = values.get("defaults")
    yield _Default("", "", replace(FrontMatter(), author=from_values(values).author))
    found = []
    for each in listed if isinstance(listed, list) else []:
        scope, said = mapping(mapping(each).get("scope")), mapping(mapping(each).get("values"))
        path, kind = scope.get("path"), scope.get("type")
        path = path.strip("/") if isinstance(path, str) else ""
        found.append(_Default(path, kind if isinstance(kind, str) else "", from_values(said)))
    yield from sorted(found, key=lambda each: (len(each.path), bool(each.type)))


def _entries(root: Path, layout: _Layout, rules: Rules) -> Iterator[Entry]:
    for file in tree.files(root, lambda folder: _is_entered(folder, layout)):
        suffix = PurePosixPath(file.origin).suffix.lower()
        is_text = file.refused or suffix in (*layout.markdown, *HTML, *OTHERS, *PLAIN)
        if is_text and not _is_excluded(file.origin, layout):
            yield from _entry(file, layout, rules)


def _entry(file: tree.File, layout: _Layout, rules: Rules) -> Iterator[Entry]:
    path = PurePosixPath(file.origin)
    kind = _kind(path, layout)
    is_markdown = path.suffix.lower() in layout.markdown and not file.refused
    if kind == "page" and not is_markdown and "page" not in rules.take:
        return  # a page that lists posts, or a file that the site hands out as it is
    named, is_listed = POST.fullmatch(path.stem), kind in ("post", "draft")
    entry = Entry(file.origin, kind, path.stem, refused=file.refused, defaults=_values(path, kind, layout))
    if named and is_listed:
        entry = replace(entry, slug=named["slug"].removesuffix(".html"), date=day_of(_long(named["date"])))
    entry = replace(entry, needs_head=not is_listed and path.suffix.lower() in HTML)
    refused, detail = _refused(entry, bool(named), layout, rules)
    yield replace(entry, refused=refused, detail=detail)


def _long(date: str) -> str:
    year, _, rest = date.partition("-")
    return f"20{date}" if len(year) == 2 else f"{year}-{rest}"


def _refused(entry: Entry, is_named: bool, layout: _Layout, rules: Rules) -> tuple[str, str]:
    name = entry.origin.lower()
    by_name = entry.refused or refusal(entry.origin, layout.markdown)
    if by_name:
        return by_name, ""
    if entry.kind not in rules.take:
        return f"a {entry.kind}", "take in the recipe does not ask for it"
    if entry.kind == "post" and not is_named:
        return "no date in the file name", "Jekyll wants YYYY-MM-DD-title.md"
    if name.endswith(PLAIN) and not name.endswith(layout.markdown):
        return "plain text, not Markdown", "markdown_ext in _config.yml does not name it"
    return "", ""


def _kind(path: PurePosixPath, layout: _Layout) -> str:
    folders = path.parts[:-1]
    if "_posts" in folders:
        return "post"
    if "_drafts" in folders:
        return "draft"
    within = PurePosixPath(layout.collections_dir).parts
    if folders[: len(within)] == within and len(folders) > len(within):
        name = folders[len(within)].removeprefix("_")
        if folders[len(within)].startswith("_") and name in layout.collections:
            return name
    return "page"


def _is_entered(folder: str, layout: _Layout) -> bool:
    name = folder.rpartition("/")[2]
    if name in ("_posts", "_drafts") or _is_included(folder, layout):
        return not _is_excluded(folder, layout)
    if name.startswith("_") and name[1:] in layout.collections:
        return True
    return name == layout.collections_dir or not (
        name[:1] in "._#" or name.endswith("~") or _is_excluded(folder, layout)
    )


def _is_included(path: str, layout: _Layout) -> bool:
    return any(fnmatchcase(path, pattern.strip("/")) for pattern in layout.included)


def _is_excluded(path: str, layout: _Layout) -> bool:
    if _is_included(path, layout):
        return False
    name = path.rpartition("/")[2]
    if name[:1] in ".#" or name.endswith("~"):
        return True
    patterns = (pattern.removeprefix("./").strip("/") for pattern in layout.excluded)
    return any(
        each and (fnmatchcase(path, each) or path == each or path.startswith(f"{each}/")) for each in patterns
    )


def _values(path: PurePosixPath, kind: str, layout: _Layout) -> FrontMatter:
    found = FrontMatter()
    for each in layout.defaults:
        type_ = {"post": "posts", "page": "pages", "draft": "drafts"}.get(kind, kind)
        if each.type in ("", type_, type_.removesuffix("s")) and _is_below(path, each.path, layout):
            found = each.values.over(found)
    return found


def _is_below(path: PurePosixPath, scope: str, layout: _Layout) -> bool:
    text = path.as_posix()
    shorter = text.removeprefix(f"{layout.collections_dir}/") if layout.collections_dir else text
    return any(
        not scope
        or each == scope
        or each.startswith(f"{scope}/")
        or ("*" in scope and fnmatchcase(each, f"{scope}*"))
        for each in (text, shorter)
    )
