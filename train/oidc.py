"""Without a stored token: a workflow's signed identity, exchanged for a token to one repository."""

import base64
import json
import os
from collections.abc import Callable
from typing import Literal

from huggingface_hub import HfApi
from huggingface_hub._oidc import exchange_oidc_token, get_oidc_token  # no public name for one repository
from huggingface_hub.errors import HfHubHTTPError

from train.errors import SAME, ImprintError
from train.owned import hushed
from train.patience import PAUSES_S, asked, pause

Kind = Literal["dataset", "model", "space"]
_PREFIX: dict[Kind, str] = {"dataset": "datasets/", "model": "", "space": "spaces/"}
_PASSING = "aborted"  # the Hub's own word, in a refusal, for an exchange that it was too slow for
_TOLD = ("repository", "environment", "ref", "workflow_ref", "job_workflow_ref", "sub")
_REFUSED = 400


def is_offered() -> bool:
    """Whether this is a workflow that may ask who it is."""
    names = ("ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN")
    return bool(os.environ.get("HF_OIDC_ID_TOKEN")) or all(os.environ.get(name) for name in names)


def account(endpoint: str, kind: Kind, repo: str) -> HfApi:
    """A client that may write to this one repository for an hour."""
    resource = f"{_PREFIX[kind]}{repo}"
    identity = os.environ.get("HF_OIDC_ID_TOKEN") or asked(lambda: get_oidc_token(audience=endpoint))
    token = _exchanged(lambda: exchange_oidc_token(subject_token=identity, resource=resource), identity)
    return HfApi(endpoint, token=token)


def _exchanged(exchange: Callable[[], dict[str, str]], identity: str) -> str:
    pauses = iter(PAUSES_S)
    while True:
        try:
            return asked(exchange)["access_token"]
        except HfHubHTTPError as refusal:
            pause_s = next(pauses, None)
            if pause_s is None or _PASSING not in _reason(refusal, identity):
                raise _untrusted(refusal, identity) from refusal
            pause(pause_s, _reason(refusal, identity))


def _reason(refusal: HfHubHTTPError, identity: str) -> str:
    """What the Hub says, without the identity, which whoever holds it can exchange."""
    try:
        said = refusal.response.json()
    except ValueError:
        said = {}
    return hushed(str(said.get("error_description") or said.get("error") or refusal), identity)


def _untrusted(refusal: HfHubHTTPError, identity: str) -> ImprintError:
    """Why the Hub does not trust this workflow, with what the identity says and without the identity."""
    if refusal.response.status_code != _REFUSED:
        return ImprintError(f"The Hub gave no token: {_reason(refusal, identity)}", fix=SAME)
    claims = _claims(identity)
    told = ", ".join(f"{name} {claims[name]}" for name in _TOLD if name in claims)
    return ImprintError(
        f"The Hub does not trust this workflow: {_reason(refusal, identity)} It is {told}.",
        fix="name this repository and environment among the repository's trusted publishers on the Hub",
    )


def _claims(identity: str) -> dict[str, object]:
    try:
        body = identity.split(".")[1]
        found = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (IndexError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
