"""Reference values of single operations, computed by PyTorch.

    pip install torch numpy safetensors
    python reference.py        # writes operations.safetensors beside this file

Each case has tensors <case>/<name>, all float32: pictures [batch, height,
width, channels], kernels [kh, kw, in, out] in the layer's own sense (for a
transposed convolution too). Values are computed in float64 from the float32
inputs, so a comparison shows the other side's rounding only.

Of a case with operands x, w, ... the file has the operands, the result y, an
upstream gradient dy of y's shape and the gradients dx, dw, ... of sum(y * dy).
The metadata has one key, "reference", a JSON object: "torch" (the version) and
"cases", an object by case name of {"op": ..., and the op's attributes}:

    conv              x, w, maybe b; stride, padding [top, left, bottom, right]
    conv-transpose    x, w, maybe b; stride, padding (one number)
    norm              x, scale, shift; over "batch" or "instance", epsilon
    relu, leaky-relu, tanh, sigmoid   x; slope of leaky-relu
    max-pool, average-pool            x; size, stride
    resize            x; kind "nearest" or "bilinear", height, width
    pad               x; mode "reflect" or "replicate", padding as of conv
    gram              x, y [batch, channels, channels], not normalised
    matmul            a, b (matrices)
    l1, l2            x, t (the other operand); y and dy are scalars
    cross-entropy, least-squares      x; target; mean over all elements
    hinge             x; target, the sign: mean of max(0, 1 - target * x)
    class-cross-entropy  x [.., classes], labels [.., 1] as numbers; those
                      outside 0 <= label < classes do not count
    adam              p, g [steps, ...p]; after each step p1, m1, v1 [steps,
                      ...p]; rate, beta1, beta2, epsilon, epsilon_hat
"""

import json
import pathlib

import torch
from torch.nn import functional as F

tensors, cases = {}, {}


def randn(*shape):
    """Random float32 values, held as float64."""
    return torch.randn(shape).double()


def nchw(x):
    return x.permute(0, 3, 1, 2)


def nhwc(x):
    return x.permute(0, 2, 3, 1)


def case(name, op, function, operands, constants=None, **attributes):
    """Records function(**operands) and the gradients to all its operands."""
    operands = {k: v.clone().requires_grad_() for k, v in operands.items()}
    y = function(**operands)
    dy = randn(*y.shape)
    y.backward(dy)
    values = {**operands, **(constants or {}), "y": y, "dy": dy} | {f"d{k}": v.grad for k, v in operands.items()}
    record(name, op, values, **attributes)


def record(name, op, values, **attributes):
    tensors.update({f"{name}/{k}": v.detach().float().contiguous() for k, v in values.items()})
    cases[name] = {"op": op, **attributes}


def convolutions():
    def conv(name, x, w, stride, padding, bias=False):
        top, left, bottom, right = padding

        def function(x, w, b=None):
            padded = F.pad(nchw(x), (left, right, top, bottom)).contiguous()
            return nhwc(F.conv2d(padded, w.permute(3, 2, 0, 1).contiguous(), b, stride))

        operands = {"x": randn(*x), "w": randn(*w)} | ({"b": randn(w[3])} if bias else {})
        case(name, "conv", function, operands, stride=stride, padding=list(padding))

    one = (1, 1, 1, 1)
    conv("conv_3x3_s1_p1", (2, 7, 6, 5), (3, 3, 5, 18), 1, one)
    conv("conv_3x3_s1_p1_bias", (1, 5, 9, 3), (3, 3, 3, 8), 1, one, bias=True)
    conv("conv_4x4_s1_p1", (2, 7, 8, 6), (4, 4, 6, 9), 1, one)
    conv("conv_4x4_s1_p1_to_1_bias", (2, 5, 6, 16), (4, 4, 16, 1), 1, one, bias=True)
    conv("conv_4x4_s2_p1", (2, 8, 6, 5), (4, 4, 5, 17), 2, one)
    conv("conv_4x4_s2_p1_odd", (1, 7, 9, 3), (4, 4, 3, 4), 2, one)
    conv("conv_4x4_s2_p1_bias", (2, 6, 10, 6), (4, 4, 6, 8), 2, one, bias=True)
    conv("conv_4x4_s2_p1_to_1x1", (3, 2, 2, 8), (4, 4, 8, 8), 2, one)
    conv("conv_3x3_s2_p1", (2, 7, 8, 4), (3, 3, 4, 6), 2, one)
    conv("conv_5x5_s1_p2", (1, 8, 7, 3), (5, 5, 3, 7), 1, (2, 2, 2, 2))
    conv("conv_9x9_s1_p4", (1, 10, 9, 2), (9, 9, 2, 3), 1, (4, 4, 4, 4))
    conv("conv_1x1_s1_p0", (2, 5, 4, 7), (1, 1, 7, 19), 1, (0, 0, 0, 0))
    conv("conv_1x1_s1_p0_bias", (2, 4, 4, 6), (1, 1, 6, 4), 1, (0, 0, 0, 0), bias=True)
    conv("conv_3x3_s1_uneven", (1, 6, 5, 4), (3, 3, 4, 5), 1, (0, 1, 2, 0))
    conv("conv_2x3_s3_p0", (1, 8, 9, 3), (2, 3, 3, 4), 3, (0, 0, 0, 0))

    def transposed(name, x, w, bias=False):
        def function(x, w, b=None):
            return nhwc(F.conv_transpose2d(nchw(x), w.permute(2, 3, 0, 1).contiguous(), b, 2, 1))

        operands = {"x": randn(*x), "w": randn(*w)} | ({"b": randn(w[3])} if bias else {})
        case(name, "conv-transpose", function, operands, stride=2, padding=1)

    transposed("conv_transpose_4x4_s2_p1", (2, 4, 3, 9), (4, 4, 9, 17))
    transposed("conv_transpose_4x4_s2_p1_bias", (1, 6, 5, 16), (4, 4, 16, 3), bias=True)
    transposed("conv_transpose_4x4_s2_p1_from_1x1", (2, 1, 1, 8), (4, 4, 8, 6))
    transposed("conv_transpose_3x3_s2_p1", (1, 4, 5, 4), (3, 3, 4, 5))


def norms():
    def batch(x, scale, shift):
        return nhwc(F.batch_norm(nchw(x), None, None, scale, shift, training=True, eps=1e-5))

    def instance(x, scale, shift):
        return nhwc(F.instance_norm(nchw(x), weight=scale, bias=shift, eps=1e-5))

    for over, function in (("batch", batch), ("instance", instance)):
        for suffix, shape, deviation in (("", (3, 5, 4, 18), 1), ("_2x2", (2, 2, 2, 6), 1), ("_tiny", (2, 4, 4, 5), 1e-3)):
            c = shape[3]
            # With a tiny variance epsilon matters, with a mean its subtraction does.
            x = deviation * (randn(*shape) + 3 * randn(c)).float().double()
            x = x.float().double()
            case(f"norm_{over}{suffix}", "norm", function, {"x": x, "scale": 1 + randn(c) / 4, "shift": randn(c)},
                 over=over, epsilon=1e-5)


def pointwise():
    for name, function in {"relu": F.relu, "tanh": torch.tanh, "sigmoid": torch.sigmoid}.items():
        case(name, name, function_of_x(function), {"x": 3 * randn(2, 5, 4, 7)})
    case("leaky_relu", "leaky-relu", function_of_x(lambda x: F.leaky_relu(x, 0.2)), {"x": randn(2, 5, 4, 7)}, slope=0.2)
    # Far from 0, where exp overflows or 1 + exp(-x) rounds to 1.
    far = torch.tensor([-100, -50, -20, -9, -1e-3, 0, 1e-3, 9, 20, 50, 100, 88.7]).double().float().double().view(1, 3, 4, 1)
    for name, function in {"tanh": torch.tanh, "sigmoid": torch.sigmoid}.items():
        case(f"{name}_far", name, function_of_x(function), {"x": far})


def function_of_x(f):
    return lambda x: f(x)


def spatial():
    for name, function in {"max-pool": F.max_pool2d, "average-pool": F.avg_pool2d}.items():
        for size, stride, shape in ((2, 2, (2, 6, 8, 5)), (2, 2, (1, 7, 5, 3)), (3, 2, (1, 7, 8, 4))):
            label = f"{name.replace('-', '_')}_{size}_s{stride}_{shape[1]}x{shape[2]}"
            case(label, name, lambda x: nhwc(function(nchw(x), size, stride)), {"x": randn(*shape)}, size=size, stride=stride)
    sizes = (((2, 4, 5, 6), 8, 10), ((1, 5, 4, 3), 7, 9), ((1, 8, 9, 3), 4, 5), ((1, 1, 3, 2), 4, 6))
    for kind in ("nearest", "bilinear"):
        for shape, height, width in sizes:
            options = {} if kind == "nearest" else {"align_corners": False}
            case(f"resize_{kind}_{shape[1]}x{shape[2]}_to_{height}x{width}", "resize",
                 lambda x: nhwc(F.interpolate(nchw(x), size=(height, width), mode=kind, **options)),
                 {"x": randn(*shape)}, kind=kind, height=height, width=width)
    for mode in ("reflect", "replicate"):
        for top, left, bottom, right in ((1, 1, 1, 1), (3, 0, 2, 4)):
            case(f"pad_{mode}_{top}{left}{bottom}{right}", "pad",
                 lambda x: nhwc(F.pad(nchw(x), (left, right, top, bottom), mode=mode)),
                 {"x": randn(2, 5, 6, 3)}, mode=mode, padding=[top, left, bottom, right])


def matrices():
    case("gram", "gram", lambda x: torch.einsum("nhwc,nhwd->ncd", x, x), {"x": randn(2, 5, 6, 9)})
    case("matmul", "matmul", lambda a, b: a @ b, {"a": randn(7, 11), "b": randn(11, 18)})


def losses():
    shape = (2, 5, 4, 3)
    case("l1", "l1", lambda x, t: F.l1_loss(x, t), {"x": randn(*shape), "t": randn(*shape)})
    case("l2", "l2", lambda x, t: F.mse_loss(x, t), {"x": randn(*shape), "t": randn(*shape)})
    logits = torch.cat([20 * randn(1, 5, 4, 3), randn(1, 5, 4, 3)]).float().double()
    for target in (0, 1):
        case(f"cross_entropy_{target}", "cross-entropy",
             lambda x: F.binary_cross_entropy_with_logits(x, torch.full_like(x, target)), {"x": logits}, target=target)
        case(f"least_squares_{target}", "least-squares",
             lambda x: F.mse_loss(x, torch.full_like(x, target)), {"x": randn(*shape)}, target=target)
    for sign in (1, -1):
        case(f"hinge_{'real' if sign > 0 else 'fake'}", "hinge",
             lambda x: F.relu(1 - sign * x).mean(), {"x": 2 * randn(*shape)}, target=sign)
    labels = torch.randint(0, 6, (2, 4, 5, 1))
    labels[0, 1, 2, 0] = labels[1, 3, 4, 0] = 255
    case("class_cross_entropy", "class-cross-entropy",
         lambda x: F.cross_entropy(nchw(x), labels[..., 0], ignore_index=255),
         {"x": 4 * randn(2, 4, 5, 6)}, {"labels": labels})


def updates():
    def run(name, op, make, state, after=None, **attributes):
        p0, g = randn(5, 7), randn(3, 5, 7) * torch.tensor([1, 1e-3, 1e-8]).view(3, 1, 1).float().double()
        g = g.float().double()
        p = p0.clone().requires_grad_()
        optimizer = make([p])
        history = {"p1": []} | {k: [] for k in state}
        for step, gradient in enumerate(g, 1):
            p.grad = gradient.clone()
            if after:
                after(optimizer.param_groups[0], step)
            optimizer.step()
            history["p1"].append(p.detach().clone())
            for k, key in state.items():
                history[k].append(optimizer.state[p][key].clone())
        record(name, op, {"p": p0, "g": g} | {k: torch.stack(v) for k, v in history.items()}, **attributes)

    moments = {"m1": "exp_avg", "v1": "exp_avg_sq"}
    adam = {"rate": 2e-4, "beta1": 0.5, "beta2": 0.999, "epsilon": 1e-8}

    def make_adam(parameters):
        return torch.optim.Adam(parameters, lr=2e-4, betas=(0.5, 0.999), eps=1e-8)

    def hat(group, step):  # epsilon inside the correction is another epsilon each step
        group["eps"] = 1e-3 / (1 - 0.999 ** step) ** 0.5

    run("adam", "adam", make_adam, moments, epsilon_hat=False, **adam)
    run("adam_epsilon_hat", "adam", make_adam, moments, hat, epsilon_hat=True, **adam | {"epsilon": 1e-3})


def main():
    from safetensors.torch import save_file

    torch.manual_seed(1)
    for group in (convolutions, norms, pointwise, spatial, matrices, losses, updates):
        group()
    path = pathlib.Path(__file__).with_name("operations.safetensors")
    save_file(tensors, path, {"reference": json.dumps({"torch": torch.__version__, "cases": cases})})
    print(f"{path}: {len(cases)} cases, {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
