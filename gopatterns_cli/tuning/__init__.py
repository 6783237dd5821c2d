"""
Tuning: a user's function over a user's inputs, looked at, searched, measured, and written down as code.

`course` has the order of the work; `looking`, `searching`, `finals` and `pasting` are its four parts. What is
measured goes through `measuring`, in fresh processes, as everything does.
"""
