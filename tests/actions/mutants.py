"""The workflows with one thing wrong: each must be noticed."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from train.run import ROOT

PUBLISH, RELEASE, SPACE = (f"workflows/{name}.yml" for name in ("publish", "release", "space"))
KEEP, SETUP, TAKE = (f"actions/{name}/action.yml" for name in ("keep", "setup", "take"))
CHECKOUT = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1"


@dataclass(frozen=True)
class Mutant:
    """One place in one file, and what stands there instead."""

    name: str
    file: str
    old: str
    new: str = ""

    def made(self, folder: Path) -> Path:
        """The `.github` folder with it."""
        github = folder / ".github"
        shutil.copytree(ROOT / ".github", github)
        text = (github / self.file).read_text()
        assert self.old in text, f"{self.name}: nothing to change in {self.file}"
        (github / self.file).write_text(text.replace(self.old, self.new, 1))
        return github


IDENTITY = "      id-token: write  # exchanged for one token a repository\n"
ENVIRONMENT = "    environment: hugging-face  # a person approves; the Hub trusts this environment alone\n"
CHECK = '        sha256sum --check --strict <<< "$DIGEST  $NAME.tar"\n'
SECRETS = "".join(
    ["    secrets:  # none is needed; each is kept in an environment, whose own value wins\n"]
    + [
        f"      {name}: ${{{{ secrets.{name} }}}}\n"
        for name in ("HF_JOBS_TOKEN", "HF_READ_TOKEN", "HF_TOKEN", "MEDIASTACK_KEY")
    ]
)
READS = "    permissions:\n      contents: read\n    outputs:\n      digest"
KEPT = "          name: {}\n          run: ${{{{ needs.plan.outputs.name }}}}\n          folders"
LATE = CHECK + '        mkdir -p "$GITHUB_WORKSPACE/runs/$RUN"\n        tar'
BEFORE = '        mkdir -p "$GITHUB_WORKSPACE/runs/$RUN"\n        tar --extract --file "$NAME.tar"\n'
GROUP = "concurrency:\n  group: publish\n\ndefaults:"
CACHE = 'python-version: "3.11"\n        cache: pip'
MUTANTS = (
    Mutant("publish has no identity", RELEASE, IDENTITY),
    Mutant("publish needs no approval", RELEASE, ENVIRONMENT),
    Mutant("the demo moves without approval", SPACE, ENVIRONMENT),
    Mutant("the caller grants no identity", PUBLISH, "      id-token: write  # bundle, publish\n"),
    Mutant("train may write", RELEASE, READS, READS.replace("read", "write")),
    Mutant("every job may read", RELEASE, "permissions: {}", "permissions: read-all"),
    Mutant(
        "announce holds an identity",
        RELEASE,
        "      contents: write  #",
        "      id-token: write  # x\n      contents: write  #",
    ),
    Mutant("publish does not wait for bundle", RELEASE, "needs: [plan, bundle]\n", "needs: [plan]\n"),
    Mutant("train does not wait for data", RELEASE, "needs: [plan, data]\n", "needs: plan\n"),
    Mutant(
        "announce does not wait for publish",
        RELEASE,
        "needs: [plan, bundle, publish]",
        "needs: [plan, bundle]",
    ),
    Mutant("an output is misspelt", RELEASE, "needs.bundle.outputs.digest", "needs.bundle.outputs.digets"),
    Mutant(
        "an output is another step's",
        RELEASE,
        "${{ steps.keep.outputs.digest }}",
        "${{ steps.kept.outputs.digest }}",
    ),
    Mutant(
        "another job's digest",
        RELEASE,
        "digest: ${{ needs.train.outputs.digest }}",
        "digest: ${{ needs.data.outputs.digest }}",
    ),
    Mutant("the artifact has another name", RELEASE, KEPT.format("bundle"), KEPT.format("bundles")),
    Mutant("the artifact is taken by another name", TAKE, "name: ${{ inputs.name }}", "name: artifact"),
    Mutant("the digest is not checked", TAKE, CHECK),
    Mutant("the digest is checked afterwards", TAKE, LATE, BEFORE + LATE),
    Mutant("nothing to keep is no error", KEEP, "        if-no-files-found: error\n"),
    Mutant("artifacts stay for months", KEEP, "        retention-days: 7\n"),
    Mutant("the Job trains always", RELEASE, "        if: inputs.trainer == 'hf-jobs'\n"),
    Mutant("this machine trains always", RELEASE, "        if: inputs.trainer == 'self-hosted'\n"),
    Mutant("the Job outlives the run", RELEASE, "if: cancelled() && inputs", "if: failure() && inputs"),
    Mutant(
        "publish goes on after a failure",
        RELEASE,
        "    name: Publish\n",
        "    name: Publish\n    if: always()\n",
    ),
    Mutant("the tag stands in a script", RELEASE, 'plan "$TAG"', 'plan "${{ inputs.tag }}"'),
    Mutant("the tag is not quoted", RELEASE, 'plan "$TAG"', "plan $TAG"),
    Mutant("a variable is misspelt", RELEASE, 'train release "$RECIPE"', 'train release "$RECIPIE"'),
    Mutant("an action is not pinned", RELEASE, CHECKOUT, "actions/checkout@v7"),
    Mutant("a pin does not say its version", RELEASE, f"{CHECKOUT} # v7.0.1", CHECKOUT),
    Mutant("the token stays in the workspace", RELEASE, "          persist-credentials: false\n"),
    Mutant("every secret is handed on", PUBLISH, SECRETS, "    secrets: inherit\n"),
    Mutant("training sees the token that writes", RELEASE, "secrets.HF_READ_TOKEN", "secrets.HF_TOKEN"),
    Mutant("two releases at once", PUBLISH, "  queue: max\n"),
    Mutant(
        "a release is cut off by the next", PUBLISH, "cancel-in-progress: false", "cancel-in-progress: true"
    ),
    Mutant("the demo moves beside a release", SPACE, "group: publish", "group: space"),
    Mutant("a called workflow waits for its caller", RELEASE, "defaults:", GROUP),
    Mutant("pull requests publish", PUBLISH, "on:\n", "on:\n  pull_request:\n"),
    Mutant("any tag publishes", PUBLISH, '["v*", "*-v*"]', '["*"]'),
    Mutant("the runner is another", RELEASE, "runs-on: ubuntu-24.04", "runs-on: self-hosted"),
    Mutant("packages come from a cache", SETUP, 'python-version: "3.11"', CACHE),
    Mutant("packages are not pinned", SETUP, " -c constraints.txt"),
    Mutant("a failing command in a pipe passes", RELEASE, "defaults:\n  run:\n    shell: bash\n\n"),
    Mutant("an unknown key", RELEASE, "    timeout-minutes: 15\n", "    timeout-minute: 15\n"),
)
