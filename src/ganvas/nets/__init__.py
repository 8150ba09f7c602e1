"""Generators and discriminators, one file a paper; they know nothing of training."""
