"""Times with PyTorch what the pipelines compute, from float32: medians of at least 15, in ms, with TF32 off and on.

On CUDA cuDNN chooses its fastest algorithm, and ten runs that are one graph are timed by events, so that launching from
Python costs nothing. Writes JSON: {"device", "times": {"SIZE CASE": [off, on]}} (on a processor there is no TF32), or {"missing": why}.
"""

import argparse
import json
import os
import statistics
import time

ROUNDS = 25
RUNS = 10


def layers(torch, path):
    """The modules of a pipeline; a leading abs only makes floats of our input."""
    with open(path) as file:
        stages = json.load(file)["stages"]
    for stage in stages:
        if stage["op"] == "conv2d":
            yield torch.nn.Conv2d(1, stage["out_channels"], stage["kernel_size"], bias=False)
        elif stage["op"] in ("max_pool2d", "avg_pool2d"):
            kind = torch.nn.MaxPool2d if stage["op"] == "max_pool2d" else torch.nn.AvgPool2d
            yield kind(stage["kernel_size"], stage.get("stride"))
        elif stage["op"] != "abs":
            raise SystemExit(f"{path}: no module for {stage['op']}")


def cuda_milliseconds(torch, run):
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(3):
            run()
    torch.cuda.current_stream().wait_stream(side)
    torch.cuda.synchronize()
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        for _ in range(RUNS):
            run()
    begin = time.perf_counter()
    while time.perf_counter() - begin < 0.5:
        graph.replay()
        torch.cuda.synchronize()
    events = [[torch.cuda.Event(enable_timing=True) for _ in range(2)] for _ in range(ROUNDS)]
    for start, end in events:
        start.record()
        graph.replay()
        end.record()
    torch.cuda.synchronize()
    return statistics.median(start.elapsed_time(end) for start, end in events) / RUNS


def cpu_milliseconds(run):
    for _ in range(2):
        run()
    times = []
    for _ in range(15):
        begin = time.perf_counter()
        run()
        times.append((time.perf_counter() - begin) * 1e3)
    return statistics.median(times)


def measure(torch, device, pipelines, sizes):
    times = {}
    for size in sizes:
        width, height = map(int, size.split("x"))
        for name in sorted(os.listdir(pipelines)):
            # Bytes are floats to PyTorch; both of ours stand beside the same time.
            case = f"{size} {name.rsplit('-', 1)[0]}"
            if case in times:
                continue
            torch.manual_seed(1)
            model = torch.nn.Sequential(*layers(torch, os.path.join(pipelines, name))).to(device)
            frame = torch.randint(0, 256, (1, 1, height, width)).float().to(device)
            if device == "cpu":
                times[case] = [cpu_milliseconds(lambda: model(frame))]
                continue
            pair = times[case] = []
            for tf32 in (False, True):
                torch.backends.cudnn.allow_tf32 = tf32
                torch.backends.cuda.matmul.allow_tf32 = tf32
                pair.append(cuda_milliseconds(torch, lambda: model(frame)))
    return times


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument("--pipelines", required=True)
    parser.add_argument("sizes", nargs="+")
    arguments = parser.parse_args()
    try:
        import torch
    except ImportError:
        return {"missing": "PyTorch is not installed"}
    version = f"PyTorch {torch.__version__}"
    if arguments.device == "cuda":
        if not torch.cuda.is_available():
            return {"missing": f"{version} finds no CUDA device"}
        torch.backends.cudnn.benchmark = True
        device = f"{version}, cuDNN {torch.backends.cudnn.version()}, {torch.cuda.get_device_name()}"
    else:
        device = f"{version} on the processor, {torch.get_num_threads()} threads"
    with torch.no_grad():
        return {"device": device, "cuda": arguments.device == "cuda", "times": measure(torch, arguments.device, arguments.pipelines, arguments.sizes)}


try:
    result = main()
except Exception as error:  # Ours were measured all the same.
    result = {"missing": f"PyTorch failed: {type(error).__name__}: {error}"}
print(json.dumps(result))
