package device

// Starter is a program that can run beside its caller, who meanwhile brings the
// next run's inputs to the device.
type Starter interface {
	Program
	// Start begins a run with what Input has now. As soon as it returns, Input
	// may be written to for the next run. Outputs are not there before Wait.
	Start() error
	// Upload brings what these inputs have now to the device, for the next run,
	// so that Start has less to do.
	Upload(inputs ...string) error
	// Wait waits for the end of the run that was started.
	Wait() error
}
