"""A session as one HTML page: one file per kind of drawing."""
