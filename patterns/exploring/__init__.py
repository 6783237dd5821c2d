"""
The simulator as a test bench: a program under many schedules, and the one under which it fails.

Every operation of the library is a point at which another task may go on, as it may be on the real runtimes,
where a budget runs out there now and then. Who does is up to a strategy: one file each in `strategies/`,
found by listing that folder.
"""
