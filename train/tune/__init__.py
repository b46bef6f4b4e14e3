"""A dataset in; an adapter with the prompt it was trained on out."""

import logging

# It looks for an optional kernel package at every start and warns; the built-in kernel is right.
logging.getLogger("bitsandbytes.backends.cpu.ops").setLevel(logging.ERROR)
