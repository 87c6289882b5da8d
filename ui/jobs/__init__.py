"""Uploads that are taken in in the background."""
