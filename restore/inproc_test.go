package restore

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/rmansim"
	"orabak-tui/internal/oracle"
	"orabak-tui/internal/rman"
)

// nearby runs the simulated rman inside of the test, which spares a process
// for each script. What it says is parsed as the real driver does.
type nearby struct {
	home, dir string
	serial    int
	before    func(script string) error // may refuse a script; it has not run then
	faults    string                    // JSON of rmansim.Faults
	ran       []string                  // texts of the scripts
}

func (n *nearby) Run(ctx context.Context, job rman.Job) (rman.Result, error) {
	res := rman.Result{Summary: rman.NewSummary(), ExitCode: -1}
	if err := cmp.Or(ctx.Err(), n.refuse(job)); err != nil {
		return res, err
	}
	n.serial++
	n.ran = append(n.ran, job.Script.String())
	file := filepath.Join(n.dir, fmt.Sprintf("%s-%d.rman", job.Name, n.serial))
	if err := os.WriteFile(file, []byte(job.Script.String()), 0o600); err != nil {
		return res, err
	}
	var out bytes.Buffer
	program := rmansim.Program{Stdin: strings.NewReader(""), Stdout: &out, Stderr: io.Discard,
		Env: []string{"ORACLE_HOME=" + n.home, "ORACLE_SID=LAB", "NLS_LANG=AMERICAN_AMERICA.AL32UTF8", "NLS_DATE_FORMAT=YYYY-MM-DD HH24:MI:SS", "RMANSIM_FAULTS=" + n.faults}}
	res.ExitCode = program.Run([]string{"target", "/", "nocatalog", "cmdfile=" + file})
	p := rman.NewParser(func(e rman.Event) {
		res.Summary.Add(e)
		if job.OnEvent != nil {
			job.OnEvent(e)
		}
	})
	for line := range strings.Lines(out.String()) {
		p.Line(line)
	}
	p.End()
	res.Stack = res.Summary.Stack()
	switch {
	case res.Stack != nil:
		root := res.Stack.Root()
		return res, &rman.Error{Step: job.Name, Exit: res.ExitCode, Stack: res.Stack, Root: root.Code, Text: root.Text, Err: rman.ErrStack}
	case res.ExitCode != 0:
		return res, &rman.Error{Step: job.Name, Exit: res.ExitCode, Text: "exit status", Err: rman.ErrExit}
	}
	return res, nil
}

func (n *nearby) refuse(job rman.Job) error {
	if n.before == nil {
		return nil
	}
	return n.before(job.Script.String())
}

// views answers for V$ views out of the simulated control file, in UTC.
type views struct {
	db *oradb.DB
}

func (v views) Facts(context.Context) (*oracle.Facts, error) {
	in, err := v.db.Instance()
	if err != nil {
		return nil, err
	}
	f := &oracle.Facts{Status: map[oradb.State]oracle.Status{oradb.Down: oracle.Down, oradb.NoMount: oracle.NoMount, oradb.Mounted: oracle.Mounted, oradb.Opened: oracle.Open}[in.State]}
	if in.State == oradb.Down {
		return f, nil
	}
	f.Instance, f.Host = in.SID, "lab"
	f.ControlFiles, f.RecoveryDest = in.Params.ControlFiles(), in.Params["db_recovery_file_dest"]
	if in.Spfile {
		f.SpfilePath = in.ParamFile
	}
	if in.State == oradb.NoMount {
		return f, nil
	}
	c, err := v.db.Control()
	if err != nil {
		return nil, err
	}
	v.database(f, c)
	if in.State == oradb.Opened {
		f.CurrentSCN = int64(in.SCN)
	}
	return f, nil
}

func (v views) database(f *oracle.Facts, c *oradb.Control) {
	f.DBID, f.Name, f.UniqueName, f.ControlfileType = int64(c.DBID), c.Name, c.UniqueName, string(c.Type)
	f.ResetlogsSCN, f.ResetlogsTime = int64(c.Resetlogs.SCN), clock(c.Resetlogs.Time)
	for _, i := range c.Incarnations {
		f.Incarnations = append(f.Incarnations, oracle.Incarnation{Number: i.Number, ResetlogsSCN: int64(i.SCN), ResetlogsTime: clock(i.Time), Status: i.Status})
	}
	for _, d := range c.Datafiles {
		x := oracle.Datafile{Number: d.Number, Name: d.Name, Tablespace: d.Tablespace, Bytes: d.Bytes, Status: d.Status, Enabled: d.Enabled, CheckpointSCN: int64(d.CheckpointSCN), CreationSCN: int64(d.CreationSCN)}
		if h, err := oradb.DatafileHeader(d.Name); err != nil {
			x.HeaderError = "FILE NOT FOUND"
		} else {
			x.HeaderSCN, x.Fuzzy = int64(h.CheckpointSCN), h.Fuzzy
		}
		f.Datafiles = append(f.Datafiles, x)
	}
	for _, t := range c.Threads {
		f.Threads = append(f.Threads, oracle.Thread{Number: t.Number, Status: t.Status, Enabled: t.Enabled})
		for _, g := range t.Groups {
			f.Redo = append(f.Redo, oracle.RedoGroup{Group: g.Number, Thread: t.Number, Sequence: int64(g.Sequence), Status: g.Status, Archived: g.Archived, FirstSCN: int64(g.FirstSCN), Members: g.Members})
		}
	}
}

func clock(t time.Time) string { return t.UTC().Format(timeLayout) }

func (v views) ArchivedLogs(context.Context) ([]oracle.ArchivedLog, error) {
	c, err := v.db.Control()
	if err != nil {
		return nil, err
	}
	var logs []oracle.ArchivedLog
	for _, a := range c.ArchivedLogs {
		if a.Name != "" && a.Status == oradb.Available {
			logs = append(logs, oracle.ArchivedLog{Thread: a.Thread, Sequence: int64(a.Sequence), ResetlogsSCN: int64(a.Resetlogs.SCN), FirstSCN: int64(a.FirstSCN), NextSCN: int64(a.NextSCN),
				FirstTime: clock(a.FirstTime), NextTime: clock(a.NextTime), Name: a.Name})
		}
	}
	return logs, nil
}

func (v views) AllPieces(context.Context) ([]oracle.PieceRecord, error) {
	c, err := v.db.Control()
	if err != nil {
		return nil, err
	}
	sets := map[oradb.SetKey]oradb.BackupSet{}
	for _, s := range c.BackupSets {
		sets[s.Key] = s
	}
	var pieces []oracle.PieceRecord
	for _, p := range c.BackupPieces {
		s := sets[p.Set]
		pieces = append(pieces, oracle.PieceRecord{Handle: p.Handle, Tag: p.Tag, Status: string(p.Status), Bytes: p.Bytes, SetStamp: p.Set.Stamp, SetCount: int64(p.Set.Count),
			Piece: p.Number, Pieces: s.Pieces, Type: s.Type, Level: s.Level, ControlFile: s.Controlfile})
	}
	return pieces, nil
}

func (v views) DatafileRecords(context.Context, string) ([]oracle.DatafileRecord, error) {
	c, err := v.db.Control()
	if err != nil {
		return nil, err
	}
	var files []oracle.DatafileRecord
	for _, b := range c.BackupFiles {
		files = append(files, oracle.DatafileRecord{SetStamp: b.Set.Stamp, SetCount: int64(b.Set.Count), File: b.File, Level: b.Level, IncrementalSCN: int64(b.IncrementalSCN),
			CheckpointSCN: int64(b.CheckpointSCN), AbsoluteFuzzySCN: int64(b.AbsFuzzySCN), ResetlogsSCN: int64(b.Resetlogs.SCN)})
	}
	return files, nil
}

func (v views) RedoRecords(context.Context, string) ([]oracle.RedoRecord, error) {
	c, err := v.db.Control()
	if err != nil {
		return nil, err
	}
	var logs []oracle.RedoRecord
	for _, b := range c.BackupLogs {
		logs = append(logs, oracle.RedoRecord{SetStamp: b.Set.Stamp, SetCount: int64(b.Set.Count), Thread: b.Thread, Sequence: int64(b.Sequence), ResetlogsSCN: int64(b.Resetlogs.SCN),
			FirstSCN: int64(b.FirstSCN), NextSCN: int64(b.NextSCN), FirstTime: clock(b.FirstTime), NextTime: clock(b.NextTime)})
	}
	return logs, nil
}
