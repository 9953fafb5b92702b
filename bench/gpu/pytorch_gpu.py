"""PyTorch's side of one case on a GPU: python pytorch_gpu.py CASE --form FORM --precision PRECISION

Speaks as ../worker.py says, with the device's memory: the most that was allocated
less what was before the case was built. The networks, the training step and VGG-19
are those of ../pytorch_worker.py.

Forms:

eager      as written
graph      the whole step, captured once as a CUDA graph and replayed
compiled   torch.compile with CUDA graphs of its own (mode reduce-overhead)
compiled-graph
           torch.compile without, the whole step captured as one CUDA graph

Precisions: float32 (no TF32 anywhere), tf32, bf16 (autocast; weights and Adam's
moments stay float32). With --device cpu nothing is captured and the forms that would
be run as eager and compiled: for trying the script out.
"""

import argparse
import contextlib
import pathlib
import sys

import torch

HERE = pathlib.Path(__file__).parent.resolve()
sys.path.insert(0, str(HERE.parent))

import gpu_cases  # noqa: E402
import pytorch_worker  # noqa: E402
import worker  # noqa: E402

FORMS = ["eager", "graph", "compiled", "compiled-graph"]
PRECISIONS = ["float32", "tf32", "bf16"]
pix2pix = pytorch_worker.pix2pix


class OnDevice:
    """How a case is put on the device, in one form and precision."""

    def __init__(self, o):
        self.o = o
        self.cuda = o.device == "cuda"
        self.format = torch.channels_last if o.channels_last else torch.contiguous_format

    def network(self, module):
        module = module.to(self.o.device).to(memory_format=self.format)
        if self.o.form == "compiled":
            return torch.compile(module, mode="reduce-overhead" if self.cuda else "default")
        return torch.compile(module) if self.o.form == "compiled-graph" else module

    def picture(self, batch, size):
        torch.manual_seed(batch + size)
        return pix2pix.picture(batch, 3, size).to(self.o.device).contiguous(memory_format=self.format)

    def precision(self):
        if self.o.precision == "bf16":
            # A captured step may not keep casted weights from step to step.
            return torch.autocast(self.o.device, torch.bfloat16, cache_enabled=not self.captured)
        return contextlib.nullcontext()

    @property
    def captured(self):
        return self.cuda and self.o.form in ("graph", "compiled-graph")

    def ready(self, step):
        """The step in the precision, captured where the form says so."""

        def run():
            with self.precision():
                step()

        if not self.captured:
            return self.waited(self.marked(run))
        aside = torch.cuda.Stream()
        aside.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(aside):
            for _ in range(5):  # compilation, Adam's state, cuDNN's choice
                run()
        torch.cuda.current_stream().wait_stream(aside)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            run()
        return self.waited(graph.replay)

    def marked(self, run):
        """torch.compile's CUDA graphs want to know where a step begins."""
        if not (self.cuda and self.o.form == "compiled"):
            return run

        def step():
            torch.compiler.cudagraph_mark_step_begin()
            run()

        return step

    def waited(self, run):
        if not self.cuda:
            return run

        def step():
            run()
            torch.cuda.synchronize()

        return step


def training(case, d):
    config = pix2pix.DEFAULT | {"norm": "batch"} | gpu_cases.smaller(case)
    networks = {name: d.network(n) for name, n in pix2pix.build(config, case.batch).items()}
    a, b = d.picture(case.batch, case.size), d.picture(case.batch, case.size)
    options = pytorch_worker.adam_options() if not d.cuda else {"fused": True, "capturable": True}
    step = pix2pix.Training(config, networks, **options)

    def run():
        step.step(a, b)

    return run


def generator(case, d):
    config = pix2pix.DEFAULT | {"norm": "batch"} | gpu_cases.smaller(case)
    network = d.network(pix2pix.build(config, 1)["generator"].requires_grad_(False).eval())
    x = d.picture(1, case.size)

    def run():
        with torch.no_grad():
            network(x)

    return run


def style(case, d):
    x = d.picture(1, case.size).requires_grad_()
    vgg = pytorch_worker.VGG().to(d.o.device).to(memory_format=d.format)
    loss = d.network(pytorch_worker.StyleLoss(vgg, d.picture(1, case.size)))
    x.grad = torch.zeros_like(x)

    def run():
        x.grad.zero_()
        loss(x).backward()

    return run


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("case")
    parser.add_argument("--form", choices=FORMS, default="eager")
    parser.add_argument("--precision", choices=PRECISIONS, default="tf32")
    parser.add_argument("--channels-last", action="store_true")
    parser.add_argument("--device", default="cuda")
    o = parser.parse_args()
    case = gpu_cases.parse(o.case)
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = o.precision != "float32"
    torch.backends.cudnn.benchmark = True
    torch.manual_seed(0)
    d = OnDevice(o)
    build = {"train": training, "generator": generator, "vgg": style}[case.kind]
    about = {"version": f"PyTorch {torch.__version__}"}
    if not d.cuda:
        worker.serve(lambda: d.ready(build(case, d)), about)
        return
    torch.zeros(1, device="cuda")
    idle = torch.cuda.memory_allocated()
    worker.serve(lambda: d.ready(build(case, d)), about, peak=lambda: torch.cuda.max_memory_allocated() - idle)


if __name__ == "__main__":
    main()
