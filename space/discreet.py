"""What is logged of a mistake: its kind and its place, never its words, which may be a visitor's."""

import logging
import sys
import traceback
from typing import Any

log = logging.getLogger(__name__)
QUOTING = ("root", "mcp")  # loggers of libraries that repeat what was sent


def note(error: BaseException) -> None:
    """Log a mistake."""
    log.error(_named(error))


def teach_libraries() -> None:
    """From now on, all that this process logs of mistakes is as discreet."""
    logging.setLogRecordFactory(_record)
    traceback.print_exc = _print_exc  # Gradio's way to log what a call of its interface broke


def _named(error: BaseException) -> str:
    place = traceback.extract_tb(error.__traceback__)[-1:]
    return f"{type(error).__name__} at {''.join(f'{at.filename}:{at.lineno}' for at in place)}"


def _record(*args: Any, **kwargs: Any) -> logging.LogRecord:
    record = logging.LogRecord(*args, **kwargs)
    error = record.exc_info[1] if record.exc_info else None
    if error or record.name.split(".")[0] in QUOTING:
        record.msg = _named(error) if error else f"{record.levelname} at {record.pathname}:{record.lineno}"
        record.args, record.exc_info = (), None
    return record


def _print_exc(*_: object, **__: object) -> None:
    error = sys.exception()
    if error:
        note(error)
