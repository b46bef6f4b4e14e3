"""What a Job costs, and what it may cost at most."""

import pytest
from huggingface_hub import JobInfo
from huggingface_hub._jobs_api import JobHardwareInfo

from tests.rented import ME
from train.errors import ImprintError
from train.jobs.watch import cost, most

L4 = JobHardwareInfo(
    name="l4x1",
    prettyName="1x Nvidia L4",
    cpu="8 vCPU",
    ram="30 GB",
    accelerator={
        "type": "gpu",
        "model": "L4",
        "quantity": "1",
        "vram": "24 GB",
        "manufacturer": "Nvidia",
    },
    unitCostMicroUSD=13333,
    unitCostUSD=0.013333,
    unitLabel="minute",
)


def test_the_cost_is_the_time_that_it_ran_by_the_price_of_the_machine() -> None:
    job = JobInfo(
        id="65f0",
        owner={"id": ME, "name": ME, "type": "user"},
        status={"stage": "COMPLETED"},
        durations={"schedulingSecs": 40, "runningSecs": 754, "totalSecs": 794},
    )
    assert cost(job, L4) == "ran for 12 min 34 s on l4x1, about $0.17"


@pytest.mark.parametrize(("timeout", "dollars"), [("4h", "3.20"), ("90m", "1.20"), ("1.5h", "1.20")])
def test_what_it_costs_at_most_is_said_before(timeout: str, dollars: str) -> None:
    assert most(timeout, L4) == f"at most ${dollars} ({timeout} on l4x1)"


@pytest.mark.parametrize("timeout", ["soon", "0h", "1.5", "-4h", "٤h"])
def test_a_timeout_that_the_hub_would_not_take_is_refused_before_anything_is_sent(timeout: str) -> None:
    with pytest.raises(ImprintError, match="is no time"):
        most(timeout, L4)
