"""What no single authority sees: hotspots and contrasts across borders, what to fix first, and with whom."""
