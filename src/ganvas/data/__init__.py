"""What a batch can be, and where batches come from."""
