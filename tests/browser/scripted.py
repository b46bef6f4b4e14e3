"""The Space's page with a text known in advance instead of a model. Run beside the Space's files."""

import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import app
import form
import page
import release
from form import Asked

PAUSE_S = 0.02


def write(asked: Asked) -> Iterator[str]:
    """The text beside this script, word by word, under the title that was asked for."""
    words = f"# {asked['title']}\n\n{Path('text.md').read_text()}".split(" ")
    try:
        for count in range(1, len(words) + 1):
            time.sleep(PAUSE_S)
            yield " ".join(words[:count])
    except GeneratorExit:
        print("stopped", flush=True)
        raise
    print("finished", flush=True)


if __name__ == "__main__":
    demo = page.build(release.read(Path("release.json")), form.read(Path("writer.json")), write)
    print(f"Running on {app.launch(demo)}", flush=True)
    Event().wait()
