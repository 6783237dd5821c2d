"""Managed worker pool: a pool that is told what to do while it runs: submit, stop, cancel."""
