"""A stranger downloads the Space by its tag into a folder: REPO TAG FOLDER."""

import json
import sys

from huggingface_hub import snapshot_download

repo, tag, folder = sys.argv[1:]
snapshot_download(repo, repo_type="space", revision=tag, local_dir=folder)
print(json.dumps({"folder": folder}))
