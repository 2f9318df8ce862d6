"""`make proof`: claims that need many seeds or minutes. The table is committed, with the hash of the code it speaks of."""
