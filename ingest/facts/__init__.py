"""Titles, dates, places, people, speech: what a text says about itself."""
