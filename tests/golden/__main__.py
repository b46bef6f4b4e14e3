"""Write the golden cards anew and show what changed: python -m tests.golden."""

import difflib

from tests.golden.writers import FOLDER, cards

if __name__ == "__main__":
    for name, card in cards().items():
        path = FOLDER / name
        path.parent.mkdir(exist_ok=True)
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        lines = difflib.unified_diff(before.splitlines(True), card.splitlines(True), name, name)
        print("".join(lines), end="")
        path.write_text(card, encoding="utf-8")
