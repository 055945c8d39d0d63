// Orabak-tui backs up Oracle databases with RMAN to S3-compatible storage and
// brings them back: a console for people, --batch for cron.
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/charmbracelet/x/term"

	"orabak-tui/internal/batch"
	"orabak-tui/internal/config"
	"orabak-tui/internal/demo"
	"orabak-tui/ui"
)

// version is set at release with -ldflags "-X main.version=…".
var version = "dev"

func main() {
	os.Exit(run())
}

func run() int {
	if code, ok := demo.Tool(os.Args, os.Stdin, os.Stdout, os.Stderr); ok {
		return code
	}
	o, err := batch.Parse(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "orabak-tui:", err)
		return batch.ExitUsage
	}
	switch {
	case o.Help:
		fmt.Print(batch.Usage())
		return batch.ExitDone
	case o.Version:
		fmt.Println("orabak-tui", version)
		return batch.ExitDone
	}
	return start(context.Background(), o)
}

// start loads the configuration and hands over to the front that was asked for.
func start(ctx context.Context, o batch.Options) int {
	app := &batch.App{
		Options: o, Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Version: version, Now: time.Now,
		Terminal: term.IsTerminal(os.Stdout.Fd()), StdinTerminal: term.IsTerminal(os.Stdin.Fd()),
	}
	app.StartedBy = startedBy(app.Terminal)
	if o.Action == "" && len(o.Args) == 0 {
		if err := ui.Terminal(); err != nil {
			fmt.Fprintln(os.Stderr, "orabak-tui:", err)
			return batch.ExitUsage
		}
	}
	if o.Demo && o.Action == "" {
		demo.Unhurried()
	}
	lo := config.Options{EnvFile: o.EnvFile, Environ: os.Environ()}
	if o.Demo {
		d, err := demo.Open(ctx, o.DemoDir, os.Stderr)
		if err != nil {
			return app.Fail(err)
		}
		defer d.Close() //nolint:errcheck // nothing is lost
		if len(o.Args) > 0 && o.Action == "" {
			return d.Act(ctx, o.Args, app.Stdout, app.Stderr)
		}
		lo = d.Config(lo)
	}
	c, warnings, err := config.Load(lo)
	for _, w := range warnings {
		fmt.Fprintln(os.Stderr, "orabak-tui: warning:", w)
	}
	if err != nil {
		return app.Fail(err)
	}
	app.Config = c
	if o.Action != "" {
		return app.Run(ctx)
	}
	return console(ctx, app)
}

// envStartedBy tells a run that a console has started it.
const envStartedBy = "ORABAK_STARTED_BY"

// startedBy guesses who started this process; a console names itself.
func startedBy(terminal bool) string {
	if by := os.Getenv(envStartedBy); by != "" {
		return by
	}
	if terminal {
		return "terminal"
	}
	return "cron"
}
