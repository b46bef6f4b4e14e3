"""The Space: loads the release beside it, and serves its page and its service."""

import logging
import os
import signal
import sys
import warnings
from pathlib import Path
from threading import Event

import gradio as gr

import page
import release
import service
from page import look
from release import Release, ServingError

# Threads that wait by counting take the processor from those that have work, wherever it is shared.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # before torch and llama.cpp read it
EVERYWHERE = "0.0.0.0"  # noqa: S104 (inside Hugging Face's own container)
# It asks for an optional kernel package at every start; the built-in kernel it falls back to is right.
logging.getLogger("bitsandbytes.backends.cpu.ops").setLevel(logging.ERROR)
# peft's pinned version still uses a name that transformers' pinned version has renamed.
warnings.filterwarnings("ignore", "`is_gradient_checkpointing` is deprecated", FutureWarning)


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
    import studio  # seconds of imports, which a wrong release.json need not wait for

    opened = studio.opened(version)
    demo = page.build(opened)
    try:
        url = launch(demo)
        service.attach(demo.app, opened)
        print(f"Running on {url}", flush=True)
        Event().wait()
    except OSError as error:
        raise ServingError(f"The page cannot be opened: {error}") from error
    finally:
        opened.close()
        demo.close(verbose=False)


def launch(demo: gr.Blocks) -> str:
    """The address where the page is now open; it takes no files, shows no tracebacks, asks no other host."""
    public = "SPACE_ID" in os.environ
    _, url, _ = demo.launch(
        server_name=os.environ.get("GRADIO_SERVER_NAME", EVERYWHERE if public else "127.0.0.1"),
        prevent_thread_lock=True,
        quiet=True,
        show_error=False,
        strict_cors=True,
        ssr_mode=False,
        run_history=False,
        max_file_size="1kb",
        mcp_server=True,
        footer_links=["api"],
        theme=look.THEME,
        css=look.CSS,
        head=look.HEAD,
    )
    return url.rstrip("/")


if __name__ == "__main__":
    sys.exit(main())
