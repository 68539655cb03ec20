"""Prints the table of bench/peers/run: medians over the rounds, ratios first."""
import json
import os
import statistics
import sys


def rounds(name):
    with open(os.path.join(sys.argv[1], name + ".json"), encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def median(values):
    return statistics.median(values)


def packledger_rounds():
    for each in rounds("packledger"):
        if each["wrong"] or each["rejected"] or each["batches_refused"]:
            sys.exit(f"packledger did not do the work: {each}")
        each["p50_ms"] = each["latency_ns"]["p50"] / 1e6
        each["p99_ms"] = each["latency_ns"]["p99"] / 1e6
        yield each


def main():
    systems = {
        "packledger": list(packledger_rounds()),
        "Redis": rounds("redis"),
        "PostgreSQL": rounds("postgresql"),
    }
    disk = rounds("disk")
    ours = systems["packledger"]

    def ratio(theirs):
        # Round by round, so that a busy minute slows both sides of a ratio.
        return median([a["sends_per_second"] / b["sends_per_second"]
                       for a, b in zip(ours, theirs)])

    print("| | packledger is | of the disk | sends/s | batch p50 ms | p99 ms |")
    print("|---|---:|---:|---:|---:|---:|")
    for name, each in systems.items():
        of_disk = median([a["sends_per_second"] / b["sends_per_second"]
                          for a, b in zip(each, disk)])
        print(f"| {name} | {ratio(each):.1f} × | {of_disk:.3f} "
              f"| {median([r['sends_per_second'] for r in each]):,.0f} "
              f"| {median([r['p50_ms'] for r in each]):.2f} "
              f"| {median([r['p99_ms'] for r in each]):.2f} |")
    syncs = median([each["syncs_per_second"] for each in disk])
    carried = median([each["sends_per_second"] for each in disk])
    print(f"| disk alone, {syncs:,.0f} syncs/s | {ratio(disk):.3f} × | 1 | {carried:,.0f} "
          f"| {median([r['p50_ms'] for r in disk]):.2f} "
          f"| {median([r['p99_ms'] for r in disk]):.2f} |")


main()
