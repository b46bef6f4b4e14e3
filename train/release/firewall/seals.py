"""Whether cards, sums and provenance speak of these very files."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cards.check import check as check_card
from train.errors import StageError
from train.prepare.report import DatasetReport
from train.release.existing import KINDS
from train.release.firewall.documents import decoded, parsed
from train.release.firewall.found import Leak
from train.release.payload import Files, Payload
from train.release.report import Bundle
from train.release.traced import TRACED, flaws
from train.run import digest_of_all, read_result

SUMS, PROVENANCE, SIGNATURE = "SHA256SUMS", "provenance.json", "model.sig"


def of_cards(folder: Path) -> Iterator[Leak]:
    """What the Hub would refuse in a card, and what its evidence does not bear out."""
    for part, kind in KINDS.items():
        card = folder / part / "README.md"
        text = decoded(card.read_bytes()) if card.is_file() else ""
        found = [*check_card(text, kind), *(flaws(part, folder) if part in TRACED else ())]
        yield from (
            Leak("", f"the card would be refused: {flaw}", file=f"{part}/README.md") for flaw in found
        )


def of_sums(folder: Path, files: Payload) -> Iterator[Leak]:
    """Where `SHA256SUMS` and the files differ."""
    for part in TRACED:
        path = folder / part / SUMS
        lines = decoded(path.read_bytes()).splitlines() if path.is_file() else []
        said = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
        yield from _differences(f"{part}/{SUMS}", said, _sealed(getattr(files, part), SUMS))


def of_provenance(bundle: Bundle, folder: Path, files: Payload) -> Iterator[Leak]:
    """Where `provenance.json` and the bundle differ."""
    for part, repository in (("dataset", bundle.publish.dataset), ("adapter", bundle.publish.adapter)):
        name = f"{part}/{PROVENANCE}"
        subjects, asked, used = _statement(folder / name)
        yield from _differences(name, subjects, _sealed(getattr(files, part), SUMS, PROVENANCE))
        known = {"recipe": bundle.recipe, "version": bundle.version, "repository": repository}
        yield from _unlike(name, asked, known)
        yield from _unlike(name, used, _materials(part, bundle, folder, files))


def read_json(path: Path) -> Any:
    """The value in a file of the bundle."""
    if not path.is_file():
        raise StageError(f"{path} is missing.")
    return parsed(decoded(path.read_bytes()))


def _statement(path: Path) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """The files of a build, what was asked for, and what was used, by name."""
    said = read_json(path)
    try:
        definition = said["predicate"]["buildDefinition"]
        subjects = {each["name"]: each["digest"]["sha256"] for each in said["subject"]}
        used = {each["name"]: each["digest"] for each in definition["resolvedDependencies"]}
        return subjects, dict(definition["externalParameters"]), used
    except (KeyError, TypeError, ValueError) as error:
        raise StageError(f"{path} is no statement of a build.") from error


def _materials(part: str, bundle: Bundle, folder: Path, files: Payload) -> dict[str, dict[str, str]]:
    recipe = files.adapter.get("recipe.yaml")
    common = {"recipe.yaml": {"sha256": recipe.sha256 if recipe else ""}}
    if part == "dataset":
        return common
    report = read_result(DatasetReport, folder / "dataset" / "report.json", fix="")
    return common | {
        "base": {"gitCommit": bundle.base_revision},
        "dataset": {"sha256": digest_of_all(report.files)},
    }


def _sealed(files: Files, *beside: str) -> dict[str, str]:
    """The files that a seal speaks of: none of itself, and a signature comes after both."""
    return {path: file.sha256 for path, file in files.items() if path not in {*beside, SIGNATURE}}


def _differences(name: str, said: Mapping[str, str], held: Mapping[str, str]) -> Iterator[Leak]:
    for path in sorted(said.keys() | held.keys()):
        if path not in held:
            yield Leak("", f"it speaks of {path}, which is not there", file=name)
        elif path not in said:
            yield Leak("", f"it says nothing of {path}", file=name)
        elif said[path] != held[path]:
            yield Leak("", f"it says another digest of {path}", file=name)


def _unlike(name: str, said: Mapping[str, Any], known: Mapping[str, Any]) -> Iterator[Leak]:
    for key, value in sorted(known.items()):
        if said.get(key) != value:
            yield Leak("", f"its {key} is not the bundle's", file=name)
