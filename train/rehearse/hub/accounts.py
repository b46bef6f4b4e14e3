"""Who may sign in, and with which token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from train.errors import ImprintError
from train.rehearse.hub.errors import HubError, forbidden

Role = Literal["read", "write"]


@dataclass(frozen=True)
class Account:
    """A user with one token; a second token of the same user is a second account of that name."""

    name: str
    token: str
    role: Role = "write"

    def owns(self, repo_id: str) -> bool:
        """Whether the repository lies in this user's namespace."""
        return repo_id.partition("/")[0].lower() == self.name.lower()


@dataclass(frozen=True)
class Accounts:
    """Everyone the Hub knows."""

    known: tuple[Account, ...]

    def with_token(self, token: str) -> Account | None:
        """The account a token belongs to."""
        return next((account for account in self.known if account.token == token), None)

    def of_header(self, header: str | None) -> Account | None:
        """The account an Authorization header names; None without one, refused if the token is unknown."""
        if not header:
            return None
        account = self.with_token(bearer_token(header))
        if account is None:
            message = "Invalid credentials in Authorization header"
            raise HubError(401, message)
        return account


def bearer_token(header: str) -> str:
    """The token of an Authorization header, or an empty string."""
    scheme, _, token = header.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def parse_account(text: str) -> Account:
    """An account from NAME:TOKEN or NAME:TOKEN:ROLE."""
    name, token, role = (*text.split(":"), "write")[:3] if text.count(":") in (1, 2) else ("", "", "")
    if not name or not token or role not in ("read", "write"):
        raise ImprintError(
            f"{text!r} is not an account: NAME:TOKEN or NAME:TOKEN:ROLE is, with the role read or write.",
            fix="python -m train hub --account rehearsal:hf_rehearsal",
        )
    return Account(name, token, "read" if role == "read" else "write")


def check_may_write(account: Account, repo_id: str, action: str) -> None:
    """Refuse a read token, and anybody else's namespace."""
    if account.role != "write":
        raise forbidden(f"Forbidden: the token of {account.name} may only read, so it cannot {action}.")
    if not account.owns(repo_id):
        raise forbidden(
            f'You don\'t have the rights to {action} under the namespace "{repo_id.split("/")[0]}"'
        )
