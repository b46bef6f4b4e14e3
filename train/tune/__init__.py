"""A dataset in; an adapter with the prompt it was trained on out.

tune          the stage, and what it writes (report); trainer is the edge where TRL is
options       what TRL takes: declared, renamed, promises
model         the base: checks, papers
plan          what a training will take: planning, needs
prompt        what is learned and served alike: lessons, documents (packed rows), decoding
loop          the training: judging, progress, cost; ranks if several processes do it
checkpoints   a training that was stopped: keeper, mishaps
saving        the adapter: served (what servers ask of it), gguf/ (the same for llama.cpp)
accelerate/   configurations for `accelerate launch`
"""

import logging

# It looks for an optional kernel package at every start and warns; the built-in kernel is right.
logging.getLogger("bitsandbytes.backends.cpu.ops").setLevel(logging.ERROR)
