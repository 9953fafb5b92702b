// Command easel learns picture-to-picture translation from pairs and uses it.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"easel/internal/face/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := cli.Run(ctx, os.Args[1:], cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr})
	stop()
	os.Exit(code)
}
