"""`release`: from the bundle to one version of three repositories, never to a part of one.

Each step is a barrier: all is looked at before anything is written, staged and read back before anything
is tagged, tagged before any `main` moves, and the Space goes last. What is done already is read from the
Hub, so a release that was killed goes on from there, on any machine.
"""

from huggingface_hub import HfApi

from train.patience import explained
from train.recipe import Recipe
from train.release.order import Order, read
from train.release.part import drop_staging, move_main, open_repository, stage, tag
from train.release.plan import Plan, look
from train.release.report import Published, Release
from train.release.serving import go_live
from train.release.standing import Standing
from train.run import Run, as_json, write_text


def release(recipe: Recipe, run: Run, api: HfApi, version: str = "") -> Release:
    """Publish the bundle as one version; of a version that is published already, find that it is so."""
    result = carried_out(read(recipe, run, api, version))
    write_text(run.folder / "release.json", as_json(result))
    return result


def carried_out(order: Order) -> Release:
    """The version as the Hub holds it, after all that was still to be done for it."""
    endpoint, again = order.space.repository.api.endpoint, f"python -m train release {order.bundle.recipe}"
    standing = Standing((*order.parts, order.space))
    with standing.told(), explained(endpoint, again=again):
        plan = look(order)
        plan.check()
        return _publish(order, plan, standing)


def planned(recipe: Recipe, run: Run, api: HfApi, version: str = "") -> Plan:
    """What `release` would do now; nothing is written."""
    order = read(recipe, run, api, version)
    with explained(api.endpoint, again=f"python -m train release {recipe.name} --dry-run"):
        return look(order)


def _publish(order: Order, plan: Plan, standing: Standing) -> Release:
    known = {each.part.name: each.tagged for each in plan.outlooks}
    for part in order.parts:
        standing.found(part, "tagged" if known[part.name] else "nothing")
    for part in order.parts if order.is_prerelease else (*order.parts, order.space):
        open_repository(part, order.bundle.publish.private)
    staged = [known[part.name] or stage(part) for part in order.parts]
    tagged = []
    for part, commit in zip(order.parts, staged, strict=True):
        tagged.append(tag(part, commit))
        standing.found(part, "tagged")
    live, not_asked = (None, "") if order.is_prerelease else _go_live(order, tagged, standing)
    for part in order.parts:
        drop_staging(part, surely=not known[part.name])
    places = [Published(part.repository.id, commit) for part, commit in zip(order.parts, tagged, strict=True)]
    bundle = order.bundle
    return Release(
        bundle.recipe, bundle.version, bundle.digest, places[0], places[1], live, bundle.anyway, not_asked
    )


def _go_live(order: Order, tagged: list[str], standing: Standing) -> tuple[Published | None, str]:
    for part in order.parts:
        move_main(part)
        standing.found(part, "whole")
    served = go_live(order.demo(*tagged))
    standing.found(order.space, "whole")
    if served is None:
        return None, ""
    return Published(order.space.repository.id, served.commit), served.not_asked
