"""A dataset in; an adapter with the prompt it was trained on out.

tune         the stage: its key, its rows, its report (report); trainer is the edge where TRL is
before       options (declared, renamed, promises), the base (model, checks, papers), --plan (plan, planning, needs)
what is seen prompt, lessons (rows as tokens), documents (attention in packed rows)
on the way   loop, judging, progress, cost; checkpoints, keeper and mishaps if it is stopped; ranks: many processes
what is left saving, decoding, served (what servers ask of an adapter), gguf/ (for llama.cpp)
accelerate/  configurations for `accelerate launch`
"""

import logging

# It looks for an optional kernel package at every start and warns; the built-in kernel is right.
logging.getLogger("bitsandbytes.backends.cpu.ops").setLevel(logging.ERROR)
