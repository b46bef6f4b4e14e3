"""`release --dry-run`: what would become of every file, tag and branch, as a table for people."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from train.release.plan import Change, Outlook, Plan

_KIND = {"dataset": "dataset", "adapter": "model", "space": "space"}
_MAIN = {
    "is there": "has this version already",
    "edited since": "was this version, changed since: left as it is",
}


@dataclass(frozen=True)
class Foreseen:
    """One repository as it is, and what becomes of it."""

    part: str
    repository: str
    tag: str
    exists: bool
    private: bool
    tagged: str  # the commit that has the tag already; empty: the tag is free
    main: str
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Refusal:
    """What forbids a release, and what to type next."""

    error: str
    next: str


@dataclass(frozen=True)
class Forecast:
    """What a release would do, for programs."""

    recipe: str
    version: str
    digest: str
    repositories: tuple[Foreseen, ...]
    refused: tuple[Refusal, ...]


def forecast(plan: Plan, advised: Callable[[str], str] = str) -> str:
    """Everything a release would do now, repository by repository, and what forbids it.

    `advised` spells a command as the person at the keyboard has to type it.
    """
    order = plan.order
    sent = sum(each.sent_bytes for each in plan.outlooks if not each.tagged)
    bundle = order.bundle
    lines = [f"{bundle.recipe} {bundle.version}, bundle {bundle.digest[:12]}; nothing was written"]
    for each in plan.outlooks:
        lines += ["", *_repository(each)]
    if order.is_prerelease:
        lines += ["", f"space    {order.space.repository.id}", "  a pre-release leaves it alone"]
    lines += ["", f"In all {bytes_of(sent)} to send, at most: the Hub keeps one copy of large files."]
    return "\n".join([*lines, *_refused(plan, advised)])


def foreseen(plan: Plan, advised: Callable[[str], str] = str) -> Forecast:
    """The same for programs."""
    repositories = tuple(
        Foreseen(
            each.part.name,
            each.part.repository.id,
            each.tag,
            each.exists,
            each.is_private,
            each.tagged or "",
            each.main,
            _coming(each),
        )
        for each in plan.outlooks
    )
    refused = tuple(Refusal(str(each), advised(each.fix)) for each in plan.refused)
    bundle = plan.order.bundle
    return Forecast(bundle.recipe, bundle.version, bundle.digest, repositories, refused)


def bytes_of(size: int) -> str:
    """A size as people read it."""
    if size < 1000:
        return f"{size} B"
    figures = [(size / 1000**power, unit) for power, unit in ((1, "kB"), (2, "MB"), (3, "GB"))]
    value, unit = next((each for each in figures if each[0] < 999.5), figures[-1])
    return f"{value:.{0 if value >= 100 else 1}f} {unit}"


def _repository(each: Outlook) -> list[str]:
    facts = [
        (
            "visible",
            f"{'private' if each.is_private else 'public'}{'' if each.exists else ', made by this release'}",
        ),
        ("commit", _commit(each)),
        ("tag", f"{each.tag}{f' is at {each.tagged[:7]}' if each.tagged else ', free'}"),
        ("main", _MAIN.get(each.main, each.main if each.main != "moves" else f"moves to {each.part.tag}")),
    ]
    if each.part.name == "space" and each.main in ("moves", "is there"):
        facts.append(("asked", "for one text, once it runs that commit; named after it answered"))
    if each.beside:
        facts.append(("beside", f"{', '.join(each.beside)} stay as they are"))
    head = f"{each.part.name:<8} {each.part.repository.id}"
    return [head, *(f"  {name:<8} {told}" for name, told in facts), *_files(_coming(each))]


def _commit(each: Outlook) -> str:
    if each.tagged:
        return "none, it is published"
    count = {
        how: sum(change.how == how for change in each.changes)
        for how in ("new", "changed", "same", "removed")
    }
    told = ", ".join(f"{number} {how}" for how, number in count.items() if number)
    return f"“{each.part.note.title}”: {told}; {bytes_of(each.sent_bytes)} to send"


def _coming(each: Outlook) -> tuple[Change, ...]:
    """What becomes of its files; nothing if the version is out and `main` has gone on from it."""
    return () if each.tagged and each.main == "edited since" else each.changes


def _files(changes: Sequence[Change]) -> list[str]:
    width = max((len(each.path) for each in changes), default=0)
    return [f"    {each.how:<8} {each.path:<{width}}  {bytes_of(each.size):>9}" for each in changes]


def _refused(plan: Plan, advised: Callable[[str], str]) -> list[str]:
    if not plan.refused:
        return []
    told = [f"  {each}\n    Next:  {advised(each.fix)}" for each in plan.refused]
    return ["", "It would be refused:", *told]
