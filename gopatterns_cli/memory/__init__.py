"""What a worker or a queued item takes of memory, for every pattern, by the operating system's own figures.

`choosing.py` says which arms there are, `ours.py`, `native_asyncio.py` and the others beside it hold what is
looked at, `system.py` asks the system, `taking.py` does it all in one process. What the figures mean stands
in `gopatterns_cli.footprints`.
"""
