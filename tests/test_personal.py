import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from train.prepare.scan import personal
from train.prepare.scan.personal import _starts_of_numbers


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Write to robin@kettle.org.", "Write to [e-mail]."),
        ("<robin.wren+blog@mail.kettle.co.uk>", "<[e-mail]>"),
        ("[me](mailto:robin@kettle.org)", "[me](mailto:[e-mail])"),
        ("robin (at) kettle (dot) org", "[e-mail]"),
        ("robin [at] kettle.org", "[e-mail]"),
        ("robin at kettle dot org", "[e-mail]"),
        ("robin&#64;kettle.org", "[e-mail]"),
        ("author = 'robin@kettle.org'", "author = '[e-mail]'"),
        ("Call (415) 867-2671 now", "Call [phone] now"),
        ("415-867-2671 or 415.867.2671", "[phone] or [phone]"),
        ("+44 20 7123 4567", "[phone]"),
        ("+49 (0)30 1234567", "[phone]"),
        ("tel. 030 1234567 / 030 7654321", "tel. [phone] / [phone]"),
        ("01 42 68 53 07", "[phone]"),
        ("[call](tel:+14158672671)", "[call](tel:[phone])"),
        ("my mobile: 4158672671", "my mobile: [phone]"),
        ("(01) 677 1234, 06-12345678, 044 123 45 67", "[phone], [phone], [phone]"),
        ("https://wa.me/14158672671", "https://wa.me/[phone]"),
        ("from 81.2.69.142 at noon", "from [IP address] at noon"),
        ("http://81.2.69.142:8080/", "http://[IP address]:8080/"),
        ("2a02:1810:4d3a:7200::17", "[IP address]"),
        ("DE89 3704 0044 0532 0130 00 at the bank", "[IBAN] at the bank"),
        ("GB82WEST12345698765432", "[IBAN]"),
        ("EG38 0019 0005 0000 0000 2631 8000 2", "[IBAN]"),
        ("BY13NBRB3600900000002Z00AB00, VA59001123000012345678", "[IBAN], [IBAN]"),
        ("4539 1488 0343 6467", "[card]"),
        ("4539148803436467 12/27", "[card] 12/27"),
        ("SSN 536-22-8145", "SSN [national id]"),
        ("CPF 529.982.247-25", "CPF [national id]"),
    ],
)
def test_personal_data_is_masked(text: str, masked: str) -> None:
    assert personal(text, "mask")[0] == masked
    assert personal(masked, "mask") == (masked, {}), "masking twice must change nothing more"


@pytest.mark.parametrize(
    "text",
    [
        "hello@example.com, a@shop.example.org, a@b.test, root@localhost",
        "git@github.com:robin/kettle.git",
        "@robin and @robin@fosstodon.org wrote",
        "react@18.2.0, logo@2x.png, ssh://robin@kettle.org/a",
        "On 2014-05-29, from 2008-2012, at 10:45:30, 29.05.2014 10:12",
        "ISBN 978-0-306-40615-7, ISBN 0-306-40615-2, doi 10.1000/182",
        "v1.2.3.4, Chrome/91.0.4472.124, version 10.0.19041.1",
        "10.0.0.1, 192.168.1.1, 127.0.0.1, 172.16.0.5, 192.0.2.7, 198.51.100.3, 203.0.113.9, 8.8.8.8",
        "54.0.0.0/8 and ::1, fe80::1, 2001:db8::1, std::vector, 00:1a:2b:3c:4d:5e",
        "1,234,567.89 dollars, 10 000 000 people, $1234567890",
        "Order 0171 1234567, order no. 415-867-2671, #4158672671",
        "555-0123 and (415) 555-0123, +1 415 555 0199",
        "timestamp 1500000000, id 1234567890123456, x = 0.123456789012",
        "They won 3-1 4-2 6-3; 3.14159265358979; 1-800",
        "DE00 1234 5678 9012 3456 78",
        "4539 1488 0343 6468, 4242 4242 4242 4242",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    ],
)
def test_what_is_nobody_s_stays(text: str) -> None:
    assert personal(text, "mask") == (text, {})


def test_personal_data_is_counted_and_left_if_that_is_the_wish() -> None:
    text = "robin@kettle.org, wren@kettle.org, 415-867-2671"
    assert personal(text, "keep") == (text, {"e-mail": 2, "phone": 1})
    assert personal(text, "drop") == (text, {"e-mail": 2, "phone": 1})
    assert personal(text, "mask") == ("[e-mail], [e-mail], [phone]", {"e-mail": 2, "phone": 1})


@given(st.text(st.characters(max_codepoint=127)) | st.text("09a "))
def test_every_number_is_looked_at_from_its_first_digit(text: str) -> None:
    assert _starts_of_numbers(text) == [found.start() for found in re.finditer("[0-9]+", text)]


@given(st.text() | st.text("0123456789 +-().@ab:/&#;"))
def test_any_text_can_be_masked_twice(text: str) -> None:
    masked, _ = personal(text, "mask")
    assert personal(masked, "mask")[0] == masked


@pytest.mark.parametrize(
    "unit", ["0123456789", "@", "a.a.a.", "a@", "1 2-3 ", "::1", "1.2.3.4.", "AB12 ", "+1 "]
)
def test_no_masking_takes_longer_than_the_text(unit: str) -> None:
    start = time.process_time()
    personal(unit * (200_000 // len(unit)), "mask")
    assert time.process_time() - start < 2
