"""The Hub's client for the account of this machine or workflow: one that does not wait for ever."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
from huggingface_hub import HfApi, get_token, set_client_factory
from huggingface_hub.errors import LocalTokenNotFoundError
from huggingface_hub.utils._http import default_client_factory  # the client's hooks have no public name
from huggingface_hub.utils.tqdm import disable_progress_bars, enable_progress_bars

from train import oidc
from train.errors import SAME
from train.patience import explained

LARGE = 20_000_000  # bytes
_TIMEOUT = httpx2.Timeout(120.0, connect=10.0)


def visitor() -> HfApi:
    """A client for what anybody may see; with an account's token if there is one."""
    set_client_factory(_client)
    disable_progress_bars()  # of small files: several a second, each below the one before
    return HfApi()


@contextmanager
def transfers_shown(size: int = LARGE) -> Iterator[None]:
    """Where so many bytes travel, a person at a terminal sees how far they are, if it takes a while."""
    if size < LARGE or not sys.stderr.isatty():
        yield
        return
    enable_progress_bars()
    try:
        yield
    finally:
        disable_progress_bars()


def connect() -> HfApi:
    """A client for the account of this machine or workflow, one that does not wait for ever."""
    api = visitor()
    with explained(api.endpoint, again=SAME):
        if get_token() is None and not oidc.is_offered():
            raise LocalTokenNotFoundError
    return api


def is_keyless(api: HfApi) -> bool:
    """Whether there is no token but a workflow's identity, which is exchanged for one a repository."""
    return not api.token and oidc.is_offered() and get_token() is None


def speaking_for(api: HfApi, kind: oidc.Kind, repo: str) -> HfApi:
    """The client that may write to a repository: this one, or without a stored token one for it alone."""
    with explained(api.endpoint, again=SAME):
        return oidc.account(api.endpoint, kind, repo) if is_keyless(api) else api


def _client() -> httpx2.Client:
    client = default_client_factory()
    client.timeout = _TIMEOUT
    return client
