"""What runs, in which order and when: the nightly flow, releases, schedule and command line."""
