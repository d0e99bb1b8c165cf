#!/usr/bin/env python3
"""Writes Fixtures/interchange: networks, points and pairs of points in the formats of other programs, and PyTorch's results in float64.

Needs PyTorch and NumPy (Debian: python3-torch, python3-numpy). The safetensors format is written by hand according to its specification:
the length of the header in 8 little-endian bytes, a JSON header, and the bytes of the tensors.

    python3 tools/interchange/make.py
"""
import json
import pathlib
import struct

import numpy
import torch
from torch import nn

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "Fixtures" / "interchange"
TYPES = {torch.float64: "F64", torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16"}


def raw(tensor):
    tensor = tensor.detach().contiguous()
    if tensor.dtype == torch.bfloat16:
        return tensor.view(torch.int16).numpy().tobytes()
    return tensor.numpy().tobytes()


def save(path, state):
    """As safetensors itself writes: larger elements first, then by name, so not in the order of the layers; the header padded to 8 bytes."""
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for name in sorted(state, key=lambda one: (-state[one].element_size(), one)):
        content = raw(state[name])
        header[name] = {"dtype": TYPES[state[name].dtype], "shape": list(state[name].shape), "data_offsets": [len(data), len(data) + len(content)]}
        data += content
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def expected(model, points):
    """Outputs [N, n_c] and Jacobians [N, n_c, n_0] at points, in float64, for the parameters as stored."""
    exact = model.double()
    inputs = points.double()
    jacobians = [torch.autograd.functional.jacobian(lambda one: exact(one.unsqueeze(0)).squeeze(0), point).flatten(1) for point in inputs]
    return {"outputs": exact(inputs).tolist(), "jacobians": torch.stack(jacobians).tolist()}


def along(model, pair):
    """Measures along a segment, on a grid that is refined until two refinements change no jump, so that only the grid's error remains."""
    exact, (start, end) = model.double(), pair.double()
    last = []
    for steps in (1 << power for power in range(10, 16)):
        rows = (start + torch.linspace(0, 1, steps + 1, dtype=torch.float64).reshape(-1, *[1] * start.dim()) * (end - start)).requires_grad_()
        outputs = exact(rows)
        jacobians = torch.stack([torch.autograd.grad(outputs[:, k].sum(), rows, retain_graph=True)[0].flatten(1) for k in range(outputs.shape[1])], 1)
        last.append((jacobians[1:] - jacobians[:-1]).square().sum((1, 2)).sqrt().sum().item())
        if len(last) > 2 and max(last[-3:]) - min(last[-3:]) <= 1e-12 * last[-1]:
            break
    else:
        raise SystemExit("two kinks are closer than the finest grid: take another seed")
    found = {"steps": steps, "pl0": (outputs[1:] - outputs[:-1]).square().sum(1).sqrt().sum().item(), "pl1": last[-1]}
    found["slope"] = torch.linalg.matrix_norm(jacobians, 2).max().item()
    if outputs.shape[1] > 1:
        own = outputs[0].argmax()

        def kept(far):
            """How far along the ray the class stays the same, on a grid with `steps` points per unit; None if it never changes."""
            t = torch.linspace(0, far, abs(far) * steps + 1, dtype=torch.float64)
            lost = exact(start + t.reshape(-1, *[1] * start.dim()) * (end - start)).argmax(1) != own
            return t[lost][0].abs().item() if lost.any() else None

        found["backward"], found["forward"] = kept(-1), kept(2)
    return found


def write(name, model, shape, inputs, count, options):
    # Larger weights than the initial ones, so that classes change between points.
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(2)
    points = torch.randn(count, *inputs, dtype=torch.float64).to(shape)
    pairs = torch.randn(4, 2, *inputs, dtype=torch.float64).to(shape)
    save(FOLDER / f"{name}.safetensors", model.state_dict())
    numpy.save(FOLDER / f"{name}.points.npy", points.numpy())
    numpy.save(FOLDER / f"{name}.pairs.npy", pairs.numpy())
    content = {"torch": torch.__version__, "options": options, **expected(model, points), "along": [along(model, pair) for pair in pairs]}
    (FOLDER / f"{name}.json").write_text(json.dumps(content) + "\n")


def main():
    torch.manual_seed(20)
    FOLDER.mkdir(exist_ok=True)

    # One output, so PL1 is the thesis's; float32 throughout.
    write("two-layers", nn.Sequential(nn.Linear(3, 5), nn.ReLU(), nn.Linear(5, 1)), torch.float32, [3], 6, [])

    # Twelve modules, so that "10" must sort after "8"; one layer without biases; float64 points.
    deep = []
    for i in range(5):
        deep += [nn.Linear(6, 6, bias=i != 2), nn.ReLU()]
    write("deep", nn.Sequential(*deep, nn.Linear(6, 3)), torch.float64, [6], 6, [])

    # Strides and paddings that differ between the convolutions, and images that are not square; points are [N, C, H, W].
    convolutional = nn.Sequential(nn.Conv2d(2, 3, 3, stride=1, padding=1), nn.ReLU(), nn.Conv2d(3, 2, 2, stride=2), nn.ReLU(), nn.Flatten(), nn.Linear(2 * 2 * 3, 3))
    write("convolutional", convolutional, torch.float32, [2, 5, 6], 5, ["--stride", "1,2", "--padding", "1,0"])

    # Both half-precision formats.
    write("half", nn.Sequential(nn.Linear(3, 4).half(), nn.ReLU(), nn.Linear(4, 2).bfloat16()), torch.float32, [3], 4, [])


if __name__ == "__main__":
    main()
