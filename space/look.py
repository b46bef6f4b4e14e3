"""How the page looks: a form beside a sheet of paper, in system fonts, light and dark."""

import gradio as gr

SANS = ["ui-sans-serif", "system-ui", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif"]
MONO = ["ui-monospace", "SF Mono", "Cascadia Mono", "Menlo", "Consolas", "DejaVu Sans Mono", "monospace"]

THEME = gr.themes.Soft(neutral_hue="slate", font=SANS, font_mono=MONO).set(
    body_background_fill="*neutral_100",
    body_background_fill_dark="*neutral_950",
    body_text_color_subdued="*neutral_600",
    body_text_color_subdued_dark="*neutral_400",
    block_background_fill_dark="*neutral_900",
    # Soft's own light labels are pale text on a pale ground, too faint to read easily.
    block_title_background_fill="transparent",
    block_title_background_fill_dark="transparent",
    block_title_padding="0",
    block_title_text_color="*neutral_700",
    block_title_text_color_dark="*neutral_200",
    block_label_text_color="*neutral_700",
    input_border_width="1px",
    input_border_color="*neutral_300",
    input_border_color_dark="*neutral_700",
    input_background_fill_dark="*neutral_800",
    input_placeholder_color="*neutral_500",
    input_placeholder_color_dark="*neutral_400",
    input_shadow="none",
    checkbox_label_shadow="none",
    checkbox_label_border_width="1px",
    checkbox_label_border_color="*neutral_300",
    checkbox_label_border_color_dark="*neutral_700",
    checkbox_label_background_fill_dark="*neutral_800",
    checkbox_label_background_fill_hover_dark="*neutral_700",
    checkbox_label_background_fill_selected="*primary_600",
    button_primary_background_fill="*primary_600",
    button_primary_background_fill_dark="*primary_600",
    button_primary_background_fill_hover="*primary_700",
    button_primary_background_fill_hover_dark="*primary_500",
    button_cancel_background_fill="*neutral_700",
    button_cancel_background_fill_dark="*neutral_200",
    button_cancel_background_fill_hover="*neutral_800",
    button_cancel_background_fill_hover_dark="white",
    button_cancel_text_color="white",
    button_cancel_text_color_dark="*neutral_900",
    link_text_color="*primary_700",
    link_text_color_dark="*primary_300",
)

# A model may write a picture's address: no visitor's browser shall fetch it.
HEAD = """<meta http-equiv="Content-Security-Policy" content="img-src 'self' data: blob:">"""

CSS = """
#head, #text { --serif: Charter, "Bitstream Charter", "Sitka Text", Cambria, Georgia, serif; }
.main { max-width: 1184px !important; }
footer .divider { display: none; }
.contain .html-container { padding: 0; }
#head { padding: 8px 0; }
#head h1 { font: 700 34px/1.15 var(--serif); letter-spacing: -.01em; margin: 0 0 8px; }
#head p { color: var(--body-text-color-subdued); margin: 0; }
#desk { gap: 24px; align-items: flex-start; }

#form, #text, #source {
    background: var(--block-background-fill); border: 1px solid var(--border-color-primary);
    border-radius: 12px; box-shadow: 0 1px 2px rgb(0 0 0 / .05);
}
#form { padding: 20px; gap: 20px; }
#form :is(.form, .block) {
    background: none; border: 0; box-shadow: none; padding: 0; overflow: visible !important;
}
#form .form { gap: 20px; }
#form .input-container { overflow: visible; }
#form input[type=radio] { position: absolute; opacity: 0; }
#form label span { margin-left: 0; }
#form label:has(input:focus-visible) { outline: 2px solid var(--color-accent); outline-offset: 2px; }
#form .label { color: var(--body-text-color-subdued); font-weight: 400; padding: 0; }
#form .label svg { display: none; }
#form .gallery { gap: 8px; justify-content: flex-start; }
#form .gallery-item { text-align: left; background: none; border-radius: 8px; }
#form .gallery-item .gallery { padding: 4px 10px; }

#result { position: relative; }
#result [role=tab][aria-selected=true] { color: var(--link-text-color); }
#result .tabs { gap: 4px; }
#count { position: absolute; top: 3px; right: 0; width: auto; min-width: 0; }
#count .prose { color: var(--body-text-color-subdued); }
#result .tabitem { padding: 8px 0 0; }
#text, #source { min-height: 420px; }
#text { padding: 28px clamp(18px, 5vw, 48px) 40px !important; }
/* Gradio calls a stopped text an error; of a real one a toast tells. */
#text [data-testid="status-tracker"]:has(.error) { display: none; }
#text .md { font: 17px/1.65 var(--serif); overflow-wrap: anywhere; }
#text .md > * { max-width: 66ch; }
#text .md :is(h1, h2, h3) { font-family: var(--serif); line-height: 1.25; letter-spacing: -.005em; }
#text .md h1 { font-size: 30px; margin: 0 0 16px; }
#text .md h2 { font-size: 22px; margin: 32px 0 10px; }
#text .md h3 { font-size: 18px; margin: 24px 0 8px; }
#text .md :is(p, ul, ol, blockquote, table, pre) { margin: 0 0 16px; }
#text .md :is(ul, ol) { padding-left: 1.3em; }
#text .md ul { list-style: disc; }
#text .md li { margin: 4px 0; }
#text .md table { display: block; border: 0; padding: 0; overflow-x: auto; }
#text .md .code_wrap { margin: 0 0 24px; }
#text .md :is(tr, th, td) { border: 0; overflow-wrap: normal; word-break: normal; }
#text .md :is(th, td) { border-bottom: 1px solid var(--border-color-primary); padding: 6px 24px 6px 0; }
#text .md blockquote { border-left: 3px solid var(--color-accent); padding-left: 16px; font-style: italic; }
#text .md pre { font-size: 14px; overflow-x: auto; }
#text .md img { display: none; }
#source .cm-gutters { display: none; }
#source .cm-content { padding: 20px 24px; }
#text .md:empty::before {
    content: "The text appears here, word by word, as it is written.";
    color: var(--body-text-color-subdued); font-style: italic;
}
#foot { border-top: 1px solid var(--border-color-primary); border-radius: 0; }
#foot { margin-top: 16px; padding-top: 14px; }
#foot .prose { color: var(--body-text-color-subdued); font-size: 13px; }
#foot span { display: inline-block; margin: 0 20px 4px 0; }
#foot code { font-size: 12px; background: none; border: 0; padding: 0; color: inherit; }

@media (max-width: 640px) {
    .main { padding: 8px 16px !important; }
    #head h1 { font-size: 28px; }
    #form { padding: 16px; }
    #text { min-height: 240px; padding-top: 20px !important; }
}
"""
