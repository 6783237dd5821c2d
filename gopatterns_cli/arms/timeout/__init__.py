"""Timeout: work is raced against a time, by a scope and by a timer; nothing of it is left running."""
