"""`model.sig`: who vouches for the adapter's files, in the form of OpenSSF's model signing.

It covers every file of the adapter's folder, `SHA256SUMS` and `provenance.json` too, and through
them the rows. A signature never comes out twice as the same bytes, so one that holds is kept.
"""

import base64
import binascii
import json
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from train.errors import ImprintError
from train.run import digests

NAME = "model.sig"
GITHUB = "https://token.actions.githubusercontent.com"  # whose word a workflow's identity is
_CURVES = ("secp256r1", "secp384r1", "secp521r1")
_MAKE_KEYS = "openssl ecparam -name prime256v1 -genkey -noout -out key.pem"


@dataclass(frozen=True)
class Trust:
    """Who must have signed: the holder of a key, or somebody known to an issuer of identities."""

    public_key: Path | None = None
    identity: str = ""
    issuer: str = GITHUB


NOBODY = Trust()


def sign(folder: Path, key: Path | None) -> None:
    """Put a signature beside the files in `folder`: with a key, or as the workflow that this runs in."""
    from model_signing import hashing, signing

    ours = hashing.Config()  # type: ignore[no-untyped-call]
    config = signing.Config()  # type: ignore[no-untyped-call]
    config.set_hashing_config(ours.set_ignored_paths(paths=[NAME]))
    if key:
        private_key(key)  # says what is wrong with it
        config.use_elliptic_key_signer(private_key=key)
    else:
        _use_workflow(config)
    try:
        config.sign(folder, folder / NAME)
    except _refusals() as error:
        raise ImprintError(f"The files could not be signed: {_first_line(error)}.", fix=_KEYLESS) from error


def flaw(folder: Path, trust: Trust) -> str:
    """Why the signature in `folder` does not vouch for its files; empty if it does."""
    from model_signing import verifying

    config = verifying.Config()  # type: ignore[no-untyped-call]
    if trust.public_key:
        public_key(trust.public_key)  # says what is wrong with it
        config.use_elliptic_key_verifier(public_key=trust.public_key)
    try:
        if not trust.public_key:
            config.use_sigstore_verifier(identity=trust.identity, oidc_issuer=trust.issuer)
        config.verify(folder, folder / NAME)
    except InvalidSignature:
        return "it was made with another key, or for other words"
    except _refusals() as error:
        return _differences(folder) or _first_line(error)
    return ""


def names_these_files(folder: Path) -> bool:
    """Whether the signature in `folder` was made for these very files, whoever made it."""
    return signed_files(folder / NAME) == _files(folder)


def signed_files(path: Path) -> dict[str, str] | None:
    """Path and SHA-256 of what a signature covers; none if it is no signature over single files."""
    try:
        envelope = json.loads(path.read_bytes())["dsseEnvelope"]
        listed = json.loads(base64.b64decode(envelope["payload"]))["predicate"]["resources"]
        return {each["name"]: each["digest"] for each in listed}
    except (OSError, ValueError, KeyError, TypeError, binascii.Error):
        return None


def public_key(path: Path) -> ec.EllipticCurvePublicKey:
    """The key that a file holds, if a signature can be checked with it."""
    make = f"{_MAKE_KEYS} && openssl ec -in key.pem -pubout -out key.pub"
    try:
        key = serialization.load_pem_public_key(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ImprintError(f"{path} is no public key: {_first_line(error)}.", fix=make) from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name not in _CURVES:
        raise ImprintError(f"{path} is no key on one of the curves {', '.join(_CURVES)}.", fix=make)
    return key


def private_key(path: Path) -> ec.EllipticCurvePrivateKey:
    """The key that a file holds, if a signature can be made with it."""
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise ImprintError(f"{path} is no private key: {_first_line(error)}.", fix=_MAKE_KEYS) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name not in _CURVES:
        raise ImprintError(f"{path} is no key on one of the curves {', '.join(_CURVES)}.", fix=_MAKE_KEYS)
    return key


def public_half(key: Path, path: Path) -> Path:
    """Write the public half of a private key to `path`."""
    public = private_key(key).public_key()
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    path.write_bytes(public.public_bytes(serialization.Encoding.PEM, form))
    return path


_KEYLESS = "give a key with --private-key, or run it in a workflow with `id-token: write`"


def _use_workflow(config: object) -> None:
    try:
        config.use_sigstore_signer(use_ambient_credentials=True)  # type: ignore[attr-defined]
    except _refusals() as error:
        raise ImprintError(f"Sigstore cannot be reached: {_first_line(error)}.", fix=_KEYLESS) from error


def _refusals() -> tuple[type[Exception], ...]:
    from sigstore.errors import Error
    from sigstore.oidc import IssuerError

    return (Error, IssuerError, ValueError, OSError, KeyError, IndexError, TypeError)


def _files(folder: Path) -> dict[str, str]:
    return {path: sha256 for path, sha256 in digests(folder).items() if path != NAME}


def _differences(folder: Path) -> str:
    signed, found = signed_files(folder / NAME), _files(folder)
    if signed is None:
        return f"{NAME} is no signature"
    differ = sorted(path for path in {*signed, *found} if signed.get(path) != found.get(path))
    return f"it was made for other files: {', '.join(differ)}" if differ else ""


def _first_line(error: Exception) -> str:
    words = getattr(error, "strerror", None) or str(error)
    return (words.strip().splitlines() or [type(error).__name__])[0].rstrip(".")
