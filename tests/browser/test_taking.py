"""What a visitor takes along: a copy, a file, a link that writes the same again."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from playwright.sync_api import BrowserContext, expect

from tests.browser.scripted import COMMIT
from tests.browser.visiting import TITLE, Visit, visiting
from tests.scripted_studio import ScriptedStudio

pytestmark = pytest.mark.slow


def test_a_download_says_what_wrote_it(visit: Visit, tmp_path: Path) -> None:
    title = 'Say "hello": a #1 guide 🐝'
    visit.write(title)
    with visit.page.expect_download() as download:
        visit.button("Download .md").click()
    assert download.value.suggested_filename == "say-hello-a-1-guide.md"
    download.value.save_as(tmp_path / "text.md")
    _, front, text = (tmp_path / "text.md").read_text().split("---\n", 2)
    assert yaml.safe_load(front) == {
        "title": title,
        "ai_generated": True,
        "model": f"rehearsal/blog-adapter@{COMMIT}",
        "version": "v0.2.0",
        "seed": 7,
        "temperature": 0.7,
        "top_p": 0.9,
        "repetition_penalty": 1.05,
    }
    assert text.startswith(f"\n# {title}\n")
    assert text.endswith("read it back on Sundays.\n")


def test_a_copy_holds_the_markdown(visit: Visit) -> None:
    visit.write(TITLE)
    visit.button("Copy").click()
    expect(visit.announced()).to_have_text("Copied.")
    assert visit.page.evaluate("navigator.clipboard.readText()").startswith(f"# {TITLE}\n\nA notebook")


def test_where_no_page_may_copy_the_text_waits_to_be_copied_by_hand(visit: Visit) -> None:
    visit.write(TITLE)
    visit.page.evaluate("""() => {
        navigator.clipboard.writeText = () => Promise.reject(new Error("closed"));
        document.execCommand = () => false;
    }""")
    visit.button("Copy").click()
    offered = visit.desk.get_by_label("This browser lets no page copy")
    expect(offered).to_be_focused()
    assert visit.page.evaluate("getSelection().toString()").startswith(f"# {TITLE}\n")
    expect(visit.button("Copy")).to_be_visible()
    visit.desk.get_by_label("Blog title").focus()
    expect(offered).to_be_hidden()


def test_a_link_holds_the_request_and_writes_nothing_by_itself(
    visit: Visit, scripted: ScriptedStudio, context: BrowserContext
) -> None:
    visit.fold("Settings")
    visit.desk.get_by_label("Seed").fill("12")
    visit.desk.get_by_label("300").check()
    visit.write("Tea & cake: 100 % #1")
    visit.button("Copy link").click()
    link = visit.page.evaluate("navigator.clipboard.readText()")
    assert "?" not in link.split("#")[0], "what was asked stays out of every server's log"
    with visiting(context, link) as guest:
        expect(guest.note).to_contain_text("This link holds a request; nothing is written yet.")
        expect(guest.desk.get_by_label("Blog title")).to_have_value("Tea & cake: 100 % #1")
        assert len(scripted.orders) == 1
        guest.button("Write it again").click()
        guest.wait_for_the_end()
        expect(guest.note).to_be_hidden()
    assert scripted.orders[0] == scripted.orders[1]


@pytest.mark.parametrize(
    "link",
    [
        pytest.param("set.writer=blog", id="nothing but a writer"),
        pytest.param("set.writer=blog&title=x&words=77&set.seed=many&set.top_p=", id="no numbers"),
        pytest.param("set.writer=blog&title=<img src=x onerror=window.hacked=1>", id="HTML"),
        pytest.param("set.writer=blog&title=%E0%A4%A%&%zz=%", id="broken encoding"),
        pytest.param("set.writer=blog&title=" + "x" * 1_000_000, id="a megabyte"),
    ],
)
def test_a_strange_link_does_no_harm(visit: Visit, page_url: str, link: str) -> None:
    visit.page.goto(f"{page_url}/#{link}")
    expect(visit.note).to_contain_text("This link holds a request")
    visit.fold("Settings")
    expect(visit.desk.get_by_label("Seed")).to_have_value("7")
    expect(visit.desk.get_by_label("600")).to_be_checked()
    assert visit.page.evaluate("window.hacked") is None


@pytest.fixture
def among_several(context: BrowserContext, several_url: str) -> Iterator[Visit]:
    with visiting(context, several_url) as visitor:
        yield visitor
        assert visitor.mistakes == []


def test_a_link_to_another_writer_opens_its_tab(among_several: Visit, several_url: str) -> None:
    visit = among_several
    visit.page.goto(f"{several_url}/#set.writer=humanizer&formal=It+is+necessary.")
    box = visit.page.locator("#humanizer-write").get_by_label("Formal text")
    expect(box).to_be_visible()
    expect(box).to_have_value("It is necessary.")


def test_the_address_names_the_writer_and_a_reload_stays_there(
    among_several: Visit, several_url: str
) -> None:
    visit = among_several
    visit.page.get_by_role("tab", name="Formal to natural").click()
    assert visit.page.url == f"{several_url}/#humanizer"
    visit.page.reload()
    expect(visit.page.locator("#humanizer-write")).to_be_visible()
    expect(visit.page.locator("#humanizer-write .block.note")).to_be_hidden()
    visit.page.evaluate("location.hash = 'blog'")
    expect(visit.desk).to_be_visible()


def test_an_address_that_names_nobody_changes_nothing(among_several: Visit) -> None:
    for address in ("100%", "%ff", "nobody", "blog&x=%"):
        among_several.page.evaluate("address => (location.hash = address)", address)
        expect(among_several.desk).to_be_visible()
        assert among_several.page.url.endswith(f"#{address}")


def test_settings_out_of_range_in_a_link_are_named_in_place(
    visit: Visit, page_url: str, scripted: ScriptedStudio
) -> None:
    visit.page.goto(f"{page_url}/#set.writer=blog&title=x&set.temperature=99&set.seed=-1e300")
    visit.button("Write it again").click()
    expect(visit.note).to_contain_text("Temperature: 0.1 to 2")
    expect(visit.note).to_contain_text("Seed: ")
    assert scripted.orders == []


def test_a_version_that_is_not_served_is_named_in_place(visit: Visit, page_url: str) -> None:
    visit.page.goto(f"{page_url}/#set.writer=blog&title=x&set.version=v9.9.9")
    visit.button("Write it again").click()
    expect(visit.note).to_contain_text("This version is not served here: choose another under Settings.")
