"""The checks of an order, one module per question; each yields findings and touches nothing else."""
