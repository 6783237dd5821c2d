"""Our rate limiter: arithmetic on the clock, no task in the background."""

from collections.abc import Callable

from patterns import RateLimiter


async def token_bucket(rate: float, requests: int, served: Callable[[], object]) -> None:
    """Let so many requests through at `rate` per second; the bucket holds one token."""
    limiter = RateLimiter(rate, burst=1)
    for _ in range(requests):
        await limiter.wait()
        served()
