package easel

import (
	"context"

	"easel/internal/engine/backend"
	"easel/internal/engine/xla/install"
)

// Backends are what this program can compute with on this machine, with devices and
// memory; for what is missing, BackendReport.Hint says what to do. Plugins are loaded
// into the process, and a broken one may end it. The command easel backends loads each
// in a process of its own.
func Backends() []BackendReport {
	return convert[[]BackendReport](backend.List(backend.Describe))
}

// Installable are the names of the plugins that InstallBackend knows.
func Installable() []string { return install.Names() }

// InstallBackend fetches a plugin of XLA and the libraries that it needs, such as
// "cuda" (2.5 GB), checks them, and unpacks them where Backends finds them: in the
// folder that it returns. It accepts NVIDIA's licences for you; they are in that folder.
// An earlier installation stays until the new one is complete. What was fetched when
// ctx ends is kept for the next call.
func InstallBackend(ctx context.Context, name string, o InstallOptions, notify func(InstallProgress)) (folder string, err error) {
	p, err := install.Find(name)
	if err != nil {
		return "", err
	}
	return install.Run(ctx, p, convert[install.Options](o), hearing[install.Progress](notify))
}
