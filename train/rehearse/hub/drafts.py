"""Reading the body of a commit request: one JSON object a line."""

from __future__ import annotations

import base64
from collections.abc import Iterable

from train.rehearse.hub.card_rules import check_card
from train.rehearse.hub.commit import Draft, Operation, Put, Remove
from train.rehearse.hub.errors import bad_request
from train.rehearse.hub.fields import Fields, parse_fields
from train.rehearse.hub.names import Kind
from train.rehearse.hub.objects import ObjectStore, Pointer, parse_pointer
from train.rehearse.hub.uploads import check_regular, check_uploaded


def read_draft(lines: Iterable[bytes], objects: ObjectStore) -> Draft:
    """The commit that is asked for; its large files must be there already."""
    header, operations = Fields({}), list[Operation]()
    for line in lines:
        item = parse_fields(line)
        key, value = item.text("key"), Fields(_object(item))
        if key == "header":
            header = value
        else:
            operations.append(_operation(key, value, objects))
    if not header.text("summary"):
        raise bad_request("A commit needs a header with a summary.")
    return Draft(header.text("summary"), operations, header.text("description"), header.text("parentCommit"))


def check_draft(draft: Draft, kind: Kind, branch: str) -> None:
    """Refuse contents the Hub does not take: large or binary ones inside the commit, and a wrong card."""
    regular = [(item.path, item.content) for item in draft.operations if isinstance(item, Put)]
    check_regular(regular, branch)
    for path, content in regular:
        if path == "README.md":
            errors = check_card(content.decode(errors="replace"), kind).errors
            if errors:
                raise bad_request(
                    "Invalid metadata in README.md.\n" + "\n".join(f"- {error}" for error in errors)
                )


def _operation(key: str, value: Fields, objects: ObjectStore) -> Operation:
    path = value.text("path")
    if key == "file":
        return Put(path, _regular(path, _content(value), objects))
    if key == "lfsFile":
        return Put(path, _pointer(path, value, objects).text())
    if key in ("deletedFile", "deletedFolder"):
        return Remove(path.rstrip("/"))
    raise bad_request(f"Unknown operation in a commit: {key!r}")


def _content(value: Fields) -> bytes:
    content = value.text("content")
    if value.text("encoding", "utf-8") != "base64":
        return content.encode()
    try:
        return base64.b64decode(content, validate=True)
    except ValueError as error:
        raise bad_request(f"The content of {value.text('path')} is not base64.") from error


def _regular(path: str, content: bytes, objects: ObjectStore) -> bytes:
    pointer = parse_pointer(content)
    if pointer:  # git could not tell it from a large file
        check_uploaded(path, objects.size(pointer.sha256), pointer.size)
    return content


def _pointer(path: str, value: Fields, objects: ObjectStore) -> Pointer:
    sha256 = value.text("oid")
    claimed = value.number("size") if "size" in value.values else None
    return Pointer(sha256, check_uploaded(path, objects.size(sha256), claimed))


def _object(item: Fields) -> dict[str, object]:
    value = item.values.get("value")
    return value if isinstance(value, dict) else {}
