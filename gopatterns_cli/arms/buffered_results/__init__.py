"""Buffered results: there is room for every answer, so that an early leave leaves no sender behind."""
