// Package xla runs graphs on whatever XLA has a plugin for: NVIDIA GPUs, and
// others that speak PJRT, XLA's interface to hardware.
//
// A plugin is a shared library. Plugins finds those that are installed, Open
// loads one and opens its devices:
//
//	d, err := xla.Open("cuda", xla.Options{})        // by name
//	d, err := xla.Open("/path/to/plugin.so", …)      // or by path
//
// Package lowering turns a graph into StableHLO, the plugin compiles that, and
// the result runs again and again. Loading a plugin needs cgo and the build tag
// xla; without them Open says so, and the rest of the package is the same.
//
// # Guarantees
//
// A program is one executable. Parameters and moments stay on the device, and
// an update writes where the old value was. Programs are device.Starters: while
// one runs, the next run's inputs can be uploaded. An output is read back when Output
// is called. A graph that was compiled before is not compiled again.
//
// A plugin that is absent, too old, for another system, or without its
// libraries or hardware is an error with a hint.
//
// # What stands in the way
//
// Built on github.com/gomlx/go-xla v0.1.4 (PJRT 0.83; plugins of 0.106,
// 0.115 and, as far as it goes without a GPU, 0.116 were seen to work). Worked around here, and to be reported there:
//
//   - GetPlugin loads a library without looking at its API's version or size, so
//     that an old plugin is called through null pointers. Plugin.c looks first.
//   - cudaPluginCheckDrivers sets XLA_FLAGS to a folder of its author's machine
//     (cuda_linux.go, last line). Plugins are registered as preloaded instead,
//     which leaves that out; prepare sets the flag.
//   - go-xla tells neither a device's kind nor its memory. Plugin.c asks PJRT.
//   - Execute always waits for the device. A run is therefore started on its own
//     goroutine.
//   - MultiReduceWindow writes windowDilations as base_dilations (ops.go);
//     average pooling's gradient spreads its operand with Pad instead.
//   - Convolution has no window_reversal: kernels are turned with Reverse, which
//     XLA's GPU compiler also takes for a convolution's input gradient.
//   - replica_id is missing: each of several devices gets its number as an argument.
//   - Execute's donated inputs of several devices are numbered over all of them,
//     where PJRT numbers a device's arguments: the numbers too many do no harm.
//   - NewClient leaves PJRT's key-value callbacks empty, and a Client cannot be made
//     of a handle that was created elsewhere. So the devices are those of one process: see
//     Several processes.
//   - BufferFromHostAndWait and BufferToHost leave extension_start of the
//     event's arguments unset; newClient leaks its options; newEvent's cleanup
//     holds its own event. Not in the way.
//
// Of XLA itself: ConvOperandSwapper aborts the process on some transposed
// convolutions of kernel 2 and stride 2; see cut in lowering/conv.go.
//
// # Several processes
//
// XLA trains over machines by itself: each process creates its client with node_id,
// num_nodes and two callbacks that read and write a store of keys shared by all, through
// which NCCL's ids are exchanged. Client.Devices then lists everybody's devices and
// AddressableDevices the own ones; a program compiled for all runs in each process on
// its own. What is missing: the callbacks in go-xla (pkg/pjrt/clients.go, newClient; or a
// Client from a handle that plugin.c creates), the store (a bucket of the NATS that jobs
// have would do), a device.Several whose Count is that of all and whose inputs are the
// own part, and in work/train samples by process, and files written by the first alone.
// Nothing of it can be tried on processors: given node_id and num_nodes, the plugin of PJRT
// 0.106 says that each of two processes is process 0 with all the devices, and it has no
// collectives beyond a process.
package xla
