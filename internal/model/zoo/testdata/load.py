#!/usr/bin/env python3
"""load.py FILE KIND LEVELS-OR-BLOCKS WIDTH NORM [DROPOUT]: loads an exported file
into the port's network with weights_only=True and strict=True, and prints as JSON
what it makes of the wave of pytorch.py, without dropout."""
import json
import sys

import torch

import pytorch as port

file, kind, depth, width, norm = sys.argv[1:6]
if kind == "unet":
    net = port.Unet(int(depth), 3, 3, int(width), norm)
else:
    net = port.Resnet(int(depth), 3, 3, int(width), norm, dropout=len(sys.argv) > 6)
net.load_state_dict(torch.load(file, weights_only=True), strict=True)
print(json.dumps(port.run(net, 32)))
