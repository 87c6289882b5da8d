"""Runs and comparisons for people to read: tables on a terminal, one HTML file."""
