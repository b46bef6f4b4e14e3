"""What an error says for itself, in one line."""

import httpx2
import pytest
from huggingface_hub.errors import HFValidationError

from train.errors import ImprintError, first_line
from train.patience import explained


@pytest.mark.parametrize(
    ("error", "said"),
    [
        pytest.param(OSError("one\ntwo"), "one", id="of many lines the first"),
        pytest.param(OSError("\n\n one"), "one", id="blank lines come before it"),
        pytest.param(httpx2.ReadTimeout(""), "ReadTimeout", id="a timeout says nothing"),
        pytest.param(ValueError(" \n"), "ValueError", id="nothing but blanks"),
    ],
)
def test_the_first_line_of_an_error_is_never_empty(error: Exception, said: str) -> None:
    assert first_line(error) == said


def test_a_name_that_no_repository_can_have_is_not_asked_for_again() -> None:
    with pytest.raises(ImprintError, match="must use alphanumeric") as told, explained("the Hub", "again"):
        raise HFValidationError("Repo id must use alphanumeric chars: 'a/b c'.")
    assert told.value.fix == "write it as on its page: OWNER/NAME"
