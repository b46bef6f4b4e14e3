"""The shapes of secrets: what each begins with, how it goes on, and when it is a real one."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from train.prepare.scan.doubt import (
    WEAK,
    authentic,
    chosen,
    coded,
    drawn,
    drawn_mixed,
    signed,
    strange,
    strong,
    tangled,
)


@dataclass(frozen=True)
class Shape:
    """A secret's shape: `pattern` is matched where `literal` stands; its last group is the secret."""

    kind: str
    literal: str
    pattern: re.Pattern[str]
    real: Callable[[str], bool] = drawn
    back: int = 0  # how many characters before the literal belong to it
    folded: bool = False  # the literal stands for capitals too


def _token(kind: str, literal: str, rest: str, real: Callable[[str], bool] = drawn, back: int = 0) -> Shape:
    before = rf"(?<![A-Za-z0-9])({'' if back else re.escape(literal)}{rest})"
    return Shape(kind, literal, re.compile(before + r"(?![A-Za-z0-9])"), real, back)


def _named(kind: str, literal: str, rest: str, real: Callable[[str], bool], back: int = 0) -> Shape:
    return Shape(kind, literal, re.compile(rest, re.IGNORECASE), real, back, folded=True)


IS = r"[\"'`\]]{0,2}[ \t]{0,9}(?:=>|:=|[:=])[ \t]{0,9}"  # between a name and its value
HEX, WORD, DASHED = "[0-9a-f]", "[A-Za-z0-9]", "[A-Za-z0-9_-]"
# What programs call a token or a key, and is known to everybody.
OTHER = r"(?<!csrf)(?<!csrf_)(?<!xsrf_)(?<!next)(?<!page)(?<!next_)(?<!page_)(?<!sync_)(?<!public_)"
OF_KEYS = "".join(
    f"|(?<={name}[_.-])" for name in ("access", "account", "api", "auth", "encryption", "signing")
)
VALUE = r"[A-Za-z0-9_+/.~-]{16,200}={0,2}"
ON = rf"[\w-]{{0,20}}{IS}[\"'`]?"
UNLIKE_CODE = r"(?![\w(\[/.])"

UNDERSCORED = (
    _token("Hugging Face", "hf_", f"{WORD}{{30,40}}", drawn_mixed),
    _token("Hugging Face", "api_org_", f"{WORD}{{30,40}}", drawn_mixed),
    *(_token("GitHub", f"gh{each}_", f"{WORD}{{36,251}}", drawn_mixed) for each in "pousr"),
    _token("GitHub", "github_pat_", r"\w{36,255}", drawn_mixed),
    _token("Groq", "gsk_", f"{WORD}{{48,56}}", drawn_mixed),
    _token("Replicate", "r8_", f"{WORD}{{37,40}}", drawn_mixed),
    _token("Stripe", "_live_", f"[sr]k_live_{WORD}{{16,247}}", back=2),
    _token("Stripe", "whsec_", r"[A-Za-z0-9+/]{32,64}"),
    _token("npm", "npm_", f"{WORD}{{36}}", drawn_mixed),
    _token("Docker", "dckr_", f"[po]at_{DASHED}{{27,40}}"),
    _token("DigitalOcean", "_v1_", f"do[por]_v1_{HEX}{{64}}", back=3),
    _token("Shopify", "shp", "(?:at|ss|ca|pa)_[0-9a-fA-F]{32}"),
    _token("Linear", "lin_api_", f"{WORD}{{40}}", drawn_mixed),
    _token("Notion", "secret_", f"{WORD}{{43}}", drawn_mixed),
    _token("Notion", "ntn_", f"{WORD}{{40,50}}", drawn_mixed),
    _token("Figma", "figd_", f"{DASHED}{{40,50}}"),
    _token("Grafana", "glsa_", f"{WORD}{{32}}_[0-9a-f]{{8}}"),
    _token("RubyGems", "rubygems_", f"{HEX}{{48}}"),
    _token("Supabase", "sbp_", f"{HEX}{{40}}"),
    _token("Sentry", "sntrys_", r"[A-Za-z0-9+/=_-]{50,300}"),
)
DASHED_ON = (
    _token("GitLab", "gl", f"(?:pat|[drf]t|ptt|soat|cbt|agent|imt|oas)-{DASHED}{{20,80}}(?:\\.{DASHED}+)*"),
    _token("Google", "GOCSPX-", f"{DASHED}{{28}}"),
    _token("OpenAI", "sk-", f"{WORD}{{32,64}}", tangled),
    _token("OpenAI", "sk-", f"(?:proj|svcacct|admin|None)-{DASHED}{{40,200}}", tangled),
    _token("OpenRouter", "sk-or-", f"v1-{HEX}{{64}}"),
    _token("Anthropic", "sk-ant-", f"{DASHED}{{30,200}}"),
    _token("Perplexity", "pplx-", f"{WORD}{{40,60}}"),
    _token("xAI", "xai-", f"{WORD}{{60,90}}"),
    _token("Slack", "xox", r"[abprseo]-(?=[A-Za-z.-]{0,8}\d)[0-9A-Za-z.-]{10,250}"),
    _token("Slack", "xapp-", r"\d-[A-Z0-9]{8,15}-\d{8,15}-[A-Za-z0-9]{30,80}"),
    _token("Mailgun", "key-", f"{HEX}{{32}}"),
    _token("Mailchimp", "-us", rf"{HEX}{{32}}-us\d{{1,2}}", back=32),
    _token("PyPI", "pypi-", f"AgE{DASHED}{{50,300}}"),
    _token("Heroku", "HRKU-", f"{DASHED}{{36,70}}"),
    _token("Square", "sq0", f"(?:at|cs)p-{DASHED}{{22,43}}"),
    _token("age", "AGE-SECRET-KEY-1", "[A-Z0-9]{58}", lambda key: drawn(key[16:])),
    _token("Postman", "PMAK-", f"{HEX}{{24}}-{HEX}{{34}}"),
    _token("New Relic", "NRAK-", "[A-Z0-9]{27}"),
    _token("Tailscale", "tskey-", f"[a-z]+-{DASHED}{{20,80}}", tangled),
)
OTHERS = (
    _token("Square", "EAAA", f"{DASHED}{{60}}", tangled),
    _token("AWS", "AKIA", "[A-Z0-9]{16}"),
    _token("AWS", "ASIA", "[A-Z0-9]{16}"),
    _token("Google", "AIza", f"{DASHED}{{35}}"),
    _token("Google", "ya29.", f"{DASHED}{{20,400}}"),
    _token("Slack", "hooks.slack.com/", r"[a-z]{5,9}/[TE]\w{6,15}/(?:[A-Z]\w{6,15}/)?\w{18,60}", tangled),
    Shape(
        "Discord",
        "/api/webhooks/",  # after the name of a host, and so after a letter
        re.compile(rf"(/api/webhooks/\d{{17,20}}/{DASHED}{{60,80}})(?![A-Za-z0-9])"),
    ),
    _token("Telegram", ":AA", rf"\d{{8,10}}:AA{DASHED}{{33}}", tangled, back=10),
    _token("Firebase", ":APA91b", f"{DASHED}{{11}}:APA91b{DASHED}{{130,160}}", back=11),
    _token("Twilio", "SK", f"{HEX}{{32}}"),
    _token("SendGrid", "SG.", rf"{DASHED}{{16,32}}\.{DASHED}{{16,64}}"),
    _token("Azure", "AccountKey=", r"[A-Za-z0-9+/]{86}=="),
    _token("Azure", "SharedAccessKey=", r"[A-Za-z0-9+/]{43}="),
    _token("Databricks", "dapi", f"{HEX}{{32}}(?:-\\d)?"),
    _token("Vault", "hvs.", f"{DASHED}{{24,200}}", tangled),
    _token("Atlassian", "ATATT3", f"{DASHED}{{60,250}}(?:=[0-9A-F]{{8}})?"),
    *(
        _token("secret in base64", head, r"[A-Za-z0-9+/]{24,400}={0,2}", coded)
        for head in (
            "aGZf",
            "Z2hwX",
            "Z2l0aHViX3BhdF",
            "QUtJQ",
            "c2stYW50",
            "c2stcHJvai",
            "eG94Y",
            "Z2xwYXQt",
        )
    ),
    _token(
        "JSON web token", "eyJ", rf"{DASHED}{{10,1000}}\.eyJ{DASHED}{{10,4000}}\.{DASHED}{{16,1000}}", signed
    ),
)
NAMED = (
    _named("authorization", " -u ", r" -u [\"']?[^\s:\"'$<{]{2,60}:([^\s\"'<{]{8,100})", strong),
    _named(
        "AWS",
        "secret",
        rf"secret[ _.-]{{0,2}}(?:access[ _.-]{{0,2}})?key(?:[ \t]\[\w{{0,30}}\])?[\"'`]?"
        rf"(?:{IS}|</\w+>|[ \t|]+)[\"'`<a-z>]{{0,12}}"
        rf"(?<![A-Za-z0-9/+])([A-Za-z0-9/+]{{40}})(?![A-Za-z0-9/+=])",
        tangled,
    ),
    _named("Google service account", "private_key_id", rf"private_key_id{IS}[\"']({HEX}{{40}})\b", drawn),
    _named(
        "Heroku", "heroku", rf"heroku_api_key{IS}[\"']?({HEX}{{8}}(?:-{HEX}{{4}}){{3}}-{HEX}{{12}})", drawn
    ),
    _named("authorization", "bearer ", r"bearer[ \t]{1,3}(?!eyJ)([A-Za-z0-9._~+/-]{20,2000}={0,2})", tangled),
    _named(
        "authorization", "basic ", r"basic[ \t]{1,3}([A-Za-z0-9+/]{8,500}={0,2})(?![A-Za-z0-9])", authentic
    ),
    *(
        _named(
            "named secret",
            name,
            rf"{OTHER}{before}{name}{ON}({VALUE}){UNLIKE_CODE}",
            tangled,
        )
        for name, before in (("secret", ""), ("token", ""), ("key", f"(?:(?<=api){OF_KEYS})"))
    ),
    *(
        _named("password", name[:4], rf"{name}\w{{0,12}}{IS}([\"'`])([^\s\"'`<>]{{10,100}})\1", strong)
        for name in ("pass(?:word|wd|phrase)", "pwd")
    ),
    *(
        _named(
            "password",
            name[:4],
            rf"{name}(?:=|:[ \t]{{1,3}})([\w!@#%^&*+.~/-]{{12,100}})(?=\s|$|[;,])",
            strange,
        )
        for name in ("pass(?:word|wd)", "pwd")
    ),
)
DISCORD = re.compile(rf"(?<![\w.-])([MNO]{WORD}{{23,27}}\.{DASHED}{{6,7}}\.{DASHED}{{27,40}})(?![\w-])")
NAMES = WEAK | {"me", "name", "login", "user", "x-access-token"}
AUTHORITY = re.compile(r"://([^\s/?#@:\"'<>`()\[\]]{0,80}):([^\s/?#@:\"'<>`]{3,200})@(\[?[\w.-]{1,200})")
LOCAL = re.compile(
    r"localhost|127\.|0\.0\.0\.0|\[?::1|[^.]*$|.*\b(?:example|company|domain|mydomain|yourdomain|mysite|hostname)\b"
    r"|.*\.(?:test|invalid|local|localhost)$",
    re.IGNORECASE,
)


def of_address(user: str, password: str, host: str) -> bool:
    """Whether what stands before the @ of an address opens something that others can reach."""
    if not chosen(password):
        return False
    doubts = (user.lower() in NAMES) + bool(LOCAL.match(host))
    if doubts:
        return tangled(password) or (doubts == 1 and strong(password))
    return user.lower() != password.lower()
