"""Everything the answers are made from: the data folder, the accounts, the clock."""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from train.rehearse.hub.accounts import Account, Accounts
from train.rehearse.hub.disk import write_json
from train.rehearse.hub.repository import Signature
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

    def signature(self, account: Account) -> Signature:
        """The account as author of something that happens now."""
        return Signature(account.name, self.clock())


def open_hub(data: Path, accounts: Accounts, environment: Mapping[str, str] = os.environ) -> Hub:
    """The Hub over a data folder, which nobody else may be using."""
    store = Store(data)
    identity = _identity(data / "hub.json", store.scratch)
    signer = Signer(bytes.fromhex(identity["secret"]))
    xorbs = XorbStore(data / "xorbs", store.scratch)
    return Hub(store, accounts, signer, xorbs, clock(environment), identity["id"], data)


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
