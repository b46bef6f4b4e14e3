"""`python -m train new NAME`: four questions, and a recipe that works."""

import argparse
import re
from dataclasses import dataclass
from math import inf
from pathlib import Path

import httpx2
import jinja2
import yaml
from huggingface_hub import get_token
from huggingface_hub.errors import HfHubHTTPError

from train import recipe as recipes
from train.client import visitor
from train.errors import RecipeError
from train.new import bases, questions, texts
from train.new.bases import BASES
from train.new.kinds import KINDS
from train.new.table import TITLES
from train.new.texts import Texts
from train.run import write_text
from train.sections import Source
from train.verbs.answer import Answer
from train.verbs.page import Page
from train.verbs.voice import aloud

PAGE = Page(
    does="""Makes a recipe of your own: asks what it writes, where the texts are, what trains it and where it
    is published. What is said on the command line is not asked.

    Any folder of posts will do (Jekyll, Hugo, Zola, Markdown), any export (WordPress, Ghost, Substack,
    Medium), a CSV, JSON lines or parquet file, or a dataset on the Hub.""",
    reads="the texts, to see what they are",
    leaves="train/recipes/NAME.yaml, a whole recipe of some 40 lines",
    examples=(
        ("python -m train new garden", "asks"),
        (
            "python -m train new garden --write voice --texts ../my-blog \\\n    --train 16gb --owner ana",
            "asks nothing",
        ),
        ("python -m train rehearse garden", "then see it work, on a small base"),
    ),
)
HERE = Path(__file__).parent
DEFAULT = "posts"
REQUIRED = "structure: required"


@dataclass(frozen=True)
class Answers:
    """What a new recipe is made of."""

    name: str
    kind: str
    texts: Source | None  # none: the kind brings its own
    base: str
    owner: str
    public: bool
    language: str


@dataclass(frozen=True)
class Made:
    """A recipe that was written, and the commands that come next."""

    recipe: str
    path: Path
    next: tuple[str, ...]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("name", metavar="NAME", help="small letters, digits and hyphens")
    kinds = "; ".join(f"{name}: {kind.told}" for name, kind in KINDS.items())
    parser.add_argument("--write", choices=list(KINDS), metavar="KIND", help=f"what it writes. {kinds}")
    own = " and ".join(name for name, kind in KINDS.items() if kind.sources)
    places = f"a folder, a file, or OWNER/NAME on the Hub; {own} bring texts of their own"
    parser.add_argument("--texts", metavar="PLACE", help=places)
    machines = "; ".join(f"{name}: {base.told} ({base.name})" for name, base in BASES.items())
    parser.add_argument("--train", choices=list(BASES), metavar="ON", help=f"what trains it. {machines}")
    parser.add_argument("--owner", help="your account or organisation on the Hub")
    parser.add_argument("--public", action="store_true", help="publish openly (default: private)")
    parser.add_argument("--language", default="en", help="of the texts, as en, de, fr (default: en)")


def run(asked: argparse.Namespace) -> Answer:
    """Ask what was not said, write the recipe, and say what comes next."""
    path = _free(asked.name)
    if _is_asking(asked):
        print("Enter takes what stands in brackets; Ctrl-C leaves everything as it was.", file=aloud())
    answers = _answers(asked)
    text = written(answers)
    _check(text, path.name)
    write_text(path, text)
    commands = tuple(command for command, _ in _commands(answers))
    return Answer(_next(answers, path), Made(answers.name, path, commands))


def written(answers: Answers) -> str:
    """The recipe's text."""
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False)  # noqa: S701
    environment.keep_trailing_newline = True
    environment.filters["scalar"] = _scalar
    template = environment.from_string((HERE / "recipe.yaml.jinja").read_text(encoding="utf-8"))
    return template.render(
        name=answers.name,
        name_of_kind=answers.kind,
        kind=KINDS[answers.kind],
        base=BASES[answers.base],
        texts=answers.texts,
        owner=answers.owner,
        public=answers.public,
        language=answers.language,
    )


def _check(text: str, name: str) -> None:
    """Refuse what would be no recipe, such as one in no language."""
    try:
        recipes.parse(text, name)
    except RecipeError as error:
        raise RecipeError(str(error), fix="python -m train new --help") from error


def _scalar(word: str) -> str:
    """A word as YAML reads it back: Norwegian is `no`, and so is a switch."""
    return str(yaml.safe_dump(word, width=inf)).partition("\n")[0]


def _free(name: str) -> Path:
    if not re.fullmatch(r"[a-z][a-z0-9-]*", name):
        what = f"{name!r} cannot be the name of a recipe: small letters, digits and hyphens."
        raise RecipeError(what, fix="python -m train new my-writer")
    path = recipes.path_of(name)
    if path.exists():
        raise RecipeError(f"There is a recipe {name} already: {path}.", fix="choose another name, or edit it")
    return path


def _is_asking(asked: argparse.Namespace) -> bool:
    """Whether something is left to ask; texts are not, for a kind that brings its own."""
    needed = (asked.write, asked.train, asked.owner)
    return None in needed or (asked.texts is None and not KINDS[asked.write].sources)


def _answers(asked: argparse.Namespace) -> Answers:
    told = {name: kind.told for name, kind in KINDS.items()}
    kind = asked.write or questions.choose("What does it write?", told, DEFAULT)
    place = _texts(asked.texts if _is_asking(asked) else asked.texts or "", kind)
    fitting = {name: f"{base.told}: {base.name}" for name, base in BASES.items()}
    fits = bases.here()
    here = "no GPU here" if fits == "jobs" else f"here: {BASES[fits].told}"
    base = asked.train or questions.choose(f"What trains it? ({here})", fitting, fits)
    owner = _named(asked.owner) if asked.owner else _owner()
    return Answers(asked.name, kind, place, base, owner, asked.public, asked.language)


def _texts(place: str | None, kind: str) -> Source | None:
    """The texts that it learns from; Enter takes a kind's own, where it has some."""
    own = KINDS[kind].sources
    if place is None:
        print("\nWhere are the texts?", file=aloud())
        what = "a folder, a file, or OWNER/NAME on the Hub" + (" [the kind's own]" if own else "")
        place = questions.ask(what, "", lambda said: _known(said, kind))
    if not _known(place, kind):
        return None
    found = texts.found(place)
    print(f"  {found.told}", file=aloud())
    if found.count and REQUIRED in KINDS[kind].sections and found.sectioned < found.count / 2:
        few = f"  only {found.sectioned} of them seem to have sections (## …), and {kind} takes no others"
        print(f"{few}; voice and articles do", file=aloud())
    return found.source


def _known(place: str, kind: str) -> str:
    if place:
        _found(place, kind)
    elif not KINDS[kind].sources:
        raise RecipeError("Texts are needed: an export of your blog, say.", fix="the same with --texts PLACE")
    return place


def _found(place: str, kind: str) -> Texts:
    """What lies there; texts without titles are of no use to a writer that is asked with one."""
    found = texts.found(place)
    if not found.source.columns.get("title", "any") and "pairs:" not in KINDS[kind].sections:
        what = f"{place} has no column of titles ({', '.join(TITLES)}), and {kind} is asked with one."
        raise RecipeError(what, fix="name the column of what is asked `title`, then run this command again")
    return found


def _owner() -> str:
    print("\nWhere is it published?", file=aloud())
    account = _account()
    return questions.ask(
        f"account or organisation on the Hub{f' [{account}]' if account else ''}", account, _named
    )


def _named(owner: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][\w.-]*", owner):
        what = "An account's name is needed, as it stands in addresses: huggingface.co/NAME."
        raise RecipeError(what, fix="the same with --owner NAME")
    return owner


def _account() -> str:
    """Who is signed in on this machine; empty if nobody is, or the Hub does not answer."""
    if get_token() is None:
        return ""
    try:
        return str(visitor().whoami()["name"])
    except (HfHubHTTPError, httpx2.TransportError, OSError):
        return ""


def _commands(answers: Answers) -> tuple[tuple[str, str], ...]:
    """What comes next, and what it is for."""
    name, on = answers.name, " --on hf-jobs --flavor l4x1" if answers.base == "jobs" else ""
    return (
        (f"make rehearse RECIPE={name}", "the whole release on this machine, on a small base"),
        (f"python -m train prepare {name}", "your texts, cleaned; --show dropped says what went, and why"),
        (f"python -m train tune {name} --plan", "what training will take"),
        (f"python -m train tune {name}{on}", "the training"),
        (f"python -m train evaluate {name}{on}", "the adapter beside its base"),
        (f"python -m train bundle {name} --version v0.1.0", "every file of the version, with its cards"),
        (f"python -m train setup {name}", "once: the repositories, and what the Space needs to read them"),
        (f"python -m train release {name}", "the release; --dry-run says what would happen"),
    )


def _next(answers: Answers, path: Path) -> str:
    lines = _commands(answers)
    width = max(len(command) for command, _ in lines)
    shown = [f"  {command:<{width}}  {what}" for command, what in lines]
    left = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
    by_tag = f"Or by a tag, from GitHub: `setup {answers.name}` says how."
    return "\n".join([f"\n{left} is a whole recipe, and short: read it once. Next:", "", *shown, "", by_tag])
