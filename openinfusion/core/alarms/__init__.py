"""Alarms: which condition counts, how grave it is, who must hear of it, and when it may rest.

Secondary notification only: the device's own alarm comes first (IEC 60601-1-8, distributed alarm system).
"""
