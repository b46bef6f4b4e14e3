"""Small Spaces that answer as gradio's interface does, or fail to; each serves the release beside it."""

from dataclasses import replace

from huggingface_hub import HfApi

from tests.bundles import Candidate
from train.release.order import Order, read
from train.release.payload import text_file

# Starts in a tenth of a second; speaks the HTTP interface of gradio's `/write`, and the Space's `/version`.
ANSWERING = """\
import http.server
import json
import os
import pathlib

PINS = pathlib.Path("release.json").read_text()
TAKES = [{"parameter_name": "title"}, {"parameter_name": "words"}]
INFO = {"named_endpoints": {"/write": {"parameters": TAKES}}}
ASKED = []


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path.startswith("/gradio_api/call/write/"):
            return self.answer("event: heartbeat\\ndata: null\\n\\n" + WRITTEN())
        answers = {"/gradio_api/info": json.dumps(INFO), "/version": PINS, "/": "here"}
        self.answer(answers.get(self.path, ""), 200 if self.path in answers else 404)

    def do_POST(self):
        ASKED.append(json.loads(self.rfile.read(int(self.headers["content-length"])))["data"])
        self.answer(json.dumps({"event_id": "1"}))

    def answer(self, text, status=200):
        self.send_response(status)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass


def WRITTEN():
    title, words = ASKED[-1]
    return "event: complete\\ndata: " + json.dumps([f"# {title}\\n\\nIn {words} words."]) + "\\n\\n"


port = int(os.environ["GRADIO_SERVER_PORT"])
http.server.ThreadingHTTPServer(("127.0.0.1", port), Page).serve_forever()
"""
DYING = "raise SystemExit('the base does not fit into memory')\n"
SILENT = ANSWERING.replace('"event: complete\\ndata: " + json', '"event: error\\ndata: null" or json')
LOADING = ANSWERING.replace(
    "    title, words = ASKED[-1]\n",
    """    if len(ASKED) == 1:
        return "event: error\\ndata: " + json.dumps({"error": "loading: Loading the base ..."}) + "\\n\\n"
    title, words = ASKED[-1]
""",
)
OPENING = ANSWERING.replace(
    "        answers = {",
    """        seen = ASKED and self.path == "/health"
        if self.path == "/gradio_api/info" and not ASKED:
            ASKED.append(())
            return self.answer("", 404)
        answers = {"/health": "{}"} if seen else {""",
)
CARD = (
    "---\ntitle: A page\nemoji: 📝\ncolorFrom: blue\ncolorTo: gray\nsdk: gradio\nsdk_version: 6.31.0\n---\n"
)


def order(made: Candidate, api: HfApi, app: str, space: str = "") -> Order:
    """A candidate whose Space is this program, perhaps in another Space than its own."""
    whole = read(made.recipe, made.run, api)
    files = {"README.md": text_file(CARD), "app.py": text_file(app)}
    repository = replace(whole.space.repository, id=space or whole.space.repository.id)
    return replace(whole, space=replace(whole.space, files=files, repository=repository))


def named_as(whole: Order, name: str) -> Order:
    """The same version as that of another recipe."""
    note = replace(whole.space.note, release_id=f"{name}-{whole.bundle.version}")
    return replace(
        whole,
        bundle=replace(whole.bundle, recipe=name),
        parts=(replace(whole.parts[0], recipe=name), replace(whole.parts[1], recipe=name)),
        space=replace(whole.space, recipe=name, note=note),
        writer=replace(whole.writer, name=name),
    )


def moved(whole: Order, name: str) -> Order:
    """The same version for other repositories."""
    publish = replace(
        whole.bundle.publish,
        dataset=f"rehearsal/{name}-data",
        adapter=f"rehearsal/{name}-writer",
        space=f"rehearsal/{name}-space",
    )
    parts = [
        replace(part, repository=replace(part.repository, id=repo))
        for part, repo in zip((*whole.parts, whole.space), publish.repositories, strict=True)
    ]
    bundle = replace(whole.bundle, publish=publish)
    return replace(whole, bundle=bundle, parts=(parts[0], parts[1]), space=parts[2])
