"""The next command, as the person at the keyboard has to type it."""

import re
import shlex
from collections.abc import Sequence

AGAIN = "IMPRINT_AGAIN"  # set by a rehearsal for the stages it starts: what its user typed
_WORD = r"""(?:'[^']*'|"[^"]*"|[^\s'"])+"""  # of a shell
_STAGE = re.compile(
    rf"(?P<run>(python|accelerate launch .*) -m train) (?P<verb>\w+) (?P<recipe>(?!-){_WORD})"
    rf"(?P<options>( --\w+ (?!--){_WORD})*)"
)


def advice(fix: str, recipe: str, again: str | None, typed: Sequence[str] = ()) -> str:
    """A stage's advice for a recipe given as a name or a path with options, alone or inside a rehearsal."""
    stage = _STAGE.fullmatch(fix)
    if stage is None:
        return fix
    recipe = shlex.quote(recipe) if recipe else stage["recipe"]  # of a verb that takes something else
    options = shlex.join(_together(typed, shlex.split(stage["options"])))
    if again is None:
        return f"{stage['run']} {stage['verb']} {recipe} {options}".rstrip()
    if not again.startswith("make "):
        return f"{again.format(verb=stage['verb'])} {options}".rstrip()
    if not options or options.startswith("--version "):
        return f"{again} {options.replace('--version ', 'VERSION=')}".rstrip()
    return f"python -m train {stage['verb']} {again.rpartition('=')[2]} --samples {options}"


def _together(typed: Sequence[str], more: Sequence[str]) -> list[str]:
    """The options that were typed, with others that take the place of the same ones."""
    words = [part for word in typed for part in (word.split("=", 1) if word.startswith("--") else [word])]
    wanted = dict(zip(words[::2], words[1::2], strict=False)) | dict(zip(more[::2], more[1::2], strict=False))
    return [word for pair in wanted.items() for word in pair]
