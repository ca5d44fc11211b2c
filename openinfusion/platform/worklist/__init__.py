"""Work lists: open a task, close it, list it by owner."""
