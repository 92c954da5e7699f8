// Command danvan is the whole program: see internal/cli for its commands.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	"danvan/internal/cli"
)

// Today is the day in Việt Nam, wherever the machine believes itself to be: a server's clock mostly runs on UTC, where for
// the first seven hours of each day a letter would be received on the day before.
func init() { time.Local = time.FixedZone("+07", 7*60*60) }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(cli.Main(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
