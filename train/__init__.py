"""From a recipe to a released writer: prepare, tune, evaluate, bundle, release."""

import sys
from importlib.util import find_spec

if sys.version_info < (3, 11):  # noqa: UP036 (whoever has an older one should read a sentence)
    sys.exit("Error: Imprint needs Python 3.11 or newer.\nNext:  make setup PYTHON=/path/to/python3.11")
if find_spec("trl") is None:
    sys.exit(
        "Error: this Python does not have Imprint's packages.\nNext:  make setup && . .venv/bin/activate"
    )
