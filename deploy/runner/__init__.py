"""What `./dev` does: one suite on one machine, its tests and its checks."""
