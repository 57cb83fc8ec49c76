"""Pure functions on places: readers, coordinate systems, covers, estimates, the sample region."""
