#!/usr/bin/env python3
"""Writes the ONNX files of Fixtures/interchange as PyTorch exports them, and what PyTorch computes in float64 from the numbers they hold.

Needs PyTorch and NumPy (Debian: python3-torch, python3-numpy).

    python3 tools/interchange/make_onnx.py
"""
import json

import numpy
import torch
from torch import nn

from make import FOLDER, along, expected


class Dense(nn.Module):
    """A layer without bias, two layers without a ReLU between, a sum written out, and a dropout."""

    def __init__(self):
        super().__init__()
        self.first, self.second, self.third = nn.Linear(4, 6, bias=False), nn.Linear(6, 5), nn.Linear(5, 6)
        self.dropout, self.last = nn.Dropout(), nn.Linear(6, 3, bias=False)
        self.bias = nn.Parameter(torch.randn(3))

    def forward(self, x):
        x = torch.relu(self.first(x))
        x = torch.relu(self.third(self.second(x)))
        return self.last(self.dropout(x)) + self.bias


class View(nn.Module):
    """Flat images, one output."""

    def __init__(self):
        super().__init__()
        self.convolution, self.last = nn.Conv2d(1, 2, 3), nn.Linear(2 * 9, 1)

    def forward(self, x):
        x = torch.relu(self.convolution(x.view(-1, 1, 5, 5)))
        return self.last(x.view(x.shape[0], -1))


def normalisation(kind, channels):
    """In evaluation mode, with statistics that are not the initial ones. ε is stored in float32."""
    made = kind(channels, eps=numpy.float32(1e-5).item())
    for stored in (made.weight.data, made.bias.data, made.running_mean):
        stored.normal_()
    made.running_var.uniform_(0.5, 2)
    return made


def write(name, model, shape, inputs, **options):
    model = model.to(shape).eval()
    points = torch.randn(5, *inputs, dtype=torch.float64).to(shape)
    pairs = torch.randn(4, 2, *inputs, dtype=torch.float64).to(shape)
    torch.onnx.export(model, points[:1], str(FOLDER / f"{name}.onnx"), opset_version=13, **options)
    numpy.save(FOLDER / f"{name}.points.npy", points.numpy())
    numpy.save(FOLDER / f"{name}.pairs.npy", pairs.numpy())
    content = {"torch": torch.__version__, "options": [], **expected(model, points), "along": [along(model, pair) for pair in pairs]}
    (FOLDER / f"{name}.json").write_text(json.dumps(content) + "\n")


def main():
    torch.manual_seed(21)

    # float64, any number of points at once.
    write("exported-dense", Dense(), torch.float64, [4], input_names=["x"], dynamic_axes={"x": {0: "n"}})

    # float32, one image at once; the normalisations are kept as nodes. Images are not square.
    convolutional = nn.Sequential(
        nn.Conv2d(2, 3, 3, stride=2, padding=1), normalisation(nn.BatchNorm2d, 3), nn.ReLU(), nn.Conv2d(3, 4, 2, bias=False), nn.ReLU(),
        nn.Flatten(), nn.Linear(4 * 2 * 3, 5), normalisation(nn.BatchNorm1d, 5), nn.ReLU(), nn.Linear(5, 2))
    write("exported-convolutional", convolutional, torch.float32, [2, 6, 7],
          training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False)

    # Shapes that are made with view.
    write("exported-view", View(), torch.float32, [25])


if __name__ == "__main__":
    main()
