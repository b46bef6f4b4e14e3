"""The token exchange: a workflow's signed identity for a short-lived token to one repository."""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from jwt.algorithms import RSAAlgorithm

from train.rehearse.hub.accounts import Account
from train.rehearse.hub.disk import write_json
from train.rehearse.hub.errors import HubError, forbidden
from train.rehearse.hub.publishers import GITHUB, Publisher, Resource, check_trusted, refused
from train.rehearse.hub.signing import Signer

TOKEN_PREFIX = "hf_jwt_"  # noqa: S105 (the real ones begin so too)
VALID_S = 3600
SYSTEM_USER = "[OIDC]"
_IDENTITY_VALID_S = 300
_LEEWAY_S = 30
_AUDIENCE = "https://huggingface.co"
_REQUIRED = ("aud", "exp", "iss")
# Uploading, committing, tagging; it can neither create, rename nor delete a repository, nor start a Job.
_MAY = ("/commit/", "/preupload/", "/branch/", "/tag/", "/xet-write-token", "/objects/", "/validate-yaml",
        "/discussions", "/paths-info", "/auth-check", "/batch", "/lfs-files", "/git-receive-pack",
        "/git-upload-pack")  # fmt: skip


@dataclass
class Issuer:
    """Signs the identity of workflows, as the CI service would; its key lies in the data folder."""

    path: Path
    scratch: Path
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def key(self) -> RSAPrivateKey:
        """The key, made when it is first needed."""
        with self._lock:
            if not self.path.exists():
                write_json(self.path, {"pem": _new_key()}, self.scratch)
            pem: str = json.loads(self.path.read_text(encoding="utf-8"))["pem"]
        key = load_pem_private_key(pem.encode(), None)
        if not isinstance(key, RSAPrivateKey):
            raise TypeError(f"{self.path} holds no RSA key")
        return key

    def identity(self, claims: Mapping[str, object], audience: str) -> str:
        """A signed token that says which workflow is running."""
        now = int(time.time())
        dates = {"iat": now, "nbf": now, "exp": now + _IDENTITY_VALID_S, "jti": secrets.token_hex(16)}
        payload = {"iss": GITHUB, "aud": audience, **dates, **claims}
        return jwt.encode(payload, self.key(), "RS256", {"kid": str(self.jwk()["kid"])})

    def jwk(self) -> Mapping[str, object]:
        """The public key as a key set lists it."""
        numbers = RSAAlgorithm.to_jwk(self.key().public_key(), as_dict=True)
        public = {name: numbers[name] for name in ("kty", "n", "e")}
        kid = sha256(str(public["n"]).encode()).hexdigest()[:16]
        return {**public, "alg": "RS256", "use": "sig", "kid": kid}


@dataclass(frozen=True)
class Exchange:
    """Checks identities and makes tokens; no state, so tokens outlive a restart of the Hub."""

    issuer: Issuer
    signer: Signer
    publishers: Sequence[Publisher]

    def token(self, identity: str, resource: Resource, origin: str) -> str:
        """A token to the repository, if the identity is genuine and trusted for it."""
        check_trusted(self.publishers, resource, self._claims(identity, origin))
        return TOKEN_PREFIX + self.signer.token(TOKEN_PREFIX, asdict(resource), VALID_S)

    def scope_of(self, token: str) -> Resource | None:
        """The repository a token is for; None if it is no such token, or not valid any more."""
        if not token.startswith(TOKEN_PREFIX):
            return None
        scope = self.signer.read(token.removeprefix(TOKEN_PREFIX), TOKEN_PREFIX)
        return Resource(str(scope["kind"]), str(scope["id"])) if scope else None

    def account(self, token: str, asked: Resource | None = None) -> Account | None:
        """Who uses the token: nobody in person, with one repository to their name."""
        scope = self.scope_of(token)
        if scope is None:
            return None
        other_type = asked is not None and asked.id.lower() == scope.id.lower() and asked.kind != scope.kind
        repositories = () if other_type else (scope.id,)
        return Account(scope.id.partition("/")[0], token, "fine-grained", repositories)

    def check_allowed(self, token: str, method: str, route: str, asked: Resource | None) -> None:
        """Refuse what a workflow's token is not for."""
        scope = self.scope_of(token)
        if scope is None or method in ("GET", "HEAD"):
            return
        if asked is None and route == "/api/validate-yaml":
            return
        if asked is None or not asked.is_same(scope) or not any(part in route for part in _MAY):
            raise forbidden(
                f"Forbidden: this token was exchanged for the {scope} and may only commit, branch and tag "
                "there."
            )

    def _claims(self, identity: str, origin: str) -> Mapping[str, object]:
        try:
            return jwt.decode(
                identity,
                self.issuer.key().public_key(),
                ["RS256"],
                {"require": list(_REQUIRED)},
                audience=(origin, _AUDIENCE),
                issuer=GITHUB,
                leeway=_LEEWAY_S,
            )
        except (jwt.PyJWTError, RecursionError) as error:
            raise _refused(error, identity, origin) from error


def _refused(error: Exception, identity: str, origin: str) -> HubError:
    if isinstance(error, jwt.InvalidIssuerError | jwt.InvalidAudienceError):
        said = jwt.decode(identity, options={"verify_signature": False})
        if isinstance(error, jwt.InvalidIssuerError):
            return refused(f'The identity token is from the unknown issuer "{said["iss"]}".')
        return refused(f'The identity token is for the audience "{said["aud"]}", not for {origin}.')
    if isinstance(error, jwt.ExpiredSignatureError):
        return refused("The identity token has expired.")
    if isinstance(error, jwt.ImmatureSignatureError):
        return refused("The identity token is not valid yet.")
    if isinstance(error, jwt.InvalidSignatureError):
        return refused("The signature of the identity token is wrong.")
    return refused("The identity token is not a JSON web token of its issuer.")


def _new_key() -> str:
    key = generate_private_key(65537, 2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
