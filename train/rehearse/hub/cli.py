"""`python -m train hub`: serve the embedded Hub."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from train.rehearse.hub import asking

if TYPE_CHECKING:
    from train.rehearse.hub.accounts import Accounts

DEFAULT_ACCOUNT = "rehearsal:hf_rehearsal"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("--port", type=int, default=8765, help="where to listen; 0 is any free port")
    parser.add_argument("--data", type=Path, default=Path("runs/hub"), help="the folder that holds it all")
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
    parser.add_argument(
        "--immutable-tags",
        action="store_true",
        help="refuse to delete a tag, which the real Hub lets whoever can write",
    )
    asking.add_arguments(parser)


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
            serve(application(hub), listener, ready=lambda: _greet(url, accounts))
    return 0


def _greet(url: str, accounts: Accounts) -> None:
    token = accounts.known[0].token
    names = ", ".join(f"{account.name} ({account.role}, {account.token})" for account in accounts.known)
    print(f"Hub ready at {url}")
    print(f"  export HF_ENDPOINT={url} HF_TOKEN={token}")
    print(f"  accounts: {names}", flush=True)
