"""The words around a contraction that tell what it stands for."""

# "'d had", and nothing else, before these; "'s has" before what only "has" can stand with.
ONLY_HAS = "been|become|begun|come|gone|got|gotten|grown|had|happened|lasted|occurred|worked"
PARTICIPLES = (
    f"{ONLY_HAS}|better|built|bought|broken|brought|caught|chosen|done|drawn|driven|eaten|fallen|felt|forgotten|"
    "found|given|heard|held|hidden|kept|known|learnt|left|lost|made|meant|met|paid|said|seen|sent|shown|sold|spent|"
    "spoken|stood|taken|taught|thought|told|understood|won|worn|written"
)
UNCLEAR = (
    "become|bet|burst|come|cost|cut|hit|hurt|let|put|quit|read|run|set|shut|spread"  # base or participle
)
BASES = (
    "bleed|breed|embed|exceed|feed|heed|need|proceed|shed|speed|succeed|wed|weed"  # verbs that end in "ed"
)
ADVERBS = (
    "also|always|already|even|ever|finally|just|long|most likely|never|not|now|only|probably|really|recently|"
    "still"
)
# Before an object, a participle is no passive ("it's changed my life"); before several, "there's" is no "is".
OBJECT = "a|an|everything|her|him|his|how|its|me|my|our|that|the|their|them|this|us|what|you|your"
PLURAL = "a|few|five|four|hundreds|lots|many|plenty|several|some|ten|thousands|three|two"
