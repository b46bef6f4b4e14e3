"""A repository with what the Hub knows about it beside git: who may see it, since when it exists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime

from dulwich.objects import ObjectID

from train.rehearse.hub.accounts import Account
from train.rehearse.hub.names import Kind, database_id
from train.rehearse.hub.objects import ObjectStore
from train.rehearse.hub.records import Records
from train.rehearse.hub.repository import MAIN, Repository
from train.rehearse.hub.snapshot import BlobFacts, Snapshot


@dataclass(frozen=True)
class Settings:
    """The small JSON file beside a repository; a moved repository leaves one that names its new id."""

    kind: Kind
    id: str
    visibility: str
    created_at: int
    moved_to: str = ""
    gated: str = ""
    creator: str = ""

    def to_json(self) -> Mapping[str, object]:
        """As the file holds it."""
        return asdict(self)

    @property
    def is_private(self) -> bool:
        """Whether only its owner may know of it; `protected` shows a Space's page but not its files."""
        return self.visibility != "public"


@dataclass
class Home:
    """A repository that is being served."""

    settings: Settings
    repository: Repository
    objects: ObjectStore
    records: Records
    _known_blobs: dict[ObjectID, BlobFacts] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Its id, spelled as it was created."""
        return self.settings.id

    @property
    def kind(self) -> Kind:
        """What it holds."""
        return self.settings.kind

    @property
    def number(self) -> str:
        """Its database id."""
        return database_id(f"{self.kind}/{self.id}")

    def at(self, revision: str = MAIN) -> Snapshot:
        """What it holds at a branch, tag or commit."""
        return Snapshot(self.repository, self.objects, self.repository.resolve(revision), self._known_blobs)

    def is_visible_to(self, account: Account | None) -> bool:
        """Whether this account may know of it."""
        return not self.settings.is_private or (account is not None and account.sees(self.id))

    def is_changed_by(self, account: Account | None) -> bool:
        """Whether this account may change it."""
        return account is not None and account.changes(self.id, self.settings.creator)


def wire_date(seconds: int) -> str:
    """A date as the Hub writes it."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
