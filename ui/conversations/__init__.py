"""Saved conversations as the API and the page use them, and their exports."""
