"""What a base holds at a commit: asked of the Hub, or read from its cache where there is no Hub to ask."""

from dataclasses import dataclass
from pathlib import Path

from huggingface_hub import HfApi, is_offline_mode, snapshot_download
from huggingface_hub.repocard import metadata_load

CARD = "README.md"


@dataclass(frozen=True)
class Held:
    """A repository at one commit."""

    commit: str
    files: tuple[str, ...]
    license: str  # as its own card states it; empty: it states none


def held(base: str, revision: str | None) -> Held:
    """What the base holds at this revision, or at its newest commit."""
    if is_offline_mode():
        return _cached(Path(snapshot_download(base, revision=revision, local_files_only=True)))
    info = HfApi().model_info(base, revision=revision)
    stated = info.card_data.get("license") if info.card_data else None
    return Held(str(info.sha), tuple(each.rfilename for each in info.siblings or ()), _license(stated))


def _cached(folder: Path) -> Held:
    files = tuple(sorted(each.relative_to(folder).as_posix() for each in folder.rglob("*") if each.is_file()))
    card = (metadata_load(folder / CARD) if CARD in files else None) or {}
    return Held(folder.name, files, _license(card.get("license")))


def _license(stated: object) -> str:
    return ", ".join(map(str, stated)) if isinstance(stated, list) else str(stated or "")
