"""bitsandbytes' 4 bits on a CPU: its own bits and its own kernel, without what takes longer than they do.

To find a weight's bits it searches a table for each; it lays them out for the kernel when they are first
used, by way of 32-bit numbers; a call of the kernel goes through three layers of Python; and the kernel
looks all weights up again for every four tokens of a prompt.
"""

import ctypes
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from bitsandbytes import functional
from bitsandbytes.cextension import lib
from bitsandbytes.nn.modules import Linear4bit
from numpy.typing import NDArray
from torch import Tensor

bnb: Any = functional  # not all of it has types
TURNED = 32  # rows that the kernel reads side by side
MANY = 32  # tokens, from which on opening the weights for PyTorch's product is quicker than the kernel
PIECE = 1 << 22  # weights opened at once: fewer, and the calls count; more, and the cache does not hold them
TILE = 1024  # blocks that are rounded while the cache holds them
NIBBLES = 0x0F0F0F0F  # the lower half of each byte
Multiply = Callable[[Tensor, Tensor], object]  # an input's rows, and where their products go
Floats = NDArray[np.float32]
Codes = NDArray[np.uint8]


@contextmanager
def quick() -> Iterator[None]:
    """Inside, weights that a base is loaded with get their bits the quick way."""
    theirs = bnb.quantize_4bit

    def quantised(weights: Tensor, **options: Any) -> tuple[Tensor, Any]:
        return _quantised(weights, **options) if _fits(weights, **options) else theirs(weights, **options)

    bnb.quantize_4bit = quantised
    try:
        yield
    finally:
        bnb.quantize_4bit = theirs


def product(layers: Sequence[Any]) -> Callable[[Tensor], Tensor] | None:
    """What several layers make of one input, by `kernel`, if their weights are laid out for it."""
    multiply, width = kernel(layers), sum(layer.out_features for layer in layers)
    if multiply is None:
        return None

    def call(x: Tensor) -> Tensor:
        out = x.new_empty(len(x), width)
        multiply(x, out)
        return out

    return call


def kernel(layers: Sequence[Any]) -> Multiply | None:
    """Several layers' products side by side, by bitsandbytes' kernel, if their weights are laid out for it.

    They move together for that: the layers keep their parts.
    """
    if not all(_laid_out(layer) for layer in layers):
        return None
    states = [layer.weight.quant_state for layer in layers]
    bits = torch.cat([layer.weight.data for layer in layers])
    scales = torch.cat([state.absmax for state in states], 1)
    heights = [len(layer.weight.data) for layer in layers]
    for layer, part, own in zip(
        layers, bits.split_with_sizes(heights), scales.split_with_sizes(heights, 1), strict=True
    ):
        layer.weight.data, layer.weight.quant_state.absmax = part, own.contiguous()
    biases = [(layer.bias, at) for at, layer in enumerate(layers) if layer.bias is not None]
    few, many = _call(bits, scales, states[0].blocksize), _opened(bits, scales, states[0].blocksize)

    def call(x: Tensor, out: Tensor) -> None:
        (few if len(x) < MANY else many)(x, out)
        for bias, at in biases:
            out.split_with_sizes(heights, 1)[at].add_(bias)

    return call


def _laid_out(layer: Any) -> bool:
    state: Any = getattr(layer.weight, "quant_state", None) if isinstance(layer, Linear4bit) else None
    return getattr(state, "packing_format_for_cpu", False) and state.quant_type == "nf4"


def _call(bits: Tensor, scales: Tensor, blocksize: int) -> Multiply:
    number, pointer, multiply = ctypes.c_int64, ctypes.c_void_p, lib.gemv_4bit_inference_cpu_nf4_bf16
    held = bits, scales  # as long as there are calls
    height, width, block = number(len(bits)), number(2 * bits.shape[1]), number(blocksize)

    def call(x: Tensor, out: Tensor) -> None:
        ours, theirs = (pointer(each.data_ptr()) for each in held)
        given, to, strides = pointer(x.data_ptr()), pointer(out.data_ptr()), (x.stride(0), out.stride(0))
        multiply(number(len(x)), height, width, given, ours, theirs, to, block, *map(number, strides))

    return call


def _opened(bits: Tensor, scales: Tensor, blocksize: int) -> Multiply:
    """The same products as PyTorch's own, of weights in 16 bits: a piece of them at a time."""
    height, half = bits.shape
    rows = min(max(PIECE // half // 2 // TURNED, 1) * TURNED, height)

    def call(x: Tensor, out: Tensor) -> None:
        left, right = x.view(len(x), -1, 2, 2).unbind(2)
        x = torch.stack((right, left), -1).view(x.shape)  # in the order of the weights' columns
        room = torch.empty(rows, 2 * half, dtype=torch.bfloat16)
        for at in range(0, height, rows):
            part = slice(at, at + rows)
            own = _dequantised(_rows(bits[part]), scales[:, part], blocksize, room)
            torch.mm(x, own.t(), out=out[:, part])

    return call


def _rows(bits: Tensor) -> Tensor:
    """The kernel's bits row by row; in a byte stands a weight behind the one that is two columns further."""
    height, half = bits.shape
    found = torch.empty(height // TURNED, 2, TURNED // 2, half // 2, dtype=torch.int16)
    found.copy_(bits.view(torch.int16).view(len(found), -1, 2, TURNED // 2).permute(0, 2, 3, 1))
    left, right = found.view(torch.int32).unbind(1)  # in a byte, one row below another, 16 further down
    swapped = left.bitwise_right_shift(4).bitwise_xor_(right).bitwise_and_(NIBBLES)
    right.bitwise_xor_(swapped)
    left.bitwise_xor_(swapped.bitwise_left_shift_(4))
    return found.view(torch.uint8).view(height, half)


def _dequantised(bits: Tensor, scales: Tensor, blocksize: int, room: Tensor) -> Tensor:
    """Weights as bitsandbytes opens them."""
    number, pointer, opened = ctypes.c_longlong, ctypes.c_void_p, room[: len(bits)]
    sizes = scales.t().float().contiguous()
    given, own, to = (pointer(each.data_ptr()) for each in (bits, sizes, opened))
    lib.cdequantize_blockwise_cpu_nf4_bf16(given, own, to, *map(number, (blocksize, *opened.shape)))
    return opened


def _fits(weights: Tensor, blocksize: int, quant_type: str, quant_storage: torch.dtype, **_: Any) -> bool:
    """Whether they are those of a layer that the kernel can multiply with."""
    plain = quant_type == "nf4" and quant_storage == torch.uint8 and weights.device.type == "cpu"
    return plain and weights.dim() == 2 and not len(weights) % TURNED and not weights.shape[1] % blocksize


def _quantised(weights: Tensor, blocksize: int, compress_statistics: bool, **_: Any) -> tuple[Tensor, Any]:
    """The bits, laid out for the kernel, and what bitsandbytes knows of them then."""
    bits, sizes = _laid(weights, blocksize)
    known = bnb.QuantState(
        _rounded(sizes.view(-1), compress_statistics).view(sizes.shape).T.contiguous(),
        shape=weights.shape,
        code=bnb.get_4bit_type("nf4", device="cpu"),
        blocksize=blocksize,
        quant_type="nf4",
        dtype=torch.bfloat16,
    )
    known.original_dtype, known.original_nested = weights.dtype, compress_statistics
    known.original_qshape, known.packing_format_for_cpu = torch.Size((bits.numel(), 1)), True
    return bits, known


def _laid(weights: Tensor, blocksize: int) -> tuple[Tensor, Tensor]:
    """The bits as the kernel reads them, and the largest weight in each block."""
    height, width = weights.shape
    bits, bounds = torch.empty(height, width // 2, dtype=torch.uint8), _bounds()
    sizes = weights.view(height, -1, blocksize).abs().amax(-1).float()
    to, factors = bits.numpy(), (1 / sizes.clamp(min=1e-38)).numpy()

    def work(at: int) -> None:
        part = slice(at, at + TURNED)
        codes = _codes(_floats(weights[part]).reshape(-1, blocksize) * factors[part].reshape(-1, 1), bounds)
        to[part] = _turned(codes.reshape(TURNED, width)).reshape(TURNED, -1)

    with ThreadPoolExecutor(torch.get_num_threads()) as cores:
        list(cores.map(work, range(0, height, TURNED)))
    return bits, sizes


def opened(weights: Tensor, bits: Any) -> Floats:
    """Weights as they come back from the bits they are given."""
    options = {"blocksize": 64, "quant_type": bits.bnb_4bit_quant_type, "quant_storage": torch.uint8}
    twice = bits.bnb_4bit_use_double_quant
    if not _fits(weights, **options):
        known = bnb.quantize_4bit(weights.float(), compress_statistics=twice, **options)
        theirs: Floats = bnb.dequantize_4bit(*known).numpy()
        return theirs
    blocks, values, bounds = weights.view(-1, 64), bnb.get_4bit_type("nf4", device="cpu").numpy(), _bounds()
    parts = [slice(at, at + TILE) for at in range(0, len(blocks), TILE)]
    sizes = np.concatenate([np.abs(_floats(blocks[part])).max(1) for part in parts])
    factors = 1 / np.maximum(sizes, np.float32(1e-38))
    scales = _rounded(torch.from_numpy(sizes), twice).float().numpy()
    found = np.empty(blocks.shape, np.float32)
    for part in parts:
        codes = _codes(_floats(blocks[part]) * factors[part, None], bounds)
        np.multiply(values[codes], scales[part, None], out=found[part])
    return found.reshape(weights.shape)


def _bounds() -> list[np.float32]:
    code = bnb.get_4bit_type("nf4", device="cpu")
    return list(((code[:-1] + code[1:]) / 2).numpy())


def _floats(weights: Tensor) -> Floats:
    if weights.dtype != torch.bfloat16:
        floats: Floats = weights.float().numpy()
        return floats
    halves = weights.view(torch.uint16).numpy()  # first halves of floats, which numpy does not know
    whole: Floats = np.left_shift(halves, 16, dtype=np.uint32).view(np.float32)
    return whole


def _codes(shares: Floats, bounds: list[np.float32]) -> Codes:
    """Each weight's place among the bounds; weights are given as shares of the largest in their block."""
    codes, below = np.full(shares.shape, len(bounds), np.uint8), np.empty(shares.shape, np.bool_)
    for bound in bounds:
        np.less_equal(shares, bound, out=below)
        np.subtract(codes, below.view(np.uint8), out=codes)
    return codes


def _turned(codes: Codes) -> Codes:
    """As the kernel reads them: by pairs of columns; in a byte, one row below another, 16 further down."""
    half = TURNED // 2
    pairs = (codes[:half] | codes[half:] << 4).view(np.uint16)
    return np.ascontiguousarray(pairs.T).view(np.uint8)


def _rounded(scales: Tensor, twice: bool) -> Tensor:
    """The blocks' scales as the kernel takes them, quantised themselves if training had them so."""
    if twice:
        middle = scales.mean()
        scales = bnb.dequantize_blockwise(*bnb.quantize_blockwise(scales - middle, blocksize=256)).add_(
            middle
        )
    return scales.to(torch.bfloat16)
