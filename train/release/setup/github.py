"""What GitHub and the Hub have to be told, as commands and addresses: only their owner may say it."""

import re
from dataclasses import dataclass

PUBLISH, JOBS, TRAINING, SOURCES = "hugging-face", "hf-jobs", "training", "sources"  # as release.yml has them
WORKFLOW = "release.yml"
TAGS = ("v*", "*-v*")
_REMOTE = re.compile(
    r"(?:https://(?:[^@/\s]+@)?|ssh://git@|git@)github\.com[:/](?P<name>[\w.-]+/[\w.-]+?)(?:\.git)?/?"
)


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
            "and on this page take the tick from: Allow administrators to bypass configured protection rules",
            f"  https://github.com/{repo}/settings/environments",
        ),
    )


def rule(repo: str) -> Task:
    """A tag, once pushed, stays where it is; who may pass by one rule may not pass by the other."""
    admins = '{"actor_id": 5, "actor_type": "RepositoryRole", "bypass_mode": "always"}'
    return Task(
        "On GitHub, let only its administrators make release tags, and nobody move or delete one:",
        (
            *_ruleset(repo, "release tags are made", admins, '{"type": "creation"}'),
            *_ruleset(repo, "release tags stay", "", '{"type": "update"}, {"type": "deletion"}'),
        ),
    )


def _ruleset(repo: str, name: str, bypass: str, rules: str) -> tuple[str, ...]:
    return (
        f"  gh api -X POST repos/{repo}/rulesets --input - <<'JSON'",
        f'  {{"name": "{name}", "target": "tag", "enforcement": "active",',
        '   "conditions": {"ref_name": {"include": ["refs/tags/v*", "refs/tags/*-v*"], "exclude": []}},',
        f'   "bypass_actors": [{bypass}],',
        f'   "rules": [{rules}]}}',
        "  JSON",
    )


def trainer(repo: str) -> Task:
    """Where training runs."""
    return Task(
        "Choose who trains. Either Hugging Face Jobs, with a token that may start Jobs in one namespace, and "
        "write to the private bucket there that they read:",
        (
            "  https://huggingface.co/settings/tokens/new?tokenType=fineGrained",
            *_secret(repo, JOBS, "HF_JOBS_TOKEN"),
            f"  gh variable set TRAINER --repo {repo} --body hf-jobs",
            f"  gh variable set HF_JOBS_NAMESPACE --repo {repo} --body YOUR-ACCOUNT",
            f"  gh variable set HF_JOBS_FLAVOR --repo {repo} --body l4x1",
            "or a machine of yours with a GPU, set up anew for each job, that serves nobody else:",
            f"  https://github.com/{repo}/settings/actions/runners/new",
            f"  ./config.sh --url https://github.com/{repo} --token TOKEN --labels gpu --ephemeral",
            f"  gh variable set TRAINER --repo {repo} --body self-hosted",
        ),
    )


def prebuilt(repo: str, recipe: str, tag: str) -> Task:
    """An adapter that neither of the two trained."""
    return Task(
        "An adapter that you trained elsewhere takes neither. Stage it, and start its release by hand:",
        (
            f"  hf upload YOUR-ACCOUNT/staged runs/{recipe} . --include 'adapter/*' 'evidence/*' --private",
            f"  gh workflow run publish.yml --repo {repo} -f tag={tag} -f trainer=prebuilt \\",
            "    -f adapter=YOUR-ACCOUNT/staged@COMMIT",
        ),
    )


def reading(repo: str, what: str) -> Task:
    """A token for what not everybody may read."""
    return Task(
        f"{what} cannot be read by everybody. Let the jobs that train read it, and write nothing:",
        (
            "  https://huggingface.co/settings/tokens/new?tokenType=fineGrained",
            *(line for name in (TRAINING, JOBS) for line in _secret(repo, name, "HF_READ_TOKEN")),
        ),
    )


def serving(settings: str, what: str) -> Task:
    """A token for the Space, which reads at its start."""
    return Task(
        f"{what} cannot be read by everybody. Let the Space read it, and write nothing:",
        (
            "  https://huggingface.co/settings/tokens/new?tokenType=fineGrained",
            f"  as a secret HF_TOKEN on {settings}",
        ),
    )


def news(repo: str) -> Task:
    """The key of the news service, for the job that prepares the dataset."""
    return Task("Let the job that prepares ask the news service:", _secret(repo, SOURCES, "MEDIASTACK_KEY"))


def signing(repo: str) -> Task:
    """Sigstore's signature, by the workflow's own identity."""
    lines = (f"  gh variable set SIGN --repo {repo} --body sigstore",)
    return Task("If you wish, have the workflow sign each adapter; no key is kept:", lines)


def _secret(repo: str, environment: str, name: str) -> tuple[str, str]:
    """An environment, and a secret in it, which is asked for and stands in no history."""
    return (
        f"  gh api -X PUT repos/{repo}/environments/{environment}",
        f"  gh secret set {name} --repo {repo} --env {environment}",
    )
