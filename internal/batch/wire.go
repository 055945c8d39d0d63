package batch

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"orabak-tui/internal/config"
	"orabak-tui/internal/oracle"
	"orabak-tui/internal/rman"
	"orabak-tui/s3store"
)

// App is what an action works with: the outside world, injected.
type App struct {
	Options Options
	Config  *config.Config
	Stdin   io.Reader
	Stdout  io.Writer
	Stderr  io.Writer
	Version string
	Now     func() time.Time
	// Terminal says that standard output is one; StdinTerminal that a person
	// can be asked.
	Terminal      bool
	StdinTerminal bool
	StartedBy     string // cron | console | terminal

	store *s3store.Store
}

// Store opens the bucket, once.
func (a *App) Store(ctx context.Context) (*s3store.Store, error) {
	if a.store != nil {
		return a.store, nil
	}
	o := StoreOptions(a.Config)
	if a.Options.Demo { // its server listens on another port each time
		o.Place = "demo"
	}
	st, err := s3store.Open(ctx, o)
	if err != nil { // it does not connect: what it refuses is configuration
		return nil, usagef("%v", err)
	}
	for _, w := range o.Warnings() {
		fmt.Fprintln(a.Stderr, "orabak-tui: warning:", w)
	}
	a.store = st
	return st, nil
}

// StoreOptions takes the store's part of the configuration.
func StoreOptions(c *config.Config) s3store.Options {
	return s3store.Options{
		Bucket: c.Bucket, Prefix: c.Prefix, Region: c.Region, Endpoint: c.Endpoint, ForcePathStyle: c.ForcePathStyle,
		AccessKey: c.AccessKey, SecretKey: c.SecretKey.Reveal(), SessionToken: c.SessionToken.Reveal(), Profile: c.Profile,
		StorageClass: c.StorageClass, SSE: c.SSE, SSEKMSKeyID: c.SSEKMSKeyID,
		ObjectLockMode: c.ObjectLockMode, ObjectLockDays: c.ObjectLockDays,
		Checksum: c.Checksum, Capabilities: c.S3Capabilities, MaxParts: c.S3MaxParts,
		UploadLimit: int64(c.UploadLimit), Concurrency: c.UploadConcurrency, CacheDir: c.CacheDir,
	}
}

// Instance is the database as the configuration names it.
func Instance(c *config.Config) *oracle.Instance {
	return oracle.New(oracle.Options{Home: c.OracleHome, SID: c.OracleSID, Target: c.RMANTarget, Env: os.Environ()})
}

// Runner starts RMAN as the configuration says.
func Runner(c *config.Config) *rman.Runner {
	return &rman.Runner{Home: c.OracleHome, SID: c.OracleSID, Target: c.RMANTarget, Env: os.Environ(), Silence: c.RMANSilence}
}

// Run executes one action and returns the exit code.
func (a *App) Run(ctx context.Context) int {
	run, ok := map[string]func(context.Context) int{
		"full": a.backup, "incremental": a.backup, "archivelog": a.backup, "resume": a.backup,
		"restore": a.restore,
		"adopt":   a.adopt,
		"list":    a.simple(a.list), "show": a.simple(a.show), "check": a.check, "verify": a.verify,
		"explain": a.simple(a.explain), "runs": a.simple(a.runs), "follow": a.follow, "cancel": a.simple(a.cancel),
		"limit": a.simple(a.limit),
		"iam":   a.simple(a.iam),
	}[a.Options.Action]
	if !ok {
		return a.Fail(usagef("--batch %q is not an action", a.Options.Action))
	}
	return run(ctx)
}

// simple makes an exit code of an action that only succeeds or fails.
func (a *App) simple(f func(context.Context) error) func(context.Context) int {
	return func(ctx context.Context) int {
		if err := f(ctx); err != nil {
			return a.Fail(err)
		}
		return ExitDone
	}
}
