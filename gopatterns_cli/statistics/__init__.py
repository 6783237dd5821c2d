"""Statistics of rounds: pure functions of lists of floats.

Everything here takes plain numbers and returns plain numbers or a frozen record; nothing prints, reads a
file or knows what a session is. Warnings are values that travel with the estimate to whoever renders it.
Standard library only, because importing SciPy costs more than a second; the tests check each function
against it.
"""
