"""What somebody could change in a bundle and seal again: it belongs to another one then."""

import numpy

from tests.planted_leaks import TRAIN, WEIGHTS, Leak, add, cell, put, replace, tensors, value

FORGED = (
    Leak(
        "a number that nothing proves",
        "adapter/README.md",
        add("\nIt is 97 % better.\n"),
        r"97 has no evidence",
    ),
    Leak(
        "a licence the Hub does not know",
        "space/README.md",
        replace("sdk: gradio", "sdk: gradioo"),
        r"the card would be refused",
    ),
    Leak(
        "other code in the Space",
        "space/app.py",
        add("\nimport os\n"),
        r"space/app\.py: it is not the code of this project",
    ),
    Leak(
        "more code in the Space", "space/more.py", put("import os\n"), r"space/more\.py: it is not the code"
    ),
    Leak(
        "other packages in the Space",
        "space/requirements.txt",
        add("leftpad\n"),
        r"space/requirements\.txt: it is not the code",
    ),
    Leak(
        "weights of another training",
        WEIGHTS,
        tensors(named={"lora_A": numpy.ones((2, 2), dtype="float32")}),
        r"metrics\.json: it speaks of other weights",
    ),
    Leak(
        "a row that nobody prepared",
        TRAIN,
        cell("text", "A row of mine."),
        r"report\.json: it was written beside another data/train",
    ),
    Leak(
        "a better figure",
        "adapter/evidence/metrics.json",
        replace('"adapter": 0.5', '"adapter": 0.9'),
        r"gate\.json: it judges other figures",
    ),
    Leak(
        "a gate that somebody opened",
        "adapter/evidence/gate.json",
        replace("1 of 2 titles", "2 of 2 titles"),
        r"metrics\.json: it was written beside another evidence/gate\.json",
    ),
    Leak(
        "fewer rows than counted",
        "dataset/report.json",
        value("rows", "train", to=3),
        r"the split train has not the 3 rows",
    ),
    Leak(
        "another base",
        "adapter/adapter_config.json",
        value("base_model_name_or_path", to="acme/other"),
        r"adapter_config\.json: it speaks of other base",
    ),
    Leak(
        "another commit of the base",
        "adapter/adapter_config.json",
        value("revision", to="f" * 40),
        r"adapter_config\.json: it speaks of other base",
    ),
    Leak(
        "a statement of another version",
        "adapter/provenance.json",
        value("predicate", "buildDefinition", "externalParameters", "version", to="v0.9.0"),
        r"provenance\.json: its version is not the bundle's",
    ),
    Leak(
        "a statement of another repository",
        "dataset/provenance.json",
        value("predicate", "buildDefinition", "externalParameters", "repository", to="acme/data"),
        r"provenance\.json: its repository is not the bundle's",
    ),
    Leak(
        "a statement of nothing",
        "adapter/provenance.json",
        value("predicate", to=[]),
        r"is no statement of a build",
    ),
    Leak(
        "a recipe of other repositories",
        "adapter/recipe.yaml",
        replace("rehearsal/blog-data", "acme/data"),
        r"recipe\.yaml: it is another recipe",
    ),
    Leak(
        "an easier gate",
        "adapter/recipe.yaml",
        replace("retrieval: 0.8", "retrieval: 0.1"),
        r"another gate or decoding than the recipe's",
    ),
    Leak("a recipe that is none", "adapter/recipe.yaml", put("name: blog\n"), r"is missing"),
)
