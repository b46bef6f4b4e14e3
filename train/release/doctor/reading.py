"""An adapter and its base, read from the Hub or from a folder."""

import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from huggingface_hub import HfApi
from huggingface_hub.errors import (
    EntryNotFoundError,
    HfHubHTTPError,
    NotASafetensorsRepoError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
    SafetensorsParsingError,
)
from huggingface_hub.hf_api import RepoFile
from safetensors import SafetensorError, safe_open

from cards.check import is_repo
from train.errors import ImprintError, StageError
from train.patience import asked
from train.release.doctor.patient import CONFIG, WEIGHTS, Base, Patient, Tensor

SMALL = ("*.json", "*.jinja", "*.md", "*.txt", "*.model", WEIGHTS)
BASE_FILES = ("config.json", "generation_config.json", "tokenizer_config.json", "chat_template.jinja")


def from_hub(api: HfApi, repo: str, revision: str | None) -> Patient:
    """The adapter in a repository, at a revision or at `main`."""
    try:
        info = asked(lambda: api.model_info(repo, revision=revision))
    except RevisionNotFoundError as error:
        fix = f"hf repos tag list {repo}"
        raise StageError(f"{repo} has no revision {revision}.", fix=fix) from error
    except RepositoryNotFoundError as error:
        what = f"There is no model {repo}, or it is not open to this account."
        raise StageError(what, fix="hf auth login, or spell it as on its page: OWNER/NAME") from error
    commit = str(info.sha)
    listed = asked(lambda: list(api.list_repo_tree(repo, revision=commit, recursive=True)))
    files = {entry.path: entry.size for entry in listed if isinstance(entry, RepoFile)}
    folder = asked(lambda: api.snapshot_download(repo, revision=commit, allow_patterns=list(SMALL)))
    return _patient(api, repo, Path(folder), files)


def from_folder(api: HfApi, folder: Path) -> Patient:
    """The adapter in a folder; its base is looked for on the Hub."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    files = {path.relative_to(folder).as_posix(): path.stat().st_size for path in paths}
    return replace(_patient(api, str(folder), folder, files), is_published=False)


def _patient(api: HfApi, name: str, folder: Path, files: Mapping[str, int]) -> Patient:
    config = _json(folder / CONFIG)
    tokenizer = _json(folder / "tokenizer_config.json")
    base = str(config.get("base_model_name_or_path") or "")
    return Patient(
        name=name,
        files=files,
        folder=folder,
        config=config,
        card=_text(folder / "README.md"),
        tensors=_tensors(folder / WEIGHTS),
        tokenizer=tokenizer,
        generation=_json(folder / "generation_config.json"),
        template=_text(folder / "chat_template.jinja") or _template(tokenizer),
        vocabulary=_vocabulary(folder / "tokenizer.json"),
        writer=_json(folder / "writer.json"),
        base=_base(api, base, config.get("revision")) if is_repo(base) else None,
    )


def _base(api: HfApi, repo: str, revision: str | None) -> Base:
    """What can be seen of a base without its weights."""
    has_revision = True
    try:
        info = asked(lambda: api.model_info(repo, revision=revision))
    except RevisionNotFoundError:
        has_revision, info = False, asked(lambda: api.model_info(repo))
    except RepositoryNotFoundError:
        return Base(is_there=False)
    commit, stated = str(info.sha), info.card_data.get("license") if info.card_data else None
    files = {name: _fetched(api, repo, commit, name) for name in BASE_FILES}
    tokenizer = _json(files["tokenizer_config.json"])
    return Base(
        has_revision=has_revision,
        commit=commit,
        license=stated if isinstance(stated, str) else "",
        config=_json(files["config.json"]),
        generation=_json(files["generation_config.json"]),
        template=_text(files["chat_template.jinja"]) or _template(tokenizer),
        shapes=_shapes(api, repo, commit),
    )


def _fetched(api: HfApi, repo: str, commit: str, name: str) -> Path:
    """The file, or a path where there is none."""
    with suppress(EntryNotFoundError):
        try:
            return Path(asked(lambda: api.hf_hub_download(repo, name, revision=commit)))
        except HfHubHTTPError as error:  # a gated base shows its page, and none of its files
            print(f"note: {name} of {repo} cannot be read: {error.response.status_code}", file=sys.stderr)
    return Path("/nowhere") / name


def _shapes(api: HfApi, repo: str, commit: str) -> dict[str, Sequence[int]]:
    """The shapes of a base's weights, of which only the headers are read."""
    try:
        found = asked(lambda: api.get_safetensors_metadata(repo, revision=commit))
    except (NotASafetensorsRepoError, SafetensorsParsingError, HfHubHTTPError, EntryNotFoundError):
        print(f"note: the layers of {repo} cannot be looked at", file=sys.stderr)
        return {}
    return {
        name: tensor.shape for file in found.files_metadata.values() for name, tensor in file.tensors.items()
    }


def _tensors(path: Path) -> dict[str, Tensor]:
    if not path.is_file():
        return {}
    try:
        with safe_open(path, framework="pt") as file:
            return {name: _tensor(file.get_tensor(name)) for name in sorted(file.keys())}
    except (SafetensorError, ValueError):
        return {}


def _tensor(values: Any) -> Tensor:
    is_finite = bool(values.float().isfinite().all())
    return Tensor(tuple(values.shape), is_zero=not values.any(), is_finite=is_finite)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""


def _json(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ImprintError(
            f"{path.name} is no JSON: {error}.", fix="write it anew, as save_pretrained does"
        ) from error
    return found if isinstance(found, dict) else {}


def _template(tokenizer: Mapping[str, Any]) -> str:
    """The chat template where older versions keep it; of several, the one that is taken."""
    found = tokenizer.get("chat_template") or ""
    if isinstance(found, list):
        return next((str(each.get("template")) for each in found if each.get("name") == "default"), "")
    return str(found)


def _vocabulary(path: Path) -> int:
    if "model" not in _json(path):  # the pointer of an upload that went wrong, say
        return 0
    from tokenizers import Tokenizer

    return int(Tokenizer.from_file(str(path)).get_vocab_size(with_added_tokens=True))
