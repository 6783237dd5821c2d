"""Versions of a project, made ready to be measured side by side."""
