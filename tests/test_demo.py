"""Where a rehearsed Space and its Hub listen."""

import socket

import pytest

from train.errors import ImprintError
from train.rehearse.demo import check_free, free_or_any
from train.rehearse.ports import free_port


def test_a_port_that_somebody_has_is_refused_or_gives_way_to_any() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ImprintError, match=f"Port {port} is in use") as refused:
            check_free(port, fix="make space PORT=7861")
        assert refused.value.fix == "make space PORT=7861"
        assert free_or_any(port) == 0


def test_a_port_that_nobody_has_is_taken() -> None:
    port = free_port()
    check_free(port, fix="")
    assert free_or_any(port) == port
