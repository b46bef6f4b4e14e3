import base64
import json
import time
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from train.prepare.document import Finding
from train.prepare.scan import secrets

# Nothing below is a key: they are drawn when the tests run, so that no scanner of a forge takes one for real.
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


def drawn(length: int, letters: str = LETTERS, seed: str = "a") -> str:
    text = ""
    while len(text) < length:
        digest = sha256(f"{seed}{len(text)}".encode()).digest()
        text += "".join(letters[byte % len(letters)] for byte in digest)
    return text[:length]


def hexes(length: int) -> str:
    return drawn(length, "0123456789abcdef")


def coded(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


CODE = drawn(64 * 4, LETTERS + "+/")
LINES = "\n".join(CODE[place : place + 64] for place in range(0, len(CODE), 64))
DASHES = "-" * 5
PEM = f"{DASHES}BEGIN RSA PRIVATE KEY{DASHES}\n{LINES}\n{DASHES}END RSA PRIVATE KEY{DASHES}"
JWT = ".".join((coded({"alg": "HS256", "typ": "JWT"}), coded({"sub": "u-77", "exp": 1}), drawn(43)))
HF = "hf" + "_" + drawn(34, LETTERS[:52])
GITHUB = "ghp" + "_" + drawn(36)
BASIC = base64.b64encode(b"robin:kettle-Moss-41").decode()


@pytest.mark.parametrize(
    ("kind", "secret"),
    [
        ("Hugging Face", HF),
        ("Hugging Face", "api_" + "org_" + drawn(34, LETTERS[:52])),
        *(("GitHub", f"gh{letter}" + "_" + drawn(36)) for letter in "pousr"),
        ("GitHub", "github" + "_pat_" + drawn(22) + "_" + drawn(59)),
        ("GitLab", "glpat" + "-" + drawn(20)),
        ("AWS", "AKIA" + drawn(16, LETTERS[:26] + "234567")),
        ("AWS", "ASIA" + drawn(16, LETTERS[:26] + "234567")),
        ("Google", "AIza" + drawn(35)),
        ("Google", "ya29" + "." + drawn(60)),
        ("OpenAI", "sk" + "-" + drawn(48)),
        ("OpenAI", "sk" + "-proj-" + drawn(74)),
        ("Anthropic", "sk" + "-ant-" + "api03-" + drawn(93)),
        (
            "Slack",
            "xoxb" + "-" + drawn(12, "0123456789") + "-" + drawn(13, "0123456789", "b") + "-" + drawn(24),
        ),
        (
            "Slack",
            "xapp" + "-1-A" + drawn(10, LETTERS[:26]) + "-" + drawn(13, "0123456789") + "-" + hexes(64),
        ),
        ("Slack", "hooks.slack" + ".com/services/T" + drawn(8) + "/B" + drawn(8) + "/" + drawn(24)),
        ("Discord", "/api/web" + "hooks/" + drawn(18, "123456789") + "/" + drawn(68)),
        ("Square", "EAAA" + drawn(60)),
        ("Firebase", "AAAA" + drawn(7) + ":APA91b" + drawn(134)),
        ("Telegram", drawn(10, "123456789") + ":AA" + drawn(33)),
        ("Stripe", "sk" + "_live_" + drawn(24)),
        ("Stripe", "rk" + "_live_" + drawn(24)),
        ("Twilio", "SK" + hexes(32)),
        ("SendGrid", "SG" + "." + drawn(22) + "." + drawn(43)),
        ("Mailgun", "key" + "-" + hexes(32)),
        ("Mailchimp", hexes(32) + "-us14"),
        ("npm", "npm" + "_" + drawn(36)),
        ("PyPI", "pypi" + "-AgE" + drawn(80)),
        ("Docker", "dckr" + "_pat_" + drawn(27)),
        ("DigitalOcean", "dop" + "_v1_" + hexes(64)),
        ("Azure", "Account" + "Key=" + drawn(86, LETTERS + "+/") + "=="),
        ("JSON web token", JWT),
    ],
)
def test_a_secret_is_found_by_its_shape_and_never_said(kind: str, secret: str) -> None:
    text = f"Some prose.\n\nThen I typed `{secret}`, and all was well."
    (found,) = secrets(text, "blog/1")
    mark = sha256(secret.encode()).hexdigest()[:12]
    assert found == Finding("blog/1:3", kind, mark)
    assert secret not in repr(found)
    assert secrets(text, "blog/1", allow=(mark,)) == ()


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        pytest.param("private key", PEM, id="a key"),
        pytest.param("private key", PEM.replace("RSA ", "OPENSSH "), id="a key of OpenSSH"),
        pytest.param(
            "private key", PEM.replace("KEY-", "KEY BLOCK-").replace("RSA", "PGP"), id="a key of PGP"
        ),
        pytest.param("private key", json.dumps({"private_key": PEM}), id="a key in JSON, on one line"),
        pytest.param("private key", PEM.replace("\n", "\n> "), id="a quoted key"),
        pytest.param("private key", "    " + PEM.replace("\n", "\n    "), id="an indented key"),
        pytest.param("private key", PEM.replace("\n", "<br>\n"), id="a key in HTML"),
        pytest.param("private key", PEM.replace("-----", "\u2014\u2013"), id="a key with typeset dashes"),
        pytest.param("private key", base64.b64encode(PEM.encode()).decode(), id="a key in base64"),
        pytest.param("Hugging Face", f"[docs](https://x.org/?t={HF})", id="in a link"),
        pytest.param("Hugging Face", f'<a data-token="{HF}">x</a>', id="in an attribute"),
        pytest.param("Hugging Face", HF[:9] + "\u200b" + HF[9:], id="with a zero-width space inside"),
        pytest.param("Hugging Face", HF.replace("_", "&#95;"), id="with an entity inside"),
        pytest.param("Hugging Face", HF.replace("_", "\\_"), id="with an escape of Markdown inside"),
        pytest.param("Hugging Face", HF[:9] + "<wbr>" + HF[9:], id="with a tag inside"),
        pytest.param("Hugging Face", f"**{HF[:5]}**{HF[5:]}", id="with emphasis inside"),
        pytest.param("Hugging Face", f"'{HF[:9]}' + '{HF[9:]}'", id="in two strings"),
        pytest.param("secret in base64", base64.b64encode(GITHUB.encode()).decode(), id="in base64"),
        pytest.param("authorization", "curl -u robin:kettle-Moss-41 https://x.org", id="for curl"),
        pytest.param("GitHub", f"https://{GITHUB}@host.org/a.git", id="in an address"),
        pytest.param("AWS", "aws_secret_access_key = " + drawn(40, LETTERS + "+/"), id="a secret key of AWS"),
        pytest.param("AWS", "AWS Secret Access Key [None]: " + drawn(40), id="as its command asks for it"),
        pytest.param(
            "password in an address", "postgres://app:wren-on-9-Oak@db.shop.io/main", id="of a database"
        ),
        pytest.param("password in an address", "https://robin:mossy-kettle@shop.io/", id="of a site"),
        pytest.param("authorization", "Authorization: Bearer " + drawn(40), id="a bearer"),
        pytest.param("authorization", f'-H "authorization: basic {BASIC}"', id="a name and password"),
        pytest.param("named secret", f'api_key: "{drawn(32)}"', id="a named key"),
        pytest.param("named secret", f"?access_key={hexes(32)}&sort=x", id="a key in a query"),
        pytest.param("named secret", f"CLIENT_SECRET={drawn(30)}", id="a key of an environment"),
        pytest.param("password", 'db_password = "kX9$wren-Lap4"', id="a named password"),
        pytest.param("password", 'db_password = "kX9$wrén-Läp4"', id="one with accents"),
        pytest.param("Discord", f"discord: {'M' + drawn(23)}.{drawn(6)}.{drawn(27)}", id="a bot's token"),
        pytest.param(
            "Heroku", f"HEROKU_API_KEY={hexes(8)}-{hexes(4)}-{hexes(4)}-{hexes(4)}-{hexes(12)}", id="uuid"
        ),
    ],
)
def test_a_secret_is_found_in_odd_places(kind: str, text: str) -> None:
    assert kind in {each.kind for each in secrets(f"Prose.\n{text}\n", "a")}


@pytest.mark.parametrize(
    "text",
    [
        "AKIA" + "IOSFODNN7EXAMPLE",
        "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCY" + "EXAMPLEKEY",
        "hf_" + "x" * 34,
        "export HF_TOKEN=hf_" + "your" * 9,
        "ghp_" + "X" * 36,
        "ghp_" + "abcdefghijklmnopqrstuvwxyz0123456789",
        "Set `<token>` or sk-... in the file.",
        "Authorization: Bearer <your token>",
        "Authorization: Bearer $TOKEN",
        f"Authorization: Bearer {coded({'alg': 'HS256', 'typ': 'JWT'})}...",
        f"'Bearer {coded({'alg': 'HS256', 'typ': 'JWT'})}'",
        "Authorization: Basic " + base64.b64encode(b"user:password").decode(),
        "http://user:password@host.org and https://$USER:$PASS@host.org",
        "postgres://postgres:postgres@localhost:5432/db",
        "git clone git@github.com:robin/kettle.git",
        ".".join(
            (
                coded({"alg": "HS256", "typ": "JWT"}),
                coded({"sub": "1234567890", "name": "John Doe"}),
                drawn(43),
            )
        ),
        f"{DASHES}BEGIN RSA PRIVATE KEY{DASHES}\n...\n{DASHES}END RSA PRIVATE KEY{DASHES}",
        f"{DASHES}BEGIN PUBLIC KEY{DASHES}\n{LINES}\n{DASHES}END PUBLIC KEY{DASHES}",
        f"{DASHES}BEGIN CERTIFICATE{DASHES}\n{LINES}\n{DASHES}END CERTIFICATE{DASHES}",
        "My password: hunter2, said the joke.",
        "password = 'changeme'",
        "password = get_password_from_vault()",
        'token = os.environ["MY_TOKEN"]',
        f"next_page_token={drawn(40)}",
        f"commit {hexes(40)}",
        f'<script integrity="sha384-{drawn(64)}">',
        "the sk-fading-circle class and the hf_hub_download function",
        "A key-value store, the token bucket, a secret garden: basic things.",
    ],
)
def test_what_only_looks_like_a_secret_is_none(text: str) -> None:
    assert secrets(text, "a") == ()


@given(st.text() | st.text("hf_akey=: \"'/@.-+*&#;\\"))
def test_any_text_can_be_searched(text: str) -> None:
    assert secrets(text, "a") == secrets(text, "a")


@pytest.mark.parametrize(
    "unit", ["hf_", "password=", "://a:b@", "<", "sk-a-", "eyJa.", f"BEGIN {'PRIVATE'} KEY-----"]
)
def test_no_search_takes_longer_than_the_text(unit: str) -> None:
    start = time.process_time()
    secrets(unit * (200_000 // len(unit)), "a")
    assert time.process_time() - start < 2


def test_a_webhook_is_found_behind_the_name_of_its_host() -> None:
    path = "/api/web" + "hooks/" + drawn(18, "123456789") + "/" + drawn(68)
    assert [each.kind for each in secrets(f"I post to https://discord.com{path} now.", "blog/1")] == [
        "Discord"
    ]
