import pytest

from train import version
from train.errors import ImprintError


@pytest.mark.parametrize(
    ("text", "is_prerelease"),
    [
        pytest.param("v0.1.0", False, id="a version"),
        pytest.param("v12.0.345", False, id="numbers of any length"),
        pytest.param("v1.2.0-rc.1", True, id="a release candidate"),
        pytest.param("v1.2.0-alpha.0", True, id="an alpha"),
        pytest.param("v1.2.0-beta.10", True, id="a beta"),
    ],
)
def test_a_version_is_read_and_written_back(text: str, is_prerelease: bool) -> None:
    assert str(version.parse(text)) == text
    assert version.parse(text).is_prerelease is is_prerelease


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("1.2.0", id="no v"),
        pytest.param("v1.2", id="two numbers"),
        pytest.param("v1.2.0\n", id="a line break"),
        pytest.param("v1.2.0-rc1", id="no dot in the pre-release"),
        pytest.param("v1.2.0-dev.1", id="an unknown pre-release"),
        pytest.param("v01.2.0", id="a second name for v1.2.0"),
        pytest.param("v\N{ARABIC-INDIC DIGIT ONE}.2.0", id="digits of another script"),
        pytest.param("v1.2.0;rm -rf .", id="a hostile one"),
        pytest.param("", id="nothing"),
    ],
)
def test_what_is_no_version_is_refused(text: str) -> None:
    with pytest.raises(ImprintError, match="no version") as refusal:
        version.parse(text)
    assert "v0.1.0" in refusal.value.fix


def test_versions_sort_as_they_come_out() -> None:
    in_order = ["v0.9.9", "v1.0.0-alpha.1", "v1.0.0-beta.1", "v1.0.0-rc.2", "v1.0.0-rc.10", "v1.0.0"]
    assert [str(each) for each in version.among(["nightly", *reversed(in_order)])] == in_order


@pytest.mark.parametrize(
    ("tags", "highest"),
    [
        pytest.param(["v0.9.0", "v0.10.0"], "v0.10.0", id="numbers, not letters"),
        pytest.param(["v0.1.0", "v0.2.0-rc.1"], "v0.1.0", id="a pre-release is not the latest"),
        pytest.param(["nightly", "v0.2.0-rc.1"], None, id="none yet"),
        pytest.param(["v0.1.0", "v0.2.0", "v0.2.0-yanked"], "v0.1.0", id="a withdrawn one is not it"),
        pytest.param(["v0.1.0", "v0.1.0-yanked"], None, id="the only one was withdrawn"),
    ],
)
def test_latest(tags: list[str], highest: str | None) -> None:
    assert version.latest(tags) == (version.parse(highest) if highest else None)


@pytest.mark.parametrize(
    ("text", "tags", "free"),
    [
        pytest.param("v0.1.0", ["v0.1.0"], "v0.1.1", id="the next patch"),
        pytest.param("v0.1.0", ["v0.1.0", "v0.1.1", "v0.1.2"], "v0.1.3", id="the first that is not taken"),
        pytest.param("v0.1.0-rc.1", ["v0.1.0-rc.1"], "v0.1.0-rc.2", id="the next try of a pre-release"),
    ],
)
def test_next_free(text: str, tags: list[str], free: str) -> None:
    assert str(version.next_free(version.parse(text), tags)) == free
