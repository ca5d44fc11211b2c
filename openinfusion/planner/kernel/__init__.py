"""The compiled search: simulated annealing on explicit routes.

Reading order: `data` (the tables), `timing` and `propagation` (start times after a move), `place`, `swap`, `tails`
(the moves), `proposals` (which move next), `annealing` (the loop). `evaluation` works everything out afresh.
"""
