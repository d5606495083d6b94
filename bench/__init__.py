"""What `make bench` measures: ratios from one run on this machine."""
