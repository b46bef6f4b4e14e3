"""What travels to a Job: the code of this very tree, the recipe and the rows it learns from, as one file."""

import tarfile
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
SPLITS = ("train", "validation")


def check_may_leave(recipe: Recipe) -> None:
    """Refuse to send rows away that the recipe calls private."""
    if private := [source.path for source in recipe.sources if source.private]:
        raise _stays(recipe, f"{private[0]} is a private source of {recipe.name}")


def packed(recipe: Recipe, path: Path, run: Run, folder: Path) -> Path:
    """The pack in `folder`, named by its digest; the same content, the same bytes."""
    made = folder / "pack.tar"
    with tarfile.open(made, "w", format=tarfile.PAX_FORMAT) as pack:
        for name, source in sorted(_files(recipe, path, run).items()):
            pack.add(source, name, filter=_plain)
    return made.rename(folder / f"{digest_of_file(made)}.tar")


def _files(recipe: Recipe, path: Path, run: Run) -> dict[str, Path]:
    return _code() | {RECIPE: path} | _rows(recipe, run)


def _code() -> dict[str, Path]:
    found = [path for folder in CODE for path in (ROOT / folder).rglob("*") if path.suffix in SUFFIXES]
    named = {path.relative_to(ROOT).as_posix(): path for path in found if path.is_file()}
    kept = {name: path for name, path in named.items() if not name.startswith(LEFT_OUT)}
    return kept | {name: ROOT / name for name in PINS}


def _rows(recipe: Recipe, run: Run) -> dict[str, Path]:
    """The rows that training reads, as `prepare` left them; texts held out for judging stay here."""
    fix = f"python -m train prepare {recipe.name}"
    report = read_result(DatasetReport, run.dataset / "report.json", fix)
    if report.private:
        raise _stays(recipe, f"{run.dataset} holds {report.private:,} private rows")
    learned = {name: digest for name, digest in report.files.items() if name in map(file_of, SPLITS)}
    check_files(run.dataset, learned, fix)
    folder = f"runs/{recipe.name}/dataset"
    return {f"{folder}/{name}": run.dataset / name for name in (*learned, "report.json")}


def _stays(recipe: Recipe, why: str) -> StageError:
    what = f"{why}: nothing private leaves this machine."
    return StageError(what, fix=f"python -m train tune {recipe.name}")


def _plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = member.mtime = 0
    member.uname = member.gname = ""
    member.mode = 0o644
    return member
