"""The Jobs of one errand: found again by their label, started once, ended."""

from dataclasses import dataclass

from huggingface_hub import HfApi, JobInfo
from huggingface_hub._jobs_api import TERMINAL_JOB_STAGES, JobHardwareInfo
from huggingface_hub.errors import HfHubHTTPError

from train.errors import ImprintError, StageError, closest, nearest
from train.jobs.order import Order, Place
from train.patience import asked, ensured

NO_CREDIT = 402


@dataclass(frozen=True)
class Board:
    """The Jobs of one errand, as the Hub lists them."""

    api: HfApi
    place: Place

    def all(self) -> list[JobInfo]:
        """Every Job of this errand, the oldest first."""
        label, namespace = {self.place.label: self.place.key}, self.place.namespace
        found = asked(lambda: list(self.api.list_jobs(labels=label, namespace=namespace)))
        return sorted(found, key=lambda job: (str(job.created_at), job.id))

    def running(self) -> list[JobInfo]:
        """Those that have not ended."""
        return [job for job in self.all() if not is_over(job)]

    def now(self, job: JobInfo) -> JobInfo:
        """A Job as it is at this moment."""
        namespace = self.place.namespace
        return asked(lambda: self.api.inspect_job(job_id=job.id, namespace=namespace))

    def started(self, order: Order) -> JobInfo:
        """The one Job of this errand: the one that runs, or a new one.

        The answer to a start can be lost, and another machine can start the same: so it is looked
        for before and after each try, and all but the oldest are ended.
        """
        ended = {job.id for job in self.all() if is_over(job)}
        found = ensured(
            look=lambda: next((job for job in self.all() if job.id not in ended), None),
            write=lambda: self._start(order),
            what=lambda: f"the Job of {order.place.recipe}",
        )
        for other in self.running():
            if other.id != found.id:
                self._end(other)
        return found

    def cancel(self) -> list[JobInfo]:
        """End every Job of this errand; those that were ended."""
        running = self.running()
        for job in running:
            self._end(job)
        return running

    def _start(self, order: Order) -> None:
        try:
            self.api.run_job(**order.as_arguments())
        except HfHubHTTPError as error:
            if error.response.status_code != NO_CREDIT:
                raise
            what = f"{order.place.namespace} has no credit left for a Job on {order.flavor}."
            raise StageError(what, fix="https://huggingface.co/settings/billing") from error

    def _end(self, job: JobInfo) -> None:
        try:
            asked(lambda: self.api.cancel_job(job_id=job.id, namespace=self.place.namespace))
        except HfHubHTTPError:
            if not is_over(self.now(job)):  # else it has ended by itself
                raise


def is_over(job: JobInfo) -> bool:
    """Whether nothing more will happen to it."""
    return job.status.stage in TERMINAL_JOB_STAGES


def machine(api: HfApi, flavor: str) -> JobHardwareInfo:
    """The machine that is called so, with its price; refused if a Job could not use it whole."""
    offered = {each.name: each for each in asked(api.list_jobs_hardware)}
    found = offered.get(flavor)
    if found is None:
        what = f"There is no machine {flavor!r} for Jobs.{nearest(flavor, offered)} There are: "
        meant = closest(flavor, offered)
        raise ImprintError(what + ", ".join(offered) + ".", fix="--flavor l4x1", meant=meant)
    if found.accelerator and found.accelerator.quantity != "1":
        what = f"{flavor} has {found.accelerator.quantity} GPUs, and a Job uses one."
        raise ImprintError(what, fix="--flavor l4x1")
    return found
