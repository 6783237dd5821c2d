"""A demo while it runs: what its tasks and objects do, from the runtime's own events, and how fast time goes.

Here belongs what is known of a run; how it is drawn stands in `render`.
"""
