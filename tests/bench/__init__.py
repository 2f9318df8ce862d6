"""`make bench`: the figures to reach, measured on this machine. Benchmarks measure; tests never look at a clock."""
