"""For a prompt, weights in 4 bits are opened into 16 and multiplied by PyTorch: the sums are the kernel's."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engines import nf4
from engines.model import Prompt
from tests.test_engines_straight import BITS, LEAST, SIZES, made, opened

ROUNDED = 2**-8  # of a number: the opened weights have 8 bits each, and so do the 16 that the kernel reads
LONG = [at % 300 for at in range(3 * nf4.MANY)]


@pytest.mark.parametrize("piece", [1, nf4.PIECE], ids=["in pieces", "at once"])
@pytest.mark.parametrize(("height", "width"), [(32, 64), (96, 192), (160, 576)])
def test_opened_weights_are_those_that_bitsandbytes_opens(
    height: int, width: int, piece: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch
    from bitsandbytes import functional

    monkeypatch.setattr(nf4, "PIECE", piece)
    bnb: Any = functional
    weights = torch.randn(height, width, generator=torch.Generator().manual_seed(height)).bfloat16()
    codes, state = bnb.quantize_4bit(weights, blocksize=64, quant_type="nf4")
    state.absmax = state.absmax.bfloat16().float()  # as the kernel has them
    theirs = bnb.dequantize_4bit(codes, state)
    bits, state = bnb._convert_weight_packed_for_cpu(codes, state)
    ours = torch.empty(width, height, dtype=torch.bfloat16)
    nf4._opened(bits, state.absmax, 64)(torch.eye(width).bfloat16(), ours)
    assert torch.equal(ours.t(), theirs)


@pytest.mark.usefixtures("kernel")
@pytest.mark.parametrize("biased", [True, False])
@pytest.mark.parametrize("rows", [nf4.MANY, 70, 256])
def test_a_prompts_products_are_the_kernels_but_for_rounding(rows: int, biased: bool) -> None:
    import torch
    from bitsandbytes.nn.modules import Linear4bit

    made_by: Any = Linear4bit
    wide = [made_by(192, height, biased, torch.bfloat16, quant_type="nf4") for height in (96, 32)]
    sizes = torch.cat([layer.weight.data.float().abs() for layer in wide])
    layers = [layer.to(torch.bfloat16).to("cpu").eval() for layer in wide]
    x = torch.randn(rows, 192).bfloat16()
    with torch.inference_mode():
        theirs = torch.cat([layer(x) for layer in layers], 1)
        call, out = nf4.kernel(layers), torch.zeros(rows, 200, dtype=torch.bfloat16)
        assert call
        call(x, out[:, 50:178])
        again = out.clone()
        call(x, again[:, 50:178])
    least = ROUNDED * (x.float().abs() @ sizes.t() + theirs.float().abs())
    assert ((out[:, 50:178].float() - theirs.float()).abs() <= least).all()
    assert not torch.equal(out[:, 50:178], theirs), "the kernel read it"
    assert not out[:, :50].any()
    assert not out[:, 178:].any()
    assert torch.equal(again, out), "the same numbers always"


@pytest.mark.usefixtures("kernel")
def test_a_long_prompt_has_the_same_numbers_always_and_goes_on_as_behind_the_kernel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = opened(tmp_path, BITS, made(tmp_path, "llama", **SIZES))

    def read() -> list[Any]:
        found = [model.join([Prompt(LONG, "a0")]), *(model.step([token]) for token in (5, 6, 7))]
        model.keep([])
        return found

    quick, again = read(), read()
    monkeypatch.setattr(nf4, "MANY", len(LONG) + 1)
    slow = read()
    assert all(np.array_equal(*pair) for pair in zip(quick, again, strict=True))
    assert not np.array_equal(quick[0], slow[0])
    assert all(np.abs(one - other).max() < LEAST[True] for one, other in zip(quick, slow, strict=True))
