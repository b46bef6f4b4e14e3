"""Every verb, in groups, with the module that has its page, its arguments and its act."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Verb:
    """A verb as the main help lists it; its module has `PAGE`, `add_arguments` and `run`."""

    name: str
    told: str
    module: str


GROUPS: dict[str, tuple[Verb, ...]] = {
    "making a version, stage by stage": (
        Verb("new", "a recipe of your own: four questions, and a file that works", "train.new.cli"),
        Verb("prepare", "clean the recipe's sources into rows", "train.verbs.prepare"),
        Verb("tune", "train the adapter", "train.verbs.tune"),
        Verb("evaluate", "judge the adapter beside its base", "train.verbs.evaluate"),
        Verb("bundle", "put together exactly the files of one version", "train.verbs.bundle"),
        Verb("release", "publish the bundle: dataset, adapter, Space", "train.verbs.release"),
    ),
    "at home, where nothing leaves this machine": (
        Verb("rehearse", "a whole release against the embedded Hub", "train.verbs.rehearse"),
        Verb("space", "open the demo on the rehearsed version", "train.verbs.space"),
        Verb("hub", "serve the embedded Hub", "train.rehearse.hub.cli"),
        Verb("card", "show the cards of the bundled version", "train.preview"),
        Verb("check-card", "everything wrong with a card, anybody's", "train.check_card"),
        Verb("gguf", "convert a base for llama.cpp", "train.tune.gguf.cli"),
    ),
    "looking after what is published": (
        Verb(
            "setup", "once: make the repositories, and say what only you can click", "train.release.setup.cli"
        ),
        Verb("sign", "sign the bundle before it is released", "train.release.published.sign"),
        Verb("promote", "make a version public", "train.release.published.promote"),
        Verb(
            "rollback", "put main and the Space to the last good version", "train.release.published.rollback"
        ),
        Verb("yank", "withdraw a version, and say why", "train.release.published.yank"),
        Verb("verify", "is a version what was released? anybody's", "train.release.published.verify"),
        Verb("diff", "what changed between two versions", "train.release.published.diff.cli"),
        Verb("doctor", "why does this adapter misbehave? anybody's", "train.release.doctor.cli"),
    ),
    "for the release workflow": (
        Verb("plan", "check a git tag, and say what will be released", "train.release.pipeline.plan"),
        Verb("fetch", "take an adapter that was trained elsewhere", "train.release.pipeline.fetch"),
        Verb("summary", "a bundle and its figures, as Markdown", "train.release.pipeline.summary"),
    ),
    "for your shell": (
        Verb("completion", "what completes these words in bash, zsh and fish", "train.verbs.completion"),
    ),
}
SEED = Verb("seed", "a rehearsal's own first step", "train.verbs.seed")  # not listed


def listed() -> tuple[Verb, ...]:
    """The verbs that people see."""
    return tuple(verb for group in GROUPS.values() for verb in group)


def every() -> tuple[Verb, ...]:
    """All verbs."""
    return (*listed(), SEED)
