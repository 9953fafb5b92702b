package easel

import (
	"context"

	"easel/internal/engine/backend"
	"easel/internal/engine/xla/install"
)

// Backends lists what can run networks on this machine, with devices and memory. For
// what is missing, BackendReport.Hint says what to do. Plugins are loaded into this
// process, and a broken one may end it; the command easel backends loads each in a
// separate process.
func Backends() []BackendReport {
	return convert[[]BackendReport](backend.List(backend.Describe))
}

// Installable lists the plugins that InstallBackend knows.
func Installable() []string { return install.Names() }

// InstallBackend downloads an XLA plugin and the libraries that it needs, such as
// "cuda" (2.5 GB), verifies them, unpacks them where Backends finds them, and returns
// that folder. It accepts NVIDIA's licences for you; they are in the folder. An earlier
// installation stays until the new one is complete. If ctx ends, the files downloaded
// so far are kept for the next call.
func InstallBackend(ctx context.Context, name string, o InstallOptions, notify func(InstallProgress)) (folder string, err error) {
	p, err := install.Find(name)
	if err != nil {
		return "", err
	}
	return install.Run(ctx, p, convert[install.Options](o), hearing[install.Progress](notify))
}
