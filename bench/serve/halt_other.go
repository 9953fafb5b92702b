//go:build !unix

package main

import (
	"errors"
	"os"
)

var errHalt = errors.New("freeze needs the signals of Unix")

func halt(*os.Process) error { return errHalt }
func goOn(*os.Process) error { return errHalt }
