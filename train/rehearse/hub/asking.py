"""What the command line of the Hub asks for beside its repositories."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from train.rehearse.hub.services import Asked


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare it."""
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
        metavar="KIND=N,...",
        help="count requests and refuse too many (default: api=1000,resolvers=5000,pages=200,window=300)",
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
