"""Discussions and pull requests, as they are kept: what was said, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace

from train.rehearse.hub.errors import HubError, bad_request
from train.rehearse.hub.fields import Fields
from train.rehearse.hub.names import database_id
from train.rehearse.hub.records import Records

_GROUP = "discussions"
_SHORTEST_TITLE, _LONGEST_TITLE = 3, 200
COMMENT, STATUS, TITLE = "comment", "status-change", "title-change"


@dataclass(frozen=True)
class Version:
    """What a comment said at a time."""

    text: str
    author: str
    date: int


@dataclass(frozen=True)
class Event:
    """A comment with its versions, oldest first, or a change of `old` to `new`."""

    id: str
    kind: str
    author: str
    date: int
    versions: tuple[Version, ...] = ()
    is_hidden: bool = False
    old: str = ""
    new: str = ""


@dataclass(frozen=True)
class Discussion:
    """A conversation about a repository; a pull request has a base, and once it is merged a commit there."""

    number: int
    title: str
    status: str
    author: str
    date: int
    base: str = ""
    merge_commit: str = ""
    events: tuple[Event, ...] = ()

    @property
    def is_pull(self) -> bool:
        """Whether it proposes changes."""
        return self.base != ""

    @property
    def is_open(self) -> bool:
        """Whether it still waits for something."""
        return self.status in ("open", "draft")

    def commented(self, author: str, date: int, text: str) -> Discussion:
        """With one more comment."""
        if not text.strip():
            raise bad_request("A comment cannot be empty")
        return self._with(COMMENT, author, date, versions=(Version(text, author, date),))

    def retitled(self, author: str, date: int, title: str) -> Discussion:
        """With another title."""
        changed = self._with(TITLE, author, date, old=self.title, new=checked_title(title))
        return replace(changed, title=checked_title(title))

    def turned(self, author: str, date: int, status: str) -> Discussion:
        """With another status."""
        return replace(self._with(STATUS, author, date, old=self.status, new=status), status=status)

    def comment(self, event_id: str) -> Event:
        """A comment by its id."""
        for event in self.events:
            if event.id == event_id and event.kind == COMMENT:
                return event
        raise HubError(404, "Comment not found")

    def replaced(self, event: Event) -> Discussion:
        """With one event in another form."""
        return replace(self, events=tuple(event if old.id == event.id else old for old in self.events))

    def _with(
        self,
        kind: str,
        author: str,
        date: int,
        *,
        versions: tuple[Version, ...] = (),
        old: str = "",
        new: str = "",
    ) -> Discussion:
        event_id = _event_id(self, len(self.events))
        event = Event(event_id, kind, author, date, versions=versions, old=old, new=new)
        return replace(self, events=(*self.events, event))


def edited(event: Event, author: str, date: int, text: str) -> Event:
    """A comment that now says something else."""
    if event.is_hidden:
        raise bad_request("A hidden comment cannot be edited")
    return replace(event, versions=(*event.versions, Version(text, author, date)))


def hidden(event: Event) -> Event:
    """A comment whose words are gone for good."""
    last = event.versions[-1]
    return replace(event, is_hidden=True, versions=(replace(last, text="This comment has been hidden"),))


def checked_title(title: str) -> str:
    """A title, refused if it is too short or too long."""
    title = title.strip()
    if not _SHORTEST_TITLE <= len(title) <= _LONGEST_TITLE:
        raise bad_request(f'"title" must have {_SHORTEST_TITLE} to {_LONGEST_TITLE} characters')
    return title


def find_discussion(records: Records, number: int) -> Discussion:
    """A discussion by its number."""
    record = records.read(f"{_GROUP}/{number}")
    if record is None:
        raise HubError(404, "Discussion not found")
    return _discussion(record)


def all_discussions(records: Records) -> Iterable[Discussion]:
    """Every discussion, the newest first."""
    for number in sorted(map(int, records.names(_GROUP)), reverse=True):
        yield find_discussion(records, number)


def next_number(records: Records) -> int:
    """The number the next discussion gets."""
    return max(map(int, records.names(_GROUP)), default=0) + 1


def save_discussion(records: Records, discussion: Discussion) -> None:
    """Keep a discussion; this is the moment a new one exists."""
    records.write(f"{_GROUP}/{discussion.number}", asdict(discussion))


def _event_id(discussion: Discussion, position: int) -> str:
    return database_id(f"{discussion.number}/{discussion.author}/{discussion.date}/{position}")


def _discussion(record: Fields) -> Discussion:
    return Discussion(
        record.number("number"),
        record.text("title"),
        record.text("status"),
        record.text("author"),
        record.number("date"),
        record.text("base"),
        record.text("merge_commit"),
        tuple(_event(row) for row in record.rows("events")),
    )


def _event(row: Fields) -> Event:
    return Event(
        row.text("id"),
        row.text("kind"),
        row.text("author"),
        row.number("date"),
        tuple(_version(version) for version in row.rows("versions")),
        row.values.get("is_hidden") is True,
        row.text("old"),
        row.text("new"),
    )


def _version(row: Fields) -> Version:
    return Version(row.text("text"), row.text("author"), row.number("date"))
