"""The news service of a rehearsal: answers as MediaStack does, its pages and its refusals."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from train.rehearse import corpora

ADDRESS = "http://news.rehearsal/v1/news"  # the same on every port, so that recipes and pages are too
KEY = "rehearsal"  # what the environment of a rehearsal holds for a key
PAGE = 100
BUSY_AT = 200  # the offset that is refused the first time it is asked for


class _Service(ThreadingHTTPServer):
    daemon_threads = True
    busy = True


class _Handler(BaseHTTPRequestHandler):
    server: _Service

    def do_GET(self) -> None:
        """One page of news, or one of the service's errors."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        offset, limit = int(asked.get("offset", "0")), min(int(asked.get("limit", "25")), PAGE)
        if asked.get("access_key") != KEY:
            self._answer(401, _error("invalid_access_key", "You have not supplied a valid API Access Key."))
        elif offset == BUSY_AT and self.server.busy:
            self.server.busy = False
            self._answer(429, _error("rate_limit_reached", "You have exceeded the maximum rate limit."))
        else:
            self._answer(200, _page(offset, limit))

    def log_message(self, *_: object) -> None:
        """Say nothing: a request's line holds the key."""

    def _answer(self, status: int, body: object) -> None:
        data = json.dumps(body, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def _error(code: str, message: str) -> dict[str, object]:
    return {"error": {"code": code, "message": message}}


def _page(offset: int, limit: int) -> dict[str, object]:
    everything = corpora.news()
    found = everything[offset : offset + limit]
    place = {"limit": limit, "offset": offset, "count": len(found), "total": len(everything)}
    return {"pagination": place, "data": found}


@contextmanager
def running() -> Iterator[str]:
    """The service's address, for as long as the block lasts."""
    with _Service(("127.0.0.1", 0), _Handler) as service:
        thread = threading.Thread(target=service.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{service.server_port}/v1/news"
        service.shutdown()
