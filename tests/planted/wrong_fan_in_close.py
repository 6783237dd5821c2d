"""The first forwarder that comes to its end closes the channel that all forward to."""

from patterns import Channel, TaskGroup, WaitGroup


async def bad():
    async def close_after(forwarders, merged):
        return merged.close

    await program(own_close=True)


async def good():
    await program(own_close=False)


async def program(*, own_close):
    merged, received, forwarders = Channel(2), [], WaitGroup()

    async def source(channel):
        await channel.send("value")
        channel.close()

    async def forward(channel):
        async for value in channel:
            await merged.send(value)
        if own_close and not merged.closed:
            merged.close()

    async def collect():
        async for value in merged:
            received.append(value)

    async with TaskGroup() as group:
        group.spawn(collect)
        for channel in (Channel(), Channel()):
            group.spawn(source, channel)
            forwarders.go(forward, channel)
        await forwarders.wait()
        if not merged.closed:
            merged.close()
    assert received == ["value"] * 2
