package cli

import (
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func (a *app) commands() []*cobra.Command {
	return []*cobra.Command{
		a.demoCommand(), a.prepareCommand(), a.trainCommand(), a.translateCommand(), a.evaluateCommand(),
		a.stylizeCommand(), a.styleCommand(), a.importCommand(), a.exportCommand(), a.pullCommand(), a.serveCommand(), a.workCommand(), a.studyCommand(), a.experimentCommand(),
		a.weightsCommand(), a.benchCommand(), a.backendsCommand(), a.completionCommand(), a.versionCommand(),
	}
}

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version",
		Example: "  easel version",
		Args:    noArguments,
		RunE: func(*cobra.Command, []string) error {
			a.say("easel %s %s %s/%s", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return nil
		},
	}
}

// version is the module's version, which the build stamps.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		return info.Main.Version
	}
	return "unknown"
}
