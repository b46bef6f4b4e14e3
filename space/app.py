"""The Space: loads the release beside it, serves one page and one endpoint, `/write`."""

import logging
import os
import signal
import sys
import warnings
from pathlib import Path
from threading import Event

import gradio as gr

import look
import page
import release
from release import Release, ServingError

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
    """Load the release's writer and open its page; ends with the process."""
    served = version.writers[0]
    print(f"Loading {served.base} with {served.adapter} {served.version} ...", flush=True)
    import writer  # seconds of imports, which a wrong release.json need not wait for

    loaded = writer.load(served)
    demo = page.build(version, loaded.form, writer.on_lent_gpu(loaded.write))
    try:
        print(f"Running on {launch(demo)}", flush=True)
        Event().wait()
    except OSError as error:
        raise ServingError(f"The page cannot be opened: {error}") from error
    finally:
        loaded.stop()
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
        footer_links=["api"],
        theme=look.THEME,
        css=look.CSS,
        head=look.HEAD,
    )
    return url.rstrip("/")


if __name__ == "__main__":
    sys.exit(main())
