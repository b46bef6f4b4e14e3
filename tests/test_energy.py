from dataclasses import replace

import pytest

from cards.energy import estimate
from cards.facts import Training
from cards.limits import limits
from cards.render import model_card
from tests.golden import facts as golden
from tests.golden.writers import writer

TRAINED = Training({}, 1, 1, ())


@pytest.mark.parametrize(
    ("training", "kwh", "grams"),
    [
        pytest.param(replace(TRAINED, device="NVIDIA H200", seconds=3600.0), 0.7, 330.0, id="an hour"),
        pytest.param(
            replace(TRAINED, device="NVIDIA H200", devices=2, seconds=3600.0), 1.4, 660.0, id="two devices"
        ),
        pytest.param(replace(TRAINED, device="NVIDIA L40S", seconds=3600.0), 0.35, 170.0, id="not an L4"),
        pytest.param(replace(TRAINED, device="NVIDIA L40", seconds=3600.0), 0.3, 140.0, id="nor is an L40"),
        pytest.param(replace(TRAINED, device="NVIDIA H100 PCIe", seconds=3600.0), 0.35, 170.0, id="a card"),
        pytest.param(
            replace(TRAINED, device="NVIDIA A100-SXM4-80GB", seconds=3600.0), 0.4, 190.0, id="with its memory"
        ),
        pytest.param(replace(TRAINED, device="CPU", flops=3.6e12), 0.001, 0.48, id="operations"),
    ],
)
def test_energy_is_power_times_time_or_operations(training: Training, kwh: float, grams: float) -> None:
    found = estimate(training)
    assert found is not None
    assert (found.kwh, found.grams) == (kwh, grams)
    assert found.hardware == f"{training.devices} x {training.device}"


@pytest.mark.parametrize(
    "device", ["NVIDIA RTX A1000", "Quadro T400", "NVIDIA GeForce RTX 4090 Laptop GPU", "NVIDIA GH200 480GB"]
)
def test_a_device_whose_name_only_begins_alike_is_not_guessed_at(device: str) -> None:
    assert estimate(replace(TRAINED, device=device, seconds=3600.0)) is None


def test_without_a_basis_the_card_says_that_nothing_was_measured() -> None:
    assert estimate(replace(TRAINED, device="Acme 9", seconds=60.0, flops=1e15)) is None
    card = model_card(golden.MODEL)
    assert "| energy, CO₂ | not measured |" in card
    assert "| time |" not in card
    assert "co2_eq_emissions" not in card


def test_better_is_said_only_where_the_verdict_says_it() -> None:
    seen, last = golden.MODEL.evidence, writer("blog").model.evidence.last
    for base, before in ((False, False), (True, False), (True, True)):
        evidence = replace(seen, last=last, better_than_base=base, better_than_last=before)
        card = model_card(replace(golden.MODEL, evidence=evidence))
        assert ("**It is better than its base:**" in card) == base
        assert ("**It is better than v0.1.0:**" in card) == before
        assert ("Nothing on this page proves that it is better" in card) != base


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("unfinished", "12.5% of its texts did not end by themselves."),
        ("words_over_limit", "12.5% of its texts were over a tenth longer than asked for."),
        ("repetition_worst", "In one text of twenty, 12.5% or more of the four-word runs are repeats."),
    ],
)
def test_a_limit_is_said_with_its_figure_and_not_without(name: str, said: str) -> None:
    def told(value: float) -> tuple[str, ...]:
        figure = replace(golden.MODEL.evidence.figures[0], name=name, adapter=value)
        return limits(replace(golden.MODEL, evidence=replace(golden.MODEL.evidence, figures=(figure,))))

    assert said in told(0.125)
    assert not any(said[5:] in limit for limit in told(0.0))


def test_copying_that_nobody_looked_for_is_a_limit() -> None:
    assert any("Nobody looked" in limit for limit in limits(golden.MODEL))
    assert not any("Nobody looked" in limit for limit in limits(writer("blog").model))


def test_a_version_that_went_out_though_the_gate_was_shut_says_so_first() -> None:
    card = model_card(writer("humanizer").model)
    reason = "The one text that lost a number"
    assert card.index("**The gate was shut.**") < card.index(reason) < card.index("## What it writes")
