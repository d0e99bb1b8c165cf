"""Trains networks and measures slopes in eager PyTorch in the obvious way: data in memory, no DataLoader.

Each line on standard input requests a measurement, which a line on standard output answers in seconds:
  train LOSS STEPS WIDTH...          per step, fully connected
  conv STEPS LAYERS CHANNELS         per step, convolutions of 5x5 on 28x28
  resnet STEPS                       per step, ResNet20 on 3x32x32, batch 128
  slopes METHOD POINTS WIDTH...      for all points; the method is loop, svd or gram
The argument is the number of PyTorch's threads (the caller sets OPENBLAS_NUM_THREADS for its BLAS); without it the defaults apply.
"""
import sys
import time

import torch

BATCH = 64
COUNT = 30000

if len(sys.argv) > 1:
    torch.set_num_threads(int(sys.argv[1]))
torch.manual_seed(0)
data = {}


def network(widths):
    layers = []
    for inputs, outputs in zip(widths, widths[1:]):
        layers += [torch.nn.Linear(inputs, outputs), torch.nn.ReLU()]
    return torch.nn.Sequential(*layers[:-1])


class Block(torch.nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.stride = outputs // inputs
        self.first = torch.nn.Conv2d(inputs, outputs, 3, self.stride, 1, bias=False)
        self.first_norm = torch.nn.BatchNorm2d(outputs)
        self.second = torch.nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.second_norm = torch.nn.BatchNorm2d(outputs)

    def forward(self, x):
        inner = torch.relu(self.first_norm(self.first(x)))
        if self.stride == 2:
            quarter = x.shape[1] // 2
            x = torch.nn.functional.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, quarter, quarter))
        return torch.relu(x + self.second_norm(self.second(inner)))


def convolutional(layers, channels):
    modules = []
    for i in range(layers):
        modules += [torch.nn.Conv2d(channels if i else 1, channels, 5, padding=2), torch.nn.ReLU()]
    return torch.nn.Sequential(*modules, torch.nn.Flatten(), torch.nn.Linear(channels * 784, 10))


def resnet():
    modules, inputs = [torch.nn.Conv2d(3, 16, 3, padding=1, bias=False), torch.nn.BatchNorm2d(16), torch.nn.ReLU()], 16
    for outputs in (16, 32, 64):
        for _ in range(3):
            modules.append(Block(inputs, outputs))
            inputs = outputs
    return torch.nn.Sequential(*modules, torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten(), torch.nn.Linear(64, 10))


def train(model, points, targets, criterion, momentum, batch, steps, warm):
    optimiser = torch.optim.SGD(model.parameters(), lr=0.001, momentum=momentum)
    total = 0.0
    order = torch.randperm(len(points))
    for step in range(-warm, steps):
        if step == 0:
            start = time.perf_counter()
        chosen = order[step * batch:(step + 1) * batch] if step >= 0 else torch.arange(batch)
        optimiser.zero_grad()
        value = criterion(model(points[chosen]), targets[chosen])
        value.backward()
        optimiser.step()
        total += value.item()
    return (time.perf_counter() - start) / steps


def stored(*shape):
    if shape not in data:
        data[shape] = torch.randn(*shape)
    return data[shape]


def classifier(model, points, batch, steps, warm):
    return train(model, points, torch.randint(10, (len(points),)), torch.nn.CrossEntropyLoss(), 0.8, batch, steps, warm)


def regressor(model, points, steps):
    return train(model, points, torch.randn(len(points), 1), torch.nn.MSELoss(), 0, BATCH, steps, 5)


@torch.no_grad()
def slopes(method, count, widths):
    layers = [layer for layer in network(widths) if isinstance(layer, torch.nn.Linear)]
    points = torch.randn(count, widths[0])
    start = time.perf_counter()
    if method == "loop":
        for point in points:
            product, activation = None, point
            for layer in layers[:-1]:
                activation = layer(activation)
                masked = torch.diag((activation > 0).float()) @ layer.weight
                product = masked if product is None else masked @ product
                activation = torch.relu(activation)
            torch.linalg.norm(layers[-1].weight @ product, 2).item()
    else:
        masks, activation = [], points
        for layer in layers[:-1]:
            activation = torch.relu(layer(activation))
            masks.append((activation > 0).float())
        product = layers[-1].weight.expand(count, -1, -1)
        for layer, mask in zip(layers[-2::-1], masks[::-1]):
            product = (product * mask.unsqueeze(1)) @ layer.weight
        if method == "svd":
            torch.linalg.matrix_norm(product, 2).sum().item()
        else:
            torch.linalg.eigvalsh(product @ product.mT)[:, -1].sqrt().sum().item()
    return time.perf_counter() - start


print(torch.__version__, flush=True)
for line in sys.stdin:
    what, *words = line.split()
    if what == "train":
        model, points, steps = network([int(word) for word in words[2:]]), stored(COUNT, int(words[2])), int(words[1])
        seconds = regressor(model, points, steps) if words[0] == "mse" else classifier(model, points, BATCH, steps, 5)
    elif what == "conv":
        steps = int(words[0])
        seconds = classifier(convolutional(int(words[1]), int(words[2])), stored(steps * BATCH, 1, 28, 28), BATCH, steps, 1)
    elif what == "resnet":
        seconds = classifier(resnet(), stored(int(words[0]) * 128, 3, 32, 32), 128, int(words[0]), 1)
    else:
        seconds = slopes(words[0], int(words[1]), [int(word) for word in words[2:]])
    print(seconds, flush=True)
