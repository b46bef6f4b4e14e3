"""The card: its licence, and whether the code on it does what it says."""

import ast
import builtins
from collections.abc import Iterator, Mapping

from markdown_it import MarkdownIt

from cards.check import complaints
from cards.prose import remarks
from cards.top import read
from train.release.doctor.diagnosis import Diagnosis
from train.release.doctor.patient import Patient

WHOLE = frozenset({"AutoModelForCausalLM", "AutoModel", "pipeline"})  # of transformers: made for whole models
README = "README.md"


def card(patient: Patient) -> Iterator[Diagnosis]:
    """A card without a licence that the Hub knows, or with code that fails."""
    if README not in patient.files:
        if patient.is_published:
            yield Diagnosis("no-card", "It has no card: nobody knows what it is.", f"write a {README}")
        return
    yield from _licence(patient)
    yield from code(patient)


def _licence(patient: Patient) -> Iterator[Diagnosis]:
    front = patient.front
    wrong = [key for key in ("licence", "licences", "licenses", "License") if key in front]
    stated = [each for each in complaints(front, "model") if each.path[:1] == ("license",)]
    if wrong and "license" not in front:
        yield Diagnosis(
            "licence-key",
            f"The card says {wrong[0]}: {front[wrong[0]]}, which the Hub does not know: it shows no licence.",
            f"license: {front[wrong[0]]}, if that is one of the Hub's ids",
        )
    elif "license" not in front:
        yield Diagnosis(
            "licence-key",
            "The card states no licence: nobody may use it.",
            f"write license: and one of the Hub's ids on top of {README}",
        )
    for each in stated:
        yield Diagnosis("licence-key", f"In the card, {each.what}.", each.fix)


def code(patient: Patient) -> Iterator[Diagnosis]:
    """Python on the card that cannot run, or loads something else than it says."""
    body = read(patient.card).body
    unfit = [each for each in remarks(body) if "says python and is none" in each.what or "None" in each.what]
    for each in unfit[:1]:
        yield Diagnosis("card-code", f"On line {each.line} of the card's text: {each.what}.", each.fix)
    trees = [] if unfit else [ast.parse(block) for block in blocks(body)]
    flaw = next((flaw for tree in trees for flaw in _wrong_calls(tree, patient.name)), "") or _unknown(trees)
    if flaw:
        fix = "AutoPeftModelForCausalLM.from_pretrained(repo, revision=tag) loads it; try what the card says"
        yield Diagnosis("card-code", f"The card's code does not run: {flaw}.", fix)


def blocks(body: str) -> list[str]:
    """The Python on a card, block by block; a console's session is none."""
    fences = (token for token in MarkdownIt("commonmark").parse(body) if token.type == "fence")
    found = [token.content for token in fences if token.info.split(" ")[0].lower() in ("python", "py")]
    return [each for each in found if not each.lstrip().startswith(">>>")]


def _wrong_calls(tree: ast.Module, repo: str) -> Iterator[str]:
    texts = {
        target.id: node.value.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        named = {each.arg for each in call.keywords}
        owner = _owner(call)
        if owner == "PeftModel" and len(call.args) < 2 and "model_id" not in named:
            yield "PeftModel.from_pretrained takes the base first, then the adapter"
        if owner in WHOLE and "revision" in named and _first(call, texts) == repo:
            yield f"{owner} looks for this revision in the base, not in the adapter"


def _owner(call: ast.Call) -> str:
    function = call.func
    if isinstance(function, ast.Attribute) and function.attr == "from_pretrained":
        return function.value.id if isinstance(function.value, ast.Name) else ""
    return function.id if isinstance(function, ast.Name) else ""


def _first(call: ast.Call, texts: Mapping[str, object]) -> object:
    """What a call is given first, as far as it can be read."""
    named = {each.arg: each.value for each in call.keywords}
    given = call.args[-1] if call.args else named.get("model")
    if isinstance(given, ast.Name):
        return texts.get(given.id)
    return given.value if isinstance(given, ast.Constant) else None


def _unknown(trees: list[ast.Module]) -> str:
    """A name that no block makes."""
    nodes = [node for tree in trees for node in ast.walk(tree)]
    made = {node.id for node in nodes if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)}
    made |= {
        (alias.asname or alias.name).split(".")[0]
        for node in nodes
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    made |= {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    made |= {node.arg for node in nodes if isinstance(node, ast.arg)}
    made |= {node.name for node in nodes if isinstance(node, ast.ExceptHandler) and node.name}
    if any(isinstance(node, ast.ImportFrom) and node.names[0].name == "*" for node in nodes):
        return ""
    used = [node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)]
    lost = next((name for name in used if name not in made and not hasattr(builtins, name)), "")
    return f"it uses {lost}, which nothing before it makes" if lost else ""
