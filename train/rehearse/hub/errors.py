"""Refusals, worded and coded as the real Hub does: the client picks its exception by them."""

from __future__ import annotations


class HubError(Exception):
    """A request that is refused: the status, the sentence and the code the client reads."""

    def __init__(self, status: int, message: str, code: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.headers: dict[str, str] = {}
        self.body: dict[str, object] = {}


def bad_request(message: str) -> HubError:
    """What was asked makes no sense."""
    return HubError(400, message)


def forbidden(message: str) -> HubError:
    """The account may not do this."""
    return HubError(403, message)


def repository_not_found(*, signed_in: bool) -> HubError:
    """No such repository, or none this account may know of: the same answer, so that nothing leaks."""
    if signed_in:
        return HubError(404, "Repository not found", "RepoNotFound")
    return HubError(401, "Invalid username or password.", "RepoNotFound")


def gated(status: int, message: str) -> HubError:
    """The repository shows what it is, but not its files."""
    return HubError(status, message, "GatedRepo")


def revision_not_found(revision: str) -> HubError:
    """No branch, tag or commit of that name."""
    return HubError(404, f"Invalid rev id: {revision}", "RevisionNotFound")


def entry_not_found(message: str = "Entry not found", *, commit: str = "") -> HubError:
    """No such file or folder; with the commit, the client remembers the miss."""
    error = HubError(404, message, "EntryNotFound")
    if commit:
        error.headers["X-Repo-Commit"] = commit
    return error
