"""Semaphore: many tasks, of which so many at most are at work."""
