package ui

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"orabak-tui/internal/config"
	"orabak-tui/internal/oracle"
	"orabak-tui/internal/run"
	"orabak-tui/restore"
	"orabak-tui/s3store"
)

// now is the moment of all fixtures: 14:02:11 in the zone of their database.
var now = time.Date(2026, 11, 23, 17, 2, 11, 0, time.UTC)

// at is a moment of the database host's clock, three hours behind UTC.
func at(day, hour, minute int) time.Time {
	return time.Date(2026, 11, day, hour+3, minute, 3, 0, time.UTC)
}

// set makes a committed set of ORCL; SCNs follow the clock, a thousand a
// minute, so that what is contiguous in time is so in redo.
func set(kind string, from, began time.Time, took time.Duration, bytes int64, on string) s3store.Set {
	scn := func(t time.Time) int64 { return 1_884_000_000 + int64(t.Sub(at(1, 0, 0)).Minutes())*1000 }
	s := s3store.Set{
		ID: run.ID{Time: began, Kind: kind, DBName: "ORCL", Suffix: "7f3a"}.String(), Kind: kind, Level: map[string]int{"full": 0, "incremental": 1, "archivelog": -1}[kind],
		Status: s3store.StatusComplete, DBName: "ORCL", DBID: 1591371226, StartedAt: began, CompletedAt: began.Add(took), Bytes: bytes, Pieces: 3, Logs: 12,
		FromSCN: scn(from), ToSCN: scn(began.Add(took)), ResetlogsSCN: 1, RecoverableTo: began.Add(took), BuildsOn: on,
	}
	s.Key = "backups/catalog/ORCL-1591371226/" + s.ID + ".json"
	return s
}

// fixtureSets are a week of one database, newest first, with a foreign folder
// and an interrupted run.
func fixtureSets() []s3store.Set {
	full := set("full", at(22, 1, 0), at(22, 1, 0), 161*time.Minute, 212<<30, "")
	old := set("incremental", at(15, 1, 0), at(21, 1, 0), 11*time.Minute, 5<<30, "20261115T040003Z-full-ORCL-7f3a")
	incr := set("incremental", at(22, 1, 0), at(23, 1, 0), 712*time.Second, 6<<30+400<<20, full.ID)
	warn := set("archivelog", at(22, 3, 41), at(22, 23, 45), 18*time.Second, 140<<20, "")
	warn.Warnings = true
	part := s3store.Set{ID: "20261120T040003Z-full-ORCL-11aa", Kind: "full", Level: 0, Status: s3store.StatusIncomplete, DBName: "ORCL", StartedAt: at(20, 1, 0), Bytes: 90 << 30, Pieces: 21, Key: "backups/2026/11/20/x/"}
	foreign := s3store.Set{ID: "2026/11/14", Kind: "full", Level: -1, Status: s3store.StatusForeign, StartedAt: at(14, 0, 0), Bytes: 180 << 30, Pieces: 44, Key: "backups/2026/11/14/"}
	return []s3store.Set{
		set("archivelog", at(23, 13, 45), at(23, 14, 0), 21*time.Second, 184<<20, ""),
		set("archivelog", at(23, 1, 11), at(23, 13, 45), 20*time.Second, 172<<20, ""),
		incr, warn, full, old, part, foreign,
	}
}

func manifestOf(s s3store.Set) *s3store.Manifest {
	m := &s3store.Manifest{
		ID: s.ID, Kind: s.Kind, Level: s.Level, DBName: s.DBName, DBID: s.DBID, Host: "prod-db1", OracleVersion: "19.0.0.0.0", StartedAt: s.StartedAt, CompletedAt: s.CompletedAt,
		FromSCN: s.FromSCN, ToSCN: s.ToSCN, RecoverableTo: s.RecoverableTo, BuildsOn: s.BuildsOn, Datafiles: make([]s3store.Datafile, 48),
	}
	for i := range 3 {
		m.Pieces = append(m.Pieces, s3store.Piece{
			Name: fmt.Sprintf("ORCL_2%c_toz1_1_1", 't'+i), Key: fmt.Sprintf("%s/p%d", s.ID, i), Bytes: s.Bytes / 3, CRC64NVME: "5ylCxVHk3R4=", Of: 1, Number: 1,
			Logs: []s3store.Log{{Thread: 1, Sequence: 48120 + int64(i), ResetlogsSCN: 1}, {Thread: 1, Sequence: 48130 + int64(i), ResetlogsSCN: 1}},
		})
	}
	m.Pieces[2].ControlFile, m.Pieces[2].Spfile, m.Pieces[2].Logs = true, true, nil
	return m
}

func fixtureConfig(logDir string) *config.Config {
	return &config.Config{
		Bucket: "arco-iris", Prefix: "backups/", LogDir: logDir, StagingDir: "/u01/stage",
		ScheduleFull: 7 * 24 * time.Hour, ScheduleIncremental: 24 * time.Hour, ScheduleLogs: time.Hour,
	}
}

func fixtureFacts() *oracle.Facts {
	return &oracle.Facts{Status: oracle.Open, Instance: "ORCL", Name: "ORCL", DBID: 1591371226, UTCOffsetMinutes: -180, LogMode: "ARCHIVELOG"}
}

func fixtureDeps(t testing.TB) Deps {
	return Deps{
		Config: fixtureConfig(filepath.Join(t.TempDir(), "logs")), Store: &fakeStore{
			sets: fixtureSets(), verified: s3store.Verified{At: at(23, 6, 10), Deep: true, Pieces: 3},
			lock: s3store.Lock{Mode: "GOVERNANCE", Until: at(30, 14, 0)},
		},
		Facts:       func(context.Context) (*oracle.Facts, error) { return fixtureFacts(), nil },
		Preflight:   func(context.Context) []Finding { return fixtureFindings() },
		PlanBackup:  func(_ context.Context, kind string) (*run.Plan, error) { return fixtureBackupPlan(kind), nil },
		PlanRestore: func(_ context.Context, r restore.Request) (*restore.Plan, error) { return fixtureRestorePlan(r), nil },
		Start:       func(string, ...string) (run.Started, error) { return run.Started{}, errors.New("not in this test") },
		Advice: func(code string) (Advice, bool) {
			return Advice{"the disk of the staging folder is full", "free room or lower STAGING_LIMIT, then resume"}, code == "ORA-19502"
		},
		Host: "prod-db1", Now: func() time.Time { return now },
	}
}

func fixtureFindings() []Finding {
	return []Finding{
		{"rman", "ok", "rman is in /u01/app/oracle/product/19c/bin", ""},
		{"oracle", "warn", "CONTROL_FILE_RECORD_KEEP_TIME is 7 days, less than the time between two level 0 backups and a margin (8)", "ALTER SYSTEM SET control_file_record_keep_time=15; else RMAN may forget a base"},
		{"s3", "fail", "s3://arco-iris/backups/ cannot be written: AccessDenied", "give the key s3:PutObject on this prefix (--batch iam prints the policy)"},
		{"disk", "ok", "staging: 400.0 GiB free in /u01/stage", ""},
	}
}

func fixtureBackupPlan(kind string) *run.Plan {
	return &run.Plan{
		Summary: kind + " backup of ORCL", Bytes: 6 << 30, StagingFree: 400 << 30, Warnings: []string{"datafile 12 has no level 0 of ours on S3: it is taken at level 0"},
		Steps: []run.PlanStep{
			{Name: "datafiles-1", Detail: "48 datafiles: 1 at level 0, 47 at level 1", Script: "RUN {\n  ALLOCATE CHANNEL c1 DEVICE TYPE DISK FORMAT '/u01/stage/x/%d_%U' MAXPIECESIZE 4G;\n  BACKUP AS BACKUPSET INCREMENTAL LEVEL 1 FORCE TAG 'OB20261123' DATABASE;\n}\n"},
			{Name: "logs", Detail: "archived logs, SPFILE, control file", Script: "RUN {\n  BACKUP ARCHIVELOG ALL NOT BACKED UP 1 TIMES;\n}\n"},
		},
	}
}

func fixtureRestorePlan(r restore.Request) *restore.Plan {
	p := &restore.Plan{DBName: "ORCL", DBID: 1591371226, Target: r.Target, Mode: r.Mode, Zone: -180}
	if r.Target.Kind == restore.TargetSCN {
		p.Why = &restore.UnreachableError{
			Reason: "redo is missing", Thread: 1, From: 47881, To: 47893, After: "20261114T030003Z-archivelog-ORCL-0001",
			NearestBefore: &restore.Moment{SCN: 1_884_100_000, Time: at(14, 3, 10)}, NearestAfter: &restore.Moment{SCN: 1_884_200_000, Time: at(14, 4, 25)},
		}
		return p
	}
	p.Reachable, p.SCN, p.Time = true, 1_884_955_012, at(23, 11, 29)
	p.Files = make([]restore.FileUse, 48)
	p.Left = &restore.Left{Sets: 41, Until: at(23, 14, 0)}
	p.Sets = []restore.SetUse{{ID: "20261122T040003Z-full-ORCL-7f3a", Use: "level 0"}, {ID: "20261123T040003Z-incremental-ORCL-7f3a", Use: "level 1"}}
	p.Logs = []restore.LogUse{{Thread: 1, From: 48120, To: 48161}}
	p.Bytes, p.BytesHere = 219<<30, 3<<30
	p.Needs = []restore.Need{{What: "staging", Dir: "/u01/restore", Bytes: 219 << 30, Free: 400 << 30}}
	p.Warnings = []string{"RESETLOGS starts a new incarnation: take a level 0 right after.", "The database is OPEN on this host. It will be shut down (abort)."}
	for _, s := range []string{"download", "shutdown", "mount", "catalog", "restore", "recover", "open"} {
		p.Steps = append(p.Steps, restore.Step{Name: s, Detail: "as it must be", Script: "# " + s + "\nRUN {\n}\n"})
	}
	for i := range 3 {
		p.Pieces = append(p.Pieces, restore.PieceUse{Here: i == 0, Piece: s3store.Piece{Name: fmt.Sprintf("ORCL_2%c_toz1_1_1", 't'+i), Bytes: 70 << 30}})
	}
	return p
}

// desk is a console without a terminal: commands run beside, their messages
// come back when a test waits for something.
type desk struct {
	t    testing.TB
	a    *app
	msgs chan tea.Msg

	plain bool // what was told counts as seen
}

func newDesk(t testing.TB, d Deps) *desk {
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	k := &desk{t: t, a: newApp(ctx, d), msgs: make(chan tea.Msg, 1000)}
	k.a.data.begin(d, time.Second)
	k.size(120, 40)
	return k
}

// opened is a desk on which everything has been read once.
func openedDesk(t testing.TB, d Deps) *desk {
	k := newDesk(t, d)
	k.do(k.a.Init())
	k.until("the first look", func() bool {
		x := &k.a.data
		return !x.loading && !x.asking && x.runsKnown && x.facts != nil && sameZone(x.list.zone, x.zone)
	})
	return k
}

// do runs a command; what it finds waits for until.
func (k *desk) do(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	go func() {
		switch msg := cmd().(type) {
		case nil:
		case tea.BatchMsg:
			for _, c := range msg {
				k.do(c)
			}
		default:
			select {
			case k.msgs <- msg:
			case <-k.t.Context().Done():
			}
		}
	}()
}

func (k *desk) send(msg tea.Msg) {
	_, cmd := k.a.Update(msg)
	k.do(cmd)
}

// until takes messages in until something is so.
func (k *desk) until(what string, ok func() bool) {
	k.t.Helper()
	deadline := time.After(10 * time.Second)
	for !ok() {
		select {
		case msg := <-k.msgs:
			k.send(msg)
		case <-deadline:
			k.t.Fatalf("no %s on:\n%s", what, k.screen())
		}
	}
}

// sees waits for a text on the screen.
func (k *desk) sees(text string) {
	k.t.Helper()
	k.until(fmt.Sprintf("%q", text), func() bool {
		return contains(k.screen(), text) || k.plain && contains(strings.Join(k.a.speech.queue, "\n"), text)
	})
}

func (k *desk) size(w, h int) { k.send(tea.WindowSizeMsg{Width: w, Height: h}) }

// press types keys by Bubble Tea's names; a text of several letters that is
// not the name of a key is typed letter by letter.
func (k *desk) press(keys ...string) {
	for _, s := range keys {
		k.send(keyOf(s))
	}
}

func (k *desk) text(s string) {
	for _, r := range s {
		k.send(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
}

var named = map[string]tea.KeyPressMsg{
	"enter": {Code: tea.KeyEnter}, "esc": {Code: tea.KeyEscape}, "tab": {Code: tea.KeyTab}, "space": {Code: tea.KeySpace, Text: " "},
	"up": {Code: tea.KeyUp}, "down": {Code: tea.KeyDown}, "left": {Code: tea.KeyLeft}, "right": {Code: tea.KeyRight},
	"pgup": {Code: tea.KeyPgUp}, "pgdown": {Code: tea.KeyPgDown}, "ctrl+c": {Code: 'c', Mod: tea.ModCtrl}, "ctrl+r": {Code: 'r', Mod: tea.ModCtrl},
	"ctrl+p": {Code: 'p', Mod: tea.ModCtrl}, "ctrl+z": {Code: 'z', Mod: tea.ModCtrl},
}

func keyOf(s string) tea.KeyPressMsg {
	if k, ok := named[s]; ok {
		return k
	}
	r := []rune(s)[0]
	return tea.KeyPressMsg{Code: r, Text: s}
}

// screen is what a person sees, without styles.
func (k *desk) screen() string { return strip(k.a.View().Content) }
