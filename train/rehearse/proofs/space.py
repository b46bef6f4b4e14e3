"""A stranger downloads a Space at a commit into a folder: REPO COMMIT FOLDER."""

import json
import sys

from huggingface_hub import snapshot_download

repo, commit, folder = sys.argv[1:]
snapshot_download(repo, repo_type="space", revision=commit, local_dir=folder)
print(json.dumps({"folder": folder}))
