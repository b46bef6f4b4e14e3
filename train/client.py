"""The Hub's client for the account of this machine or workflow: one that does not wait for ever."""

import sys

import httpx2
from huggingface_hub import HfApi, get_token, set_client_factory
from huggingface_hub.errors import LocalTokenNotFoundError
from huggingface_hub.utils._http import default_client_factory  # the client's hooks have no public name
from huggingface_hub.utils.tqdm import disable_progress_bars

from train.patience import explained

_TIMEOUT = httpx2.Timeout(120.0, connect=10.0)


def connect() -> HfApi:
    """A client for the account of this machine or workflow, one that does not wait for ever."""
    set_client_factory(_client)
    if not sys.stderr.isatty():
        disable_progress_bars()
    api = HfApi()
    with explained(api.endpoint, again="run this command again"):
        if get_token() is None:
            raise LocalTokenNotFoundError
    return api


def _client() -> httpx2.Client:
    client = default_client_factory()
    client.timeout = _TIMEOUT
    return client
