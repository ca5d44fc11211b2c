"""Compatibility: drugs by name and class, reactions by kind, for allergy, duplicate, interaction and line
checks.
"""

from openinfusion.core.compatibility.reactions import Reaction, classify
from openinfusion.core.compatibility.vocabulary import Vocabulary

__all__ = ["Reaction", "Vocabulary", "classify"]
