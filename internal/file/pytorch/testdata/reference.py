"""Writes the files of file_test.go: what torch.save makes of one state dict.

    pip install torch
    python reference.py

Values are such that float16 and bfloat16 hold them exactly.
"""

from collections import OrderedDict

import torch

base = torch.arange(24, dtype=torch.float32)
state = OrderedDict()
state["plain"] = base.reshape(2, 3, 4)
state["part"] = base[4:10]                                   # of the same storage
state["transposed"] = base.reshape(4, 6).t()
state["last"] = base.reshape(1, 2, 3, 4).contiguous(memory_format=torch.channels_last)
state["half"] = torch.tensor([0.5, -2.0, 65504.0]).half()
state["bfloat"] = torch.tensor([0.5, -2.0, 256.0]).bfloat16()
state["double"] = torch.tensor([[1.0], [-1e-3]], dtype=torch.float64)
state["scalar"] = torch.tensor(7.0)
state["empty"] = torch.zeros(0, 3)
state["count"] = torch.tensor([3, 4])                        # of integers
state["parameter"] = torch.nn.Parameter(torch.tensor([1.0, 2.0]))
state._metadata = OrderedDict(version=1)

torch.save(state, "zip.pth")
torch.save(state, "legacy.pth", _use_new_zipfile_serialization=False)
torch.save({"epoch": 3, "best": 0.25, "state_dict": dict(state), "optimizer": {"m": [base, None, True]}},
           "nested.pth", pickle_protocol=4, _use_new_zipfile_serialization=False)
torch.save(torch.nn.Linear(2, 3), "model.pth")
torch.save(base, "tensor.pth")
