"""Everything the answers are made from: the data folder, the accounts, the clock."""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from train.rehearse.hub.accounts import Account, Accounts, bearer_token
from train.rehearse.hub.disk import write_json
from train.rehearse.hub.oidc import SYSTEM_USER, TOKEN_PREFIX
from train.rehearse.hub.publishers import Resource
from train.rehearse.hub.repository import Signature
from train.rehearse.hub.services import Asked, Services, open_services
from train.rehearse.hub.signing import Signer
from train.rehearse.hub.store import Store
from train.rehearse.hub.xorbs import XorbStore

Clock = Callable[[], int]


@dataclass(frozen=True)
class Hub:
    """One running Hub."""

    store: Store
    accounts: Accounts
    signer: Signer
    xorbs: XorbStore
    clock: Clock
    store_id: str
    data: Path
    services: Services
    immutable_tags: bool = False

    def signature(self, account: Account) -> Signature:
        """The account as author of something that happens now."""
        is_workflow = account.token.startswith(TOKEN_PREFIX)
        return Signature(SYSTEM_USER if is_workflow else account.name, self.clock())

    def account_of(self, header: str | None, asked: Resource | None = None) -> Account | None:
        """Who an Authorization header names, a person or a workflow; None without one."""
        workflow = self.services.exchange.account(bearer_token(header or ""), asked)
        return workflow or self.accounts.of_header(header)


def open_hub(
    data: Path,
    accounts: Accounts,
    environment: Mapping[str, str] = os.environ,
    asked: Asked | None = None,
    *,
    immutable_tags: bool = False,
) -> Hub:
    """The Hub over a data folder, which nobody else may be using."""
    store = Store(data)
    identity = _identity(data / "hub.json", store.scratch)
    signer = Signer(bytes.fromhex(identity["secret"]))
    xorbs = XorbStore(data / "xorbs", store.scratch)
    services = open_services(data, store, identity["id"], signer, asked or Asked())
    now, store_id = clock(environment), identity["id"]
    return Hub(store, accounts, signer, xorbs, now, store_id, data, services, immutable_tags)


@contextmanager
def closing(hub: Hub) -> Iterator[None]:
    """End what the Hub has started and let go of its files, however the block ends."""
    try:
        yield
    finally:
        hub.services.stop()
        hub.store.close()


def clock(environment: Mapping[str, str]) -> Clock:
    """The time in seconds; always the same one if SOURCE_DATE_EPOCH is set."""
    fixed = environment.get("SOURCE_DATE_EPOCH", "")
    if fixed.isdecimal():
        return lambda: int(fixed)
    return lambda: int(time.time())


def _identity(path: Path, scratch: Path) -> Mapping[str, str]:
    """The data folder's own random id: clients remember what they sent to which store."""
    if not path.exists():
        write_json(path, {"id": secrets.token_hex(8), "secret": secrets.token_hex(32)}, scratch)
    identity: Mapping[str, str] = json.loads(path.read_text())
    return identity
