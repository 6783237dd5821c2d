"""Cascade: one cancel at the root of a tree ends every worker below it."""
