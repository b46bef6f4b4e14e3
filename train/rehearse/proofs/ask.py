"""A stranger asks a running Space for one text: URL REQUEST (a JSON list of its inputs)."""

import json
import sys

from gradio_client import Client

url, request = sys.argv[1:]
text = Client(url, verbose=False).predict(*json.loads(request), api_name="/write")
print(json.dumps({"text": text}))
