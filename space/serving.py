"""The page and the service of a release, in one process."""

import os
import time
from threading import Event

import gradio as gr
from gradio.exceptions import ServerFailedToStartError
from gradio.http_server import Server

import discreet
import guard
import page
import service
from door import Door
from line import Line
from orders import Studio
from page import look
from rates import Rates
from release import ServingError

SESSIONS = 128  # that Gradio remembers, at 0.3 MB each; the page keeps nothing there that could be lost
LAST_WORDS_S = 0.5  # for all whose texts end here to hear of it
NAP_S = 0.02  # between two looks whether anybody asks; Gradio's thousand a second took 5 % of a processor
EVERYWHERE = "0.0.0.0"  # noqa: S104 (inside Hugging Face's own container)
_run_in_thread = Server.run_in_thread


def serve(studio: Studio) -> None:
    """Open the page of a studio's writers; ends with the process, and closes the studio."""
    discreet.teach_libraries()
    door = Door(studio, Rates.of(os.environ))
    demo = page.build(door)
    try:
        url = launch(demo, door)
        service.attach(demo.app, studio, door.rates)
        print(f"Running on {url}", flush=True)
        Event().wait()
    except OSError as error:
        raise ServingError(f"The page cannot be opened: {error}") from error
    finally:
        studio.close()
        time.sleep(LAST_WORDS_S)
        demo.close(verbose=False)


def run_in_thread(server: Server) -> None:
    """Start a server, however long it takes: after five seconds Gradio would try the next port."""
    try:
        _run_in_thread(server)  # type: ignore[no-untyped-call]
    except ServerFailedToStartError:
        while server.thread.is_alive() and not server.started:
            time.sleep(NAP_S)
        if not server.started:
            raise


def launch(demo: gr.Blocks, door: Door) -> str:
    """The address where the page is now open; it takes no files, shows no tracebacks, asks no other host."""
    public = "SPACE_ID" in os.environ
    Server.run_in_thread = run_in_thread  # type: ignore[method-assign]
    _, url, _ = demo.launch(
        server_name=os.environ.get("GRADIO_SERVER_NAME", EVERYWHERE if public else "127.0.0.1"),
        prevent_thread_lock=True,
        quiet=True,
        show_error=False,
        strict_cors=True,
        ssr_mode=False,
        run_history=False,
        enable_monitoring=False,
        state_session_capacity=SESSIONS,
        max_threads=2 * page.AT_ONCE,  # each text that waits looks up now and then
        app_kwargs={"middleware": guard.middleware()},
        max_file_size="1kb",
        mcp_server=True,
        footer_links=["api"],
        _frontend=False,  # or Gradio asks its own page, and gives up where the answer takes three seconds
        theme=look.THEME,
        css=look.CSS,
        head=look.HEAD,
    )
    demo._queue.sleep_when_free = demo._queue.progress_update_sleep_when_free = NAP_S
    demo.server.config.http_protocol_class = Line
    door.watch(demo.app)
    return url.rstrip("/")
