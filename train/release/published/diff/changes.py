"""Two versions fetched, as far as a comparison needs them, and compared."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from train.errors import StageError
from train.patience import asked
from train.release.published.diff import rows, values
from train.release.published.diff.rows import RowChanges
from train.release.published.diff.values import Changed, Figure, Text, Words
from train.release.published.place import commit_of, held_refs, others_of, read, statement_at
from train.release.repository import Repository, Tree, resolve, tree


@dataclass(frozen=True)
class Changes:
    """Everything that is not the same in two versions."""

    repository: str
    before: str
    after: str
    rows: RowChanges | None  # None: there is no dataset that this account can see
    settings: tuple[Changed, ...]
    prompt: tuple[Changed, ...]
    template: Words
    made_from: tuple[Changed, ...]
    packages: tuple[Changed, ...]
    figures: tuple[Figure, ...]
    gate: tuple[Changed, ...]
    cards: tuple[Words, ...]
    files: tuple[Changed, ...]  # part/path, and bytes
    bytes: dict[str, tuple[int, int]]  # part -> before, after


@dataclass(frozen=True)
class _Side:
    """One version of one part."""

    repository: Repository
    version: str
    commit: str
    files: Tree

    def text(self, path: str) -> bytes | None:
        return read(self.repository, self.commit, path) if path in self.files else None

    def fetched(self, path: str) -> Path:
        return Path(
            asked(
                lambda: self.repository.api.hf_hub_download(
                    self.repository.id, path, repo_type=self.repository.kind, revision=self.commit
                )
            )
        )


_Both = tuple[_Side, _Side]
_Form = Callable[[bytes | None], dict[str, object]]
_EMPTY = Text(None, "")


def compare(repository: Repository, before: str, after: str) -> Changes:
    """What changed from one version to another, in the data, in the adapter and in what is said of them."""
    parts = others_of(repository, commit_of(repository, after))
    commit_of(repository, before)  # says which versions there are
    named = {part: parts[part] for part in ("dataset", "adapter") if part in parts}
    sides = {part: both for part, each in named.items() if (both := _sides(each, before, after))}
    if not sides:
        what = f"{repository.id} names neither a dataset nor an adapter that has both versions."
        raise StageError(what, fix=f"python -m train verify {repository.id}")
    adapter = sides.get("adapter")
    was, now = (statement_at(side.repository, side.commit) for side in adapter or sides["dataset"])
    return Changes(
        repository=repository.id,
        before=before,
        after=after,
        rows=_rows(sides["dataset"]) if "dataset" in sides else None,
        settings=_named(adapter, values.settings, "recipe.yaml"),
        prompt=_named(adapter, values.prompt, "recipe.yaml"),
        template=_words("chat_template.jinja", adapter, "chat_template.jinja"),
        made_from=values.changed(values.made_from(was), values.made_from(now)),
        packages=values.changed(was.packages if was else {}, now.packages if now else {}),
        figures=values.figures(*_texts(adapter, "evidence/metrics.json")),
        gate=_named(adapter, values.verdict, "evidence/gate.json"),
        cards=tuple(_words(part, sides[part], "README.md") for part in sides),
        files=values.changed(_sizes(sides, 0), _sizes(sides, 1)),
        bytes={part: (_total(both[0]), _total(both[1])) for part, both in sides.items()},
    )


def _texts(both: _Both | None, path: str) -> tuple[bytes | None, bytes | None]:
    return (both[0].text(path), both[1].text(path)) if both else (None, None)


def _named(both: _Both | None, form: _Form, path: str) -> tuple[Changed, ...]:
    before, after = _texts(both, path)
    return values.changed(form(before), form(after))


def _words(name: str, both: _Both | None, path: str) -> Words:
    old, new = (Text(side.text(path), side.version) for side in both) if both else (_EMPTY, _EMPTY)
    return values.words(name, old, new)


def _sides(repository: Repository, before: str, after: str) -> _Both | None:
    if not held_refs(repository).branches:
        return None
    old, new = (resolve(repository, revision) for revision in (before, after))
    if old is None or new is None:
        return None
    return (
        _Side(repository, before, old, tree(repository, old)),
        _Side(repository, after, new, tree(repository, new)),
    )


def _rows(both: _Both) -> RowChanges:
    old, new = (
        rows.read({path: side.fetched(path) for path in side.files if path.endswith(".parquet")})
        for side in both
    )
    return rows.compare(old, new)


def _sizes(sides: Mapping[str, _Both], at: int) -> dict[str, object]:
    return {f"{part}/{path}": entry.size for part in sides for path, entry in sides[part][at].files.items()}


def _total(side: _Side) -> int:
    return sum(entry.size for entry in side.files.values())
