"""What our layer costs per operation, beside the libraries that a user would take instead.

`operations.py` is what is measured, `ours.py` and `peers/` do it, `timing.py` times it, `rounds.py` runs it
in fresh processes. `python -m gopatterns_cli.overhead` prints the table.
"""
