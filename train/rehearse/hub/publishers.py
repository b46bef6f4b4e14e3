"""Trusted publishing: which workflow may exchange its identity for a token to which repository."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from train.errors import ImprintError
from train.rehearse.hub.errors import HubError

GITHUB = "https://token.actions.githubusercontent.com"
_CLAIMS = (
    "actor", "base_ref", "environment", "event_name", "head_ref", "iss", "job_workflow_ref", "ref",
    "ref_protected", "ref_type", "repository", "repository_id", "repository_owner", "repository_owner_id",
    "repository_visibility", "runner_environment", "sub", "workflow", "workflow_ref",
)  # fmt: skip
_PREFIXES = {"models": "model", "datasets": "dataset", "spaces": "space", "buckets": "bucket"}
_FIX = (
    "python -m train hub --trust 'datasets/acme/posts repository=acme/writer environment=hugging-face "
    "workflow_ref=acme/writer/.github/workflows/release.yml@refs/tags/v1.0.0'"
)


@dataclass(frozen=True)
class Resource:
    """What a token is for: one repository of one type."""

    kind: str
    id: str

    def __str__(self) -> str:
        """As a sentence names it."""
        return f"{self.kind} {self.id}"

    def is_same(self, other: Resource) -> bool:
        """Whether both name one repository, whatever the case."""
        return self.kind == other.kind and self.id.lower() == other.id.lower()


@dataclass(frozen=True)
class Publisher:
    """A repository, and the claims that a workflow's identity must carry to write to it, letter by letter."""

    resource: Resource
    claims: Mapping[str, str]

    def mismatch(self, claims: Mapping[str, object]) -> str:
        """The first claim that differs, as a sentence; empty if all agree."""
        for name, wanted in sorted(self.claims.items()):
            if name not in claims:
                return f'it carries no claim "{name}", which must be "{wanted}"'
            if claims[name] != wanted:
                return f'its claim "{name}" is "{claims[name]}", not "{wanted}"'
        return ""


def parse_resource(text: str) -> Resource:
    """`acme/writer` is a model; `datasets/…`, `spaces/…` and `buckets/…` say what they are."""
    first, _, rest = text.partition("/")
    kind, repo_id = (_PREFIXES[first], rest) if first in _PREFIXES and "/" in rest else ("model", text)
    if repo_id.count("/") != 1 or not all(repo_id.split("/")):
        raise ValueError(text)
    return Resource(kind, repo_id)


def parse_publisher(text: str) -> Publisher:
    """A publisher from `RESOURCE CLAIM=VALUE …`; the issuer is GitHub's unless `iss=` says otherwise."""
    where, *pairs = text.split() or [""]
    claims = dict(pair.partition("=")[::2] for pair in pairs)
    try:
        resource = parse_resource(where)
    except ValueError as error:
        raise _refused(text, f"{where or 'nothing'} names no repository") from error
    if "repository" not in claims and "sub" not in claims:
        raise _refused(text, "a claim repository= or sub= must say whose workflow it is")
    for name, value in claims.items():
        if name not in _CLAIMS or not value:
            raise _refused(text, f"{name}={value} is no claim of a workflow")
    return Publisher(resource, {"iss": GITHUB, **claims})


def check_trusted(publishers: Iterable[Publisher], resource: Resource, claims: Mapping[str, object]) -> None:
    """Refuse an identity that none of the repository's publishers names."""
    reasons = [each.mismatch(claims) for each in publishers if each.resource.is_same(resource)]
    if not reasons:
        raise refused(f"The {resource} has no trusted publisher.")
    if all(reasons):
        raise refused(f"The identity token is not trusted for the {resource}: {reasons[0]}.")


def refused(sentence: str, code: str = "invalid_grant") -> HubError:
    """A refusal as token end points word it: a code and a sentence."""
    error = HubError(400, sentence)
    error.body.update(error=code, error_description=sentence)
    return error


def _refused(text: str, why: str) -> ImprintError:
    return ImprintError(f"{text!r} is not a trusted publisher: {why}.", fix=_FIX)
