#!/usr/bin/env python3
"""What PyTorch makes of small networks: the golden numbers of PyTorchAgreementTests.

usage: make.py FOLDER [SEED]

Writes FOLDER/PyTorchAgreementTests.<test>.verified.json, or .received.json where that file exists already: then it is for
`./reproduce golden diff` and `golden accept`, one by one. Every architecture and loss is written the usual PyTorch way (modules, autograd,
torch.optim, one network at a time), and shares nothing with the implementation under test but the recipe for initial weights and data,
which is integer arithmetic. Committed: FOLDER = golden, SEED = 1, with Debian's PyTorch 1.13. Another SEED makes other numbers, for the
comparison that the tests run where a Python with PyTorch is at hand.
"""
import datetime
import json
import math
import os
import sys

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

REPLICAS = 2
STEPS = 13
LOOKED_AT = (1, 10, 13)
TOLERANCES = [
    {"device": "cpu", "dtype": "float64", "relative": 1e-10,
     "reason": "sums of at most 10⁴ products round by 10⁴·2⁻⁵³ ≈ 1e-12 a step, thirteen steps and what they amplify", "values": "*"},
    {"device": "cpu", "dtype": "float32", "relative": 2e-5,
     "reason": "13 steps; the roundings of sums of at most 300 products add up like √300·2⁻²⁴ of numbers of size 1, together 1.3e-5", "values": "*"},
]


class Recipe:
    """Numbers that C# and Python draw alike: the upper 24 bits of a linear congruential generator."""

    def __init__(self, seed, case, replica):
        self.state = np.uint32((seed * 1000003 + case * 10007 + replica * 101 + 12345) % 2**32)
        self.draw(16)

    def draw(self, count):
        """state ← 1664525·state + 1013904223 modulo 2³², count times; all the states come from sums of powers."""
        powers = np.cumprod(np.full(count, 1664525, dtype=np.uint32), dtype=np.uint32)
        sums = np.cumsum(np.concatenate(([1], powers[:-1])).astype(np.uint32), dtype=np.uint32)
        states = powers * self.state + sums * np.uint32(1013904223)
        self.state = states[-1]
        return (states >> np.uint32(8)).astype(np.int64)

    def numbers(self, shape, bound=1.0, centre=0.0):
        """Uniform on centre ± bound."""
        return torch.from_numpy(centre + bound * (self.draw(math.prod(shape)) / 2**23 - 1)).reshape(shape)

    def labels(self, count, classes):
        return torch.from_numpy(self.draw(count) % classes)


# Networks

def perceptron(widths):
    layers = []
    for taken, given in zip(widths, widths[1:]):
        layers += [nn.Linear(taken, given), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def convolutional(channels_in, side, convolutions, channels, classes):
    layers = [nn.Unflatten(1, (channels_in, side, side))]
    for i in range(convolutions):
        layers += [nn.Conv2d(channels if i else channels_in, channels, 5, padding=2), nn.ReLU()]
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(channels * side * side, classes))


class Block(nn.Module):
    def __init__(self, taken, given, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(taken, given, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(given)
        self.conv2 = nn.Conv2d(given, given, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(given)
        self.stride, self.new, self.weight = stride, given - taken, 1.0

    def forward(self, x):
        shortcut = x
        if self.new:
            shortcut = F.pad(x[:, :, ::self.stride, ::self.stride], (0, 0, 0, 0, self.new // 2, self.new // 2))
        return F.relu(self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x))))) + self.weight * shortcut)


class ResNet(nn.Module):
    def __init__(self, side, gl=False, gld=False, blocks=3):
        super().__init__()
        self.side, self.kept = side, None
        self.conv, self.bn = nn.Conv2d(3, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16)
        self.first = nn.Sequential(*[Block(16, 16, 1) for _ in range(blocks)])
        self.second = nn.Sequential(*[Block(16 if i == 0 else 32, 32, 2 if i == 0 else 1) for i in range(1 if gl else blocks)])
        self.third = nn.Sequential(*[Block(32 if i == 0 else 64, 64, 2 if i == 0 else 1) for i in range(blocks)])
        self.extra = nn.ModuleList()
        if gld:
            for _ in range(2):
                self.extra += [nn.Conv2d(64, 64, 3, padding=1, bias=False), nn.BatchNorm2d(64)]
        self.classifier = nn.Linear(64, 10)

    def forward(self, x):
        x = F.relu(self.bn(self.conv(x.reshape(-1, 3, self.side, self.side))))
        x = self.third(self.second(self.first(x)))
        if self.extra:
            x = F.relu(self.extra[1](self.extra[0](x)))
            if self.training and self.kept is not None:
                x = x * self.kept
            x = F.relu(self.extra[3](self.extra[2](x)))
        return self.classifier(F.avg_pool2d(x, x.shape[-1]).flatten(1))


class Residual(nn.Module):
    """blocks: (layers, shortcut) with shortcut 0 for none, 1 for the identity, 'weighted' for self.weight times the identity."""

    def __init__(self, width, blocks):
        super().__init__()
        self.blocks, self.weight = blocks, 1.0
        count = sum(layers for layers, _ in blocks)
        self.layers = nn.ModuleList([nn.Linear(1, width)] + [nn.Linear(width, width) for _ in range(count)] + [nn.Linear(width, 1)])

    def forward(self, x):
        layers = iter(self.layers)
        x = F.relu(next(layers)(x))
        for count, shortcut in self.blocks:
            start = x
            for i in range(count):
                x = next(layers)(x)
                if i == count - 1 and shortcut:
                    x = x + (self.weight if shortcut == "weighted" else 1) * start
                x = F.relu(x)
        return next(layers)(x)


# Losses

def gradient(net, points):
    if not points.requires_grad:
        points = points.detach().requires_grad_()
    return torch.autograd.grad(net(points).sum(), points, create_graph=True)[0]


def length(values):
    """values [points, pairs, k] along segments: the mean over pairs of the summed distances of neighbours."""
    return (values[1:] - values[:-1]).norm(dim=-1).sum(0).mean()


def on_segments(batch):
    half = len(batch) // 2
    share = torch.arange(10, dtype=batch.dtype).reshape(10, 1, 1) / 9
    return share * batch[:half] + (1 - share) * batch[half:2 * half]


def gn(net, batch):
    return gradient(net, batch).norm(dim=1).mean()


def pl0(net, batch):
    return length(net(on_segments(batch)))


def pl1(net, batch):
    points = on_segments(batch)
    return length(gradient(net, points.reshape(-1, points.shape[-1])).reshape(points.shape))


def wp(net, batch):
    return (net[2].weight[0].abs() * net[0].weight.norm(dim=1)).sum()


# A run

def draw_parameters(net, recipe):
    """Uniform: ±√(6/fan_in) for convolutions without a bias, ±1/√fan_in for other weights and their biases, 1 ± 1/2 and ±1/10 for batch norm."""
    with torch.no_grad():
        for module in net.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.weight.copy_(recipe.numbers(module.weight.shape, 0.5, 1.0))
                module.bias.copy_(recipe.numbers(module.bias.shape, 0.1))
            elif isinstance(module, (nn.Linear, nn.Conv2d)):
                fan_in = module.weight[0].numel()
                bound = math.sqrt(6 / fan_in) if module.bias is None else 1 / math.sqrt(fan_in)
                module.weight.copy_(recipe.numbers(module.weight.shape, bound))
                if module.bias is not None:
                    module.bias.copy_(recipe.numbers(module.bias.shape, bound))


def distance(tensors, recipe):
    """How far tensors lie from drawn points: the mean over the tensors of the root mean square. Depends on each entry, its sign and its place."""
    far = [(one.detach().double() - recipe.numbers(one.shape)).square().mean().sqrt().item() for one in tensors]
    return sum(far) / len(far)


def run(numbers, name, seed, case, make, inputs, batch, count, classes=0, regulariser=None, optimiser=None, before=None, masks=None, dtype=torch.float64):
    """Thirteen steps: one epoch of batches in order, the last one partial. classes 0: regression."""
    def note(what, value):
        numbers.setdefault(str(dtype).removeprefix("torch."), {})[f"{name}: {what}"] = value

    assert -(-count // batch) == STEPS and count % batch
    for replica in range(REPLICAS):
        recipe = Recipe(seed, case, replica)
        net = make().double()
        draw_parameters(net, recipe)
        net = net.to(dtype)
        points = recipe.numbers((count, inputs)).to(dtype)
        targets = recipe.labels(count, classes) if classes else recipe.numbers((count, 1)).to(dtype)
        kept = [2.0 * (recipe.numbers(masks) >= 0).to(dtype) for _ in range(STEPS)] if masks else None
        descent = (optimiser or (lambda net: torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.8)))(net)
        for step in range(STEPS):
            if kept:
                net.kept = kept[step]
            if before:
                before(step, net, descent)
            x, y = points[step * batch:(step + 1) * batch], targets[step * batch:(step + 1) * batch]
            loss = F.cross_entropy(net(x), y) if classes else F.mse_loss(net(x), y)
            whole = loss if regulariser is None else loss + regulariser[0] * regulariser[1](net, x)
            descent.zero_grad()
            whole.backward()
            descent.step()
            if step + 1 in LOOKED_AT:
                note(f"loss of step {step + 1}, replica {replica}", loss.item())
                note(f"parameters after step {step + 1}, replica {replica}", distance(net.parameters(), Recipe(seed, case, 50 + replica)))
        running = [one for one in net.buffers() if one.dim() == 1]
        if running:
            note(f"running statistics, replica {replica}", distance(running, Recipe(seed, case, 60 + replica)))
            net.eval()
            with torch.no_grad():
                note(f"loss in evaluation, replica {replica}", F.cross_entropy(net(points[:batch]), targets[:batch]).item())


# The cases

def sgd(**settings):
    return lambda net: torch.optim.SGD(net.parameters(), **settings)


def halve_at_five(step, net, descent):
    if step == 5:
        for group in descent.param_groups:
            group["lr"] *= 0.5


def multilayer_perceptrons(seed, numbers):
    settings = dict(make=lambda: perceptron((12, 8, 6, 3)), inputs=12, batch=16, count=200, classes=3)
    run(numbers, "12-8-6-3, momentum", seed, 1, **settings)
    run(numbers, "12-8-6-3, momentum, float32", seed, 1, **settings, dtype=torch.float32)
    run(numbers, "12-8-6-3, momentum and weight decay", seed, 2, **settings, optimiser=sgd(lr=0.05, momentum=0.9, weight_decay=0.01))
    run(numbers, "12-8-6-3, learning rate halved at step 5", seed, 3, **settings, before=halve_at_five)
    run(numbers, "12-8-6-3, Adam", seed, 4, **settings, optimiser=lambda net: torch.optim.Adam(net.parameters(), lr=0.01))


def convolutional_networks(seed, numbers):
    settings = dict(make=lambda: convolutional(1, 6, 2, 3, 4), inputs=36, batch=8, count=100, classes=4)
    run(numbers, "(2, 3) on 1×6×6", seed, 11, **settings)
    run(numbers, "(2, 3) on 1×6×6, float32", seed, 11, **settings, dtype=torch.float32)
    run(numbers, "(3, 2) on 2×5×5", seed, 12, make=lambda: convolutional(2, 5, 3, 2, 3), inputs=50, batch=8, count=100, classes=3)


def lowered_shortcut(step, net, descent):
    """ν falls from 1; from step 4 on the generalization layer learns at a tenth of the rate."""
    net.second[0].weight = 1 - 0.9 * step / 20
    descent.param_groups[1]["lr"] = 0.01 if step < 4 else 0.001


def two_rates(lr, **settings):
    def make(net):
        slow = set(net.second.parameters())
        return torch.optim.SGD([{"params": [one for one in net.parameters() if one not in slow]}, {"params": list(slow)}], lr=lr, **settings)
    return make


def residual_convolutional_networks(seed, numbers):
    settings = dict(inputs=3 * 8 * 8, batch=4, count=50, classes=10)
    steps = sgd(lr=0.01, momentum=0.9, weight_decay=1e-2)
    run(numbers, "ResNet20", seed, 21, make=lambda: ResNet(8), **settings, optimiser=steps, before=halve_at_five)
    run(numbers, "ResNet20 GL", seed, 22, make=lambda: ResNet(8, gl=True), **settings, optimiser=two_rates(0.01, momentum=0.9, weight_decay=1e-2), before=lowered_shortcut)
    run(numbers, "ResNet20 GLD, nothing dropped", seed, 23, make=lambda: ResNet(8, gld=True), **settings, optimiser=steps)
    run(numbers, "ResNet20 GLD, given nodes dropped", seed, 24, make=lambda: ResNet(8, gld=True), **settings, optimiser=steps, masks=(64, 2, 2))


def residual_networks(seed, numbers):
    def lower(step, net, descent):
        net.weight = 1 - 0.9 * step / 20

    settings = dict(make=lambda: Residual(5, [(2, 1), (3, 0), (2, "weighted"), (3, 1)]), inputs=1, batch=8, count=100)
    run(numbers, "residual, momentum", seed, 31, **settings, before=lower)
    run(numbers, "residual, Adam", seed, 32, **settings, before=lower, optimiser=lambda net: torch.optim.Adam(net.parameters(), lr=0.01))


def two_layer_regression(seed, numbers):
    settings = dict(make=lambda: perceptron((6, 16, 1)), inputs=6, batch=8, count=100)
    run(numbers, "6-16-1", seed, 41, **settings)
    for case, (name, weight, measure) in enumerate([("GN", 0.1, gn), ("PL0", 0.1, pl0), ("PL1", 0.1, pl1), ("WP", 0.01, wp)]):
        run(numbers, f"6-16-1 with {name}", seed, 42 + case, **settings, regulariser=(weight, measure))


TESTS = {
    "MultilayerPerceptrons_Trained_AreWhatPyTorchMakes": multilayer_perceptrons,
    "ConvolutionalNetworks_Trained_AreWhatPyTorchMakes": convolutional_networks,
    "ResidualConvolutionalNetworks_Trained_AreWhatPyTorchMakes": residual_convolutional_networks,
    "ResidualNetworks_Trained_AreWhatPyTorchMakes": residual_networks,
    "TwoLayerRegression_Trained_IsWhatPyTorchMakes": two_layer_regression,
}

if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    torch.set_num_threads(1)
    for test, cases in TESTS.items():
        numbers = {}
        cases(int(sys.argv[2]) if len(sys.argv) == 3 else 1, numbers)
        path = os.path.join(sys.argv[1], f"PyTorchAgreementTests.{test}.verified.json")
        history = [{"date": datetime.date.today().isoformat(), "reason": "what PyTorch makes of the same weights and batches"}]
        if os.path.exists(path):
            path, history = path.replace(".verified.", ".received."), []
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"run": {"device": "cpu", "library": f"PyTorch {torch.__version__}"}, "history": history, "tolerances": TOLERANCES, "values": numbers}, file, indent=2, ensure_ascii=False)
            file.write("\n")
