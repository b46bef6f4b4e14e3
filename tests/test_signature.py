"""Who vouches for a version: a signature beside the adapter, made with a key and checked from outside."""

import shutil
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from huggingface_hub import CommitOperationAdd as Add
from huggingface_hub import HfApi

from tests.bundles import candidate
from tests.publishing import hub
from tests.withdrawing import Published
from train.errors import ImprintError, StageError
from train.rehearse.hub.process import LocalHub
from train.release.published import signature
from train.release.published.sign import sign
from train.release.published.signature import NAME, Trust, flaw
from train.release.published.verify import verify
from train.release.report import Bundle
from train.run import digests, read_result

__all__ = ["hub"]


def key_in(folder: Path, name: str, curve: ec.EllipticCurve | None = None) -> Path:
    """A new private key, and its public half beside it."""
    folder.mkdir(exist_ok=True)
    key, path = ec.generate_private_key(curve or ec.SECP256R1()), folder / f"{name}.pem"
    private = serialization.PrivateFormat.PKCS8
    path.write_bytes(key.private_bytes(serialization.Encoding.PEM, private, serialization.NoEncryption()))
    public = serialization.PublicFormat.SubjectPublicKeyInfo
    path.with_suffix(".pub").write_bytes(key.public_key().public_bytes(serialization.Encoding.PEM, public))
    return path


@pytest.fixture
def key(tmp_path: Path) -> Path:
    return key_in(tmp_path / "keys", "ines")


@pytest.fixture
def signed(tmp_path: Path, key: Path) -> Path:
    """A folder with three files, signed."""
    folder = tmp_path / "adapter"
    for path in ("adapter_model.safetensors", "evidence/metrics.json", "SHA256SUMS"):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(path)
    signature.sign(folder, key)
    return folder


def test_a_signature_holds_wherever_the_files_lie(signed: Path, key: Path, tmp_path: Path) -> None:
    moved = tmp_path / "elsewhere" / "copy"
    shutil.copytree(signed, moved)
    assert flaw(moved, Trust(key.with_suffix(".pub"))) == ""
    assert signature.names_these_files(moved)


@pytest.mark.parametrize(
    ("path", "content", "said"),
    [
        pytest.param("SHA256SUMS", "other", "other files: SHA256SUMS", id="a changed list"),
        pytest.param("evidence/metrics.json", "{}", "evidence/metrics.json", id="a changed file"),
        pytest.param("extra.json", "{}", "other files: extra.json", id="an extra file"),
        pytest.param("SHA256SUMS", None, "other files: SHA256SUMS", id="a missing file"),
        pytest.param(NAME, "{}", "model.sig is no signature", id="no signature"),
        pytest.param(NAME, "", "model.sig is no signature", id="an empty one"),
    ],
)
def test_whatever_is_changed_after_it_is_named(
    signed: Path, key: Path, path: str, content: str | None, said: str
) -> None:
    if content is None:
        (signed / path).unlink()
    else:
        (signed / path).write_text(content)
    assert said in flaw(signed, Trust(key.with_suffix(".pub")))


def test_another_key_does_not_vouch_for_it(signed: Path, tmp_path: Path) -> None:
    other = key_in(tmp_path / "keys", "otto")
    assert "key" in flaw(signed, Trust(other.with_suffix(".pub"))).lower()


def test_a_forged_payload_under_a_true_key_does_not_hold(signed: Path, key: Path) -> None:
    import base64
    import hashlib
    import json

    bundle = json.loads((signed / NAME).read_text())
    (signed / "SHA256SUMS").write_text("mine")
    payload = base64.b64decode(bundle["dsseEnvelope"]["payload"]).decode()
    old, new = (hashlib.sha256(text).hexdigest() for text in (b"SHA256SUMS", b"mine"))
    forged = base64.b64encode(payload.replace(old, new).encode()).decode()
    bundle["dsseEnvelope"]["payload"] = forged
    (signed / NAME).write_text(json.dumps(bundle))
    assert signature.names_these_files(signed), "the forger has thought of the digests"
    assert flaw(signed, Trust(key.with_suffix(".pub"))) == "it was made with another key, or for other words"


@pytest.mark.parametrize("curve", [ec.SECP384R1(), ec.SECP521R1()])
def test_longer_curves_do_as_well(signed: Path, tmp_path: Path, curve: ec.EllipticCurve) -> None:
    longer = key_in(tmp_path / "keys", "long", curve)
    signature.sign(signed, longer)
    assert flaw(signed, Trust(longer.with_suffix(".pub"))) == ""


def test_what_is_no_key_is_refused_with_the_command_that_makes_one(tmp_path: Path, signed: Path) -> None:
    wrong = tmp_path / "wrong.pem"
    rsa_key = rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    k1 = key_in(tmp_path / "keys", "k1", ec.SECP256K1())
    for content in (b"no key", rsa_key, k1.read_bytes()):
        wrong.write_bytes(content)
        with pytest.raises(ImprintError, match=r"wrong\.pem is no") as caught:
            signature.sign(signed, wrong)
        assert caught.value.fix.startswith("openssl ecparam")
    with pytest.raises(ImprintError, match="No such file"):
        flaw(signed, Trust(tmp_path / "nowhere.pub"))


def test_a_signed_version_is_released_and_verified_and_signing_it_again_changes_no_byte(
    hub: LocalHub, tmp_path: Path, key: Path
) -> None:
    api = HfApi(endpoint=hub.url, token=hub.token)
    made = candidate(tmp_path / "first", "signed")
    bundled = read_result(Bundle, made.run.bundle / "bundle.json", fix="")
    first = sign(made.run, api, key)
    assert first.digest != bundled.digest
    assert first.adapter.keys() - bundled.adapter.keys() == {NAME}
    assert sign(made.run, api, key) == first, "one that holds is kept"
    made.release(api)

    again = candidate(tmp_path / "again", "signed")
    assert sign(again.run, api, key) == first, "on another machine, the one on the Hub is kept"
    assert digests(again.run.bundle) == digests(made.run.bundle)

    writer = Published(api, "signed", tmp_path)
    trust = Trust(key.with_suffix(".pub"))
    checks = verify(api, writer.repo("dataset"), "v0.1.0", trust).checks
    assert [each.passed for each in checks if each.what == "signature"] == [True]

    other = Trust(key_in(tmp_path / "keys", "otto").with_suffix(".pub"))
    checks = verify(api, writer.repo("adapter"), "v0.1.0", other).checks
    assert [each.passed for each in checks if each.what == "signature"] == [False]

    writer.move_tag("adapter", "v0.1.0", Add("notes.txt", b"mine"))
    checks = verify(api, writer.repo("adapter"), "v0.1.0", trust).checks
    found = next(each for each in checks if each.what == "signature")
    assert found.passed is False
    assert "it was made for other files: notes.txt" in found.found


def test_a_version_without_a_signature_fails_who_asks_for_one(
    hub: LocalHub, tmp_path: Path, key: Path
) -> None:
    writer = Published(HfApi(endpoint=hub.url, token=hub.token), "unsigned", tmp_path)
    writer.release("v0.1.0")
    for trust, passed in ((signature.NOBODY, None), (Trust(key.with_suffix(".pub")), False)):
        checks = verify(writer.api, writer.repo("adapter"), "v0.1.0", trust).checks
        assert [each.passed for each in checks if each.what == "signature"] == [passed]


def test_only_what_was_bundled_is_signed(hub: LocalHub, tmp_path: Path, key: Path) -> None:
    made = candidate(tmp_path, "strange")
    (made.run.bundle / "adapter" / "loss.svg").write_text("<svg>mine</svg>")
    with pytest.raises(StageError, match=r"loss\.svg is not the file that was bundled") as caught:
        sign(made.run, HfApi(endpoint=hub.url, token=hub.token), key)
    assert caught.value.fix == "python -m train bundle blog"
