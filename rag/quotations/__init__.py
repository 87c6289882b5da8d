"""Quotations: looked up, verified character by character, and checked through whole drafts."""
