"""What somebody may want to write: the kinds of writers, nearly each as a recipe that ships trains it."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A kind of writer: what it is asked, what of a corpus it keeps, and what it must show."""

    told: str  # as a choice
    title: str
    sections: str  # of the recipe, from `prompt` to `decoding`
    gate: str
    sources: str = ""  # its own, where nobody has texts to bring
    rank: int = 16  # of the adapter


_TITLE = "{label: %s, max_chars: 200, examples: [How to keep a paper notebook]}"
KINDS: Mapping[str, Kind] = {
    "posts": Kind(
        told="blog posts in Markdown, from a title and a word limit",
        title="Title to blog post",
        sections="""\
prompt:
  system: You write clear blog posts in Markdown.
  user: "{{ title }}{% if words %}\\n\\nAt most {{ words }} words.{% endif %}"
inputs:
  title: {label: Blog title, max_chars: 200, examples: [How to keep a paper notebook]}
  words: {label: Word limit, choices: [300, 600, 1000], default: 600}
keep: {words: [120, 3000], structure: required}  # required: posts with a title and sections only
""",
        gate="{structure: 0.90, words_over_limit: 0.05, bits_per_byte_gain: 0.0}",
        rank=32,
    ),
    "voice": Kind(
        told="anything, in one person's voice",
        title="A post in your own voice",
        sections="""\
prompt: {user: "{{ title }}"}
inputs:
  title: {label: What to write about, max_chars: 200, examples: [The first cold morning of the year]}
clean: {heading: false}  # a voice is in the sentences, not in the headings
keep: {words: [60, 5000]}
decoding: {max_new_tokens: 400, temperature: 0.8, top_p: 0.95, repetition_penalty: 1.1}
""",
        gate="{nearest: true, unfinished: null}  # nearer to its author than to five others",
    ),
    "news": Kind(
        told="short news texts, from a headline (the MediaStack API, or texts of yours)",
        title="Headline to news text",
        sections="""\
prompt: {user: "### title: {{ title }}\\n### description:"}
inputs:
  title: {label: Headline, max_chars: 200, examples: [City council approves new tram line]}
clean: {heading: false, urls: drop}
keep: {words: [8, 900]}
decoding: {max_new_tokens: 200, temperature: 0.7, top_p: 0.9}
""",
        gate="{}",
        sources="""\
  - kind: mediastack  # the key is read from the environment: export MEDIASTACK_KEY=…
    path: https://api.mediastack.com/v1/news
    query: {languages: en, sort: published_desc}
    limit: 5000  # 50 calls, 100 articles each
""",
    ),
    "tone": Kind(
        told="formal sentences made natural (learned from chats, or from natural texts of yours)",
        title="Formal to natural",
        sections="""\
prompt: {user: "{{ formal }}"}
inputs:
  formal: {label: Formal text, max_chars: 5000, examples: [We are not able to attend the meeting.]}
pairs: {words: [8, 60], overlap: [0.25, 0.95]}
clean: {heading: false}
keep: {words: [8, 200]}
decoding: {max_new_tokens: 300, temperature: 0.3, top_p: 0.9}  # luck would swap words
""",
        gate="{kept: 1.0, copies: 0.20, length_kept: 0.95, contractions: true, chrf: 70}",
        sources="""\
  - {kind: chat, path: HuggingFaceH4/ultrachat_200k, split: train_sft, limit: 20000, license: mit}
""",
    ),
    "articles": Kind(
        told="articles from a title or an opening, in the manner of a collection",
        title="Title to article",
        sections="""\
prompt: {user: "{{ title }}"}
inputs:
  title: {label: Title or opening, max_chars: 300, examples: [Ten things I learned from walking to work]}
clean: {urls: drop, mentions: drop, hashtags: drop}
keep: {words: [120, 3000]}
decoding: {max_new_tokens: 800, temperature: 0.8, top_p: 0.95, repetition_penalty: 1.1}
""",
        gate="{unfinished: null}  # an article is longer than what is asked for here",
    ),
    "pairs": Kind(
        told="what pairs of yours show: one text in, another out (a table with two columns)",
        title="From one text to another",
        sections="""\
prompt: {user: "{{ given }}"}
inputs:
  given: {label: Text, max_chars: 2000, examples: [We regret that we are unable to attend the meeting.]}
clean: {heading: false}
keep: {words: [3, 500]}  # of what is written
decoding: {max_new_tokens: 600, temperature: 0.3, top_p: 0.9}
""",
        gate="{}",
    ),
}
