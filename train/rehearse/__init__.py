"""A whole release on one machine: embedded Hub, embedded base, embedded corpus.

`rehearse`    one recipe, one stage of it, its Space; `everything` all recipes side by side
what it needs embedded (Hub and news service, while they are needed), hub/ (the Hub itself), newswire,
              seed (what is there before), scale (a recipe at its size), steps (processes)
the bases     base, llama, gpt2: trained once on grammar and talk, which also write the corpora
what is shown prove (what a stranger does), promises (what each kind of writer must show), demo (the Space)
told          table (in a terminal), summary and page (`runs/summary.html`)
"""
