"""A Jekyll, Hugo or Zola folder: what its site would publish as posts, and on request more of it."""

import shlex
from collections.abc import Iterator
from dataclasses import replace

from train.errors import StageError, nearest
from train.prepare.document import Document, Dropped
from train.prepare.sources import hugo_site, jekyll_site, posts, tree
from train.prepare.sources.files import place_of
from train.prepare.sources.folder import still_there
from train.prepare.sources.posts import EXPIRED, FUTURE
from train.prepare.sources.site import Site
from train.run import digest_of_all
from train.sections import Source


def name(source: Source) -> str:
    """The folder's own name."""
    return place_of(source).name


def pin(source: Source) -> Source:
    """The source with a digest of its files, its configuration, and of what is not yet or no longer shown."""
    site = _site(source)
    if not any(not each.refused for each in site.entries):
        raise _nothing(source, site)
    files = {
        tree.legible(each.origin): each.refused or tree.digest(site.root / each.origin)
        for each in site.entries
    }
    config = {f"{path.name}, read": tree.digest(path) for path in site.config}
    hidden = dict(_of_their_day(site))
    return replace(source, revision=digest_of_all(files | config | hidden))


def read(source: Source) -> Iterator[Document | Dropped]:
    """Every document by its path; what is not published or cannot be read is dropped with a reason."""
    yield from _read(_site(source), source.name or name(source))


def _read(site: Site, source: str) -> Iterator[Document | Dropped]:
    for entry in site.entries:
        found = posts.read(site.root, entry, site.rules, source)
        if isinstance(found, Dropped):
            still_there(site.root)
        yield found


def _site(source: Source) -> Site:
    root = place_of(source)
    still_there(root)
    look = hugo_site.look if hugo_site.is_one(root) else jekyll_site.look
    site = look(root, source.take)
    today = tree.newest(site.root / each.origin for each in site.entries if not each.refused)
    return replace(site, rules=replace(site.rules, today=today))


def _of_their_day(site: Site) -> Iterator[tuple[str, str]]:
    for each in _read(site, ""):
        if isinstance(each, Dropped) and each.reason in (FUTURE, EXPIRED):
            yield f"{each.id}, hidden", each.reason


def _nothing(source: Source, site: Site) -> StageError:
    kinds = sorted({each.kind for each in site.entries} | {"post", "page", "draft"})
    wanted = ", ".join(site.rules.take)
    hint = "".join(nearest(each, kinds) for each in site.rules.take if each not in kinds)
    return StageError(
        f"{site.root} has no {wanted} to read; it was taken for what {site.told_by} says.{hint}",
        fix=f"ls {shlex.quote(str(site.root))}, then edit path, take or kind in the recipe",
    )
