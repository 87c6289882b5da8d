"""What makes an answer good, one family of measures a module; `evals.scoring` puts them together.

Each family is a function of a case and its prediction and gives name → value for those of its
measures that apply. `evals.measures.catalogue` says what each name means.
"""
