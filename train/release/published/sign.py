"""`python -m train sign`: a signature beside the bundle's adapter, before it is released."""

import argparse
import shutil
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from huggingface_hub import HfApi, is_offline_mode

from train import recipe as recipes
from train.client import visitor
from train.errors import StageError
from train.patience import explained
from train.release.provenance import digest_of_parts
from train.release.published import signature
from train.release.published.place import read
from train.release.report import Bundle
from train.release.repository import Repository, refs
from train.run import Run, as_json, digests, read_result, write_text
from train.verbs.answer import Answer
from train.verbs.page import Page
from train.verbs.taking import take_recipe

PAGE = Page(
    does="""Signs the bundle's adapter, so that others can verify who released it. Without a key it signs by
    Sigstore as the workflow it runs in (`id-token: write`) or as the person who signs in, which
    `verify --identity` checks. A signature that is made and holds is kept, here and on the Hub.""",
    reads="runs/RECIPE/bundle; a key, if one is named",
    leaves="model.sig among the adapter's files in the bundle",
    examples=(
        ("openssl ecparam -name prime256v1 -genkey -noout -out key.pem", "a key; keep it to yourself"),
        ("openssl ec -in key.pem -pubout -out key.pub", "its public half; hand it to everybody"),
        ("python -m train sign blog --private-key key.pem", "behind `bundle`, before `release`"),
        ("python -m train verify acme/blog-writer --public-key key.pub", "what others do with it"),
    ),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    take_recipe(parser)
    parser.add_argument("--private-key", type=Path, metavar="FILE", help="an EC key, as PEM (default: none)")


def run(asked: argparse.Namespace) -> Answer:
    """Sign, or find it signed."""
    recipe = recipes.load(asked.recipe)
    made = sign(Run(asked.runs / recipe.name), visitor(), asked.private_key)
    files = len(made.adapter) - 1
    return Answer(f"{signature.NAME} covers {files} files of {made.version}, digest {made.digest[:12]}", made)


def sign(run: Run, api: HfApi, key: Path | None) -> Bundle:
    """The bundle with a signature among its files: the one it has, the one on the Hub, or a new one."""
    path = run.bundle / "bundle.json"
    bundle = read_result(Bundle, path, fix=f"python -m train bundle {run.folder.name}")
    folder = run.bundle / "adapter"
    _check_files(bundle, folder)
    if not _holds(folder, key) and not _published(bundle, folder, api, key):
        (folder / signature.NAME).unlink(missing_ok=True)
        signature.sign(folder, key)
    files = {"dataset": bundle.dataset, "adapter": digests(folder), "space": bundle.space}
    signed = replace(bundle, adapter=files["adapter"], digest=digest_of_parts(files))
    write_text(path, as_json(signed))
    return signed


def _check_files(bundle: Bundle, folder: Path) -> None:
    """Sign what was bundled and nothing else; a signature that was cut off half-way is made again."""
    listed, found = dict(bundle.adapter), digests(folder)
    for files in (listed, found):
        files.pop(signature.NAME, None)
    different = sorted(path for path in {*listed, *found} if listed.get(path) != found.get(path))
    if different:
        what = f"{folder / different[0]} is not the file that was bundled."
        raise StageError(what, fix=f"python -m train bundle {bundle.recipe}")


def _holds(folder: Path, key: Path | None) -> bool:
    """Whether the signature in a folder is for these files, and by this key if there is one."""
    if not signature.names_these_files(folder):
        return False
    if key is None:
        return True
    with TemporaryDirectory() as place:
        public = signature.public_half(key, Path(place) / "key.pub")
        return not signature.flaw(folder, signature.Trust(public))


def _published(bundle: Bundle, folder: Path, api: HfApi, key: Path | None) -> bool:
    """Take the signature that this very version has on the Hub already: its bytes can no more change."""
    if bundle.publish.adapter.startswith("OWNER/") or is_offline_mode():
        return False
    with explained(api.endpoint, again="HF_HUB_OFFLINE=1 before this command, if it is not published yet"):
        repository = Repository(api, "model", bundle.publish.adapter)
        held = refs(repository)
        commit = held.tags.get(bundle.version) if held else None
        text = read(repository, commit, signature.NAME) if commit else None
    if text is None:
        return False
    with TemporaryDirectory() as place:
        copied = shutil.copytree(folder, Path(place) / "adapter")
        (copied / signature.NAME).write_bytes(text)
        if not _holds(copied, key):
            return False
    (folder / signature.NAME).write_bytes(text)
    return True
