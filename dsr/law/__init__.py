"""What the law gives: regimes, rights, time limits, holidays.  Data and pure rules."""
