"""`report.md`: what `prepare` did, for a person to read. It quotes texts, so it is never published."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from train.prepare.report import DatasetReport
from train.prepare.showing.sample import Sample

DEMO = "50 documents or 100,000 words"
FENCE = "~~~~~~"


def page(report: DatasetReport, samples: Sequence[Sample]) -> str:
    """The report as Markdown, with what each rule did to one text."""
    parts = [
        _head(report),
        _sources(report),
        _dropped(report),
        _rows(report),
        _found(report),
        _rules(report, samples),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def counted(report: DatasetReport) -> Iterator[str]:
    """What became of every source, and what each filter and rule found, a line each."""
    for name, each in report.sources.items():
        yield f"{name}: {each.read:,} read, {each.kept:,} kept, {each.words:,} words"
    parts = {
        "dropped": report.dropped,
        "paragraphs that repeat": report.repeated,
        "masked": report.personal,
        "changed by": report.changed,
        "sentences left by": report.pairs,
    }
    for told, counts in parts.items():
        if found := [f"{name} {number:,}" for name, number in _most_first(counts) if number]:
            yield f"{told}: {', '.join(found)}"


def _head(report: DatasetReport) -> str:
    read, words = sum(report.read.values()), sum(each.words for each in report.sources.values())
    size = f"This is a demo: fewer than {DEMO} show that it works, not how well." if report.demo else ""
    told = f"{report.kept:,} rows of {words:,} words were kept of {read:,} documents."
    return (
        f"# {report.recipe}\n\n{told} {size}".rstrip()
        + "\n\n![What was kept, and how long it is](report.svg)"
    )


def _sources(report: DatasetReport) -> str:
    rows = [
        (name, each.license, f"{each.read:,}", f"{each.kept:,}", f"{each.words:,}", each.revision[:12])
        for name, each in report.sources.items()
    ]
    return "## Sources\n\n" + _table(("source", "licence", "read", "rows kept", "words", "revision"), rows)


def _dropped(report: DatasetReport) -> str:
    if not report.dropped:
        return "## Dropped\n\nNothing."
    rows = [
        (reason, f"{number:,}", *(f"{each.dropped.get(reason, 0):,}" for each in report.sources.values()))
        for reason, number in _most_first(report.dropped)
    ]
    several = report.sources if len(report.sources) > 1 else {}
    table = _table(("because", "documents", *several), [row[: 2 + len(several)] for row in rows])
    return f"## Dropped\n\n{table}\n\n`python -m train prepare {report.recipe} --show dropped` names them."


def _rows(report: DatasetReport) -> str:
    rows = [(name, f"{number:,}", f"{report.words[name]:,}") for name, number in report.rows.items()]
    leak = report.leakage
    told = (
        f"Of {leak.runs:,} runs of 13 words in validation and test, {leak.found:,} stand in train too "
        f"({leak.share:.2%})."
    )
    moved = f" For that, {leak.moved:,} documents were taken back into train." if leak.moved else ""
    private = f" {report.private:,} rows are private, and never published." if report.private else ""
    return f"## Splits\n\n{_table(('split', 'rows', 'words'), rows)}\n\n{told}{moved}{private}"


def _found(report: DatasetReport) -> str:
    parts = (
        ("Paragraphs that stood in another text before, taken out", report.repeated),
        ("Personal data, masked", report.personal),
        ("Sentences left after each step of making pairs", report.pairs),
    )
    told = [f"{name}:\n\n{_list(numbers)}" for name, numbers in parts if any(numbers.values())]
    if any(report.notes.values()):
        shares = "\n".join(f"- {name}: {share:.0%}" for name, share in report.notes.items())
        told.append(f"Rows that filters made for web pages would have dropped; here they stay:\n\n{shares}")
    return "## Found on the way\n\n" + "\n\n".join(told) if told else ""


def _rules(report: DatasetReport, samples: Sequence[Sample]) -> str:
    by_rule = {sample.rule: sample for sample in samples}
    told = [_rule(rule, number, by_rule.get(rule)) for rule, number in _most_first(report.changed)]
    return "## Cleaning\n\n" + ("\n\n".join(told) or "Nothing was changed.")


def _rule(rule: str, number: int, sample: Sample | None) -> str:
    told = f"### {rule}: {number:,} document{'s' if number != 1 else ''}"
    if sample is None:
        return told
    return f"{told}\n\nIn `{sample.id}`:\n\n{_quoted(sample.before)}\n\nbecame\n\n{_quoted(sample.after)}"


def _quoted(text: str) -> str:
    return f"{FENCE}\n{text}\n{FENCE}"


def _most_first(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _list(numbers: Mapping[str, int]) -> str:
    return "\n".join(f"- {name}: {number:,}" for name, number in numbers.items())


def _table(head: Iterable[str], rows: Iterable[Sequence[str]]) -> str:
    return "\n".join(_lines(tuple(head), rows))


def _lines(head: tuple[str, ...], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield _line(head)
    yield "|" + "---|" * len(head)
    yield from map(_line, rows)


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
