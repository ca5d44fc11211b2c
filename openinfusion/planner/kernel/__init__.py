"""The compiled search: simulated annealing on explicit routes. Read `data`, `timing`, `propagation`, then the moves."""
# x
