from train.prepare.rules import templates
from train.prepare.rules.spans import between, within_paragraph
from train.prepare.rules.verbatim import veil


def test_code_and_formulas_are_out_of_sight_and_come_back() -> None:
    text = "a `b` $$c$$ \\(d\\) $e_1$ costs $5 and $6\n\n```\nf\n```\n\n    g\n\n- h\n\n  ~~~\n  i\n  ~~~"
    veiled = veil(text)
    assert not set("bcdefgi") & set(veiled.text.replace("costs", "").replace("and", ""))
    assert "$5 and $6" in veiled.text
    assert veiled.unveil(veiled.text) == text


def test_spans_are_found_once_and_never_over_a_blank_line() -> None:
    opener, closer = templates.TAG
    text = "{% a %} {% b\n\n%} {% c %}"
    assert [text[start:end] for start, end in within_paragraph(opener, closer, text)] == [
        "{% a %}",
        "{% c %}",
    ]
    assert [text[start:end] for start, end in between(opener, closer, text)][1] == "{% b\n\n%}"
