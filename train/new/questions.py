"""Questions on a terminal; what was said on the command line is not asked again."""

import sys
from collections.abc import Callable, Mapping

from train.errors import ImprintError, nearest
from train.verbs.voice import aloud


def choose(what: str, choices: Mapping[str, str], default: str) -> str:
    """One of the choices, by its name or its number; Enter takes the default."""
    lines = [f"  {number}. {name:<8}  {told}" for number, (name, told) in enumerate(choices.items(), 1)]
    print("\n".join([f"\n{what}", *lines]), file=aloud())
    names = list(choices)
    numbered = {str(number): name for number, name in enumerate(names, 1)}

    def known(said: str) -> str:
        picked = numbered.get(said, said)
        if picked not in choices:
            raise ValueError(f"{said!r} is none of them.{nearest(said, names)}")
        return picked

    return ask(f"one of these [{default}]", default, known)


def ask(what: str, default: str, known: Callable[[str], str] = str) -> str:
    """What a person types, asked until it can be used."""
    while True:
        print(f"{what}: ", end="", file=aloud(), flush=True)
        line = sys.stdin.readline()
        if not line:
            raise ImprintError("Nobody is here to answer.", fix="python -m train new --help")
        said = line.strip() or default
        try:
            return known(said)
        except (ValueError, ImprintError) as flaw:
            print(f"  {flaw}", file=aloud())
