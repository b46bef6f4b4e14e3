"""What a training will take, as a person reads it before it starts."""

from dataclasses import dataclass

GB = 1_000_000_000
SPARE = 0.9  # of the free memory: an estimate is no measurement
LONG_S = 600.0
UNITS = ((2 * 86400, 86400, "days"), (2 * 3600, 3600, "hours"), (120, 60, "minutes"), (0, 1, "seconds"))


@dataclass(frozen=True)
class Load:
    """How much there is to learn."""

    rows: int  # as training sees them: packed ones, if texts are packed
    tokens: int
    steps: int
    step_tokens: float  # in all processes together


@dataclass(frozen=True)
class Device:
    """Where it is learned."""

    name: str
    kind: str
    free: float  # bytes
    rate: float  # multiplications and additions a second, of one large product


@dataclass(frozen=True)
class Needs:
    """Weights to learn and to multiply with, and the bytes of memory by what takes them."""

    weights: int
    learned: int
    base: float
    adapter: float
    activations: float  # kept for the way back
    whole: float  # the same, if nothing were computed twice
    loss: float
    runtime: float

    @property
    def total(self) -> float:
        """All of them."""
        return self.base + self.adapter + self.activations + self.loss + self.runtime


@dataclass(frozen=True)
class Plan:
    """How much there is to do, and what it takes."""

    base: str
    load: Load
    needs: Needs
    device: Device
    step_s: float
    smaller: str  # the command to type, if it does not fit
    measured: int = 0  # steps that were tried out for it; 0: worked out from the device's rate

    @property
    def fits(self) -> bool:
        """Whether the device has the memory."""
        return self.needs.total <= SPARE * self.device.free

    @property
    def seconds(self) -> float:
        """All steps together."""
        return self.load.steps * self.step_s

    @property
    def line(self) -> str:
        """All of it in one line."""
        memory = f"{_gb(self.needs.total)} of {_gb(self.device.free)} GB on {self.device.name}"
        fits = "" if self.fits else ", which is too little (--plan says what to change)"
        return f"plan: {self.load.steps:,} steps, about {_spoken(self.seconds)}, about {memory}{fits}"


def text(plan: Plan) -> str:
    """The plan in a few lines, and what to change if it does not fit."""
    need, load, device = plan.needs, plan.load, plan.device
    how = (
        f"measured over {plan.measured} steps" if plan.measured else "worked out from one large product here"
    )
    parts = {"base": need.base, "adapter": need.adapter, "activations": need.activations}
    parts |= {"loss": need.loss, "Python and PyTorch": need.runtime}
    split = ", ".join(f"{name} {_gb(size)}" for name, size in parts.items())
    lines = [
        f"base    {plan.base}: {need.weights:,} weights, and {need.learned:,} to learn",
        f"rows    {load.rows:,} with {load.tokens:,} tokens; {load.steps:,} steps of {load.step_tokens:,.0f}",
        f"memory  about {_gb(need.total)} GB ({split}); {device.name} has {_gb(device.free)}",
        f"time    about {_spoken(plan.seconds)}: {plan.step_s:.2g} s a step, {how}; validation not counted",
    ]
    return "\n".join([*lines, *([] if plan.fits else [f"It will not fit. Try {plan.smaller}"])])


def _gb(size: float) -> str:
    return f"{size / GB:.1f}"


def _spoken(seconds: float) -> str:
    size, unit = next((size, unit) for least, size, unit in UNITS if seconds >= least)
    return f"{seconds / size:.0f} {unit}"
