import re
from random import Random

from train.prepare.wording.formal import formal
from train.rehearse.grammar import subjects
from train.rehearse.talk import SLOT, plain_words, say, talk


def test_every_sentence_comes_out_whole_and_the_same_for_the_same_seed() -> None:
    for place, pattern in enumerate((*talk().sentences, *talk().patterns)):
        said = [say(pattern, subjects()[place], Random(f"{place} {turn}")) for turn in range(20)]
        assert said == [say(pattern, subjects()[place], Random(f"{place} {turn}")) for turn in range(20)]
        assert [each for each in said if re.search("[{}]", each)] == []


def test_every_sentence_is_one_that_a_formal_text_says_otherwise() -> None:
    said = [say(each, subjects()[0], Random(each)) for each in (*talk().sentences, *talk().patterns)]
    assert [each for each in said if formal(each) == each] == []


def test_what_a_demo_offers_is_said_otherwise_and_stands_in_no_chat() -> None:
    known = (*talk().sentences, *talk().patterns)
    for each in talk().examples:
        assert formal(each) != each
        assert [said for said in known if said.split()[:4] == each.split()[:4]] == []


def test_every_slot_is_used_and_the_words_of_all_are_known() -> None:
    every = (*talk().patterns, *(each for choices in talk().slots.values() for each in choices))
    assert {name for each in every for name in SLOT.findall(each)} >= set(talk().slots)
    assert {"won't", "printer", "Alvarez"} <= set(plain_words())
    assert plain_words() == tuple(sorted(set(plain_words())))
