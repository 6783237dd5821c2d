"""The gate tried out on this machine: how often it fails identical code, how often it finds a slowdown.

A trial is a whole session, carried out and decided by the code of `compare --ref`; only what it measures is
known beforehand. What is drawn from recorded rounds goes through the same decisions. Nothing here decides
about a version.
"""
