"""A Hugo or Zola folder: every page below `content`, by section, bundle and language."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from train.prepare.sources import tree
from train.prepare.sources.posts import HTML, MARKDOWN, OTHERS, Entry, Rules, dated, refusal
from train.prepare.sources.site import Site, configured, mapping, says_yes, words

NAMES = ("hugo", "config")
ENDINGS = (".toml", ".yaml", ".yml", ".json")
USUAL = frozenset(  # of a folder whose configuration names no languages
    (
        *("ar", "bg", "bn", "ca", "cs", "da", "de", "el", "en", "es", "et", "fa", "fi", "fr", "he", "hi"),
        *("hr", "hu", "id", "it", "ja", "ko", "lt", "lv", "nl", "no", "pl", "pt", "pt-br", "ro", "ru"),
        *("sk", "sl", "sr", "sv", "th", "tr", "uk", "ur", "vi", "zh", "zh-cn", "zh-tw"),
    )
)
PASSED_OVER = re.compile(r"\..*|.*~|node_modules")
BLOG_AT_THE_TOP = 20  # so many pages beside the sections are no longer "about" and "contact"
INDEX = ("index", "_index")
DRAFTS = ("draft", "drafts", "_drafts")


@dataclass(frozen=True)
class _Page:
    file: tree.File
    folders: tuple[str, ...]
    stem: str
    language: str


def is_one(root: Path) -> bool:
    """Whether a folder is rather Hugo's or Zola's than Jekyll's."""
    if (root / "_config.yml").is_file() or (root / "_posts").is_dir():
        return False
    has_config = any((root / f"hugo{ending}").is_file() for ending in ENDINGS)
    return has_config or (root / "content").is_dir() or (root / "config" / "_default").is_dir()


def look(root: Path, take: tuple[str, ...]) -> Site:
    """The site in a folder; a page below a section is a post, what stands beside the sections is a page."""
    files = tuple(_configs(root))
    values: dict[str, Any] = {}
    for file in files:
        found = configured(file)
        name = file.stem.split(".")[0].lower()
        values |= found if name in NAMES else {name: found}
    values = {key.lower(): value for key, value in values.items()}
    languages = _languages(values)
    inside = next(iter(words(values.get("contentdir"))), "content")
    rules = Rules(
        take=take or (("post", "draft") if says_yes(values.get("builddrafts")) else ("post",)),
        future=says_yes(values.get("buildfuture")),
        expired=says_yes(values.get("buildexpired")),
    )
    folders = {inside: "", **{str(each.get("contentdir") or ""): code for code, each in languages.items()}}
    roots = {name.strip("./"): code for name, code in folders.items() if name and (root / name).is_dir()}
    main = words(values.get("mainsections") or mapping(values.get("params")).get("mainSections"))
    entries = tuple(_entries(root, roots, frozenset(languages), rules, main))
    return Site(root, f"its {files[0].name}" if files else f"its folder {inside}", entries, rules, files)


def _configs(root: Path) -> Iterator[Path]:
    for name in NAMES:
        for ending in ENDINGS:
            if (root / f"{name}{ending}").is_file():
                yield root / f"{name}{ending}"
                return
    default = root / "config" / "_default"
    if default.is_dir():
        yield from sorted(each for each in default.iterdir() if each.suffix in ENDINGS and each.is_file())


def _languages(values: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    named = mapping(values.get("languages"))
    return {
        code.lower(): {key.lower(): value for key, value in mapping(each).items()}
        for code, each in named.items()
    }


def _entries(
    root: Path, roots: Mapping[str, str], languages: frozenset[str], rules: Rules, main: tuple[str, ...]
) -> Iterator[Entry]:
    pages = tuple(_pages(root, roots, languages))
    beside = sum(not page.folders and page.stem not in INDEX for page in pages)
    top = "post" if beside >= BLOG_AT_THE_TOP else "page"
    for page in pages:
        kind = _kind(page, rules, main, top)
        date, slug = dated(page.stem if page.stem not in INDEX else ("home", *page.folders)[-1])
        refused, detail = page.file.refused or refusal(page.file.origin), ""
        if not refused and kind not in rules.take:
            refused, detail = f"a {kind}", "take in the recipe does not ask for it"
        yield Entry(page.file.origin, kind, slug or page.stem, date, page.language, refused, detail)


def _pages(root: Path, roots: Mapping[str, str], languages: frozenset[str]) -> Iterator[_Page]:
    for file in tree.files(root, lambda folder: _is_entered(folder, roots)):
        inside = max((each for each in roots if file.origin.startswith(f"{each}/")), key=len, default=None)
        path = PurePosixPath(file.origin)
        if inside is not None and (file.refused or path.suffix.lower() in (*MARKDOWN, *HTML, *OTHERS)):
            below = path.relative_to(inside)
            language, stem = _language(below, languages or USUAL)
            folders = tuple(each for each in below.parts[:-1] if each.lower() != language)
            if stem == "index" and folders:  # a bundle: the folder is the page
                *folders_above, stem = folders
                folders = tuple(folders_above)
            yield _Page(file, folders, stem, language or roots[inside])


def _kind(page: _Page, rules: Rules, main: tuple[str, ...], top: str) -> str:
    if any(folder in DRAFTS for folder in page.folders):
        return "draft"
    if page.stem in INDEX or any(folder.startswith("_") for folder in page.folders):
        return "page"  # a list of pages, or a part that pages include
    if not page.folders:
        return top
    if page.folders[0] in rules.take:
        return page.folders[0]
    return "post" if not main or page.folders[0] in main else "page"


def _language(below: PurePosixPath, languages: frozenset[str]) -> tuple[str, str]:
    """The language a file's name or first folder gives, and the name without it."""
    stem, _, last = below.stem.rpartition(".")
    if stem and last.lower() in languages:
        return last.lower(), stem
    first = below.parts[0].lower()
    return (first if len(below.parts) > 1 and first in languages else ""), below.stem


def _is_entered(folder: str, roots: Mapping[str, str]) -> bool:
    is_near = any(each == folder or each.startswith(f"{folder}/") for each in roots)
    is_below = any(folder.startswith(f"{each}/") for each in roots)
    return is_near or (is_below and not PASSED_OVER.fullmatch(folder.rpartition("/")[2]))
