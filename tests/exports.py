"""Exports of blogs as their sites give them, with invented texts, and how the tests read them."""

import json
import zipfile
from pathlib import Path

from train.prepare import sources
from train.prepare.document import Document, Dropped
from train.sections import Source

READERS = "email,active\nreader@example.org,true\n"


def put(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def packed(path: Path, files: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w") as file:
        for name, text in files.items():
            file.writestr(name, text)
    return path


def read(kind: str, path: Path, *take: str) -> tuple[list[Document], dict[str, Dropped]]:
    (source,) = sources.pin((Source(kind, str(path), name="blog", take=take),))  # type: ignore[arg-type]
    found = list(sources.read(source))
    assert found == list(sources.read(source)), "the same export must read the same twice"
    dropped = {each.id: each for each in found if isinstance(each, Dropped)}
    return [each for each in found if isinstance(each, Document)], dropped


ITEM = """<item><title>{title}</title><link>https://garden.example/{name}/</link>
<pubDate>Tue, 03 Mar 2020 10:00:00 +0000</pubDate><dc:creator><![CDATA[hedda]]></dc:creator>
<content:encoded><![CDATA[{text}]]></content:encoded><excerpt:encoded><![CDATA[excerpt]]></excerpt:encoded>
<wp:post_id>{number}</wp:post_id><wp:post_date>2020-03-02 23:00:00</wp:post_date>
<wp:post_name>{name}</wp:post_name><wp:status>{status}</wp:status><wp:post_type>{type}</wp:post_type>
<wp:post_password>{password}</wp:post_password>{more}</item>"""
COMMENT = """<wp:comment><wp:comment_author>Ole</wp:comment_author>
<wp:comment_author_email>ole@example.org</wp:comment_author_email><wp:comment_author_IP>192.0.2.7</wp:comment_author_IP>
<wp:comment_content><![CDATA[Lovely post!]]></wp:comment_content></wp:comment>"""


def item(name: str, **values: str) -> str:
    defaults = {
        "title": name.title(),
        "text": "Some words.",
        "number": "1",
        "status": "publish",
        "type": "post",
    }
    return ITEM.format(**({"name": name, "password": "", "more": ""} | defaults | values))


def wxr(*items: str, head: str = "") -> str:
    return f"""<?xml version="1.0" encoding="UTF-8" ?>{head}
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>Garden</title><language>en-GB</language>
<wp:author><wp:author_login>hedda</wp:author_login><wp:author_email>hedda@example.org</wp:author_email>
<wp:author_display_name><![CDATA[Hedda Lund]]></wp:author_display_name></wp:author>
{"".join(items)}</channel></rss>"""


POST = {
    **{
        "id": "1",
        "title": "Sowing &amp; reaping",
        "slug": "sowing",
        "html": "<p>Words.</p>",
        "status": "published",
    },
    **{"visibility": "public", "type": "post", "published_at": "2021-04-05T06:07:08.000Z"},
}
PEOPLE = {
    "users": [
        {"id": "7", "name": "Hedda Lund", "email": "hedda@example.org"},
        {"id": "8", "name": "ole@example.org"},
    ],
    "posts_authors": [{"post_id": "1", "author_id": "7"}, {"post_id": "1", "author_id": "8"}],
}


def ghost(*posts: dict[str, str], wrapped: bool = True) -> str:
    data = {"posts": list(posts), **PEOPLE}
    return json.dumps({"db": [{"meta": {"version": "5.0"}, "data": data}]} if wrapped else {"data": data})


POSTS = """post_id,post_date,is_published,email_sent_at,type,audience,title,subtitle,podcast_url
1.sowing,2022-05-06T07:08:09.000Z,TRUE,,newsletter,everyone,Sowing &amp; reaping,On patience,
2.draft,2022-05-06T07:08:09.000Z,FALSE,,newsletter,everyone,Draft,,
3.paid,2022-05-06T07:08:09.000Z,true,,newsletter,only_paid,Paid,,
4.talk,2022-05-06T07:08:09.000Z,true,,thread,everyone,Talk,,
5.lost,2022-05-06T07:08:09.000Z,true,,newsletter,everyone,Lost,,
"""
BODY = '<p>Words.</p><div class="subscription-widget-wrap"><p>Subscribe!</p></div>'
SUBSTACK = {
    **{"posts.csv": POSTS, "email_list.garden.csv": READERS, "posts/1.delivers.csv": READERS},
    **{f"posts/{name}.html": BODY for name in ("1.sowing", "2.draft", "3.paid", "4.talk", "6.stray")},
}


STORY = """<!DOCTYPE html><html><head><title>{title}</title></head><body><article class="h-entry">
<header><h1 class="p-name">{title}</h1></header>
<section data-field="subtitle" class="p-summary">{subtitle}</section>
<section data-field="body" class="e-content"><section class="section section--body section--first">
<div class="section-divider"><hr class="section-divider"></div>
<div class="section-content">{body}</div></section></section>
<footer>{tags}<p>By <a href="https://medium.com/@h" class="p-author h-card">Hedda Lund</a> on
<a href="https://medium.com/p/1"><time class="dt-published" datetime="2019-08-07T06:05:04.0Z">7</time></a>
<p><a href="https://medium.com/@h/sowing-1" class="p-canonical">Canonical link</a></p></footer>
</article></body></html>"""
TITLED = """<h3 class="graf graf--h3 graf--leading graf--title">Sowing</h3>
<h4 class="graf graf--h4 graf--subtitle">On patience</h4><p class="graf graf--p">Words.</p>"""


def story(body: str = TITLED, title: str = "Sowing", subtitle: str = "On patience", tags: str = "") -> str:
    return STORY.format(body=body, title=title, subtitle=subtitle, tags=tags)
