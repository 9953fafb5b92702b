//go:build unix

package ffmpeg

import (
	"os/exec"
	"syscall"
)

// apart starts a program in a process group of its own, which Ctrl-C does not reach.
func apart(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
