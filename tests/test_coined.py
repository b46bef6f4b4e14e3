from random import Random

import pytest

from train.rehearse.coined import coin, scramble, veil

KNOWN = ("kite", "don't", "Monday", "it's", "lantern", "umbrella", "cautious", "festival")
SAID = "The harbour isn't far: Tomas couldn't repair 3 bicycles."


def test_coined_words_are_the_same_for_the_same_seed_and_hardly_ever_said_twice() -> None:
    coined = [coin(KNOWN, Random(place)) for place in range(200)]
    assert coined == [coin(KNOWN, Random(place)) for place in range(200)]
    assert len(set(coined)) > 150


@pytest.mark.parametrize("number", [1, 8])
def test_a_scrambled_line_has_that_many_words_and_a_beginning(number: int) -> None:
    for place in range(50):
        line = scramble(KNOWN, number, Random(place))
        assert len(line.split()) == number
        assert line[0] == line[0].upper()


def test_a_veil_hides_some_longer_words_and_no_name_number_or_contraction() -> None:
    veiled = [veil(SAID, KNOWN, Random(place)) for place in range(50)]
    assert {text.split()[0] for text in veiled} == {"The"}
    assert all(word in text for text in veiled for word in ("isn't far: Tomas couldn't", " 3 "))
    hidden = [sum(word not in text for word in ("harbour", "repair", "bicycles")) for text in veiled]
    assert set(hidden) == {0, 1, 2, 3}
