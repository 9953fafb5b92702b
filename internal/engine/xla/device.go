//go:build xla && cgo && !windows

package xla

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"unsafe"

	"github.com/gomlx/go-xla/pkg/pjrt"

	"easel/internal/engine/device"
	"easel/internal/engine/graph"
	"easel/internal/engine/xla/lowering"
)

// xlaDevice is one or several of a plugin's devices. What several share with
// the first of them alone is in the store.
type xlaDevice struct {
	*store
	devices []*pjrt.Device
}

// store has the parameters and executables of a device.
type store struct {
	name    string
	plugin  *plugin
	options Options
	params  map[string]*parameter

	executables map[[sha256.Size]byte]*executable
	idle        []*executable // that no program uses, the most recent first
	compiled    int
}

// parameter is a value that lives on the devices.
type parameter struct {
	shape   graph.Shape
	buffers []*pjrt.Buffer // one for each device
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

var (
	_ Device         = (*xlaDevice)(nil)
	_ device.Several = (*xlaDevice)(nil)
)

func open(p Plugin, name string, o Options) (Device, error) {
	l, err := load(p)
	if err != nil {
		return nil, err
	}
	all, count := l.client.AddressableDevices(), max(o.Devices, 1)
	if count > len(all) {
		return nil, failed(fmt.Sprintf("it has %d: ask for so many at most, or for all", len(all)),
			"plugin %s has no %d devices", p.Path, count)
	}
	return &xlaDevice{&store{
		name: name, plugin: l, options: o,
		params: map[string]*parameter{}, executables: map[[sha256.Size]byte]*executable{},
	}, all[:count]}, nil
}

// Name implements device.Device.
func (d *xlaDevice) Name() string { return d.name }

// Count implements device.Several.
func (d *xlaDevice) Count() int { return len(d.devices) }

// First implements device.Several.
func (d *xlaDevice) First() device.Device { return &xlaDevice{d.store, d.devices[:1]} }

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
	for _, each := range d.devices {
		about := d.plugin.describe(each)
		if about.InUse < 0 || about.Limit < 0 {
			return 0, false
		}
		free += about.Limit - about.InUse
	}
	return free, true
}

// SetParameter implements device.Device.
func (d *xlaDevice) SetParameter(name string, shape graph.Shape, value []float32) error {
	if shape.Size() != len(value) {
		return fmt.Errorf("xla: parameter %s: %d numbers for shape %v", name, len(value), shape)
	}
	if err := d.wantShape(name, shape); err != nil {
		return err
	}
	for i, to := range d.devices {
		buffer, err := d.upload(value, shape, to)
		if err != nil {
			return d.explain(fmt.Errorf("xla: parameter %s: %w", name, err))
		}
		if err := d.replace(name, shape, i, buffer); err != nil {
			return err
		}
	}
	return nil
}

// wantShape reports a parameter that is there in another shape.
func (s *store) wantShape(name string, shape graph.Shape) error {
	if p := s.params[name]; p != nil && !p.shape.Equal(shape) {
		return fmt.Errorf("xla: parameter %s is %v, not %v", name, p.shape, shape)
	}
	return nil
}

// replace puts a device's new value of a parameter in the place of the old one.
func (s *store) replace(name string, shape graph.Shape, device int, buffer *pjrt.Buffer) error {
	p := s.params[name]
	if p == nil {
		p = &parameter{shape: slices.Clone(shape)}
		s.params[name] = p
	}
	if device == len(p.buffers) {
		p.buffers = append(p.buffers, buffer)
		return nil
	}
	old := p.buffers[device]
	p.buffers[device] = buffer
	return old.Destroy()
}

// Parameter implements device.Device.
func (d *xlaDevice) Parameter(name string) (graph.Shape, []float32, error) {
	p := d.params[name]
	if p == nil {
		return nil, nil, fmt.Errorf("xla: no parameter %s", name)
	}
	value := make([]float32, p.shape.Size())
	if err := p.buffers[0].ToHost(asBytes(value)); err != nil {
		return nil, nil, fmt.Errorf("xla: read parameter %s: %w", name, err)
	}
	return slices.Clone(p.shape), value, nil
}

func (s *store) upload(value []float32, shape graph.Shape, to *pjrt.Device) (*pjrt.Buffer, error) {
	return s.plugin.client.BufferFromHost().FromFlatDataWithDimensions(value, shape).ToDevice(to).Done()
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
	return d.newProgram(g, e, m)
}

// Estimate implements Device.
func (d *xlaDevice) Estimate(g *graph.Graph) (int64, error) {
	e, m, err := d.executable(g)
	if err != nil {
		return 0, err
	}
	d.release(e)
	return int64(len(d.devices)) * e.memory(m), nil
}

// executable compiles a graph, or takes what was compiled of an equal one, whose
// inputs and parameters may have other names. The caller releases it.
func (d *xlaDevice) executable(g *graph.Graph) (*executable, *lowering.Module, error) {
	m, err := lowering.Lower(g, lowering.Options{Precision: d.options.Precision, Devices: len(d.devices)})
	if err != nil {
		return nil, nil, err
	}
	key := sha256.Sum256(m.Text) // the number of devices is in it
	if e := d.executables[key]; e != nil {
		d.idle = slices.DeleteFunc(d.idle, func(i *executable) bool { return i == e })
		e.users++
		return e, m, nil
	}
	c := d.plugin.client.Compile().WithStableHLO(m.Text)
	if len(d.devices) > 1 {
		c = c.WithSPMD(len(d.devices))
	}
	l, err := c.Done()
	if err != nil {
		return nil, nil, d.explain(fmt.Errorf("xla: compile: %w", err))
	}
	d.compiled++
	e := &executable{key: key, loaded: l, users: 1}
	d.executables[key] = e
	return e, m, nil
}

// release gives an executable back.
func (s *store) release(e *executable) {
	if e.users--; e.users > 0 {
		return
	}
	s.idle = append([]*executable{e}, s.idle...)
	for len(s.idle) > keepIdle {
		last := s.idle[len(s.idle)-1]
		s.idle = s.idle[:len(s.idle)-1]
		_ = s.forget(last)
	}
}

func (s *store) forget(e *executable) error {
	delete(s.executables, e.key)
	return e.loaded.Destroy()
}

// memory is what a run of a module takes beside the parameters, in bytes, on
// each device.
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
	var err error
	for _, e := range d.executables {
		err = errors.Join(err, d.forget(e))
	}
	for _, p := range d.params {
		for _, b := range p.buffers {
			err = errors.Join(err, b.Destroy())
		}
	}
	d.params, d.idle = nil, nil
	return err
}
