"""A Job as this side sees it: its log as it comes, its end, its cost."""

import re
import sys
from collections import deque
from dataclasses import dataclass, field
from time import sleep

import httpx2
from huggingface_hub import JobInfo
from huggingface_hub._jobs_api import JobHardwareInfo
from huggingface_hub.errors import HfHubHTTPError

from train.errors import ImprintError
from train.jobs.board import Board, is_over

SHOWN_LINES = 50  # of a Job that failed
PAUSE_S = 0.5
_UNITS_S = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


@dataclass
class Watch:
    """Follows one Job; what it has shown once it does not show again."""

    board: Board
    lines: int = 0
    last: deque[str] = field(default_factory=lambda: deque(maxlen=SHOWN_LINES))

    def until_over(self, job: JobInfo) -> JobInfo:
        """The Job when it has ended; its log goes to stderr as it comes."""
        while not is_over(job):
            self._show(job, follow=True)
            sleep(PAUSE_S)  # its stage follows the end of its log
            job = self.board.now(job)
        self._show(job, follow=False)
        return job

    def _show(self, job: JobInfo, *, follow: bool) -> None:
        api, namespace = self.board.api, self.board.place.namespace
        try:
            said = api.fetch_job_logs(job_id=job.id, namespace=namespace, follow=follow)
            for number, line in enumerate(said):
                if number >= self.lines:
                    self.lines += 1
                    self.last.append(line)
                    print(f"  {line}", file=sys.stderr, flush=True)
        except (HfHubHTTPError, httpx2.TransportError) as error:  # the Job goes on without being watched
            why = str(error).strip().splitlines()[:1]
            print("note: its log is not to be had just now", *why, sep=": ", file=sys.stderr)


def failure(job: JobInfo, price: JobHardwareInfo, last: deque[str], again: str) -> ImprintError:
    """What became of a Job that did not finish: stage, message, last words, cost."""
    told = [
        f"The Job {job.id} ended as {job.status.stage}: {job.status.message or 'no reason is given'}.",
        *(f"  {line}" for line in last),
        f"It {cost(job, price)}. {job.url}",
    ]
    return ImprintError("\n".join(told), fix=again)


def cost(job: JobInfo, price: JobHardwareInfo) -> str:
    """How long a Job ran and what that costs, by its own record."""
    seconds = (job.durations.running_secs if job.durations else None) or 0
    dollars = seconds / _unit_s(price) * price.unit_cost_usd
    return f"ran for {seconds // 60} min {seconds % 60} s on {price.name}, about ${dollars:.2f}"


def most(timeout: str, price: JobHardwareInfo) -> str:
    """What a Job costs if it runs until its timeout."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?(?=[smhd])|\d+)([smhd]?)", timeout, re.ASCII)
    if not found or not float(found[1]):
        raise ImprintError(f"{timeout!r} is no time.", fix="--timeout 4h (or 90m)")
    dollars = float(found[1]) * _UNITS_S[found[2] or "s"] / _unit_s(price) * price.unit_cost_usd
    return f"at most ${dollars:.2f} ({timeout} on {price.name})"


def _unit_s(price: JobHardwareInfo) -> int:
    return {"second": 1, "minute": 60, "hour": 3600}[price.unit_label]
