"""
Measuring: what is planned, in which order, in which processes; how it is written down. Nothing here
decides.
"""
