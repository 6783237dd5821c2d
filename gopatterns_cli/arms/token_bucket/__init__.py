"""Token bucket: requests held to a rate, as fast as they are let through. They have no work of their own."""
