// Command vangnetctl is Vangnet without a display: the same engine, for
// scripts, servers and rescue work.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"vangnet/engine"
)

func main() { os.Exit(start()) }

// start runs the program until it is done or stopped. The first signal lets
// work end cleanly; a second one ends the program at once.
func start() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	engine.LimitMemory()
	return Run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.LookupEnv)
}
