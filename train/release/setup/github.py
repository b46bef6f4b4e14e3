"""What GitHub has to be told, as commands and addresses: only its owner may say it."""

import re
from dataclasses import dataclass

PUBLISH, JOBS = "hugging-face", "hf-jobs"  # environments; `.github/workflows/release.yml` names them
WORKFLOW = "release.yml"
TAGS = ("v*", "*-v*")
_REMOTE = re.compile(r"(?:https://|ssh://git@|git@)github\.com[:/](?P<name>[\w.-]+/[\w.-]+?)(?:\.git)?/?")


@dataclass(frozen=True)
class Task:
    """Something that only a person can do: what it is for, and what to type or fill in."""

    what: str
    lines: tuple[str, ...]


def repository(remote: str) -> str:
    """OWNER/NAME on GitHub of a git remote's address; empty if it is elsewhere."""
    found = _REMOTE.fullmatch(remote.strip())
    return found["name"] if found else ""


def trusted(pages: list[str], repo: str) -> Task:
    """Let the workflow, and nobody else, write to the repositories on the Hub: no token is stored."""
    return Task(
        "On the Hub, let the workflow publish without a stored token. On each of",
        (
            *(f"  {page}/settings" for page in pages),
            "add a trusted publisher, GitHub Actions, with write access:",
            f"  repository   {repo}",
            f"  environment  {PUBLISH}",
        ),
    )


def approval(repo: str) -> Task:
    """An environment in which a person says yes before anything is published."""
    path = f"repos/{repo}/environments/{PUBLISH}"
    return Task(
        "On GitHub, have a person approve each release, and let only tags and main come that far:",
        (
            f"  gh api -X PUT {path} \\",
            '    -F "reviewers[][type]=User" -F "reviewers[][id]=$(gh api user --jq .id)" \\',
            '    -F "deployment_branch_policy[protected_branches]=false" \\',
            '    -F "deployment_branch_policy[custom_branch_policies]=true"',
            *(
                f"  gh api -X POST {path}/deployment-branch-policies -f name='{tag}' -f type=tag"
                for tag in TAGS
            ),
            f"  gh api -X POST {path}/deployment-branch-policies -f name=main -f type=branch",
        ),
    )


def rule(repo: str) -> Task:
    """A tag, once pushed, stays where it is."""
    return Task(
        "On GitHub, let only its maintainers make release tags, and nobody move or delete one:",
        (
            f"  gh api -X POST repos/{repo}/rulesets --input - <<'JSON'",
            '  {"name": "release tags", "target": "tag", "enforcement": "active",',
            '   "conditions": {"ref_name": {"include": ["refs/tags/v*", "refs/tags/*-v*"], "exclude": []}},',
            '   "bypass_actors": [{"actor_id": 5, "actor_type": "RepositoryRole", "bypass_mode": "always"}],',
            '   "rules": [{"type": "creation"}, {"type": "update"}, {"type": "deletion"}]}',
            "  JSON",
        ),
    )


def trainer(repo: str) -> Task:
    """Where training runs."""
    return Task(
        "Choose who trains. Hugging Face Jobs need a token that may start jobs in one namespace and no more:",
        (
            "  https://huggingface.co/settings/tokens/new?tokenType=fineGrained",
            f"  gh secret set HF_JOBS_TOKEN --repo {repo} --env {JOBS}",
            "A machine of yours has the labels self-hosted, linux, x64 and gpu, and serves nobody else:",
            f"  https://github.com/{repo}/settings/actions/runners/new",
        ),
    )
