package demo

import (
	"context"
	"fmt"
	"io"
	"strconv"

	"orabak-tui/internal/demo/oradb"
)

// Act does what only a demo can: workload, lose, prove, reset, where. It
// returns the process's exit code: 0 done, 1 failed or not proved, 2 usage.
func (d *Demo) Act(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	err := d.act(ctx, args, stdout)
	switch {
	case err == nil:
		return 0
	case isUsage(err):
		fmt.Fprintln(stderr, "orabak-tui --demo:", err)
		return 2
	default:
		fmt.Fprintln(stderr, "orabak-tui --demo:", err)
		return 1
	}
}

type usageError string

func (e usageError) Error() string { return string(e) }

func isUsage(err error) bool {
	_, ok := err.(usageError) //nolint:errorlint // made here, never wrapped
	return ok
}

func (d *Demo) act(ctx context.Context, args []string, out io.Writer) error {
	switch name, rest := args[0], args[1:]; name {
	case "workload":
		return d.workload(ctx, rest, out)
	case "lose":
		return d.lose(rest, out)
	case "prove":
		return d.prove(ctx, rest, out)
	case "reset":
		return d.reset(ctx, out)
	case "where":
		_, err := fmt.Fprintf(out, "folder    %s\nORACLE_HOME=%s ORACLE_SID=%s\nbucket    %s\n", d.Dir, d.db.Home(), sid, d.path("s3", bucket))
		return err
	default:
		return usageError(fmt.Sprintf("%q is not an action", name))
	}
}

// workload changes blocks: 100 transactions, or as many as asked for.
func (d *Demo) workload(ctx context.Context, args []string, out io.Writer) error {
	n := 100
	if len(args) > 0 {
		var err error
		if n, err = strconv.Atoi(args[0]); err != nil || n < 1 {
			return usageError(fmt.Sprintf("workload takes a number of transactions, not %q", args[0]))
		}
	}
	done, err := d.db.Work(ctx, oradb.Work{Transactions: n, Seed: uint64(d.db.Now().UnixNano())})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%d transactions changed %d blocks, last SCN %d\n", done.Transactions, done.Changes, done.Last)
	return err
}

// lose is the disaster.
func (d *Demo) lose(args []string, out io.Writer) error {
	if len(args) == 0 {
		args = []string{string(oradb.LoseEverything)}
	}
	var what []oradb.Loss
	for _, a := range args {
		l, err := oradb.ParseLoss(a)
		if err != nil {
			return usageError(err.Error())
		}
		what = append(what, l)
	}
	removed, err := d.db.Lose(what...)
	for _, f := range removed {
		fmt.Fprintln(out, "lost", f)
	}
	return err
}

// prove compares every block of the database with the ledger of committed
// changes: all of them, or those before an SCN.
func (d *Demo) prove(ctx context.Context, args []string, out io.Writer) error {
	var t oradb.Target
	if len(args) > 0 {
		n, err := strconv.ParseInt(args[0], 10, 64)
		if err != nil || n < 1 {
			return usageError(fmt.Sprintf("prove takes an SCN, not %q", args[0]))
		}
		t.Until = oradb.SCN(n)
	}
	p, err := d.db.Prove(ctx, t)
	if err != nil {
		return err
	}
	for _, diff := range p.Differences {
		fmt.Fprintln(out, diff)
	}
	if p.Lost.Changes > 0 {
		fmt.Fprintf(out, "the last RESETLOGS left %d changes behind (SCN %d to %d)\n", p.Lost.Changes, p.Lost.First, p.Lost.Last)
	}
	if !p.OK() {
		return fmt.Errorf("%d of %d blocks are not what they should be", p.Total, p.Blocks)
	}
	_, err = fmt.Fprintf(out, "proved: all %d blocks equal the truth\n", p.Blocks)
	return err
}

// reset makes the demo anew.
func (d *Demo) reset(ctx context.Context, out io.Writer) error {
	unlock, err := lock(d.Dir)
	if err != nil {
		return err
	}
	defer unlock()
	if _, err := d.db.Shutdown(ctx, true); err != nil && !oradb.HasCode(err, 1034) {
		return err
	}
	if err := d.wipe(); err != nil {
		return err
	}
	return d.ready(ctx, out)
}
