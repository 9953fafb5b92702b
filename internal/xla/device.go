//go:build xla && cgo && !windows

package xla

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"unsafe"

	"github.com/gomlx/go-xla/pkg/pjrt"

	"easel/internal/device"
	"easel/internal/graph"
	"easel/internal/xla/lowering"
)

type xlaDevice struct {
	name    string
	plugin  *plugin
	device  *pjrt.Device
	options Options
	params  map[string]*parameter

	executables map[[sha256.Size]byte]*executable
	idle        []*executable // that no program uses, the most recent first
	compiled    int
}

// parameter is a value that lives on the device.
type parameter struct {
	shape  graph.Shape
	buffer *pjrt.Buffer
}

// executable is a compiled graph, shared by the programs of equal graphs.
type executable struct {
	key    [sha256.Size]byte
	loaded *pjrt.LoadedExecutable
	users  int
}

// keepIdle is how many executables without a program stay, for the graphs that
// come back: those of the last sizes of pictures.
const keepIdle = 2

func open(p Plugin, name string, o Options) (Device, error) {
	l, err := load(p)
	if err != nil {
		return nil, err
	}
	return &xlaDevice{
		name: name, plugin: l, device: l.client.AddressableDevices()[0], options: o,
		params: map[string]*parameter{}, executables: map[[sha256.Size]byte]*executable{},
	}, nil
}

// Name implements device.Device.
func (d *xlaDevice) Name() string { return d.name }

// Compilations implements Device.
func (d *xlaDevice) Compilations() int { return d.compiled }

// Devices implements Device.
func (d *xlaDevice) Devices() []About {
	var all []About
	for _, each := range d.plugin.client.AddressableDevices() {
		all = append(all, d.plugin.describe(each))
	}
	return all
}

// Version implements Device.
func (d *xlaDevice) Version() Version {
	c := d.plugin.client
	return Version{Platform: c.Platform(), Details: c.PlatformVersion(), Major: d.plugin.major, Minor: d.plugin.minor}
}

// FreeMemory implements Device. A processor's is the machine's.
func (d *xlaDevice) FreeMemory() (free int64, known bool) {
	if d.plugin.client.Platform() == "cpu" {
		return device.AvailableMemory()
	}
	about := d.plugin.describe(d.device)
	if about.InUse < 0 || about.Limit < 0 {
		return 0, false
	}
	return about.Limit - about.InUse, true
}

// SetParameter implements device.Device.
func (d *xlaDevice) SetParameter(name string, shape graph.Shape, value []float32) error {
	if shape.Size() != len(value) {
		return fmt.Errorf("xla: parameter %s: %d numbers for shape %v", name, len(value), shape)
	}
	if err := d.wantShape(name, shape); err != nil {
		return err
	}
	buffer, err := d.upload(value, shape)
	if err != nil {
		return fmt.Errorf("xla: parameter %s: %w", name, err)
	}
	return d.replace(name, shape, buffer)
}

// wantShape reports a parameter that is there in another shape.
func (d *xlaDevice) wantShape(name string, shape graph.Shape) error {
	if p := d.params[name]; p != nil && !p.shape.Equal(shape) {
		return fmt.Errorf("xla: parameter %s is %v, not %v", name, p.shape, shape)
	}
	return nil
}

func (d *xlaDevice) replace(name string, shape graph.Shape, buffer *pjrt.Buffer) error {
	if p := d.params[name]; p != nil {
		old := p.buffer
		p.buffer = buffer
		return old.Destroy()
	}
	d.params[name] = &parameter{slices.Clone(shape), buffer}
	return nil
}

// Parameter implements device.Device.
func (d *xlaDevice) Parameter(name string) (graph.Shape, []float32, error) {
	p := d.params[name]
	if p == nil {
		return nil, nil, fmt.Errorf("xla: no parameter %s", name)
	}
	value := make([]float32, p.shape.Size())
	if err := p.buffer.ToHost(asBytes(value)); err != nil {
		return nil, nil, fmt.Errorf("xla: read parameter %s: %w", name, err)
	}
	return slices.Clone(p.shape), value, nil
}

func (d *xlaDevice) upload(value []float32, shape graph.Shape) (*pjrt.Buffer, error) {
	return d.plugin.client.BufferFromHost().FromFlatDataWithDimensions(value, shape).ToDevice(d.device).Done()
}

func asBytes(v []float32) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(v))), 4*len(v))
}

// Compile implements device.Device.
func (d *xlaDevice) Compile(g *graph.Graph) (device.Program, error) {
	for _, n := range g.Nodes() {
		if op, ok := n.Op().(graph.Parameter); ok {
			if err := d.wantShape(op.Label, n.Shape()); err != nil {
				return nil, err
			}
		}
	}
	e, m, err := d.executable(g)
	if err != nil {
		return nil, err
	}
	for _, n := range g.Nodes() {
		op, ok := n.Op().(graph.Parameter)
		if !ok || d.params[op.Label] != nil {
			continue
		}
		if err := d.SetParameter(op.Label, n.Shape(), make([]float32, n.Shape().Size())); err != nil {
			return nil, err
		}
	}
	return d.newProgram(g, e, m), nil
}

// Estimate implements Device.
func (d *xlaDevice) Estimate(g *graph.Graph) (int64, error) {
	e, m, err := d.executable(g)
	if err != nil {
		return 0, err
	}
	d.release(e)
	return e.memory(m), nil
}

// executable compiles a graph, or takes what was compiled of an equal one, whose
// inputs and parameters may have other names. The caller releases it.
func (d *xlaDevice) executable(g *graph.Graph) (*executable, *lowering.Module, error) {
	m, err := lowering.Lower(g, lowering.Options{Precision: d.options.Precision})
	if err != nil {
		return nil, nil, err
	}
	key := sha256.Sum256(m.Text)
	if e := d.executables[key]; e != nil {
		d.idle = slices.DeleteFunc(d.idle, func(i *executable) bool { return i == e })
		e.users++
		return e, m, nil
	}
	l, err := d.plugin.client.Compile().WithStableHLO(m.Text).Done()
	if err != nil {
		return nil, nil, d.explain(fmt.Errorf("xla: compile: %w", err))
	}
	d.compiled++
	e := &executable{key: key, loaded: l, users: 1}
	d.executables[key] = e
	return e, m, nil
}

// release gives an executable back.
func (d *xlaDevice) release(e *executable) {
	if e.users--; e.users > 0 {
		return
	}
	d.idle = append([]*executable{e}, d.idle...)
	for len(d.idle) > keepIdle {
		last := d.idle[len(d.idle)-1]
		d.idle = d.idle[:len(d.idle)-1]
		d.forget(last)
	}
}

func (d *xlaDevice) forget(e *executable) {
	delete(d.executables, e.key)
	_ = e.loaded.Destroy()
}

// memory is what a run of a module takes beside the parameters, in bytes.
func (e *executable) memory(m *lowering.Module) int64 {
	bytes := e.loaded.OnDeviceMemoryUsageStats.Requirements()
	for _, a := range m.Arguments {
		if a.Kind == lowering.Parameter {
			bytes -= 4 * int64(a.Shape.Size())
		}
	}
	return max(bytes, 0)
}

// Close implements device.Device.
func (d *xlaDevice) Close() error {
	for _, e := range d.executables {
		d.forget(e)
	}
	for _, p := range d.params {
		_ = p.buffer.Destroy()
	}
	d.params, d.idle = nil, nil
	return nil
}
