"""What is right: pure rules. Standard library only; no clock, no I/O, no float doses."""
