"""`python -m train hub`: serve the embedded Hub."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from train.rehearse.hub import asking
from train.rehearse.hub.faults import FAULTS, GRAMMAR
from train.verbs.answer import Answer
from train.verbs.page import Page

if TYPE_CHECKING:
    from train.rehearse.hub.accounts import Account, Accounts

DEFAULT_ACCOUNT = "rehearsal:hf_rehearsal"
PAGE = Page(
    does="""Serves the embedded Hub on this machine alone, until Ctrl-C: a Hugging Face Hub that
    huggingface_hub, hf, datasets, transformers, peft, gradio and git cannot tell from the real one for
    all that a release does. With HF_ENDPOINT and HF_TOKEN as it prints them, clients see it and no other.""",
    reads="runs/hub, what rehearsals left",
    leaves="runs/hub; requests.jsonl in it: every request, its status and fault",
    examples=(
        ("python -m train hub", "the repositories that were rehearsed"),
        ("python -m train hub --account ada:hf_ada --org acme=ada:admin --run-spaces", "Spaces really start"),
        (
            "python -m train hub --trust \\\n"
            "    'datasets/acme/posts repository=acme/writer environment=hugging-face'",
            "a workflow that may publish without a stored token",
        ),
        ("HF_ENDPOINT=http://127.0.0.1:8765 HF_TOKEN=hf_rehearsal hf models ls", "what a client sees of it"),
        ("git clone http://ada:hf_ada@127.0.0.1:8765/acme/writer", "git, too"),
        ("python -m train hub --port 0 --json", "for a program: one line with its address"),
    ),
    codes="0 when it is stopped. With --json one line is written when it can be asked, and nothing after it.",
    more=(GRAMMAR, FAULTS),
)


@dataclass(frozen=True)
class Serving:
    """An embedded Hub that answers."""

    url: str
    accounts: tuple[Account, ...]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument(
        "--port", type=int, default=8765, help="where to listen (default: 8765); 0 is any free port"
    )
    parser.add_argument(
        "--data",
        type=Path,
        default=Path("runs/hub"),
        metavar="FOLDER",
        help="what holds it all (default: runs/hub)",
    )
    _add_accounts(parser)
    parser.add_argument(
        "--immutable-tags",
        action="store_true",
        help="refuse to delete a tag, which the real Hub lets whoever can write",
    )
    asking.add_arguments(parser)


def _add_accounts(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--account",
        action="append",
        metavar="NAME:TOKEN[:ROLE]",
        help="who may sign in, with the role read, write or fine-grained=REPO,REPO; repeatable, also for "
        f"more tokens of one name; {DEFAULT_ACCOUNT} if none is given",
    )
    parser.add_argument(
        "--org",
        action="append",
        default=[],
        metavar="NAME=USER:ROLE,...",
        help="an organisation with its members' roles: admin, write, contributor or read; repeatable",
    )


def run(args: argparse.Namespace) -> int:
    """Serve until Ctrl-C or SIGTERM."""
    from train.rehearse.hub.accounts import Accounts, parse_account, parse_organisation
    from train.rehearse.hub.app import application
    from train.rehearse.hub.hub import closing, open_hub
    from train.rehearse.hub.serve import LOOPBACK, bind, serve, sole_use

    known = tuple(parse_account(text) for text in args.account or [DEFAULT_ACCOUNT])
    accounts = Accounts(known, tuple(parse_organisation(text, known) for text in args.org))
    with sole_use(args.data), bind(args.port) as listener:
        url = f"http://{LOOPBACK}:{listener.getsockname()[1]}"
        asked = asking.asked(args, url)
        hub = open_hub(args.data, accounts, asked=asked, immutable_tags=args.immutable_tags)
        with closing(hub):
            serve(application(hub), listener, ready=lambda: args.give(_greeting(url, accounts)))
    return 0


def _greeting(url: str, accounts: Accounts) -> Answer:
    token = accounts.known[0].token
    names = ", ".join(f"{account.name} ({account.role}, {account.token})" for account in accounts.known)
    lines = (f"Hub ready at {url}", f"  export HF_ENDPOINT={url} HF_TOKEN={token}", f"  accounts: {names}")
    return Answer("\n".join(lines), Serving(url, accounts.known), shown="while it serves")
