"""An adapter in; evidence about it, and a verdict, out."""
