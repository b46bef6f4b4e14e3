"""Who may sign in, with which tokens, and what each token may do in which namespace."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

from train.errors import ImprintError
from train.rehearse.hub.errors import HubError

Role = Literal["read", "write", "fine-grained"]
OrgRole = Literal["admin", "write", "contributor", "read"]
_ACCOUNT_FIX = "python -m train hub --account rehearsal:hf_rehearsal"
_ORG_FIX = "python -m train hub --account alice:hf_alice --org acme=alice:admin"


@dataclass(frozen=True)
class Membership:
    """A user's place in an organisation."""

    org: str
    role: OrgRole


@dataclass(frozen=True)
class Account:
    """A user signed in with one token; a second token of the same user is a second account of that name."""

    name: str
    token: str
    role: Role = "write"
    repositories: tuple[str, ...] = ()
    memberships: tuple[Membership, ...] = ()

    @property
    def may_write(self) -> bool:
        """Whether the token is for more than reading."""
        return self.role != "read"

    def owns(self, repo_id: str) -> bool:
        """Whether this user decides about the repository: theirs, or of an organisation that lets them."""
        return self._place_in(repo_id) in ("self", "admin", "write")

    def sees(self, repo_id: str) -> bool:
        """Whether this token opens the repository if it is private."""
        return self._place_in(repo_id) != "" and self._is_listed(repo_id)

    def changes(self, repo_id: str, creator: str = "") -> bool:
        """Whether this token may change the repository; a contributor changes what they created."""
        by_place = self.owns(repo_id) or (self._place_in(repo_id) == "contributor" and creator == self.name)
        return self.may_write and by_place and self._is_listed(repo_id)

    def creates(self, repo_id: str) -> bool:
        """Whether this token may create a repository of that id."""
        by_place = self._place_in(repo_id) in ("self", "admin", "write", "contributor")
        return self.may_write and by_place and self._is_listed(repo_id)

    def _place_in(self, repo_id: str) -> str:
        namespace = repo_id.partition("/")[0].lower()
        if namespace == self.name.lower():
            return "self"
        return next((place.role for place in self.memberships if place.org.lower() == namespace), "")

    def _is_listed(self, repo_id: str) -> bool:
        return self.role != "fine-grained" or repo_id.lower() in {name.lower() for name in self.repositories}


@dataclass(frozen=True)
class Organisation:
    """A namespace of several users."""

    name: str
    members: tuple[tuple[str, OrgRole], ...]


@dataclass(frozen=True)
class Accounts:
    """Everyone the Hub knows."""

    known: tuple[Account, ...]
    organisations: tuple[Organisation, ...] = ()

    def with_token(self, token: str) -> Account | None:
        """The account a token belongs to, with its places in organisations."""
        account = next((account for account in self.known if account.token == token), None)
        return replace(account, memberships=self._places_of(account.name)) if account else None

    def named(self, name: str) -> Account | None:
        """A user by name, whatever the token."""
        return next((account for account in self.known if account.name.lower() == name.lower()), None)

    def organisation(self, name: str) -> Organisation | None:
        """An organisation by name."""
        return next((org for org in self.organisations if org.name.lower() == name.lower()), None)

    def of_header(self, header: str | None) -> Account | None:
        """The account an Authorization header names; None without one, refused if the token is unknown."""
        if not header:
            return None
        account = self.with_token(bearer_token(header))
        if account is None:
            message = "Invalid credentials in Authorization header"
            raise HubError(401, message)
        return account

    def _places_of(self, name: str) -> tuple[Membership, ...]:
        return tuple(
            Membership(org.name, role)
            for org in self.organisations
            for member, role in org.members
            if member.lower() == name.lower()
        )


def bearer_token(header: str) -> str:
    """The token of an Authorization header, or an empty string; git sends it as a password."""
    scheme, _, credentials = header.partition(" ")
    if scheme.lower() == "bearer":
        return credentials.strip()
    return _password(credentials) if scheme.lower() == "basic" else ""


def _password(credentials: str) -> str:
    try:
        user, _, password = base64.b64decode(credentials, validate=True).decode().partition(":")
    except ValueError:
        return ""
    return password or user


def parse_account(text: str) -> Account:
    """An account from NAME:TOKEN, NAME:TOKEN:ROLE or NAME:TOKEN:fine-grained=REPO,REPO."""
    name, token, role = (*text.split(":"), "write")[:3] if text.count(":") in (1, 2) else ("", "", "")
    role, _, listed = role.partition("=")
    if not name or not token or role not in get_args(Role) or bool(listed) != (role == "fine-grained"):
        raise ImprintError(
            f"{text!r} is not an account: NAME:TOKEN or NAME:TOKEN:ROLE is, with the role read, write "
            "or fine-grained=REPO,REPO.",
            fix=_ACCOUNT_FIX,
        )
    if role == "fine-grained":
        return Account(name, token, "fine-grained", tuple(listed.split(",")))
    return Account(name, token, "read" if role == "read" else "write")


def parse_organisation(text: str, known: Sequence[Account]) -> Organisation:
    """An organisation from NAME=USER:ROLE,USER:ROLE; its users must be accounts."""
    name, _, members = text.partition("=")
    pairs = tuple(_member(pair) for pair in members.split(",") if pair)
    if not name or not pairs or None in pairs:
        raise ImprintError(
            f"{text!r} is not an organisation: NAME=USER:ROLE,USER:ROLE is, with the role admin, write, "
            "contributor or read.",
            fix=_ORG_FIX,
        )
    users = {account.name for account in known}
    for user, _role in (pair for pair in pairs if pair):
        if user not in users:
            raise ImprintError(f"{user!r}, a member of {name}, is no account.", fix=_ORG_FIX)
    return Organisation(name, tuple(pair for pair in pairs if pair))


def _member(pair: str) -> tuple[str, OrgRole] | None:
    user, _, role = pair.partition(":")
    return next(((user, known) for known in get_args(OrgRole) if user and known == role), None)
