"""A repository as the API describes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from train.rehearse.hub.errors import bad_request
from train.rehearse.hub.front_matter import Card, card_of
from train.rehearse.hub.home import Home, wire_date
from train.rehearse.hub.names import Kind
from train.rehearse.hub.snapshot import Entry, Snapshot

_EXPANDABLE = """
author cardData createdAt disabled lastModified likes private resourceGroup sha siblings tags
trendingScore usedStorage
"""
_EXPANDABLE_BY_KIND = {
    Kind.MODEL: """
baseModels childrenModelCount config downloads downloadsAllTime evalResults gated gguf inference
inferenceProviderMapping library_name mask_token model-index pipeline_tag safetensors spaces
transformersInfo widgetData
""",
    Kind.DATASET: "citation description downloads downloadsAllTime gated mainSize paperswithcode_id",
    Kind.SPACE: "datasets models region runtime sdk subdomain",
}
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
        "gated": home.settings.gated or False,
        "disabled": False,
        "createdAt": wire_date(home.settings.created_at),
        "lastModified": wire_date(snapshot.note.date),
        "tags": _tags(card),
        "downloads": 0,
        "likes": 0,
        **_by_kind(home, card),
    }


def only(description: Description, names: Sequence[str], kind: Kind) -> Description:
    """The asked-for fields alone; a name the Hub does not know is refused."""
    known = sorted([*_EXPANDABLE.split(), *_EXPANDABLE_BY_KIND[kind].split()])
    for position, name in enumerate(names):
        if name not in known:
            expected = "|".join(f'"{one}"' for one in known)
            raise bad_request(f"✖ Invalid option: expected one of {expected}\n  → at expand[{position}]")
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
