"""Training of what is in rag/models, from a folder of open texts and pairs."""
