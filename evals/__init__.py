"""How good the answers are: data sets, measures, benchmarks, training."""
