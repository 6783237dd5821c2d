"""Error group: pages are fetched at once; the first error cancels the rest and is what the caller gets."""
