package demo

import (
	"context"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"orabak-tui/backup"
	"orabak-tui/internal/config"
	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/sqlsim"
	"orabak-tui/internal/oracle"
	"orabak-tui/internal/rman"
	"orabak-tui/internal/run"
	"orabak-tui/s3store"
)

// historyDays is how far back a new demo reaches: two level 0s and the days
// between, so that chains, retention and the calendar have something to show.
const historyDays = 14

// create makes the database and its history.
func (d *Demo) create(ctx context.Context, say io.Writer) error {
	fmt.Fprintf(say, "making the demo in %s (once; a simulated Oracle, an S3 server and %d days of backups) …\n", d.Dir, days())
	now := time.Now()
	start := lastNight(now).Add(-time.Duration(max(days()-1, 0)) * 24 * time.Hour)
	// It is older than its first backup: else RMAN would refuse every moment of
	// its history as one before RESETLOGS.
	db, err := oradb.Create(ctx, oradb.Spec{
		Base: d.path("oracle"), SID: sid, Seed: 1, Params: oradb.Params{"control_file_record_keep_time": "30"}, Clock: start.Add(-time.Hour),
	})
	if err != nil {
		return err
	}
	d.db = db
	if err := d.install(); err != nil {
		return err
	}
	if err := d.history(ctx, start, now); err != nil {
		return fmt.Errorf("history: %w", err)
	}
	return d.db.SetClock(time.Now())
}

func days() int {
	if n, err := strconv.Atoi(os.Getenv(EnvHistory)); err == nil && n >= 0 {
		return n
	}
	return historyDays
}

// lastNight is when cron last made a backup of the datafiles, with room for one
// of archived logs since.
func lastNight(now time.Time) time.Time {
	t := now.UTC().Truncate(24 * time.Hour).Add(time.Hour)
	if now.Sub(t) < 2*time.Hour {
		t = t.Add(-24 * time.Hour)
	}
	return t
}

// history runs the users' schedule up to now: level 0 weekly, level 1 daily,
// archived logs in between, with the engine that they use.
func (d *Demo) history(ctx context.Context, start, now time.Time) error {
	h, err := d.historian(ctx)
	if err != nil {
		return err
	}
	for day := range days() {
		at := start.Add(time.Duration(day) * 24 * time.Hour)
		kind := s3store.KindIncremental
		if day%7 == 0 {
			kind = s3store.KindFull
		}
		if err := h.backup(ctx, at, kind, 60); err != nil {
			return err
		}
		if day >= days()-3 {
			logs := at.Add(12 * time.Hour)
			if day == days()-1 {
				logs = now.Add(-time.Hour).Truncate(time.Hour / 2)
			}
			if err := h.backup(ctx, logs, s3store.KindArchivelog, 30); err != nil {
				return err
			}
		}
	}
	return nil
}

// historian makes backups at invented times.
type historian struct {
	d     *Demo
	c     *config.Config
	store *s3store.Store
	at    time.Time // when the backup under way began
}

// lapse is how much faster the historian's clock runs than a real one: its
// database is small, and durations are to look like those of one that is not.
const lapse = 60

func (h *historian) now() time.Time { return h.at.Add(lapse * h.d.db.Now().Sub(h.at)) }

func (d *Demo) historian(ctx context.Context) (*historian, error) {
	c, _, err := config.Load(d.Config(config.Options{}))
	if err != nil {
		return nil, err
	}
	st, err := s3store.Open(ctx, s3store.Options{
		Bucket: c.Bucket, Prefix: c.Prefix, Region: c.Region, Endpoint: c.Endpoint, ForcePathStyle: true,
		AccessKey: c.AccessKey, SecretKey: c.SecretKey.Reveal(), CacheDir: c.CacheDir,
	})
	return &historian{d: d, c: c, store: st}, err
}

// backup lets the database work, then runs the engine, as of a moment.
func (h *historian) backup(ctx context.Context, at time.Time, kind string, transactions int) error {
	if err := h.d.db.SetClock(at); err != nil {
		return err
	}
	if _, err := h.d.db.Work(ctx, oradb.Work{Transactions: transactions, Seed: uint64(at.Unix())}); err != nil {
		return err
	}
	h.at = at
	id := run.NewID(kind, at, nil)
	j, err := run.Create(h.c.LogDir, id, run.Options{Now: h.now})
	if err != nil {
		return err
	}
	j.Emit(run.Event{Type: run.TypeStart, Start: &run.Start{ID: id, Kind: kind, DBName: sid, StartedBy: "cron", Version: "demo"}})
	host, _ := os.Hostname()
	r, err := backup.Run(ctx, backup.Deps{
		Config: h.c, Oracle: oracle.New(oracle.Options{Home: h.c.OracleHome, SID: sid, SQLPlus: inProcess}), RMAN: &rman.Runner{Home: h.c.OracleHome, SID: sid},
		Store: h.store, Sink: j, RunDir: j.Dir(), Log: j.RMANLog(), Version: "demo", Host: host, Now: h.now,
		Free: func(string) (int64, error) { return 1 << 40, nil },
	}, backup.Request{RunID: id, Kind: kind})
	end := &run.End{Outcome: "done", SetID: r.SetID, Bytes: r.Bytes, Pieces: r.Pieces}
	if err != nil {
		end.Exit, end.Outcome, end.Error = 1, "failed", err.Error()
	}
	j.Emit(run.Event{Type: run.TypeEnd, End: end})
	if cerr := j.Close(); err == nil {
		err = cerr
	}
	return err
}

// inProcess answers as the demo's sqlplus does, without a process for each
// question.
func inProcess(args []string, stdin io.Reader, out io.Writer, env []string) int {
	return sqlsim.Main(args, stdin, out, out, env)
}
