// Package backend is the choice between what can run graphs: the processor, and
// XLA's plugins. It is where a name, as in --backend, becomes a device.
//
//	d, err := backend.Open("cpu", backend.Options{})
//	d, err := backend.Open("xla:cuda", backend.Options{})
//
// Check tells whether a name can be right at all. List is what this binary and
// this machine have.
package backend

import (
	"cmp"
	"fmt"
	"runtime"
	"strings"

	"easel/internal/base/hint"
	"easel/internal/engine/cpu"
	"easel/internal/engine/device"
	"easel/internal/engine/xla"
)

// Default is the backend that every machine has.
const Default = "cpu"

// Names says which names there are, for people.
const Names = "cpu, xla:NAME (a plugin that is installed, such as xla:cuda) or xla:/path/to/plugin.so"

// Options of a device. The zero value is the default. What a backend has no use
// for it leaves alone, unless it would change the numbers.
type Options struct {
	// Threads that work, on the processor; 0 is one per core.
	Threads int
	// Kernels names the processor's instruction set: see cpu.Options.
	Kernels string
	// Devices is how many run each graph in step; 0 is one.
	Devices int
	// Precision is how products multiply: see CheckPrecision.
	Precision device.Precision
}

// parse splits a name into the kind of backend and, for XLA, the plugin. The empty name is the default.
func parse(name string) (kind, plugin string, err error) {
	kind, plugin, named := strings.Cut(cmp.Or(name, Default), ":")
	switch {
	case kind == Default && !named:
	case kind == "xla" && (!named || plugin != ""):
	default:
		return "", "", hint.New(fmt.Errorf("unknown backend %q", name), "there are "+Names)
	}
	return kind, plugin, nil
}

// Check fails for a name that this binary cannot make a device of, whatever the
// machine has.
func Check(name string) error {
	kind, _, err := parse(name)
	if err == nil && kind == "xla" && !xla.Built {
		return hint.New(fmt.Errorf("this binary has no XLA, so no backend %s", name), xla.BuildHint)
	}
	return err
}

// Count is how many devices the backend of a name has: of the processor one.
func Count(name string) (int, error) {
	if err := Check(name); err != nil {
		return 0, err
	}
	kind, plugin, err := parse(name)
	if err != nil || kind == Default {
		return 1, err
	}
	d, err := xla.Open(plugin, xla.Options{})
	if err != nil {
		return 0, err
	}
	return len(d.Devices()), d.Close()
}

// Bits names what decides the bits of results with the backend of a name, on this machine:
// where it is the same, so are they, for any number of threads. Behind it are the precisions
// that there are besides float32, such as +bf16: see Precisions.
func Bits(name string) (string, error) {
	d, err := Open(name, Options{Threads: 1})
	if err != nil {
		return "", err
	}
	bits := d.Name()
	switch d := d.(type) {
	case *cpu.Device:
		bits = fmt.Sprintf("%s %s %s", d.Name(), d.Kernels(), runtime.GOARCH)
	case xla.Device:
		bits = strings.Join(strings.Fields(fmt.Sprintf("%s %s %s", d.Name(), d.Version().Details, d.Devices()[0].Kind)), " ")
	}
	for _, p := range []device.Precision{device.TF32, device.BFloat16} {
		if CheckPrecision(name, p) == nil {
			bits += " +" + p.String()
		}
	}
	return bits, d.Close()
}

// Precisions takes what Bits gives apart: what decides the bits of results in any one
// precision, and the names of those that there are.
func Precisions(bits string) (deciding string, names []string) {
	deciding, more, _ := strings.Cut(bits, " +")
	return deciding, append([]string{device.Float32.String()}, strings.Fields(strings.ReplaceAll(more, "+", ""))...)
}

// Open opens the device of a name.
func Open(name string, o Options) (device.Device, error) {
	if err := Check(name); err != nil {
		return nil, err
	}
	kind, plugin, err := parse(name)
	if err != nil {
		return nil, err
	}
	if kind == "xla" {
		return xla.Open(plugin, xla.Options{Precision: o.Precision, Devices: o.Devices})
	}
	if err := checkProcessor(o.Kernels, o.Precision); err != nil {
		return nil, err
	}
	options := cpu.Options{Threads: o.Threads, Kernels: o.Kernels, Precision: o.Precision}
	if o.Devices > 1 {
		return cpu.NewDevices(o.Devices, options)
	}
	return cpu.New(options)
}
