"""Visits: what a nurse checks, gives and writes in the home, and when it happens again.

One module per question: ``start`` (may the infusion start?), ``flow`` (rate steps and progress),
``vitals``, ``news2``, ``reactions``, ``label``, ``administration``, ``documentation``, ``escalation``,
``sync``, ``history``, ``plain_words``.
"""
