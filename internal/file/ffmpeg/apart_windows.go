package ffmpeg

import (
	"os/exec"
	"syscall"
)

// apart starts a program in a process group of its own, which Ctrl-C does not reach.
func apart(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}
