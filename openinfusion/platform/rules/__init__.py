"""Rule packs of a program: proposed, approved by two named people, active."""
