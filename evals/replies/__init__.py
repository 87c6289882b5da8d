"""How well a chat model's sentences are checked: building the scripted replies, and scoring.

Built-in library, lists ── build ──► replies.jsonl ── scoring ──► judged sentences ── report
"""
