"""Where a base comes from: a folder, or the Hub at one commit."""

from dataclasses import dataclass
from pathlib import Path

import httpx2
from huggingface_hub import HfApi, snapshot_download
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    LocalEntryNotFoundError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from train.errors import SAME, StageError, first_line

HEAD = ["config.json", "generation_config.json", "tokenizer*", "*.jinja", "vocab.json", "merges.txt"]
HEAD += ["special_tokens_map.json", "added_tokens.json"]
SAFE, PICKLED = ["model.safetensors*", "model-*.safetensors"], ["pytorch_model*.bin*"]


@dataclass(frozen=True)
class Origin:
    """A base's files, and what its GGUF file says of where they come from; of a folder it says nothing."""

    folder: Path
    repo: str = ""
    commit: str = ""


def origin(base: str, revision: str | None) -> Origin:
    """The base in a folder of that name, or fetched from the Hub: at `revision`, or the newest commit."""
    if (Path(base) / "config.json").is_file():
        return Origin(Path(base))
    if Path(base).is_dir():
        what = f"{base} holds no config.json, so it is no model's folder."
        raise StageError(what, fix="python -m train gguf OWNER/BASE (a model on the Hub)")
    try:
        info = HfApi().model_info(base, revision=revision)
        names = [each.rfilename for each in info.siblings or []]
        weights = SAFE if any(each.endswith(".safetensors") for each in names) else PICKLED
        folder = snapshot_download(base, revision=info.sha, allow_patterns=HEAD + weights)
    except (HFValidationError, GatedRepoError, RepositoryNotFoundError, RevisionNotFoundError) as error:
        at = f" at {revision}" if revision else ""
        what = f"The base {base} is no folder, and not on the Hub{at} or not open to this account."
        raise StageError(what, fix="hf auth login (and accept the licence on the base's page)") from error
    except (HfHubHTTPError, LocalEntryNotFoundError, httpx2.TransportError, OSError, RuntimeError) as error:
        what = f"The base {base} cannot be reached: {first_line(error)}"
        raise StageError(what, fix=SAME) from error
    return Origin(Path(folder), base, str(info.sha))
