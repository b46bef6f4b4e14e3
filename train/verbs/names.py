"""The names of recipes, without reading them."""

from pathlib import Path

FOLDER = Path(__file__).parent.parent / "recipes"


def recipes() -> list[str]:
    """The recipes that ship: the folder is the registry."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))
