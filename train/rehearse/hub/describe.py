"""A repository as the API describes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from train.rehearse.hub.errors import bad_request
from train.rehearse.hub.front_matter import Card, card_of
from train.rehearse.hub.home import Home, wire_date
from train.rehearse.hub.names import Kind
from train.rehearse.hub.snapshot import Entry, Snapshot

_EXPANDABLE_ELSEWHERE = """
baseModels childrenModelCount config downloadsAllTime evalResults gguf inference
inferenceProviderMapping mask_token resourceGroup safetensors spaces transformersInfo trendingScore
widgetData citation description mainSize paperswithcode_id region runtime
"""
_TAG_KEYS = ("tags", "library_name", "pipeline_tag", "language")
_TAGGED_KEYS = ("license", "base_model", "datasets", "dataset")
_TAG_NAMES = {"datasets": "dataset"}

Description = Mapping[str, object]


def describe(home: Home, snapshot: Snapshot, *, with_blobs: bool = False) -> Description:
    """Everything a client may read about a repository at one commit."""
    card, files = card_of(snapshot), snapshot.files()
    return {
        **summary(home, snapshot, card),
        "cardData": card.values or None,
        "siblings": [_sibling(entry, with_blobs=with_blobs) for entry in files],
        "usedStorage": sum(entry.size for entry in files),
    }


def summary(home: Home, snapshot: Snapshot, card: Card) -> Description:
    """What a listing says about a repository."""
    return {
        "_id": home.number,
        "id": home.id,
        "author": home.id.partition("/")[0],
        "sha": snapshot.commit_id,
        "private": home.settings.is_private,
        "gated": False,
        "disabled": False,
        "createdAt": wire_date(home.settings.created_at),
        "lastModified": wire_date(snapshot.note.date),
        "tags": _tags(card),
        "downloads": 0,
        "likes": 0,
        **_by_kind(home, card),
    }


def only(description: Description, names: Sequence[str]) -> Description:
    """The asked-for fields alone; a name the Hub does not know is refused."""
    for name in names:
        if name not in description and name not in _EXPANDABLE_ELSEWHERE.split():
            raise bad_request(f'"expand" must be one of the fields of the repository, not "{name}"')
    return {name: value for name, value in description.items() if name in {"_id", "id", *names}}


def _by_kind(home: Home, card: Card) -> Description:
    if home.kind is Kind.SPACE:
        subdomain = home.id.replace("/", "-").replace("_", "-").replace(".", "-").lower()
        return {
            "sdk": card.text("sdk"),
            "subdomain": subdomain,
            "host": f"https://{subdomain}.hf.space",
            "models": card.texts("models"),
            "datasets": card.texts("datasets"),
        }
    if home.kind is Kind.DATASET:
        return {}
    return {
        "modelId": home.id,
        "library_name": card.text("library_name"),
        "pipeline_tag": card.text("pipeline_tag"),
        "model-index": card.values.get("model-index"),
    }


def _tags(card: Card) -> list[str]:
    plain = [
        value for name in ("tags", "library_name", "pipeline_tag", "language") for value in card.texts(name)
    ]
    named = [f"{_TAG_NAMES.get(name, name)}:{value}" for name in _TAGGED_KEYS for value in card.texts(name)]
    return list(dict.fromkeys([*plain, *named, "region:us"]))


def _sibling(entry: Entry, *, with_blobs: bool) -> Description:
    if not with_blobs:
        return {"rfilename": entry.path}
    facts = {"rfilename": entry.path, "size": entry.size, "blobId": entry.oid}
    if not entry.pointer:
        return facts
    pointer_size = len(entry.pointer.text())
    return {**facts, "lfs": {"sha256": entry.etag, "size": entry.size, "pointerSize": pointer_size}}
