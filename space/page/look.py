"""How the page looks: a form beside a sheet of paper, in system fonts, light and dark."""

from pathlib import Path

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
    button_primary_background_fill_hover_dark="*primary_700",
    button_cancel_background_fill="*neutral_700",
    button_cancel_background_fill_dark="*neutral_200",
    button_cancel_background_fill_hover="*neutral_800",
    button_cancel_background_fill_hover_dark="white",
    button_cancel_text_color="white",
    button_cancel_text_color_dark="*neutral_900",
    link_text_color="*primary_700",
    link_text_color_dark="*primary_300",
)

# A model may write any address: no visitor's browser shall ask another host for anything.
POLICY = "; ".join(
    [
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "worker-src 'self' blob:",
        "media-src 'none'",
        "frame-src 'none'",
        "object-src 'none'",
        "form-action 'none'",
    ]
)
HERE = Path(__file__).parent


def _joined(names: tuple[str, ...]) -> str:
    return "\n".join((HERE / name).read_text() for name in names)


CSS = _joined(("page.css", "asks.css", "paper.css"))
SCRIPTS = (
    "words.js",
    "pieces.js",
    "desk.js",
    "history.js",
    "link.js",
    "file.js",
    "difference.js",
    "kept.js",
    "pair.js",
    "away.js",
)
HEAD = f'''<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<style>
{_joined(("frame.css",))}
</style>
<script>(() => {{
{_joined(SCRIPTS)}
}})();</script>'''
