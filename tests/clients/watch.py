"""Watches with Python's websockets: entries over a cut, a ping, the newest balance, a clean close.

Usage: watch.py ws://host:port LAST_POSITION BALANCE. Says what it saw; exits with 1 on a mistake.
"""
import asyncio
import json
import sys

import websockets


def expect(found, wanted, what):
    if found != wanted:
        sys.exit(f"{what}: {found!r} where {wanted!r} was expected")


async def entries(url, seen, until):
    # Without a limit: what is not taken from its queue would hold up the close.
    async with websockets.connect(url + "/v1/watch", max_queue=None) as socket:
        watch = {"watch": "entries", "accounts": ["acme"], "from": seen[-1] if seen else 0}
        await socket.send(json.dumps(watch))
        await asyncio.wait_for(await socket.ping(b"are you there?"), 20)
        while not seen or seen[-1] < until:
            message = json.loads(await asyncio.wait_for(socket.recv(), 20))
            if message["type"] == "entry":
                seen.append(message["position"])
    expect(socket.close_code, 1000, "code of the close")


async def main():
    url, last, balance = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    seen = []
    await entries(url, seen, last // 2)
    await entries(url, seen, last)
    expect(seen, list(range(2, last + 1)), "positions")
    async with websockets.connect(url + "/v1/watch") as socket:
        await socket.send([chr(123), '"watch":"balances","accounts":["acme"]}'])  # two fragments
        snapshot = json.loads(await asyncio.wait_for(socket.recv(), 20))
        expect(snapshot["type"], "snapshot", "type")
        expect(snapshot["balance"], balance, "balance")
        await socket.send(b"\x00\x01")
        expect(json.loads(await socket.recv())["code"], "invalid_json", "of a binary message")
        await socket.send("x" * 70_000)
        try:
            await asyncio.wait_for(socket.recv(), 20)
            sys.exit("a message of 70,000 bytes was taken")
        except websockets.ConnectionClosed:
            expect(socket.close_code, 1009, "code of the close")
    print(f"{len(seen)} entries once and in order over a cut, balance {balance}, ping, closes")


asyncio.run(main())
