"""Stock by lot: drugs, supplies and kits."""
