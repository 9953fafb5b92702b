// Package device is what easel asks of something that runs graphs: a Device
// keeps the parameters and makes Programs of graphs; a Program runs one graph
// again and again. Package cpu is the embedded device.
//
// Programs of one device share its parameters by name, so that a training
// step, a validation pass and a picture for the sample sheet all see the same
// weights. A device and its programs are used by one goroutine at a time.
//
// A [Device] may stand for several that run each graph in step, each on its own
// part of the batch: see "Several devices" in package graph. What its programs
// take and give is then one value for each, one after the other, so that parts
// of a batch make a batch; its parameters are the same on all. One returns such
// a device's first, for programs that are one device's work.
package device

import "easel/internal/engine/graph"

// Device keeps parameters and makes programs.
type Device interface {
	// Name is the backend's name, as in --backend.
	Name() string
	// Compile plans a graph: everything is checked and allocated here. The
	// graph's parameters are created with zeros where the device has none of
	// that name, and have to have the same shape where it does.
	Compile(g *graph.Graph) (Program, error)
	// Estimate is the memory that a program of the graph will hold beside the
	// parameters, in bytes. A device that compiles compiles the graph for it, which
	// Compile then need not.
	Estimate(g *graph.Graph) (int64, error)
	// SetParameter stores a parameter's value, creating it if need be.
	SetParameter(name string, shape graph.Shape, value []float32) error
	// Parameter copies a parameter's value out.
	Parameter(name string) (shape graph.Shape, value []float32, err error)
	// Close frees the parameters; the device's programs must not be used after.
	Close() error
}

// Compiler is a device whose Compile takes seconds, so that a caller with values
// of many shapes should ask for few programs.
type Compiler interface {
	Device
	// Compilations is how many graphs have been compiled; those that were taken
	// from before do not count.
	Compilations() int
}

// Program is a graph made ready to run on a device.
type Program interface {
	// Input is the buffer of an input: write into it before Run. It keeps its
	// contents from run to run. Of N devices it has N values.
	Input(name string) []float32
	// Run runs the graph once, updates included. The slices of Output are
	// valid until the next call.
	Run() error
	// Output is the value of a named output after Run. The caller reads it
	// before the next Run. Of N devices it has N values.
	Output(name string) []float32
	// Memory is what the program holds beside the parameters, in bytes.
	Memory() int64
	// String prints the plan: steps, kernels, bytes, multiplications.
	String() string
	// Close frees the program's memory.
	Close() error
}

// Adopter is a device that can compute on memory which is there already.
type Adopter interface {
	// AdoptParameter is SetParameter without the copy: the device keeps value
	// itself, and updates write to it. Nobody else may write to it, and it has to
	// be there until the device is closed.
	AdoptParameter(name string, shape graph.Shape, value []float32) error
}

// GiveParameter stores a parameter's value that the caller does not need any
// more: the device keeps it as it is if it is an Adopter, and a copy otherwise.
func GiveParameter(d Device, name string, shape graph.Shape, value []float32) error {
	if a, ok := d.(Adopter); ok {
		return a.AdoptParameter(name, shape, value)
	}
	return d.SetParameter(name, shape, value)
}
