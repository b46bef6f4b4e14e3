"""`python -m train hub`: serve the embedded Hub."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

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
        help=f"who may sign in, with the role read or write; repeatable; {DEFAULT_ACCOUNT} if none is given",
    )


def run(args: argparse.Namespace) -> int:
    """Serve until Ctrl-C or SIGTERM."""
    from train.rehearse.hub.accounts import Accounts, parse_account
    from train.rehearse.hub.app import application
    from train.rehearse.hub.hub import open_hub
    from train.rehearse.hub.serve import LOOPBACK, bind, serve, sole_use

    accounts = Accounts(tuple(parse_account(text) for text in args.account or [DEFAULT_ACCOUNT]))
    with sole_use(args.data), bind(args.port) as listener:
        app = application(open_hub(args.data, accounts))
        url = f"http://{LOOPBACK}:{listener.getsockname()[1]}"
        serve(app, listener, ready=lambda: _greet(url, accounts))
    return 0


def _greet(url: str, accounts: Accounts) -> None:
    token = accounts.known[0].token
    names = ", ".join(f"{account.name} ({account.role}, {account.token})" for account in accounts.known)
    print(f"Hub ready at {url}")
    print(f"  export HF_ENDPOINT={url} HF_TOKEN={token}")
    print(f"  accounts: {names}", flush=True)
