"""The command line: python -m train VERB.

registry      every verb, in groups, with its module, which is imported when it is asked for
parser        the words that are typed: what each verb takes, and what a misspelt one meant
page          what `--help` says of a verb, and how it is laid out
answer        what a verb hands back: a value for programs, sentences for people
voice         the one place that writes to the terminal: as JSON, quietly, with colours
colour        the marks that a terminal shows
taking        the arguments that many verbs take
completion    what a shell needs to complete a command line; the verb of that name
prepare … seed   verbs of a recipe's run; all others lie with what they do
"""
