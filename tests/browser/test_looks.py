"""How the page looks and what it fetches: every screen, both themes, readers of screens, this host alone."""

import http.server
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.scripted import FORMAL
from tests.browser.visiting import DESKTOP, PHONE, TITLE, Visit, visiting
from tests.scripted_studio import ScriptedStudio

pytestmark = pytest.mark.slow
NASTY = """\
<script>window.hacked = "script"</script><img src="{0}/a.png" onerror="window.hacked = 'image'">
![A picture]({0}/b.png) [a link](javascript:window.hacked='link')
<a href="javascript:window.hacked=1">another</a>

<input autofocus onfocus="window.hacked = 'focus'"><form action="{0}/form"><button>Send</button></form>

<div style="position: fixed; inset: 0; z-index: 9999; background: url({0}/c.png)">Everything</div>
<style>body {{ display: none }} @import url({0}/d.css);</style><link rel="stylesheet" href="{0}/e.css">

<video src="{0}/f.mp4" poster="{0}/g.png" autoplay></video><iframe src="{0}/h.html"></iframe>
<svg onload="window.hacked = 'svg'"><image href="{0}/i.png"></image></svg><object data="{0}/j"></object>
<meta http-equiv="refresh" content="0; url={0}/k"><base href="{0}/"><details open ontoggle="window.hacked=2">

The last words.
"""


FRAME = """<!doctype html><title>Host</title><iframe width=1000 height=700 src="{0}/?__theme=dark"
sandbox="allow-downloads allow-forms allow-modals allow-popups allow-same-origin allow-scripts"></iframe>"""


class Elsewhere(http.server.BaseHTTPRequestHandler):
    """Another host: it notes who comes, and shows a page in a frame of its own."""

    def do_GET(self) -> None:
        url = urlsplit(self.path).query
        self.server.came.append(self.path)  # type: ignore[attr-defined]
        self.send_response(200 if url else 404)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(FRAME.format(url).encode())

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def elsewhere() -> Iterator[tuple[str, list[str]]]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    came: list[str] = []
    server.came = came  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}", came
    server.shutdown()


def test_what_a_model_writes_can_neither_run_nor_fetch_nor_cover_the_page(
    visit: Visit, scripted: ScriptedStudio, monkeypatch: pytest.MonkeyPatch, elsewhere: tuple[str, list[str]]
) -> None:
    address, came = elsewhere
    texts = {"blog": NASTY.format(address), "humanizer": NASTY.format(address)}
    monkeypatch.setattr(scripted, "texts", texts)
    visit.write(TITLE)
    expect(visit.paper).to_contain_text("The last words.")
    for tab in ("Source", "Text"):
        visit.desk.get_by_role("tab", name=tab).click()
    assert visit.page.evaluate("window.hacked") is None
    assert (
        visit.paper.locator("a[href^=javascript], script, iframe, object, [onload], [onerror]").count() == 0
    )
    assert visit.paper.locator("input:visible, form:visible, img:visible, video:visible").count() == 0
    expect(visit.button("Write")).to_be_visible()
    visit.button("Write").click(trial=True)
    assert visit.page.url.startswith("http://127.0.0.1")
    assert came == []


@pytest.mark.parametrize("dark", [pytest.param(False, id="light"), pytest.param(True, id="dark")])
@pytest.mark.parametrize("size", [pytest.param(DESKTOP, id="desktop"), pytest.param(PHONE, id="phone")])
def test_every_view_fits_its_screen_and_reads_well(
    context: BrowserContext, page_url: str, size: tuple[int, int], dark: bool
) -> None:
    with visiting(context, page_url, size, dark) as visit:
        name = f"{size[0]}-{'dark' if dark else 'light'}"
        assert_readable(visit)
        visit.fold("Settings")
        visit.write(TITLE)
        visit.fold("Written in this browser")
        assert_readable(visit)
        visit.fold("Settings")
        visit.fold("Written in this browser")
        visit.shoot(f"{name}-written")
        visit.page.get_by_role("tab", name="Compare").first.click()
        visit.pair.get_by_label("Blog title").fill(TITLE)
        visit.pair.get_by_role("button", name="Compare").click()
        expect(visit.pair.locator("[data-differences]")).to_contain_text("only on the left")
        assert_readable(visit)
        ground = visit.page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (sum(map(int, ground[4:-1].split(", "))) < 200) == dark
        assert {urlsplit(url).netloc for url in visit.asked if fetched(url)} == {urlsplit(page_url).netloc}


def fetched(url: str) -> bool:
    """The two pictures in the script's text are asked for, and held back by the page's own policy."""
    return urlsplit(url).scheme in ("http", "https") and "elsewhere.example" not in url


@pytest.mark.parametrize("dark", [pytest.param(False, id="light"), pytest.param(True, id="dark")])
def test_a_rewritten_text_reads_well(context: BrowserContext, several_url: str, dark: bool) -> None:
    with visiting(context, several_url, dark=dark, writer="humanizer") as visit:
        visit.page.get_by_role("tab", name="Formal to natural").click()
        visit.write(FORMAL, "Formal text")
        assert_readable(visit)
        visit.desk.get_by_role("tab", name="Differences").click()
        expect(visit.desk.locator("[data-changes] ins").first).to_be_visible()
        assert_readable(visit)


@pytest.mark.parametrize("size", [pytest.param(DESKTOP, id="desktop"), pytest.param(PHONE, id="phone")])
def test_many_writers_fit_and_the_one_of_a_link_is_in_sight(
    context: BrowserContext, several_url: str, size: tuple[int, int]
) -> None:
    with visiting(context, f"{several_url}/#voice", size, writer="voice") as visit:
        expect(visit.desk).to_be_visible()
        expect(visit.page.get_by_role("tab", name="A post in your own voice")).to_be_in_viewport(ratio=1)
        expect(visit.page.locator(".block.made:visible")).to_contain_text("rehearsal/voice-adapter")
        assert_readable(visit)
        visit.write("The first cold morning", "Blog title")
        visit.shoot(f"{size[0]}-five")


def assert_readable(visit: Visit) -> None:
    """Nothing to scroll sideways, and nothing that axe calls serious."""
    visit.page.wait_for_timeout(250)  # colours fade in
    assert visit.fits()
    flaws = Axe().run(visit.page).response["violations"]
    grave = [
        (each["id"], each["nodes"][0]["html"]) for each in flaws if each["impact"] in ("serious", "critical")
    ]
    assert grave == []


def test_on_a_phone_the_growing_text_and_the_stop_are_in_sight(
    context: BrowserContext, page_url: str, scripted: ScriptedStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scripted, "most", 40)
    with visiting(context, page_url, PHONE) as visit:
        visit.page.emulate_media(reduced_motion="reduce")
        visit.ask(TITLE)
        expect(visit.paper.locator("h1")).to_be_in_viewport()
        expect(visit.button("Stop")).to_be_in_viewport()
        visit.button("Stop").click()
        expect(visit.start).to_be_visible()


def test_a_long_title_stays_on_its_sheet(context: BrowserContext, page_url: str) -> None:
    with visiting(context, page_url, PHONE) as visit:
        visit.write("Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft " * 2)
        visit.fold("Written in this browser")
        assert visit.fits()


def test_the_end_of_a_text_does_not_pull_its_reader_back_to_the_form(
    context: BrowserContext, page_url: str
) -> None:
    with visiting(context, page_url, (320, 256)) as visit:  # as a desktop at 400 %
        visit.page.emulate_media(reduced_motion="reduce")
        visit.write(TITLE)
        visit.page.wait_for_timeout(300)
        expect(visit.paper.locator("h1")).to_be_in_viewport()
        expect(visit.start).not_to_be_in_viewport()
        expect(visit.start).to_be_focused()
        assert visit.fits()


def test_a_form_that_is_taller_than_the_window_scrolls_with_the_page(visit: Visit) -> None:
    form = visit.desk.locator(".asks")
    assert form.evaluate("each => getComputedStyle(each).position") == "sticky"
    visit.fold("Settings")
    expect(visit.desk.get_by_label("Seed")).to_be_visible()
    assert form.evaluate("each => getComputedStyle(each).position") != "sticky"


def test_on_paper_there_is_the_text_alone(visit: Visit) -> None:
    visit.write(TITLE)
    visit.page.emulate_media(media="print", color_scheme="dark")
    expect(visit.paper.locator("h2").last).to_be_visible()
    for other in (
        "h1:text('Title to blog post')",
        ".asks",
        ".tools",
        "footer",
        ".block.foot",
        ".tab-wrapper",
    ):
        expect(visit.page.locator(f"{other} >> visible=true")).to_have_count(0)
    visit.shoot("print")
    ink = visit.paper.locator("p").first.evaluate("each => getComputedStyle(each).color")
    assert max(map(int, ink[4:-1].split(", "))) < 100


def test_in_the_frame_of_another_site_one_writes_copies_and_downloads(
    browser: Browser, page_url: str, elsewhere: tuple[str, list[str]]
) -> None:
    host = browser.new_page()
    host.goto(f"{elsewhere[0]}/?{page_url}")
    inside = host.frame_locator("iframe")
    desk = inside.locator("#blog-write")
    desk.get_by_label("Blog title").fill(TITLE)
    desk.locator(".write").click()
    expect(desk.locator(".paper h2").last).to_have_text("In conclusion")
    expect(inside.locator("body.dark")).to_have_count(1)
    desk.get_by_role("button", name="Copy link").click()
    expect(inside.locator("[data-announcer]")).to_have_text("Copied.")
    with host.expect_download() as download:
        desk.get_by_role("button", name="Download .md").click()
    assert download.value.suggested_filename == "how-to-keep-a-paper-notebook.md"
    host.close()
