"""A stranger asks a running Space for one text, once it is ready: URL REQUEST (a JSON list of its inputs)."""

import json
import sys
import time
from urllib.error import HTTPError
from urllib.request import urlopen

from gradio_client import Client

url, request = sys.argv[1:]


def state() -> str:
    """`loading`, `ready` or `failed`."""
    try:
        answer = urlopen(f"{url}/health", timeout=30)
    except HTTPError as error:  # it answers with an error's status as long as it is not ready
        answer = error
    return str(json.load(answer)["state"])


while state() == "loading":
    time.sleep(0.1)
text = Client(url, verbose=False).predict(*json.loads(request), api_name="/write")
print(json.dumps({"text": text}))
