"""The document's token bucket: a ticker of period 1 / rate fills a buffer of `rate` places."""

from collections.abc import Callable

from patterns.token_bucket import TickerBucket


async def token_bucket(rate: float, requests: int, served: Callable[[], object]) -> None:
    """Let so many requests through, each when it finds a token in the buffer."""
    async with TickerBucket(rate, max(round(rate), 1)) as bucket:
        for _ in range(requests):
            await bucket.wait()
            served()
