"""Write the golden cards anew and show what changed: python -m tests.golden.renew."""

import difflib

from tests.golden.facts import FOLDER, cards

if __name__ == "__main__":
    for name, card in cards().items():
        path = FOLDER / name
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        print(
            "".join(difflib.unified_diff(before.splitlines(True), card.splitlines(True), name, name)), end=""
        )
        path.write_text(card, encoding="utf-8")
