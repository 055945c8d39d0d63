package batch

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"orabak-tui/restore"
)

// Options is the command line, checked.
type Options struct {
	Action string // lower case; empty = the console
	Args   []string

	EnvFile  string
	JSON     bool
	NoColor  bool
	Version  bool
	Help     bool
	Demo     bool
	DemoDir  string
	ReadOnly bool
	Plain    bool
	ASCII    bool

	Mode    restore.Mode
	Target  restore.Target
	DryRun  bool
	Confirm string
	Deep    bool
	RMAN    bool
	DBName  string
	DBID    int64
	From    string // follow: start | now
}

// UsageError is a command line that cannot be obeyed; exit code 2.
type UsageError struct{ msg string }

func (e *UsageError) Error() string { return e.msg }

func usagef(format string, args ...any) error {
	return &UsageError{fmt.Sprintf(format, args...) + "; see orabak-tui --help"}
}

// raw is the command line as typed.
type raw struct {
	batch                                        string
	mode, untilTime, untilSCN, untilSequence, id string
}

// Parse reads the command line, the program's name left out. The error is a
// *UsageError.
func Parse(args []string) (Options, error) {
	var o Options
	var r raw
	fs := flags(&o, &r)
	if err := fs.Parse(args); err != nil {
		if errors.Is(err, pflag.ErrHelp) {
			return Options{Help: true}, nil
		}
		return o, usagef("%v", err)
	}
	o.Args = fs.Args()
	o.Action = strings.ToLower(r.batch)
	if o.Help || o.Version {
		return o, nil
	}
	if err := o.check(fs); err != nil {
		return o, err
	}
	return o, o.target(r)
}

func flags(o *Options, r *raw) *pflag.FlagSet {
	fs := pflag.NewFlagSet("orabak-tui", pflag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.SortFlags = false
	fs.StringVar(&r.batch, "batch", "", "run one `ACTION` without the console (see below)")
	fs.StringVar(&r.mode, "mode", "incremental", "restore: incremental (level 0, level 1s, logs) or full (level 0, all logs)")
	fs.StringVar(&r.untilTime, "until-time", "", "restore: to this `TIME`, RFC 3339 or 'YYYY-MM-DD HH:MM:SS' of the database host")
	fs.StringVar(&r.untilSCN, "until-scn", "", "restore: `SCN`, the first that is not applied")
	fs.StringVar(&r.untilSequence, "until-sequence", "", "restore: `N[:THREAD]`, the first log that is not applied")
	fs.StringVar(&r.id, "set", "", "restore: to the end of the set `ID`")
	fs.Int64Var(&o.DBID, "dbid", 0, "restore: the database with this `DBID`, where the bucket holds several and the instance cannot tell")
	fs.BoolVar(&o.DryRun, "dry-run", false, "restore: show the plan, change nothing")
	fs.StringVar(&o.Confirm, "confirm", "", "restore: the database's `NAME`, as the consent to overwrite it")
	fs.StringVar(&o.DBName, "db", "", "list, show, verify: only this database")
	fs.BoolVar(&o.Deep, "deep", false, "verify: read and hash the bytes")
	fs.BoolVar(&o.RMAN, "rman", false, "verify: have RMAN validate the sets too")
	_ = fs.MarkHidden("rman") // fails for unknown names only; refused by name until it is there
	fs.StringVar(&o.From, "from", "start", "follow: start or now")
	fs.StringVar(&o.EnvFile, "env-file", "", "read this `FILE` instead of .env")
	fs.BoolVar(&o.JSON, "json", false, "one JSON document, or JSON lines for a run")
	fs.BoolVar(&o.NoColor, "no-color", false, "no colour")
	fs.BoolVar(&o.Demo, "demo", false, "work on the embedded default: a simulated Oracle and S3, nothing to install")
	fs.StringVar(&o.DemoDir, "demo-dir", "", "keep the demo in this `DIR`")
	fs.BoolVar(&o.ReadOnly, "read-only", false, "console: disable every action")
	fs.BoolVar(&o.Plain, "plain", false, "console: lines that are appended, for screen readers")
	fs.BoolVar(&o.ASCII, "ascii", false, "console: ASCII characters only")
	fs.BoolVar(&o.Version, "version", false, "print the version")
	fs.BoolVarP(&o.Help, "help", "h", false, "print this")
	return fs
}

// actions are the words after --batch with the number of arguments they take.
var actions = map[string]int{
	"full": 0, "incremental": 0, "archivelog": 0, "restore": 0, "resume": 0, "adopt": 1,
	"list": 0, "show": 1, "verify": 1, "check": 0, "explain": 1, "runs": 0, "follow": 1, "cancel": 1, "limit": 2, "iam": 1,
}

// demoActions are the words after --demo without --batch.
var demoActions = []string{"workload", "lose", "prove", "reset", "where"}

func (o *Options) check(fs *pflag.FlagSet) error {
	if o.Action == "" {
		return o.checkConsole(fs)
	}
	most, ok := actions[o.Action]
	if !ok {
		return usagef("--batch %q is not an action; actions: %s", o.Action, strings.Join(actionNames(), " "))
	}
	if len(o.Args) > most {
		return usagef("--batch %s takes at most %d argument(s), not %q", o.Action, most, o.Args)
	}
	if slices.Contains([]string{"show", "iam", "limit", "adopt"}, o.Action) && len(o.Args) == 0 {
		return usagef("--batch %s needs an argument", o.Action)
	}
	if o.From != "start" && o.From != "now" {
		return usagef("--from takes start or now, not %q", o.From)
	}
	return o.checkOnly(fs)
}

func (o *Options) checkConsole(fs *pflag.FlagSet) error {
	if fs.Changed("batch") {
		return usagef("--batch needs an action: %s", strings.Join(actionNames(), " "))
	}
	if len(o.Args) == 0 {
		return o.checkOnly(fs)
	}
	if o.Demo && slices.Contains(demoActions, o.Args[0]) {
		return nil
	}
	if o.Demo {
		return usagef("--demo %q is not an action; actions: %s", o.Args[0], strings.Join(demoActions, " "))
	}
	return usagef("unexpected argument %q", o.Args[0])
}

// only says which flags belong to some actions alone: a flag that would be
// ignored is an error, since it was meant to change something.
var only = map[string][]string{
	"mode": {"restore"}, "until-time": {"restore"}, "until-scn": {"restore"}, "until-sequence": {"restore"},
	"set": {"restore"}, "dbid": {"restore"}, "dry-run": {"restore"}, "confirm": {"restore"}, "deep": {"verify"}, "rman": {"verify"},
	"db": {"list", "show", "verify"}, "from": {"follow"}, "read-only": {""}, "plain": {""}, "ascii": {""},
}

func (o *Options) checkOnly(fs *pflag.FlagSet) error {
	var err error
	fs.Visit(func(f *pflag.Flag) {
		if allowed, ok := only[f.Name]; ok && !slices.Contains(allowed, o.Action) && err == nil {
			err = usagef("--%s does not go with %s", f.Name, cmpOr(o.Action, "the console"))
		}
	})
	if o.RMAN && err == nil {
		err = usagef("--rman is not available yet; --deep reads and hashes every byte")
	}
	return err
}

func cmpOr(a, b string) string {
	if a == "" {
		return b
	}
	return "--batch " + a
}

func actionNames() []string {
	names := make([]string, 0, len(actions))
	for a := range actions {
		names = append(names, a)
	}
	slices.Sort(names)
	return names
}

// target reads mode and target of a restore; at most one target may be given.
func (o *Options) target(r raw) error {
	switch m := restore.Mode(strings.ToLower(r.mode)); m {
	case restore.ModeIncremental, restore.ModeFull:
		o.Mode = m
	default:
		return usagef("--mode takes incremental or full, not %q", r.mode)
	}
	given := 0
	var err error
	take := func(value string, parse func(string) (restore.Target, error)) {
		if value == "" || err != nil {
			return
		}
		given++
		if o.Target, err = parse(value); err != nil {
			err = usagef("%q is %v", value, err)
		}
	}
	take(r.untilTime, restore.ParseTime)
	take(r.untilSCN, restore.ParseSCN)
	take(r.untilSequence, restore.ParseSequence)
	take(r.id, func(s string) (restore.Target, error) {
		return restore.Target{Kind: restore.TargetSet, Set: s}, nil
	})
	if err == nil && given > 1 {
		return usagef("a restore has one target: --until-time, --until-scn, --until-sequence or --set")
	}
	if given == 0 {
		o.Target = restore.Target{Kind: restore.TargetLatest}
	}
	return err
}

// Usage is the text of --help.
func Usage() string {
	var o Options
	var r raw
	return `orabak-tui backs up Oracle databases with RMAN to S3 and brings them back.

  orabak-tui                    the console
  orabak-tui --batch ACTION     one action, without the console
  orabak-tui --demo [...]       everything on an embedded, simulated Oracle and S3

Actions
  full | incremental | archivelog   a backup: level 0 | level 1 | archived logs only
  restore                           restore and recover; --confirm NAME, or --dry-run
  resume                            finish what an interrupted run left in staging
  adopt FOLDER                      make a set of what the old scripts uploaded on a day
  list | show ID                    the sets | one set
  verify [ID]                       every object there, size and checksum right
  check                             the preflight, each finding with a remedy
  explain [FILE or -]               what any RMAN log did, its errors with cause and remedy
  runs | follow [RUN] | cancel [RUN]   the runs on this host | one live | stop it
  limit RATE [RUN]                  how fast a running backup may upload from now on: 50M a
                                    second, 0 for no limit, default for UPLOAD_LIMIT
  iam ROLE                          the least S3 policy: writer | restorer | pruner | auditor
With --demo also: workload | lose WHAT | prove [SCN] | reset | where

Flags
` + flags(&o, &r).FlagUsagesWrapped(100) + `
Exit codes: 0 done, 1 failed, 2 usage or configuration, 3 done with warnings,
4 another run holds the lock, 5 target not reachable, 6 interrupted and
resumable, 130/143 on signals. An unknown code means failure.
`
}
