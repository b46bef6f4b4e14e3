"""The Space: reads the release beside it, and serves its page and its service."""

import logging
import os
import signal
import sys
import time
import warnings
from pathlib import Path

import release
from orders import Studio
from release import Release, ServingError

AGAIN_S = 5.0  # from one attempt to reach the Hub to the next
# Threads that wait sleep after a tenth of a millisecond: those that count for longer take the processor from
# others, and those that sleep at once wake too late, a thousand times for each token.
os.environ.setdefault("GOMP_SPINCOUNT", "20000")  # before torch and llama.cpp read it
# It asks for an optional kernel package at every start; the built-in kernel it falls back to is right.
logging.getLogger("bitsandbytes.backends.cpu.ops").setLevel(logging.ERROR)
# peft's pinned version still uses a name that transformers' pinned version has renamed.
warnings.filterwarnings("ignore", "`is_gradient_checkpointing` is deprecated", FutureWarning)
# FastAPI silences this about its own fields, but not for good while another thread imports torch.
warnings.filterwarnings("ignore", "The 'alias' attribute with value 'body'", UserWarning)


def main() -> int:
    """Serve until told to stop; 1 if this release cannot be served."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        serve(release.read(Path(__file__).with_name("release.json")))
    except ServingError as refused:
        print(refused, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


def serve(version: Release) -> None:
    """Load the release's writers and open their page; ends with the process."""
    studio = opened(version)
    import serving  # seconds of imports, which nothing that is wrong before need wait for

    serving.serve(studio)


def opened(version: Release) -> Studio:
    """The writers; on Hugging Face, where nobody would start it again, once a Hub that is away is back."""
    import hub
    import studio

    while True:
        try:
            return studio.opened(version)
        except hub.UnreachableError as error:
            if "SPACE_ID" not in os.environ:
                raise
            print(error, file=sys.stderr, flush=True)
            time.sleep(AGAIN_S)


if __name__ == "__main__":
    sys.exit(main())
