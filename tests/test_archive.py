import io
import zipfile
from pathlib import Path

import pytest

from train.errors import StageError
from train.prepare.sources import archive, exports
from train.sections import Source


def packed(path: Path, members: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in members.items():
            file.writestr(name, text)
    return path


def test_a_zip_is_read_in_sorted_order_without_its_one_folder(tmp_path: Path) -> None:
    place = packed(
        tmp_path / "export.zip", {"blog/b.html": "B", "blog/a.html": "A", "__MACOSX/._a.html": "x"}
    )
    with archive.opened(place) as export:
        assert list(export.members) == ["a.html", "b.html"]
        assert export.read("a.html") == b"A"


def test_the_folder_an_export_unpacks_to_reads_the_same(tmp_path: Path) -> None:
    for name in ("posts/b.html", "posts/a.html"):
        (tmp_path / "export" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "export" / name).write_text(name)
    place = packed(tmp_path / "export.zip", {"posts/b.html": "posts/b.html", "posts/a.html": "posts/a.html"})
    with archive.opened(place) as one, archive.opened(tmp_path / "export") as other:
        assert list(one.members) == list(other.members)
        assert [one.read(name) for name in one.members] == [other.read(name) for name in other.members]


def test_an_unpacked_folder_is_pinned_by_what_is_read_in_it(tmp_path: Path) -> None:
    for name in ("export/old/posts.csv", "export/posts.csv"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("before")
    source = Source(kind="substack", path=str(tmp_path))
    before = archive.pinned(source, "posts.csv".__eq__)
    (tmp_path / "export" / "posts.csv").write_text("after")
    assert archive.pinned(source, "posts.csv".__eq__).revision != before.revision


@pytest.mark.parametrize(
    ("name", "why"),
    [
        pytest.param("../../etc/passwd", "its path leads out of the archive", id="a path upwards"),
        pytest.param("/etc/passwd", "its path leads out of the archive", id="an absolute path"),
        pytest.param(
            "a\\..\\..\\b", "its path leads out of the archive", id="a path upwards, written for Windows"
        ),
        pytest.param("C:/b", "its path leads out of the archive", id="a drive"),
        pytest.param("more.zip", "it is an archive within the archive", id="a zip in the zip"),
    ],
)
def test_a_member_that_is_not_safe_is_refused_and_the_rest_read(tmp_path: Path, name: str, why: str) -> None:
    with archive.opened(packed(tmp_path / "export.zip", {name: "x", "fine.html": "y"})) as export:
        assert dict(export.refused) == {name: why}
        assert list(export.members) == ["fine.html"]


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    with archive.opened(packed(tmp_path / "export.zip", {"bomb.html": "0" * 5_000_000})) as export:
        assert "5,000,000 bytes" in export.refused["bomb.html"]


def test_an_export_of_nothing_but_a_bomb_is_not_called_empty(tmp_path: Path) -> None:
    place = packed(tmp_path / "export.zip", {"bomb.xml": "0" * 5_000_000})
    with archive.opened(place) as export:
        assert "bomb.xml among it: it would unpack to 5,000,000 bytes" in str(
            exports.mistaken(place, export, "an export")
        )


def test_a_link_is_refused_in_a_zip_and_in_a_folder(tmp_path: Path) -> None:
    entry = zipfile.ZipInfo("link.html")
    entry.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as file:
        file.writestr(entry, "/etc/passwd")
    (tmp_path / "export").mkdir()
    (tmp_path / "export" / "link.html").symlink_to("/etc/passwd")
    (tmp_path / "export" / "loop").symlink_to(tmp_path / "export")
    for place in ("export.zip", "export"):
        with archive.opened(tmp_path / place) as export:
            assert export.refused["link.html"] == "it is a link"
            assert not export.members


def test_an_encrypted_member_is_refused(tmp_path: Path) -> None:
    data = bytearray(packed(tmp_path / "export.zip", {"a.html": "x"}).read_bytes())
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "export.zip").write_bytes(data)
    with archive.opened(tmp_path / "export.zip") as export:
        assert export.refused["a.html"] == "it is encrypted"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_of_two_members_of_one_name_the_first_is_read_and_the_second_reported(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as file:
        file.writestr("a.html", "one")
        file.writestr("a.html", "two")
    with archive.opened(tmp_path / "export.zip") as export:
        assert export.read("a.html") == b"one"
        assert export.refused["a.html"] == "there are two of this name"


def test_a_member_with_broken_bytes_is_an_error_of_its_own(tmp_path: Path) -> None:
    packed(tmp_path / "export.zip", {"a.html": "some words that pack " * 40})
    data = bytearray((tmp_path / "export.zip").read_bytes())
    data[45:60] = b"\xff" * 15
    (tmp_path / "export.zip").write_bytes(data)
    with archive.opened(tmp_path / "export.zip") as export, pytest.raises(archive.MemberError):
        export.read("a.html")


def test_a_truncated_zip_says_so(tmp_path: Path) -> None:
    buffer = io.BytesIO(packed(tmp_path / "export.zip", {"a.html": "x" * 999}).read_bytes())
    (tmp_path / "export.zip").write_bytes(buffer.read(90))
    with pytest.raises(StageError, match="breaks off or is damaged"), archive.opened(tmp_path / "export.zip"):
        pass


def test_only_wanted_files_of_a_folder_are_opened_to_pin_it(tmp_path: Path) -> None:
    (tmp_path / "posts.csv").write_text("a")
    (tmp_path / "email_list.csv").mkdir()  # opening it would fail
    source = Source("substack", str(tmp_path))
    first = archive.pinned(source, lambda name: name == "posts.csv").revision
    (tmp_path / "other.txt").write_text("b")
    assert archive.pinned(source, lambda name: name == "posts.csv").revision == first
    (tmp_path / "posts.csv").write_text("c")
    assert archive.pinned(source, lambda name: name == "posts.csv").revision != first
