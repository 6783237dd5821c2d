"""Error collection: every item gives a value or an error, in the order of the items."""
