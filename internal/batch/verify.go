package batch

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"time"

	"orabak-tui/internal/config"
	"orabak-tui/internal/run"
	"orabak-tui/s3store"
)

// verify checks every object of one set, or of all sets, against the
// manifests. Without --deep the bytes of a sample of the sets (VERIFY_SAMPLE
// percent) are read too, of other sets each day.
func (a *App) verify(ctx context.Context) int {
	ctx, stop, cause := run.WithSignals(ctx)
	defer stop()
	st, err := a.Store(ctx)
	if err != nil {
		return a.Fail(err)
	}
	sets, err := a.toVerify(ctx, st)
	if err != nil {
		return a.failBy(err, cause())
	}
	reports := []s3store.Report{}
	code := ExitDone
	for _, set := range sets {
		r, err := a.verifySet(ctx, st, set)
		if err != nil {
			return a.failBy(err, cause())
		}
		reports = append(reports, r)
		switch {
		case !r.Intact():
			code = ExitFailed
		case len(r.Surplus) > 0 && code == ExitDone:
			code = ExitWarnings
		}
		if !a.Options.JSON {
			a.printReport(r)
		}
	}
	if a.Options.JSON {
		_ = a.printJSON(map[string]any{"exit": code, "sets": reports})
	} else {
		fmt.Fprintf(a.Stdout, "%d sets verified: %s\n", len(reports), outcome(code))
	}
	return code
}

func (a *App) toVerify(ctx context.Context, st *s3store.Store) ([]s3store.Set, error) {
	if len(a.Options.Args) > 0 {
		set, err := st.Find(ctx, a.Options.Args[0])
		return []s3store.Set{set}, err
	}
	return st.List(ctx, s3store.Filter{DBName: a.Options.DBName, Fresh: true})
}

func (a *App) verifySet(ctx context.Context, st *s3store.Store, set s3store.Set) (s3store.Report, error) {
	m, err := st.Manifest(ctx, set)
	switch {
	case errors.Is(err, s3store.ErrNotFound):
		return s3store.Report{SetID: set.ID, Missing: []s3store.Fault{{Key: set.Key, Want: "the manifest"}}}, nil
	case errors.Is(err, s3store.ErrCorrupt), errors.Is(err, s3store.ErrFormat):
		// One manifest that cannot be read must not hide what is wrong with others.
		return s3store.Report{SetID: set.ID, Corrupt: []s3store.Fault{{Key: set.Key, Want: "the manifest", Have: err.Error()}}}, nil
	case err != nil:
		return s3store.Report{}, err
	}
	deep := a.Options.Deep || sampled(set.ID, a.Config.VerifySample, a.Now())
	return st.Verify(ctx, m, s3store.VerifyOptions{Deep: deep})
}

// sampled tells whether a set's bytes are read on this day (UTC): of percent of
// the sets on each, of every set once in 100/percent days.
func sampled(setID string, percent int, now time.Time) bool {
	if percent <= 0 {
		return false
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(setID)) // never fails
	period := int64(100+percent-1) / int64(percent)
	return int64(h.Sum32())%period == now.Unix()/(24*60*60)%period
}

func (a *App) printReport(r s3store.Report) {
	state := "OK"
	if !r.Intact() {
		state = "FAIL"
	} else if len(r.Surplus) > 0 {
		state = "WARN"
	}
	fmt.Fprintf(a.Stdout, "%-4s  %s  %d objects, %s\n", state, run.Clean(r.SetID), r.OK, config.Bytes(r.Bytes))
	for _, f := range r.Missing {
		fmt.Fprintf(a.Stdout, "      missing  %s\n", run.Clean(f.Key))
	}
	for _, f := range r.Corrupt {
		fmt.Fprintf(a.Stdout, "      corrupt  %s  want %s, have %s\n", run.Clean(f.Key), run.Clean(f.Want), run.Clean(f.Have))
	}
	for _, k := range r.Surplus {
		fmt.Fprintf(a.Stdout, "      surplus  %s\n", run.Clean(k))
	}
	for _, k := range r.SizeOnly {
		fmt.Fprintf(a.Stdout, "      size only (the store keeps no checksum; --deep reads it)  %s\n", run.Clean(k))
	}
}
