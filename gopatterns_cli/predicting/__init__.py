"""What a scenario will take, predicted before it is measured: the simulator with this machine's costs.

`benchmarks` are the small texts that each cost is found from, `stopwatch` runs them on a runtime in a process
of its own, `fitting` finds the costs with which the simulator takes the same times, `costs` keeps them, and
`prediction` runs a cell's own text with them. No cost is ever found from a scenario that it predicts.
"""
