"""What the command line of the Hub asks for beside its repositories."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from train.rehearse.hub.faults import GRAMMAR

if TYPE_CHECKING:
    from train.rehearse.hub.services import Asked

_EXAMPLES = """\
a Hub with two people, an organisation and Spaces that really start
  python -m train hub --account ada:hf_ada --account ben:hf_ben:read --org acme=ada:admin --run-spaces

what clients need to see it and no other, and a look at what it holds
  export HF_ENDPOINT=http://127.0.0.1:8765 HF_TOKEN=hf_ada HF_HOME=/tmp/hub-cache
  hf upload acme/writer runs/news/bundle/adapter .
  git clone http://ada:hf_ada@127.0.0.1:8765/acme/writer
  tail -f runs/hub/requests.jsonl       every request: method, route, repository, status, bytes, fault

a workflow that may publish one data set without a stored token
  python -m train hub --trust 'datasets/acme/posts repository=acme/writer environment=hugging-face'
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare it; the help ends with examples, and with how a fault is written."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = f"{_EXAMPLES}\n{GRAMMAR}"
    parser.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="SPEC",
        help="let requests go wrong; repeatable, see below",
    )
    parser.add_argument(
        "--rate-limits",
        nargs="?",
        const="",
        metavar="api=N,resolvers=N,pages=N,window=SECONDS",
        help="count requests and refuse too many: by themselves 1000, 5000 and 200 in 300 seconds",
    )
    parser.add_argument(
        "--trust",
        action="append",
        default=[],
        metavar="'REPO CLAIM=VALUE ...'",
        help="a trusted publisher: a workflow with these claims may write to the repository; repeatable",
    )
    parser.add_argument("--run-jobs", action="store_true", help="run Jobs, as processes of this machine")
    parser.add_argument("--run-spaces", action="store_true", help="start Spaces, likewise")


def asked(args: argparse.Namespace, url: str) -> Asked:
    """What was asked for, checked."""
    from train.rehearse.hub.faults import parse_fault
    from train.rehearse.hub.limits import parse_quotas
    from train.rehearse.hub.publishers import parse_publisher
    from train.rehearse.hub.services import Asked

    return Asked(
        url,
        tuple(parse_fault(text).text for text in args.fault),
        None if args.rate_limits is None else parse_quotas(args.rate_limits),
        tuple(parse_publisher(text) for text in args.trust),
        args.run_jobs,
        args.run_spaces,
    )
