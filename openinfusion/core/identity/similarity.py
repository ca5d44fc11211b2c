"""How alike two words are, counting swapped neighbours as one slip of the finger.

Optimal string alignment form of the Damerau-Levenshtein distance. Offers possible duplicates, never merges.
"""

from __future__ import annotations


def edit_distance(left: str, right: str) -> int:
    """Fewest insertions, deletions, replacements and swaps of neighbours between two words."""
    before_last: list[int] = []
    last = list(range(len(right) + 1))
    for row, a in enumerate(left, start=1):
        current = [row]
        for column, b in enumerate(right, start=1):
            cost = min(last[column] + 1, current[column - 1] + 1, last[column - 1] + (a != b))
            if row > 1 and column > 1 and a == right[column - 2] and left[row - 2] == b:
                cost = min(cost, before_last[column - 2] + 1)
            current.append(cost)
        before_last, last = last, current
    return last[-1]


def similarity_percent(left: str, right: str) -> int:
    """100 for equal words, 0 for words with nothing in common; whole percent, rounded down."""
    longest = max(len(left), len(right))
    if longest == 0:
        return 100
    return 100 * (longest - edit_distance(left, right)) // longest
