"""Trains fully connected networks, and measures their slopes, in eager PyTorch the obvious way: data in memory, no DataLoader.

One line on standard input asks for one measurement, one line on standard output answers with seconds:
  train LOSS STEPS WIDTH...          seconds a step
  slopes WAY POINTS WIDTH...         seconds for all points: loop, svd or gram
The argument is the number of threads, for PyTorch and for its BLAS (OPENBLAS_NUM_THREADS is set by the caller); none leaves the defaults.
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


def train(loss, steps, widths):
    if widths[0] not in data:
        data[widths[0]] = torch.randn(COUNT, widths[0])
    points = data[widths[0]]
    model = network(widths)
    optimiser = torch.optim.SGD(model.parameters(), lr=0.001, momentum=0.8 if loss == "ce" else 0)
    criterion = torch.nn.CrossEntropyLoss() if loss == "ce" else torch.nn.MSELoss()
    targets = torch.randint(widths[-1], (COUNT,)) if loss == "ce" else torch.randn(COUNT, widths[-1])
    total = 0.0
    for step in range(-5, steps):
        if step == 0:
            start = time.perf_counter()
            order = torch.randperm(COUNT)
        chosen = order[step * BATCH:(step + 1) * BATCH] if step >= 0 else torch.arange(BATCH)
        optimiser.zero_grad()
        value = criterion(model(points[chosen]), targets[chosen])
        value.backward()
        optimiser.step()
        total += value.item()
    return (time.perf_counter() - start) / steps


@torch.no_grad()
def slopes(way, count, widths):
    layers = [layer for layer in network(widths) if isinstance(layer, torch.nn.Linear)]
    points = torch.randn(count, widths[0])
    start = time.perf_counter()
    if way == "loop":
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
        if way == "svd":
            torch.linalg.matrix_norm(product, 2).sum().item()
        else:
            torch.linalg.eigvalsh(product @ product.mT)[:, -1].sqrt().sum().item()
    return time.perf_counter() - start


print(torch.__version__, flush=True)
for line in sys.stdin:
    what, *words = line.split()
    if what == "train":
        seconds = train(words[0], int(words[1]), [int(word) for word in words[2:]])
    else:
        seconds = slopes(words[0], int(words[1]), [int(word) for word in words[2:]])
    print(seconds, flush=True)
