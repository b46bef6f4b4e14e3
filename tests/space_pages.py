"""Spaces for the tests of the Hub: published, asked, deleted; run in the process of a client."""

from __future__ import annotations

import urllib.request
from collections.abc import Mapping

from huggingface_hub import CommitOperationAdd, HfApi

from tests.waiting import PATIENCE_S, wait_for

README = "---\ntitle: {title}\nemoji: 📝\ncolorFrom: blue\ncolorTo: gray\nsdk: {sdk}\n---\n"
# Answers with one variable of its environment; far quicker to start than gradio.
APP = """\
import http.server
import os


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        name = self.path.strip("/")
        self.send_response(200)
        self.end_headers()
        self.wfile.write(os.environ.get(name, "{default}").encode())

    def log_message(self, *_):
        pass


print("opening", os.environ["SPACE_ID"])
port = int(os.environ["GRADIO_SERVER_PORT"])
http.server.ThreadingHTTPServer(("127.0.0.1", port), Page).serve_forever()
"""


def publish(space: str, files: Mapping[str, str], sdk: str = "gradio") -> str:
    """Commit the files and wait until the runtime shows that commit, in whatever final stage."""
    api = HfApi()
    api.create_repo(space, repo_type="space", space_sdk=sdk, exist_ok=True)
    whole = {"README.md": README.format(title="A page", sdk=sdk), **files}
    operations = [CommitOperationAdd(path, text.encode()) for path, text in whole.items()]
    info = api.create_commit(space, operations, commit_message="Publish", repo_type="space")
    return settle(space, info.oid)


def settle(space: str, commit: str) -> str:
    def stage() -> str:
        runtime = HfApi().wait_for_space(space, timeout=PATIENCE_S, poll_interval=0.05)
        return str(runtime.stage) if runtime.raw.get("sha") == commit else ""

    return wait_for(stage)


def ask(space: str, path: str = "") -> str:
    with urllib.request.urlopen(f"{host_of(space)}/{path}", timeout=PATIENCE_S) as answer:
        return str(answer.read().decode())


def log_of(space: str, build: bool = False) -> list[str]:
    return list(HfApi().fetch_space_logs(space, build=build))


def delete(space: str) -> str:
    host = host_of(space)
    delete_if_there(space)
    return host


def delete_if_there(space: str) -> None:
    HfApi().delete_repo(space, repo_type="space", missing_ok=True)


def host_of(space: str) -> str:
    return str(HfApi().space_info(space).host)
