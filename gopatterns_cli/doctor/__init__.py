"""
Is this machine fit to measure on? Each file asks about one thing: `examine` reads it here, `judged` says from
plain values what level it has and what that means for the figures.

`examining` has the order of the work, `look` the two seconds during which it is watched what others do. A
level is never a figure's correction: it is advice. Nothing here needs root, and what this system does not
tell is a finding of its own.
"""
