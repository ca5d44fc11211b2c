"""The few numbers of the checks that are our own, in one place, each with its reason. They wait for
sign-off.

For the pharmacist who signs the checks off. Everything clinical comes from rules with a source; these only
say how far from a sourced limit a case must be before it is asked about or stopped.
"""

from __future__ import annotations

from fractions import Fraction

# A dose by weight is rounded to vials, so a sourced range per kg is asked about only from this far outside it.
ROUNDING_SHARE = Fraction(10, 100)
# Twice the highest, or half the lowest, sourced dose is taken as a decimal or unit error until proven otherwise.
GROSS_FACTOR = 2
# Dose, rate, volume and time agree when they differ by less than pump rounding and overfill explain.
AGREEMENT_SHARE = Fraction(5, 100)
# A rate is programmed in whole or tenth mL/h, so a limit is passed only beyond this.
RATE_SHARE = Fraction(2, 100)
# A creatinine older than this does not say how the kidneys are now.
NEWEST_CREATININE_DAYS = 30
SOURCE = "ours, waits for sign-off"
