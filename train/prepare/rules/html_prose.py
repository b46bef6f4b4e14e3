"""What of a page is prose: the article, without the widgets around and in it."""

import json
import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

NEVER_PROSE = """
    script, style, template, noscript, nav, iframe, object, embed, applet, svg, canvas, audio, video, dialog,
    map, button, input, select, textarea, datalist, head, title, meta, link, base, col, colgroup,
    [hidden], [aria-hidden="true"], [role="navigation"], [role="search"],
    [style*="display:none"], [style*="display: none"]
"""
WIDGETS = """
    .subscription-widget-wrap, .subscription-widget-wrap-editor, .subscription-widget, .subscribe-widget,
    .button-wrapper, .captioned-button-wrap, .digest-post-embed, .embedded-post-wrap,
    .embedded-publication-wrap, .install-substack-app-embed, .community-chat, .poll-embed, .directMessage,
    .paywall-jump, .paywall,
    .file-embed-wrapper, .image-link-expand, .sponsorship-campaign-embed, .referral-widget,
    .kg-signup-card, .kg-email-card, .kg-email-cta-card, .kg-cta-card, .kg-button-card,
    .kg-bookmark-container, .kg-audio-card, .kg-video-container, .kg-file-card, .kg-nft-card,
    .kg-callout-emoji, .kg-card-hidden, .gh-subscribe,
    .wp-block-button, .wp-block-buttons, .wp-block-social-links, .wp-block-latest-posts, .wp-block-query,
    .wp-block-search, .wp-block-tag-cloud, .wp-block-categories, .wp-block-archives,
    .wp-block-latest-comments, .wp-block-post-navigation-link, .wp-block-jetpack-subscriptions,
    .wp-block-jetpack-contact-form,
    .wp-block-jetpack-mailchimp, .wp-block-embed__wrapper, .wp-block-file, .wp-embedded-content,
    .sharedaddy, .share-buttons, .sharing-buttons, .social-share, .social-sharing, .post-share, .ssba,
    .addtoany_share_save_container, .addtoany_content, .heateor_sss_sharing_container, .essb_links,
    .swp_social_panel, .share-dialog, .newsletter-signup, .newsletter-form, .mc4wp-form, #mc_embed_signup,
    .jp-relatedposts, .related-posts, .yarpp, .yarpp-related, .post-navigation, .breadcrumbs, .pagination,
    #comments, #respond, #disqus_thread, .comments-area, .comment-respond, .comment-list, .commentlist,
    .fb-comments, div.comment, .adsbygoogle, .screen-reader-text, .sr-only, .visually-hidden, .assistive-text,
    .headerlink, .header-anchor, .heading-anchor, .anchorjs-link, .markdownIt-Anchor, a.anchor,
    #toc, .toc, #markdown-toc, .table-of-contents, #ez-toc-container, .wp-block-table-of-contents
"""
# An embed shows somebody else's words; what the author wrote under it is in its figure's caption.
EMBEDS = """
    .tweet, .twitter-embed, .twitter-tweet, .instagram, .instagram-media, .tiktok-wrap, .tiktok-embed,
    .youtube-wrap, .vimeo-wrap, .spotify-wrap, .soundcloud-wrap, .apple-podcast-container, .bandcamp-wrap,
    .datawrapper-wrap, .prediction-market-wrap, .native-video-embed, .native-audio-embed, .bluesky-wrap,
    .bluesky-embed, .mastodon-embed, .reddit-embed-bq, .reddit-card, .fb-post, .fb-video, .imgur-embed-pub,
    .graf--mixtapeEmbed, .mixtapeEmbed, .js-mixtapeImage, .embedly-card, .flickr-embed-frame, .strava-embed
"""
AROUND = "body > header, body > footer, body > aside, [role='banner'], [role='contentinfo']"
LINE_NUMBERS = ".lineno, .linenos, .gutter, .rouge-gutter, .line-numbers-rows, .hljs-ln-numbers"
NO_PROSE = ",".join((NEVER_PROSE, WIDGETS, EMBEDS, LINE_NUMBERS))
PAGE = re.compile(r"<(?:html|body)\b", re.IGNORECASE)
ONE_PAGE_IN_A_FORM = 4  # paragraphs; some servers wrap whole pages in a form


def is_page(html: str) -> bool:
    """Whether this is a whole page, with a site's head and foot around the prose."""
    return bool(PAGE.search(html))


def prose_of(tree: LexborHTMLParser, page: bool) -> LexborNode | None:
    """A page's only article or main part if it has one, else the body."""
    if not page:
        return tree.body
    for place in ("main", "article", '[role="main"]'):
        found = tree.css(place)
        if len(found) == 1:
            return _alone(tree, found[0])
    return tree.body


def _alone(tree: LexborHTMLParser, part: LexborNode) -> LexborNode | None:
    body = tree.body
    outside = len(body.css("p")) - len(part.css("p")) if body is not None else 0
    return part if outside <= len(part.css("p")) else body


def drop_what_is_no_prose(body: LexborNode, page: bool) -> None:
    """Take out scripts, menus, forms, widgets for sharing and subscribing, embeds and comments."""
    for mention in body.css("span.mention-wrap[data-attrs]"):
        _name(mention)
    for form in body.css("form"):
        if len(form.css("p")) < ONE_PAGE_IN_A_FORM:
            form.decompose()
    for node in body.css(f"{NO_PROSE},{AROUND}" if page else NO_PROSE):
        node.decompose()
    for pixel in body.css("img[width='1'], img[height='1']"):
        pixel.decompose()


def _name(mention: LexborNode) -> None:
    """Write out a name that Substack keeps in an attribute."""
    try:
        name = json.loads(mention.attributes.get("data-attrs") or "").get("name")
    except (ValueError, AttributeError):
        return
    if isinstance(name, str) and not mention.text(deep=True).strip():
        mention.insert_child(name)
