"""Does `provenance.json` speak of these files, this version, these rows and this base?"""

import json
from collections.abc import Iterator, Mapping

from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError
from pydantic import TypeAdapter, ValidationError

from train.patience import asked
from train.release.published.check import Check
from train.release.published.copy import Copy
from train.release.published.sealed import UNLISTED, sums
from train.release.published.statement import NAME, Statement, statement
from train.release.repository import Repository, resolve
from train.run import digest_of_all

_WHAT = "provenance"
_DISTRUST = "do not use this version; tell its owner"


def origin(copy: Copy) -> Iterator[Check]:
    """Hold the statement against the files beside it, the tag and the repository."""
    text = copy.text(NAME)
    said = statement(text) if text is not None else None
    if said is None:
        state = f"there is no {NAME}" if text is None else f"{NAME} is no in-toto statement"
        yield Check(copy.part, _WHAT, False, f"{state}: where it comes from cannot be known", _OWNER)
        return
    found = [*_subjects(copy, said), *_named(copy, said)]
    for flaw in found:
        yield Check(copy.part, _WHAT, False, flaw, _DISTRUST)
    if not found:
        yield Check(copy.part, _WHAT, True, f"{NAME} names {len(said.subjects)} files and this version")


_OWNER = "ask its owner to release it with python -m train release"


def _subjects(copy: Copy, said: Statement) -> Iterator[str]:
    listed = sums(copy.text("SHA256SUMS") or b"") or {}
    for path in sorted({*said.subjects, *copy.files} - UNLISTED - copy.open_files - {NAME}):
        if path not in said.subjects:
            yield f"{path} is not among the files that {NAME} was made for"
        elif path not in copy.files:
            yield f"{path} is missing: {NAME} names it"
        elif said.subjects[path] != copy.files[path].sha256:
            yield f"{path} has other bytes than {NAME} says"
        elif path in listed and listed[path] != said.subjects[path]:
            yield f"SHA256SUMS was changed: it says another digest of {path} than {NAME}, which is right"


def _named(copy: Copy, said: Statement) -> Iterator[str]:
    if copy.is_version and said.asked.version != copy.revision:
        yield f"it was made for {said.asked.version or 'no version'}, and lies at {copy.revision}"
    if said.asked.repository != copy.repository.id:
        yield f"it was made for {said.asked.repository or 'no repository'}, and lies in {copy.repository.id}"


def rows(adapter: Copy, dataset: Copy) -> Iterator[Check]:
    """Hold the rows that the adapter learned from against those that the dataset has under its tag."""
    used = _material(adapter, "dataset")
    if used is None or not adapter.is_version:
        return
    digest, uri = used
    expected = f"hf://datasets/{dataset.repository.id}@{dataset.revision}"
    if uri != expected:
        yield Check("adapter", "rows", False, f"it learned from {uri}, not from {expected}", _DISTRUST)
    elif digest.get("sha256") != _rows_in(dataset):
        found = f"it learned from other rows than {dataset.repository.id} has at {dataset.revision}"
        yield Check("adapter", "rows", False, found, _DISTRUST)
    else:
        found = f"it learned from the rows of {dataset.repository.id} at {dataset.commit[:7]}"
        yield Check("adapter", "rows", True, found)


def base(adapter: Copy) -> Iterator[Check]:
    """See that the base is named the same in both places, and can still be had."""
    if "adapter_config.json" not in adapter.files:
        yield Check("adapter", "base", False, "there is no adapter_config.json: it is no adapter", "")
        return
    used = _material(adapter, "base")
    try:
        config = json.loads(adapter.text("adapter_config.json") or b"{}")
        name, revision = config.get("base_model_name_or_path"), config.get("revision")
    except (ValueError, AttributeError):
        name, revision = None, None
    if not name or not revision:
        fix = "load the base at a commit of your own choice, or ask its owner to pin it"
        yield Check("adapter", "base", False, "adapter_config.json pins no base to a commit", fix)
        return
    if used and used[1] != f"hf://{name}@{revision}":
        found = f"adapter_config.json says {name}@{revision}, provenance.json {used[1]}"
        yield Check("adapter", "base", False, found, _DISTRUST)
        return
    yield _reachable(adapter, str(name), str(revision))


def _reachable(adapter: Copy, name: str, revision: str) -> Check:
    at = f"{name} at {revision[:7]}"
    try:
        commit = resolve(Repository(adapter.repository.api, "model", name), revision)
        asked(lambda: adapter.repository.api.auth_check(name))
    except GatedRepoError:
        fix = f"accept its terms on {adapter.repository.api.endpoint}/{name}, then hf auth login"
        return Check(
            "adapter", "base", None, f"{at} is there, for accounts that have accepted its terms", fix
        )
    except RepositoryNotFoundError:
        fix = "hf auth login if it is private or gated; if it is gone, the adapter is of no use"
        return Check("adapter", "base", False, f"there is no {name} that this account can see", fix)
    if commit is None:
        return Check("adapter", "base", False, f"{name} has no commit {revision} any more", _GONE)
    return Check("adapter", "base", True, f"{at} can be had")


_GONE = "the adapter fits no other commit for sure; ask its owner for a new version"


def _material(copy: Copy, name: str) -> tuple[Mapping[str, str], str] | None:
    said = statement(copy.text(NAME) or b"")
    found = said.materials.get(name) if said else None
    return (found.digest, found.uri) if found else None


def _rows_in(dataset: Copy) -> str:
    try:
        report = json.loads(dataset.text("report.json") or b"{}")
        return digest_of_all(TypeAdapter(Mapping[str, str]).validate_python(report["files"]))
    except (ValidationError, ValueError, KeyError, TypeError):
        return ""
