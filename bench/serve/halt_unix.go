//go:build unix

package main

import (
	"os"
	"syscall"
)

// halt stops a process where it is, and goOn lets it go on.
func halt(p *os.Process) error { return p.Signal(syscall.SIGSTOP) }
func goOn(p *os.Process) error { return p.Signal(syscall.SIGCONT) }
