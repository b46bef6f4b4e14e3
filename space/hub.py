"""Files of the Hub at their commits: those in the cache are not asked for again, reachable Hub or not."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx2
from huggingface_hub import (
    get_hf_file_metadata,
    get_session,
    hf_hub_download,
    hf_hub_url,
    hf_raise_for_status,
    try_to_load_from_cache,
)
from huggingface_hub.errors import (
    EntryNotFoundError,
    GatedRepoError,
    HfHubHTTPError,
    LocalEntryNotFoundError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.utils._headers import build_hf_headers  # it has no name outside
from huggingface_hub.utils.logging import set_verbosity_error
from tqdm.auto import tqdm

from release import HUB, ServingError

Told = Callable[[float], object]  # how much of the bytes is here, from 0 to 1
PASSING = (408, 429)  # what a Hub says that is asked too much at the moment
PATIENCE_S = 5  # for the Hub's first answer to what is asked
REASONS: Mapping[type[Exception], str] = {
    GatedRepoError: "its owner has to let this Space in, which then needs a secret HF_TOKEN.",
    RepositoryNotFoundError: "it is not there, or private: then this Space needs a secret HF_TOKEN.",
    RevisionNotFoundError: "this commit is not there; it may have been deleted.",
}
set_verbosity_error()  # type: ignore[no-untyped-call]


class UnreachableError(ServingError):
    """The Hub does not answer."""


def fetched(repo: str, commit: str, names: Sequence[str], told: Told = lambda _: None) -> Path:
    """The folder in the cache that holds these files; it counts the bytes of those it has to download."""
    missing = [name for name in names if not here(repo, commit, name)]
    try:
        sizes = [_size(repo, commit, name) for name in missing]
        bar = _counting(sum(sizes), told)
        for name in missing:
            hf_hub_download(repo, name, revision=commit, tqdm_class=bar)
    except (OSError, ValueError, httpx2.HTTPError) as error:
        raise _explained(repo, commit, error) from error
    return Path(hf_hub_download(repo, names[0], revision=commit)).parents[names[0].count("/")]


def found(repo: str, commit: str, name: str) -> Path | None:
    """A file that not every repository has."""
    if has(repo, commit, name):
        return fetched(repo, commit, [name]) / name
    if try_to_load_from_cache(repo, name, revision=commit) is None:
        with suppress(OSError, httpx2.HTTPError):
            hf_hub_download(repo, name, revision=commit)  # leaves a note in the cache that it is not there
    return None


def has(repo: str, commit: str, name: str) -> bool:
    """Whether a repository has a file, which is not downloaded for that."""
    known = try_to_load_from_cache(repo, name, revision=commit)
    if known is not None:
        return isinstance(known, str)
    try:
        _size(repo, commit, name)
    except EntryNotFoundError:
        return False
    except (OSError, ValueError, httpx2.HTTPError) as error:
        raise _explained(repo, commit, error) from error
    return True


def here(repo: str, commit: str, name: str) -> Path | None:
    """A file that is in the cache already."""
    path = try_to_load_from_cache(repo, name, revision=commit)
    return Path(path) if isinstance(path, str) else None


def tags(repo: str) -> Mapping[str, str]:
    """Each tag with its commit."""
    try:  # the client's own call would wait for a silent Hub for ever
        answer = get_session().get(
            f"{HUB}/api/models/{repo}/refs", headers=build_hf_headers(), timeout=PATIENCE_S
        )
        hf_raise_for_status(answer)
        return {each["name"]: each["targetCommit"] for each in answer.json()["tags"]}
    except (OSError, ValueError, httpx2.HTTPError) as error:
        raise UnreachableError(f"{HUB} does not say which versions of {repo} there are.") from error


def _size(repo: str, commit: str, name: str) -> int:
    # A download by itself would wait for a silent Hub for minutes, again and again.
    return get_hf_file_metadata(hf_hub_url(repo, name, revision=commit), timeout=PATIENCE_S).size or 0


def _explained(repo: str, commit: str, error: Exception) -> ServingError:
    unreachable = isinstance(error, LocalEntryNotFoundError | httpx2.TransportError) or _is_ill(error)
    reason = "the Hub does not answer." if unreachable else _reason(error)
    said = f"{repo}@{commit[:7]} cannot be loaded from {HUB}: {reason}"
    return UnreachableError(said) if unreachable else ServingError(said)


def _reason(error: Exception) -> str:
    known = next((said for kind, said in REASONS.items() if isinstance(error, kind)), "")
    return known or str(error).strip().split("\n", 1)[0]


def _is_ill(error: Exception) -> bool:
    answer = error.response if isinstance(error, HfHubHTTPError) else None
    return answer is not None and (answer.is_server_error or answer.status_code in PASSING)


def _counting(total: int, told: Told) -> Any:
    """Instead of a progress bar: the bytes of several files, as one share."""
    done = 0

    class Counting(tqdm):  # type: ignore[type-arg]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs | {"disable": True})

        def update(self, n: float | None = 1) -> None:
            nonlocal done
            done += int(n or 0)
            told(min(1.0, done / max(1, total)))

    return Counting
