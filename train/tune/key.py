"""What an adapter is made of: other rows, settings, packages or code, another key."""

from dataclasses import dataclass
from importlib.metadata import version

from train.prepare.report import DatasetReport
from train.recipe import Recipe
from train.run import ROOT, Run, as_json, digest_of, digest_of_all, read_result

PACKAGES = ("accelerate", "bitsandbytes", "datasets", "peft", "torch", "transformers", "trl")
CODE = ROOT / "train" / "tune"
SUFFIXES = (".py", ".txt", ".jinja", ".yaml")
ASIDE = frozenset(  # where it is trained, whether it has to be, and what a base becomes for llama.cpp
    {
        *("key.py", "plan.py", "reuse.py"),
        *(f"gguf/{name}.py" for name in ("base", "cli", "figures", "origin", "stored", "vocabulary")),
    }
)


@dataclass(frozen=True)
class Ingredients:
    """The key of an adapter, and what its record says of its rows and packages."""

    key: str
    dataset: str  # digest of the rows
    versions: dict[str, str]  # package -> version


def ingredients(recipe: Recipe, run: Run) -> Ingredients:
    """What the adapter of this recipe on `run.dataset` is made of.

    Title, inputs and decoding count, for the adapter's own files hold them; gate, notes, cleaning and
    repositories do not, but for the rows that came of them.
    """
    fix = f"python -m train prepare {recipe.name}"
    dataset = digest_of_all(read_result(DatasetReport, run.dataset / "report.json", fix).files)
    versions = {package: version(package) for package in PACKAGES}
    asked = [recipe.name, recipe.title, recipe.tune, recipe.prompt, recipe.inputs, recipe.decoding]
    releases = {package: found.partition("+")[0] for package, found in versions.items()}  # 2.13.0+cpu
    return Ingredients(digest_of(dataset, as_json(asked), as_json(releases), code()), dataset, versions)


def code() -> str:
    """The digest of the sources that training runs."""
    names = sorted(path.relative_to(CODE).as_posix() for path in CODE.rglob("*") if path.suffix in SUFFIXES)
    counted = [name for name in names if name not in ASIDE]
    return digest_of(*(part for name in counted for part in (name, (CODE / name).read_bytes())))
