"""A few steps in a process of its own, which says how much memory it planned for and took."""

import json
import resource
import sys
from pathlib import Path
from typing import Any

from tests import stopped
from train.sections import Option


def main(base: str, folder: str, options: str) -> None:
    import torch

    from train.tune.planning import drawn_up
    from train.tune.trainer import prepared

    torch.set_num_threads(1)
    asked: dict[str, Option] = json.loads(options)
    recipe = stopped.recipe(Path(base), max_steps=2, save_strategy="no", **asked)
    rows = [stopped.row("train", 6) | {"text": "# Notebook\n\n" + "More tea. " * 2000} for _ in range(4)]
    trainer: Any = prepared(recipe, stopped.COMMIT, rows, Path(folder))
    need = drawn_up(recipe, trainer.model.config, trainer.args, trainer.train_dataset).needs
    trainer.train()
    took = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"planned": need.total, "took": took, "runtime": need.runtime}))


if __name__ == "__main__":
    main(*sys.argv[1:])
