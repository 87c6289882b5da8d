"""Lines, paragraphs, headings, articles: what stands how on a page."""
