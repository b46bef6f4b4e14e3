"""The next command, as the person at the keyboard has to type it."""

import re

AGAIN = "IMPRINT_AGAIN"  # set by a rehearsal for the stages it starts: what its user typed
_STAGE = re.compile(r"python -m train (?P<verb>\w+) (?P<recipe>\S+)(?: --version (?P<version>\S+))?")


def advice(fix: str, recipe: str, again: str | None) -> str:
    """A stage's advice for a recipe given as a name or a path, alone or inside a rehearsal."""
    stage = _STAGE.fullmatch(fix)
    if stage is None:
        return fix
    if again is None:
        return fix.replace(f" {stage['recipe']}", f" {recipe}", 1)
    version = stage["version"] or ""
    flag = "VERSION=" if again.startswith("make ") else "--version "
    return again.format(verb=stage["verb"]) + (f" {flag}{version}" if version else "")
