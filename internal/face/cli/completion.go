package cli

import (
	"fmt"

	"github.com/spf13/cobra"
)

func (a *app) completionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "completion bash|zsh|fish|powershell",
		Short: "Print a shell's completion script",
		Long: `Print a script that lets a shell complete easel's commands and flags. Load it in
your shell's startup file.`,
		Example: `  source <(easel completion bash)                                      # in ~/.bashrc
  easel completion zsh > "${fpath[1]}/_easel"
  easel completion fish > ~/.config/fish/completions/easel.fish
  easel completion powershell | Out-String | Invoke-Expression`,
		ValidArgs: []string{"bash", "zsh", "fish", "powershell"},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage(fmt.Errorf("%s needs the name of a shell", cmd.CommandPath()), "there are bash, zsh, fish and powershell")
			}
			switch root := cmd.Root(); args[0] {
			case "bash":
				return root.GenBashCompletionV2(a.Out, true)
			case "zsh":
				return root.GenZshCompletion(a.Out)
			case "fish":
				return root.GenFishCompletion(a.Out, true)
			case "powershell":
				return root.GenPowerShellCompletionWithDesc(a.Out)
			}
			return usage(fmt.Errorf("unknown shell %q", args[0]), "there are bash, zsh, fish and powershell")
		},
	}
}
