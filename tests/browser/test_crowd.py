"""Many at once at the whole Space with llama.cpp; `tests.crowd` does the same with fifty, for a minute."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests import crowd, writing
from train.rehearse.hub.process import LocalHub

if TYPE_CHECKING:
    from tests.hub_fixtures import Client

pytest_plugins = ["tests.hub_fixtures"]
pytestmark = pytest.mark.slow
USERS, SECONDS = 12, 3.0


def test_everybody_gets_the_very_text_that_was_asked_for(
    hub: LocalHub, client: "Client", tmp_path: Path
) -> None:
    writing.needed("llama.cpp")
    with crowd.space("llama.cpp", hub, client, tmp_path) as process:
        told = crowd.ask(process.url, "llama.cpp", crowd.alone(process.url), USERS, SECONDS)
        assert told.wrong == []
        assert told.busy == 0
        assert told.texts.total() > USERS
        assert process.said.read_text() == ""
