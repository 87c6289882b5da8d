"""How well quotations are verified and drafts checked: building the test set, and scoring.

Built-in library ── build ──► verify.jsonl; marked drafts ── drafts ──► drafts/ and their labels
both             ── scoring ─► judged quotations and drafts ── summing ──► scores ── report
"""
