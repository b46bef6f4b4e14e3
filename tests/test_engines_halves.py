"""Where bitsandbytes has no kernel for 4 bits, their values are opened once to 16: the numbers stay."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engines import halves, nf4, weights
from engines.model import Prompt
from tests.test_engines_straight import BITS, SIZES, close, long_way, made, opened, written

LEAST = 0.1  # of likelihoods around 2.3: weights are rounded to 11 bits, nothing else is


def known(twice: bool = True) -> Any:
    bits = weights.in_bits(BITS | {"use_bnb_nested_quant": twice})
    assert bits
    return bits


@pytest.fixture
def no_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any processor is taken for one on which bitsandbytes has none."""
    monkeypatch.setattr(weights, "quick", lambda _: False)


@pytest.fixture
def alike() -> None:
    """Skips where bitsandbytes has its kernel: FBGEMM has other ones there too, which nobody uses."""
    if nf4.bnb.has_avx512bf16():
        pytest.skip("this processor has AVX-512 for bfloat16")


@pytest.mark.parametrize("twice", [True, False], ids=["scales in 8 bits", "scales as they are"])
@pytest.mark.parametrize("kind", ["bfloat16", "float32"])
@pytest.mark.parametrize(("height", "width"), [(32, 64), (96, 192), (2080, 64)])
def test_weights_come_back_as_bitsandbytes_opens_them(
    height: int, width: int, kind: str, twice: bool
) -> None:
    import torch

    given = torch.randn(height, width, generator=torch.Generator().manual_seed(height))
    given[0, :64], given[1, :64] = 0, torch.linspace(-1, 1, 64)
    given = given.to(getattr(torch, kind))
    bits, state = nf4.bnb.quantize_4bit(given.float(), blocksize=64, quant_type="nf4")
    state.absmax = nf4._rounded(state.absmax, twice).float()  # as the kernel has them
    theirs = nf4.bnb.dequantize_4bit(bits, state)
    assert np.array_equal(nf4.opened(given, known(twice)), theirs.numpy())


def test_weights_of_odd_sizes_are_opened_by_bitsandbytes_itself() -> None:
    import torch

    given = torch.randn(33, 96)
    assert np.abs(nf4.opened(given, known()) - given.numpy()).max() < 0.6


@pytest.mark.parametrize("biased", [True, False])
def test_the_products_are_those_of_the_layers(biased: bool) -> None:
    import torch

    layers = [torch.nn.Linear(192, height, bias=biased and height == 96) for height in (96, 32)]
    x = torch.randn(40, 192)
    with torch.inference_mode():
        theirs = torch.cat([layer(x) for layer in layers], 1)
        call = halves.product(layers, None)
        ours = call(x)
        assert (ours - theirs).abs().max() < 2e-3
        assert torch.equal(torch.cat([layer(x) for layer in layers], 1), ours), "each layer by itself"


@pytest.mark.usefixtures("alike")
def test_a_row_has_the_same_products_alone_and_beside_others() -> None:
    import torch

    x = torch.randn(40, 192)
    with torch.inference_mode():
        call = halves.product([torch.nn.Linear(192, height) for height in (96, 32)], None)
        ours = call(x)
        for rows in range(1, 41):
            assert torch.equal(call(x[:rows]), ours[:rows])


@pytest.mark.usefixtures("no_kernel")
@pytest.mark.parametrize("kind", ["llama", "qwen2"])
def test_opened_weights_say_what_the_base_in_4_bits_says(kind: str, tmp_path: Path) -> None:
    import torch

    adapters = made(tmp_path, kind, **SIZES)
    ours, theirs = opened(tmp_path, BITS, adapters), opened(tmp_path, None, adapters)
    assert ours.name.startswith("transformers, 4 bits opened to 16, on ")
    with torch.no_grad():
        for name, weight in theirs._base.named_parameters():
            if "_proj" in name and "lora" not in name and "bias" not in name:
                weight.copy_(torch.from_numpy(nf4.opened(weight.data, known())))
    for keys in (["a0"], ["a1", "", "a0"]):
        assert close(written(ours, keys), long_way(theirs, keys), LEAST)
        assert close(long_way(ours, keys), long_way(theirs, keys), LEAST)


@pytest.mark.usefixtures("alike", "no_kernel")
def test_a_text_alone_has_the_numbers_that_it_has_beside_others(tmp_path: Path) -> None:
    model = opened(tmp_path, BITS, made(tmp_path, "llama", **SIZES))
    for many in range(1, 9):
        together = model.join([Prompt(range(30, 37), "a0")] * many)
        after = model.step([5] * many)
        model.keep([])
        assert np.array_equal(together[-1], model.join([Prompt(range(30, 37), "a0")])[0])
        assert np.array_equal(after[-1], model.step([5])[0])
        model.keep([])
