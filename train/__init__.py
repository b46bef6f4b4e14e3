"""From a recipe to a released writer: prepare, tune, evaluate, bundle, release."""
