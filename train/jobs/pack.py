"""What travels to a Job: the code of this very tree, the recipe, and what it works on, as one file."""

import tarfile
from collections.abc import Collection, Mapping
from pathlib import Path

from train.errors import StageError
from train.prepare.report import DatasetReport
from train.prepare.write import file_of
from train.recipe import Recipe
from train.run import ROOT, Run, check_files, digest_of_file, read_result

CODE = ("train", "cards", "space")
SUFFIXES = (".css", ".html", ".jinja", ".js", ".json", ".py", ".txt", ".yaml")
PINS = ("constraints.txt", "pyproject.toml")
LEFT_OUT = ("train/recipes/", "train/rehearse/samples/")  # other plans, and what only rehearsals read
RECIPE = "recipe.yaml"
ADAPTER, BEFORE, RELEASE = "runs/{}/adapter", "before", "before.json"  # for `evaluate`: and the last release
LEARNED = tuple(map(file_of, ("train", "validation")))


def check_may_leave(recipe: Recipe, verb: str = "tune") -> None:
    """Refuse to send rows away that the recipe calls private."""
    if private := [source.path for source in recipe.sources if source.private]:
        raise _stays(recipe, verb, f"{private[0]} is a private source of {recipe.name}")


def packed(path: Path, files: Mapping[str, Path], folder: Path) -> Path:
    """The pack in `folder`, named by its digest; the same content, the same bytes."""
    made = folder / "pack.tar"
    with tarfile.open(made, "w", format=tarfile.PAX_FORMAT) as pack:
        for name, source in sorted((_code() | {RECIPE: path} | dict(files)).items()):
            pack.add(source.resolve(), name, filter=_plain)  # what the Hub's cache holds are links
    return made.rename(folder / f"{digest_of_file(made)}.tar")


def _code() -> dict[str, Path]:
    found = [path for folder in CODE for path in (ROOT / folder).rglob("*") if path.suffix in SUFFIXES]
    named = {path.relative_to(ROOT).as_posix(): path for path in found if path.is_file()}
    kept = {name: path for name, path in named.items() if not name.startswith(LEFT_OUT)}
    return kept | {name: ROOT / name for name in PINS}


def rows(recipe: Recipe, run: Run, verb: str, only: Collection[str] = ()) -> dict[str, Path]:
    """The rows as `prepare` left them, all of them or those in these files alone."""
    fix = f"python -m train prepare {recipe.name}"
    report = read_result(DatasetReport, run.dataset / "report.json", fix)
    if report.private:
        raise _stays(recipe, verb, f"{run.dataset} holds {report.private:,} private rows")
    sent = {name: digest for name, digest in report.files.items() if not only or name in only}
    check_files(run.dataset, sent, fix)
    folder = f"runs/{recipe.name}/dataset"
    return {f"{folder}/{name}": run.dataset / name for name in (*sent, "report.json")}


def _stays(recipe: Recipe, verb: str, why: str) -> StageError:
    what = f"{why}: nothing private leaves this machine."
    return StageError(what, fix=f"python -m train {verb} {recipe.name}")


def _plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = member.mtime = 0
    member.uname = member.gname = ""
    member.mode = 0o644
    return member
