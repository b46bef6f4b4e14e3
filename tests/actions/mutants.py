"""The workflows with one thing wrong: each must be noticed."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from train.run import ROOT

PUBLISH, RELEASE, SPACE = (f"workflows/{name}.yml" for name in ("publish", "release", "space"))
CHECKED = "workflows/check.yml"
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
RELEASED = '        run: python -m train release "$RECIPE"\n'
PUBLISHING = "    name: Publish\n"
PUBLISHED_BY = "      - name: Publish dataset, adapter and Space\n"
JUDGED = '        run: python -m train evaluate "$RECIPE"\n'
JUDGING = "      - name: Judge the adapter\n"
CHECKED_OUT = "          path: caller\n          persist-credentials: false\n      - *setup"
LIMIT = "    timeout-minutes: 120\n    environment: hugging-face"
WRITER = "          HF_TOKEN: ${{ secrets.HF_TOKEN }}\n"
EXTRA = "  extra:\n    runs-on: ubuntu-24.04\n    timeout-minutes: 1\n    permissions: {}\n    if: false\n"
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
    Mutant("this machine judges always", RELEASE, "        if: inputs.trainer != 'hf-jobs'\n"),
    Mutant(
        "the judging Job outlives the run",
        RELEASE,
        '          python -m train evaluate "$RECIPE" --cancel --namespace "$NAMESPACE"\n',
    ),
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
    Mutant("the artifact of another run", TAKE, "        path:", "        run-id: 1\n        path:"),
    Mutant("artifacts by a pattern", TAKE, "        name: ${{ inputs.name }}", "        pattern: b*"),
    Mutant(
        "an artifact is written over", KEEP, "        retention", "        overwrite: true\n        retention"
    ),
    Mutant("a digest that differs is no error", TAKE, CHECK, CHECK.replace("\n", " || true\n")),
    Mutant("everything is kept", RELEASE, "folders: adapter evidence", "folders: ."),
    Mutant(
        "a secret for a whole job",
        RELEASE,
        PUBLISHING,
        PUBLISHING + "    env: {A: '${{ secrets.HF_TOKEN }}'}\n",
    ),
    Mutant(
        "a Hub for every job", RELEASE, "defaults:", "env: {HF_ENDPOINT: 'https://hub.example'}\ndefaults:"
    ),
    Mutant("a step may fail", RELEASE, JUDGING, JUDGING + "        continue-on-error: true\n"),
    Mutant("a job may fail", RELEASE, PUBLISHING, PUBLISHING + "    continue-on-error: true\n"),
    Mutant("a failing command passes", RELEASE, JUDGED, JUDGED.replace("\n", " || true\n")),
    Mutant("nobody judges", RELEASE, JUDGED, "        run: 'true'\n"),
    Mutant("commands are traced", RELEASE, RELEASED, RELEASED + "        shell: bash -x -e {0}\n"),
    Mutant("an option is added", RELEASE, RELEASED, RELEASED.replace("\n", " --anyway here\n")),
    Mutant("a step goes before", RELEASE, PUBLISHED_BY, "      - run: pip install ./caller\n" + PUBLISHED_BY),
    Mutant(
        "a step reads a secret",
        RELEASE,
        PUBLISHED_BY,
        "      - run: env\n        env:\n" + WRITER + PUBLISHED_BY,
    ),
    Mutant(
        "the identity's resource is another's",
        RELEASE,
        WRITER,
        WRITER + "          HF_OIDC_RESOURCE: zoe/other\n",
    ),
    Mutant(
        "an environment without its approval",
        RELEASE,
        "environment: hugging-face",
        "environment: hugging_face",
    ),
    Mutant(
        "what runs is not what was planned", RELEASE, "${{ needs.plan.outputs.commit }}", "${{ inputs.tag }}"
    ),
    Mutant("a branch named like a tag", RELEASE, "refs/tags/${{ inputs.tag }}", "${{ inputs.tag }}"),
    Mutant("Imprint from a branch", RELEASE, "${{ job.workflow_sha }}", "main"),
    Mutant("Imprint from the caller", RELEASE, "${{ job.workflow_repository }}", "${{ github.repository }}"),
    Mutant(
        "the demo's code from the version",
        SPACE,
        "        with:",
        "        with:\n          ref: ${{ inputs.version }}",
    ),
    Mutant("files of other repositories", RELEASE, CHECKED_OUT, "          submodules: true\n" + CHECKED_OUT),
    Mutant("main is what the tag says", RELEASE, "github.event.repository.default_branch", "github.ref_name"),
    Mutant("everything is private", RELEASE, "${{ github.event.repository.visibility }}", "private"),
    Mutant("the version of another input", RELEASE, "${{ needs.plan.outputs.version }}", "${{ inputs.tag }}"),
    Mutant("the tag of another input", PUBLISH, "tag: ${{ inputs.tag ||", "tag: ${{ inputs.recipe ||"),
    Mutant("a publication without an end", RELEASE, LIMIT, LIMIT.replace("120", "4320")),
    Mutant("a Python is not tried", CHECKED, '["3.12", "3.13"]', '["3.13"]'),
    Mutant("two machines publish", RELEASE, PUBLISHING, PUBLISHING + "    strategy: {matrix: {n: [1, 2]}}\n"),
    Mutant("an image of somebody", RELEASE, PUBLISHING, PUBLISHING + "    container: zoe/image\n"),
    Mutant("a job that is skipped", RELEASE, "  data:\n", EXTRA + "    steps: [{run: 'true'}]\n  data:\n"),
    Mutant("packages of another index", SETUP, "-e '.[sign]'", "-e '.[sign]' -i https://hub.example"),
    Mutant("a published release is changed", RELEASE, 'if [ "$draft" = true ]', "if true"),
    Mutant("the release makes the tag", RELEASE, " --verify-tag"),
    Mutant("an unknown key", RELEASE, "    timeout-minutes: 15\n", "    timeout-minute: 15\n"),
)
