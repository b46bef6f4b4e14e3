"""Secrets and names in another coat: broken, coded, written wide, or where no reader looks."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable
from pathlib import Path

import pyarrow
from pyarrow import parquet

from tests.planted_leaks import HOME, MAIL, TOKEN, TRAIN, Leak, add, cell, drawing, put, value, write

ONE, TWO = TOKEN[:18], TOKEN[18:]
IBAN = "DE89 3704 0044 0532 0130 00"
BASE64 = base64.b64encode(TOKEN.encode()).decode()
SAMPLES, CONFIG = "adapter/evidence/samples.jsonl", "adapter/adapter_config.json"


def limit_of_the_footer(path: Path) -> None:
    """The greatest text, as the footer notes it, is another than the rows'."""
    data, columns = path.read_bytes(), parquet.read_metadata(path).row_group(0)
    notes = [columns.column(number) for number in range(columns.num_columns)]
    greatest = next(each.statistics.max for each in notes if each.path_in_schema == "text").encode()
    place = data.rfind(greatest)
    path.write_bytes(data[:place] + TOKEN.encode() + data[place + len(TOKEN) :])


def word_of_no_row(path: Path) -> None:
    """A column's dictionary holds a word that no row has."""
    table = parquet.read_table(path)
    titles = table["title"].to_pylist()
    words = [*sorted(set(titles)), TOKEN]
    coded = pyarrow.DictionaryArray.from_arrays([words.index(title) for title in titles], words)
    place = table.schema.get_field_index("title")
    write(path, table.set_column(place, "title", coded), store_schema=False)


def _in_text(name: str, text: str, says: str = r"column text: a secret") -> Leak:
    return Leak(name, TRAIN, cell("text", f"I wrote it down: {text} so there."), says, TOKEN)


COATS = (
    _in_text("a token over two lines", f"{ONE}\n{TWO}", "that is broken or coded: Hugging Face"),
    _in_text("a token over two quoted lines", f"{ONE}\n> {TWO}"),
    _in_text("a token as a mail breaks it", f"{ONE}=\r\n{TWO}"),
    _in_text("a token as a shell breaks it", f"{ONE}\\\n{TWO}"),
    _in_text("a token in base64", BASE64, "that is broken or coded: Hugging Face"),
    _in_text("a sentence in base64", base64.urlsafe_b64encode(f"my key? {TOKEN}".encode()).decode()),
    _in_text("a token in hexadecimal", TOKEN.encode().hex()),
    _in_text("a token around a null", f"{ONE}\0{TWO}"),
    _in_text("a token around a turn of writing", f"{ONE}\u202e{TWO}"),
    _in_text("a token around a variant", f"{ONE}\ufe0f{TWO}"),
    _in_text("a token in wide letters", "".join(chr(ord(letter) + 0xFEE0) for letter in TOKEN)),
    _in_text("a token in an address", "".join(f"%{ord(letter):02x}" for letter in TOKEN)),
    _in_text("a token in escapes", "".join(f"\\u{ord(letter):04x}" for letter in TOKEN)),
    _in_text("a bank account", IBAN, "personal data: IBAN"),
    _in_text("a bank account in thin spaces", IBAN.replace(" ", "\u2009"), "personal data: IBAN"),
    Leak("a word of no row", TRAIN, word_of_no_row, "beside the rows, column title: a secret"),
    Leak("a limit of no row", TRAIN, limit_of_the_footer, "beside the rows, column text.*: a secret"),
    Leak("a coded token in a sample", SAMPLES, add(f'{{"text": "{BASE64}"}}\n'), "broken or coded"),
    Leak(
        "a coded token in a recipe",
        "adapter/recipe.yaml",
        add(f"\nx: !!binary {BASE64}\n"),
        "broken or coded",
    ),
    Leak("a coded token in a card", "adapter/README.md", add(f"\n<!-- {BASE64} -->\n"), "broken or coded"),
    Leak("a broken token in a card", "adapter/README.md", add(f"\n{ONE}\n{TWO}\n"), "broken or coded"),
    Leak("an address as a key", CONFIG, value(MAIL, to=1), "personal data: e-mail"),
    Leak("a folder as a key", CONFIG, value(HOME, to=True), "somebody's machine"),
    Leak("a folder on a Mac's disk", CONFIG, value("from", to="/Volumes/Leonie/base"), "somebody's machine"),
    Leak("a folder of a cluster", CONFIG, value("from", to="/lustre/leonie/base"), "somebody's machine"),
    Leak("a folder on a server", CONFIG, value("from", to=r"\\nas\leonie"), "somebody's machine"),
    Leak(
        "an escape in a drawing's style",
        "adapter/loss.svg",
        drawing('<rect style="fill:u\\72l(x)"/>'),
        "fetches",
    ),
    Leak(
        "text of two bytes a letter", "dataset/LICENSE", put(TOKEN.encode("utf-16-le")), "a control character"
    ),
)
ODD: dict[
    str, Callable[[Path], object]
] = {  # what is no plain file of a known name, and how it comes to lie there
    "a file as which a process listens": os.mkfifo,
    "a letter of another alphabet": lambda path: path.with_name("adapter_config.js\u043en").write_text("{}"),
    "a name of capitals": lambda path: path.with_name("TOKENIZER.JSON").write_text("{}"),
    "a name with a line's end": lambda path: path.with_name("README.md\n").write_text("x"),
    "a long name": lambda path: path.with_name("a" * 200 + ".json").write_text("{}"),
    "settings of a shell": lambda path: path.with_name(".env").write_text("A=1"),
    "a link": lambda path: path.symlink_to("/etc/hostname"),
}
