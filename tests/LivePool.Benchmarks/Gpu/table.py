"""Prints what check measured: table.py DIR, with DIR/times/*.json of livepool bench and DIR/torch.json."""

import json
import os
import re
import statistics
import sys

COPY_TARGET = 0.7
TORCH_TARGET = 2
TARGET_SIZE = "3840x2160"
TARGET_CASES = ("conv-3x3", "conv-5x5")


def read(*path):
    with open(os.path.join(*path)) as file:
        return json.load(file)


def verdict(name, stage, ratio, against_cudnn):
    if stage is None:
        return "not fused"
    if not name.startswith(tuple(f"{TARGET_SIZE} {case}" for case in TARGET_CASES)):
        return ""
    words = [f"copy {'reached' if stage['copy_share'] >= COPY_TARGET else 'missed'}"]
    if ratio is not None and against_cudnn:
        words.append(f"cuDNN {'reached' if ratio >= TORCH_TARGET else 'missed'}")
    else:
        words.append("cuDNN not measured")
    return ", ".join(words)


def percent(share):
    return "" if share is None else f"{100 * share:.1f} %"


def natural(name):
    """9 before 10."""
    return [int(part) if part.isdigit() else part for part in re.split(r"([0-9]+)", name)]


def main(folder):
    torch = read(folder, "torch.json")
    runs = {name[:-5]: read(folder, "times", name) for name in os.listdir(os.path.join(folder, "times"))}
    backend = next(iter(runs.values()))["backend"]
    software = backend["software"]

    rows = [["size and case", "ms", "GB/s", "of copy", "GFLOP/s", "of peak", "torch ms", "ratio", "TF32 ms", "ratio", "passes", "" if software else "target"]]
    for name in sorted(runs, key=natural):
        # A leading abs only makes floats of the input.
        stages = [stage for stage in runs[name]["stages"] if stage["op"] != "abs"]
        ours = sum(stage["milliseconds"]["median"] for stage in stages)
        stage = stages[0] if len(stages) == 1 else None
        times = torch.get("times", {}).get(name.rsplit("-", 1)[0])
        cells = [[f"{time:.4f}", f"{time / ours:.2f}"] for time in times or []]
        cells += [["missing", ""]] * (2 - len(cells))
        ratio = min(times) / ours if times else None
        shares = [""] * 4
        if stage is not None:
            gflops = stage["gflops"]
            shares = [f"{stage['gb_per_s']:.1f}", percent(stage["copy_share"]), "" if gflops is None else f"{gflops:.1f}", percent(stage["fma_share"])]
        rows.append([
            name, f"{ours:.4f}", *shares, *cells[0], *cells[1], "one" if stage is not None else "several",
            "" if software else verdict(name, stage, ratio, torch.get("cuda"))])

    peaks = [run["peaks"] for run in runs.values()]
    print(f"GPU:   {backend['renderer']}, {backend['version']}")
    print(f"peaks: {statistics.median(peak['fma_gflops'] for peak in peaks):.1f} GFLOP/s of multiply-adds; "
          f"{statistics.median(peak['copy_gb_per_s'] for peak in peaks):.1f} GB/s of copying {peaks[0]['copy_bytes'] >> 20} MiB; medians of {len(peaks)}")
    print(f"torch: {torch.get('device') or torch['missing']}" + ("; from float in every row" if "device" in torch else ""))
    print()
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for i, row in enumerate(rows):
        print("  ".join([row[0].ljust(widths[0])] + [cell.rjust(width) for cell, width in zip(row[1:-1], widths[1:-1])] + [row[-1]]).rstrip())
        if i == 0:
            print("-" * (sum(widths) + 2 * len(widths) - 2))
    print()
    print("Medians by the GPU's own clock; shares of a copy that reads and writes as many bytes, and of multiply-adds in registers.")
    if software:
        print("A processor acting as a GPU: its figures are no claim about any GPU, and no target is judged by them.")
    else:
        print(f"Targets at {TARGET_SIZE}, {' and '.join(case[5:] for case in TARGET_CASES)} with a 2x2 pool: {COPY_TARGET:.0%} of copy bandwidth, and "
              f"{TORCH_TARGET} times as fast as the faster of cuDNN's two.")


main(sys.argv[1])
