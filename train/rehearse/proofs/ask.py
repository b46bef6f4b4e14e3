"""A stranger asks a running Space for texts, once it is ready: URL WRITERS (JSON: writer -> its requests)."""

import json
import sys
import time
from urllib.error import HTTPError
from urllib.request import urlopen

from gradio_client import Client

url, asked = sys.argv[1:]


def state() -> str:
    """`loading`, `ready` or `failed`."""
    try:
        answer = urlopen(f"{url}/health", timeout=30)
    except HTTPError as error:  # it answers with an error's status as long as it is not ready
        answer = error
    return str(json.load(answer)["state"])


while state() == "loading":
    time.sleep(0.1)
space = Client(url, verbose=False)
offers = space.view_api(return_format="dict")["named_endpoints"]
written = {}
for writer, requests in json.loads(asked).items():
    name = f"/write_{writer}"  # where several are served
    endpoint = name if name in offers else "/write"
    written[writer] = [space.predict(*request, api_name=endpoint) for request in requests]
print(json.dumps(written))
