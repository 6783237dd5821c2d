"""Image batch: images are resized by a worker pool, under a rate limiter."""
