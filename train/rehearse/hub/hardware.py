"""The machines one can ask for, with their prices. Here everything runs on this one, for nothing."""

from __future__ import annotations

from dataclasses import dataclass

_MICRO = 1_000_000
DEFAULT = "cpu-basic"


@dataclass(frozen=True)
class Hardware:
    """A kind of machine; the price is in dollars an hour."""

    name: str
    pretty_name: str
    cpus: int
    ram_gb: int
    usd_per_hour: float
    gpu: str = ""
    vram_gb: int = 0

    def to_wire(self) -> dict[str, object]:
        """As the client reads it."""
        gpu = {
            "type": "gpu",
            "model": self.gpu,
            "quantity": "1",
            "vram": f"{self.vram_gb} GB",
            "manufacturer": "Nvidia",
        }
        return {
            "name": self.name,
            "prettyName": self.pretty_name,
            "cpu": f"{self.cpus} vCPU",
            "ram": f"{self.ram_gb} GB",
            "accelerator": gpu if self.gpu else None,
            "unitCostMicroUSD": round(self.usd_per_hour / 60 * _MICRO),
            "unitCostUSD": round(self.usd_per_hour / 60, 6),
            "unitLabel": "minute",
        }


HARDWARE = (
    Hardware("cpu-basic", "CPU Basic", 2, 16, 0.01),
    Hardware("cpu-upgrade", "CPU Upgrade", 8, 32, 0.03),
    Hardware("t4-small", "Nvidia T4 - small", 4, 15, 0.40, "T4", 16),
    Hardware("t4-medium", "Nvidia T4 - medium", 8, 30, 0.60, "T4", 16),
    Hardware("l4x1", "1x Nvidia L4", 8, 30, 0.80, "L4", 24),
    Hardware("a10g-small", "Nvidia A10G - small", 4, 15, 1.00, "A10G", 24),
    Hardware("a10g-large", "Nvidia A10G - large", 12, 46, 1.50, "A10G", 24),
    Hardware("l40sx1", "1x Nvidia L40S", 8, 62, 1.80, "L40S", 48),
    Hardware("a100-large", "Nvidia A100 - large", 12, 142, 2.50, "A100", 80),
    Hardware("h200", "Nvidia H200", 23, 256, 5.00, "H200", 141),
)
FLAVORS = tuple(each.name for each in HARDWARE)
