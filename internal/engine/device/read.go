package device

// Reader is a program whose outputs are fetched from a device, which can fail.
type Reader interface {
	Program
	// Read is Output, with an error if fetching failed. Output returns NaN then.
	Read(name string) ([]float32, error)
}

// Read is the value of a program's output after Run, like Output.
func Read(p Program, name string) ([]float32, error) {
	if r, ok := p.(Reader); ok {
		return r.Read(name)
	}
	return p.Output(name), nil
}
