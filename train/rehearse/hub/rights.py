"""Who may do what to a repository, refused in the real Hub's words."""

from __future__ import annotations

from train.rehearse.hub.access import Access
from train.rehearse.hub.accounts import Account
from train.rehearse.hub.errors import HubError, forbidden, gated, repository_not_found
from train.rehearse.hub.home import Home
from train.rehearse.hub.names import Kind

_READ_ONLY = "Forbidden: you must use a write token to upload to a repository."
_PROPOSE = "Forbidden: pass `create_pr=1` as a query parameter to create a Pull Request"


def check_may_see(home: Home | None, account: Account | None) -> Home:
    """The repository, if this account may know of it."""
    if home is None or not home.is_visible_to(account):
        raise repository_not_found(signed_in=account is not None)
    return home


def check_may_read(home: Home, account: Account | None) -> Home:
    """The repository, if this account may have its files."""
    if not home.settings.gated or home.is_changed_by(account):
        return home
    if account is None:
        raise gated(
            401, _gate(home, "You must have access to it and be authenticated to access it. Please log in.")
        )
    if account.owns(home.id):
        return home
    status = Access(home.records, home.repository.lock).status(account.name)
    if status == "accepted":
        return home
    raise gated(403, _refused_at_gate(home, status))


def check_may_change(home: Home, account: Account | None) -> Home:
    """The repository, if this account may change it."""
    account = _signed_in(account)
    if not account.may_write:
        raise forbidden(_READ_ONLY)
    if not home.is_changed_by(account):
        raise forbidden(_PROPOSE)
    return home


def check_may_propose(home: Home, account: Account | None) -> Home:
    """The repository, if this account may open a pull request or speak in its discussions."""
    if not _signed_in(account).may_write:
        raise forbidden(_READ_ONLY)
    return home


def check_may_create(account: Account, repo_id: str, kind: Kind) -> None:
    """Refuse to create something in somebody else's namespace."""
    if not account.creates(repo_id):
        namespace = repo_id.partition("/")[0]
        raise forbidden(f'You don\'t have the rights to create a {kind} under the namespace "{namespace}"')


def _signed_in(account: Account | None) -> Account:
    if account is None:
        raise repository_not_found(signed_in=False)
    return account


def _gate(home: Home, rest: str) -> str:
    return f"Access to {home.kind} {home.id} is restricted. {rest}"


def _refused_at_gate(home: Home, status: str) -> str:
    if status == "pending":
        return f"Your request to access {home.kind} {home.id} is awaiting a review from the repo authors."
    if status == "rejected":
        return f"Your request to access {home.kind} {home.id} has been rejected by the repo's authors."
    return (
        f"Access to {home.kind} {home.id} is restricted and you are not in the authorized list. "
        f"Visit https://huggingface.co/{home.kind.web_prefix}{home.id} to ask for access."
    )


def unauthorized_git() -> HubError:
    """What makes git ask for a name and a token, and send them."""
    error = HubError(401, "Invalid username or password.", "RepoNotFound")
    error.headers["WWW-Authenticate"] = 'Basic realm="Authentication required", charset="UTF-8"'
    return error
