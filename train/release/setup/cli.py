"""`python -m train setup`: makes what a program may make, and says what only a person can click."""

import argparse
import shlex
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from huggingface_hub import HfApi
from huggingface_hub.errors import HfHubHTTPError

from train import recipe as recipes
from train.client import connect
from train.errors import ImprintError
from train.patience import asked as ask
from train.patience import explained
from train.recipe import Recipe
from train.release.hub import ensure_repo
from train.release.pipeline.tag import DEFAULT
from train.release.repository import Repository, is_private, refs
from train.release.setup import github
from train.release.setup.github import Task
from train.run import ROOT
from train.verbs.answer import Answer
from train.verbs.page import Page
from train.verbs.taking import take_name
from train.verbs.voice import aloud

PAGE = Page(
    does="""Once, before the first release: makes the three repositories, and says what only you can click,
    on the Hub and on GitHub. It can be run again at any time: what is there already is left as it is.""",
    reads="the recipe's publish section; your account, the base and the repositories on the Hub",
    leaves="three repositories on the Hub, empty and private unless the recipe says otherwise",
    examples=(
        ("python -m train setup blog", "look, ask, make the three repositories, tell the rest"),
        ("python -m train setup blog --yes", "the same without asking"),
        ("python -m train setup blog --yes --json | jq -r '.tasks[].what'", "what is left to do"),
    ),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    take_name(parser)
    parser.add_argument("--yes", action="store_true", help="make the repositories without asking")
    parser.add_argument(
        "--github", metavar="OWNER/NAME", help="this repository there (default: git's origin)"
    )


@dataclass(frozen=True)
class SetUp:
    """What is there now, and what only a person can do."""

    repositories: tuple[str, ...]
    base: str
    tasks: tuple[Task, ...]
    tag: str  # that releases


def run(asked: argparse.Namespace) -> Answer:
    """Make the repositories, then say what is left to do."""
    recipe = recipes.load(asked.recipe)
    recipes.check_owner(recipe, asked.recipe)
    repo = asked.github or github.repository(_origin())
    api = connect()
    with explained(api.endpoint, again=f"python -m train setup {asked.recipe}"):
        _note(f"✓ signed in as {ask(api.whoami)['name']}")
        _open(api, recipe, asked)
        _see_base(api, recipe)
        tag = "v0.1.0" if recipe.name == DEFAULT else f"{recipe.name}-v0.1.0"
        tasks = (*_opened(api, recipe), *(_left(api, recipe, repo, tag) if repo else ()))
    return Answer(_told(tasks, tag, repo), SetUp(recipe.publish.repositories, recipe.base, tasks, tag))


def _note(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _open(api: HfApi, recipe: Recipe, asked: argparse.Namespace) -> None:
    """Make the repositories that are not there, if the person says so."""
    ours = _repositories(api, recipe)
    missing = [each for each in ours if refs(each) is None]
    how = "private" if recipe.publish.private else "public"
    if missing and not asked.yes:
        _agree(", ".join(f"{each.kind} {each.id}" for each in missing), how, asked)
    for each in ours:
        ensure_repo(each, recipe.publish.private)
        seen = "private" if is_private(each) else "public"
        _note(f"✓ {each.kind:7} {each.id}, {seen}" + (", made now" if each in missing else ""))


def _agree(names: str, how: str, asked: argparse.Namespace) -> None:
    if not sys.stdin.isatty():
        what = f"{names} would be made, {how}, and nobody is here to say yes."
        on = ["--github", asked.github] if asked.github else []
        raise ImprintError(
            what, fix=shlex.join(["python", "-m", "train", "setup", asked.recipe, "--yes", *on])
        )
    print(f"Make {names}, {how}? [y/N] ", end="", file=aloud(), flush=True)
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise ImprintError("Nothing was made.", fix="edit the recipe's publish section, and run this again")


def _repositories(api: HfApi, recipe: Recipe) -> tuple[Repository, Repository, Repository]:
    publish = recipe.publish
    return (
        Repository(api, "dataset", publish.dataset),
        Repository(api, "model", publish.adapter),
        Repository(api, "space", publish.space),
    )


def _see_base(api: HfApi, recipe: Recipe) -> None:
    """Whether this account may read the base, which a licence may have to be accepted for."""
    try:
        ask(lambda: api.auth_check(recipe.base))
    except HfHubHTTPError as error:
        page = f"{api.endpoint}/{recipe.base}"
        what = f"This account cannot read the base {recipe.base} ({error.response.status_code})."
        raise ImprintError(what, fix=f"accept its licence on {page}, and run this again") from error
    _note(f"✓ base    {recipe.base} can be read")


def _origin() -> str:
    """Where this repository was cloned from, or is pushed to."""
    git = ["git", "-C", str(ROOT), "remote", "get-url", "origin"]
    try:
        return subprocess.run(git, capture_output=True, text=True, check=False).stdout
    except FileNotFoundError:  # no git: no repository of it either
        return ""


def _left(api: HfApi, recipe: Recipe, repo: str, tag: str) -> Iterator[Task]:
    """What only a person can do."""
    pages = [each.url for each in _repositories(api, recipe)]
    yield from (github.trusted(pages, repo), github.approval(repo), github.rule(repo), github.trainer(repo))
    yield from _own(api, recipe, repo)
    yield from (github.prebuilt(repo, recipe.name, tag), github.signing(repo))


def _told(tasks: Sequence[Task], tag: str, repo: str) -> str:
    shown = [_shown(number, task) for number, task in enumerate(tasks, 1)]
    last = f"Then release:  git tag {tag} && git push origin {tag}"
    if not repo:
        last = (
            "This repository is not on GitHub yet.\n"
            "Next:  push it there, and run this again (or now, with --github OWNER/NAME)"
        )
    return "\n\n".join(["\nOnly you can do the rest, once:" * bool(shown), *shown, last])


def _opened(api: HfApi, recipe: Recipe) -> Iterator[Task]:
    """What lets the Space read what not everybody may."""
    space = Repository(api, "space", recipe.publish.space)
    if closed := _closed(api, recipe):
        yield github.serving(f"{space.url}/settings", closed[0])


def _own(api: HfApi, recipe: Recipe, repo: str) -> Iterator[Task]:
    """What this recipe needs, and others do not."""
    if closed := _closed(api, recipe):
        yield github.reading(repo, closed[0])
    if any(source.kind == "mediastack" for source in recipe.sources):
        yield github.news(repo)


def _closed(api: HfApi, recipe: Recipe) -> list[str]:
    """What of a release not everybody may read."""
    gated = [f"The base {recipe.base}"] if ask(lambda: api.model_info(recipe.base)).gated else []
    return [*gated, *["What this recipe publishes"] * recipe.publish.private]


def _shown(number: int, task: Task) -> str:
    return "\n".join([f"{number}. {task.what}", *(f"   {line}" for line in task.lines)])
