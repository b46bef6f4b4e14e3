"""The cards that are on the Hub already: what others wrote in them stays."""

import sys
from collections.abc import Mapping
from pathlib import Path

from huggingface_hub import HfApi, is_offline_mode
from huggingface_hub.errors import EntryNotFoundError
from pydantic import ValidationError

from cards import top
from cards.check import Kind
from cards.front import front_matter
from cards.own import BEGIN, END, OwnSectionError, own_section
from train.errors import StageError
from train.patience import asked, explained
from train.release import pins
from train.release.repository import MAIN, Refs, Repository, content, refs, tree
from train.sections import Publish

OFFLINE = "HF_HUB_OFFLINE is set, so the cards on the Hub were not read; a section of yours would be lost."
OURS = "default"  # the one configuration that a release writes
KINDS: Mapping[str, Kind] = {"dataset": "dataset", "adapter": "model", "space": "space"}


def existing_cards(api: HfApi, publish: Publish, tag: str) -> dict[str, str]:
    """What others wrote in the card of each part, as a card of that alone; nothing where they wrote nothing.

    A version that is out keeps what it has, or its bytes would change; a new one takes what `main` has now.
    """
    if publish.adapter.startswith("OWNER/"):
        return {}
    if is_offline_mode():
        print(OFFLINE, file=sys.stderr)
        return {}
    repositories = zip(KINDS.items(), publish.repositories, strict=True)
    with explained(api.endpoint, again="run this command again, or with HF_HUB_OFFLINE=1 before it"):
        cards = {
            part: _card(Repository(api, kind, repo), publish, tag) for (part, kind), repo in repositories
        }
    others = {part: written_by_others(part, card) for part, card in cards.items()}
    return {part: card for part, card in others.items() if card}


def _card(repository: Repository, publish: Publish, tag: str) -> str:
    there = refs(repository)
    commit = (_released(repository, there, publish, tag) or there.branches.get(MAIN)) if there else None
    if commit is None:
        return ""
    try:
        path = asked(
            lambda: repository.api.hf_hub_download(
                repository.id, "README.md", repo_type=repository.kind, revision=commit
            )
        )
    except EntryNotFoundError:
        return ""
    return Path(path).read_text(encoding="utf-8")


def _released(repository: Repository, there: Refs, publish: Publish, tag: str) -> str | None:
    """The commit of a version that is out; a Space's `v1.0.0` may be that of another writer."""
    if repository.kind != "space":
        return there.tags.get(tag)
    for name in sorted(name for name in there.tags if name == tag or name.endswith(f"-{tag}")):
        served = _served(repository, there.tags[name])
        if not served or any((each.adapter, each.version) == (publish.adapter, tag) for each in served):
            return there.tags[name]
    return None


def _served(space: Repository, commit: str) -> tuple[pins.Writer, ...]:
    entry = tree(space, commit).get(pins.NAME)
    try:
        return pins.parse(content(space, commit, entry)).writers if entry else ()
    except ValidationError:  # somebody's own file of that name: it says nothing of writers
        return ()


def written_by_others(part: str, card: str) -> str:
    """A person's own section, and the configurations of a dataset that are not ours."""
    try:
        own = own_section(card)
    except OwnSectionError as error:
        raise StageError(f"The card of the {part} on the Hub, {error}.", fix="mend it on the Hub") from error
    values = top.read(card).values
    others = {name: _others(values.get(name)) for name in ("configs", "dataset_info")}
    front = front_matter(others) if any(others.values()) else ""
    return front + (f"\n{BEGIN}\n{own}{END}\n" if own is not None else "")


def _others(described: object) -> list[object]:
    found = described if isinstance(described, list) else [described]
    return [each for each in found if isinstance(each, Mapping) and each.get("config_name", OURS) != OURS]
