"""Cancellable pipeline: numbers are produced and squared under a time-out, at which every stage stops."""
