"""Who asked for the files of a gated repository, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, replace

from train.rehearse.hub.errors import HubError
from train.rehearse.hub.fields import Fields
from train.rehearse.hub.names import database_id
from train.rehearse.hub.records import Records

STATUSES = ("pending", "accepted", "rejected")


@dataclass(frozen=True)
class AccessRequest:
    """One user at the gate; a request made for them by the authors shows no e-mail address."""

    user: str
    status: str
    date: int
    is_granted: bool = False
    reason: str = ""

    @property
    def id(self) -> str:
        """What names the request where the user is not shown."""
        return database_id(self.user)


@dataclass(frozen=True)
class Access:
    """The requests of one repository."""

    records: Records
    lock: AbstractContextManager[object]

    def all(self, status: str) -> list[AccessRequest]:
        """The requests of one status, oldest first."""
        return [request for request in self._read() if request.status == status]

    def status(self, user: str) -> str:
        """What became of a user's request; empty if there was none."""
        return next((request.status for request in self._read() if request.user == user), "")

    def ask(self, user: str, date: int, *, is_automatic: bool) -> None:
        """Note a request; one that was answered stays so."""
        with self.lock:
            if not self.status(user):
                status = "accepted" if is_automatic else "pending"
                self._write([*self._read(), AccessRequest(user, status, date)])

    def grant(self, user: str, date: int) -> None:
        """Let somebody in who did not ask."""
        with self.lock:
            if self.status(user) == "accepted":
                raise HubError(400, f"The user {user} already has access to this repo")
            others = [request for request in self._read() if request.user != user]
            self._write([*others, AccessRequest(user, "accepted", date, is_granted=True)])

    def handle(self, user: str, request_id: str, status: str, reason: str) -> None:
        """Answer a request, or put it back."""
        with self.lock:
            requests = self._read()
            found = next((one for one in requests if user == one.user or request_id == one.id), None)
            if found is None:
                raise HubError(404, "User access request not found")
            if found.status == status:
                raise HubError(404, f"User access request is already in the {status} list")
            answered = replace(found, status=status, reason=reason)
            self._write([answered if one == found else one for one in requests])

    def _read(self) -> list[AccessRequest]:
        record = self.records.read("access")
        return [_request(row) for row in record.rows("requests")] if record else []

    def _write(self, requests: list[AccessRequest]) -> None:
        rows: Mapping[str, object] = {"requests": [asdict(request) for request in requests]}
        self.records.write("access", rows)


def _request(row: Fields) -> AccessRequest:
    is_granted = row.values.get("is_granted") is True
    return AccessRequest(
        row.text("user"), row.text("status"), row.number("date"), is_granted, row.text("reason")
    )
