package restore

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"orabak-tui/internal/oracle"
	"orabak-tui/s3store"
)

// world is a database with its whole truth: every log that was ever written,
// every incarnation, every set that was ever committed. What a planner sees of
// it are the rows and manifests of the sets that are left.
type world struct {
	scn     int64
	clock   time.Time
	inc     *incarnation
	incs    []*incarnation
	files   []s3store.Datafile
	sets    []*s3store.Manifest // committed and not lost, oldest first
	threads []int
	serial  int64
	loads   int
}

type incarnation struct {
	scn    int64
	time   string
	parent *incarnation
	logs   []*worldLog // archived, oldest first
	open   map[int]*worldLog
	last   map[int]int64 // highest sequence by thread
}

type worldLog struct {
	s3store.Log
	backed bool // in some set, lost or not
	local  bool // still on disk
}

var worldStart = time.Date(2026, 11, 1, 3, 0, 0, 0, time.UTC)

func newWorld(files int, threads ...int) *world {
	w := &world{scn: 1000, clock: worldStart, threads: threads}
	w.begin(1000, nil)
	for i := range files {
		w.addFile(i + 1)
	}
	return w
}

func (w *world) begin(scn int64, parent *incarnation) {
	w.tick(60)
	w.inc = &incarnation{scn: scn, time: w.clock.Format(timeLayout), parent: parent, open: map[int]*worldLog{}, last: map[int]int64{}}
	w.incs = append(w.incs, w.inc)
	w.scn = scn
	for _, t := range w.threads {
		w.openLog(t)
	}
}

func (w *world) tick(seconds int) { w.clock = w.clock.Add(time.Duration(seconds) * time.Second) }

// work lets the database change.
func (w *world) work(changes int64) {
	w.scn += changes
	w.tick(int(changes))
}

func (w *world) openLog(thread int) {
	w.inc.last[thread]++
	w.inc.open[thread] = &worldLog{Log: s3store.Log{Thread: thread, Sequence: w.inc.last[thread], ResetlogsSCN: w.inc.scn, FirstSCN: w.scn, FirstTime: w.clock}, local: true}
}

// archive ends the current log of a thread.
func (w *world) archive(thread int) *worldLog {
	w.work(1)
	l := w.inc.open[thread]
	l.NextSCN, l.NextTime = w.scn, w.clock
	w.inc.logs = append(w.inc.logs, l)
	delete(w.inc.open, thread)
	return l
}

func (w *world) switchLog(thread int) *worldLog {
	l := w.archive(thread)
	w.openLog(thread)
	return l
}

func (w *world) closeThread(thread int) {
	w.archive(thread)
	w.threads = slices.DeleteFunc(slices.Clone(w.threads), func(t int) bool { return t == thread })
}

func (w *world) openThread(thread int) {
	w.work(1)
	w.openLog(thread)
	w.threads = append(slices.Clone(w.threads), thread)
}

func (w *world) addFile(number int) {
	w.work(1)
	w.files = append(slices.Clone(w.files), s3store.Datafile{Number: number, Name: fmt.Sprintf("/data/file%02d.dbf", number), Tablespace: fmt.Sprintf("TS%d", number), Bytes: 1 << 20, CreationSCN: w.scn})
}

// full, incremental and logs commit a set.
func (w *world) full() *s3store.Manifest { return w.backup(s3store.KindFull, false) }
func (w *world) incremental(cumulative bool) *s3store.Manifest {
	return w.backup(s3store.KindIncremental, cumulative)
}
func (w *world) logs() *s3store.Manifest { return w.backup(s3store.KindArchivelog, false) }

func (w *world) backup(kind string, cumulative bool) *s3store.Manifest {
	w.tick(1)
	w.serial++
	m := &s3store.Manifest{Format: 1, ID: fmt.Sprintf("%s-%s-ORCL-%04x", w.clock.Format("20060102T150405Z"), kind, w.serial), Kind: kind,
		Level: map[string]int{s3store.KindFull: 0, s3store.KindIncremental: 1, s3store.KindArchivelog: -1}[kind], Cumulative: cumulative,
		DBName: "ORCL", DBID: 4242, ResetlogsSCN: w.inc.scn, ResetlogsTime: w.inc.time, StartedAt: w.clock,
		Spfile: "/home/dbs/spfileORCL.ora", ControlFiles: []string{"/data/control01.ctl"}}
	for i := w.inc.parent; i != nil; i = i.parent {
		m.Incarnations = append(m.Incarnations, s3store.Incarnation{ResetlogsSCN: i.scn, ResetlogsTime: i.time, Status: "PARENT"})
	}
	for _, i := range w.incs {
		if i != w.inc && !slices.ContainsFunc(m.Incarnations, func(x s3store.Incarnation) bool { return x.ResetlogsTime == i.time }) {
			m.Incarnations = append(m.Incarnations, s3store.Incarnation{ResetlogsSCN: i.scn, ResetlogsTime: i.time, Status: "ORPHAN"})
		}
	}
	if kind != s3store.KindArchivelog {
		w.backupFiles(m, cumulative)
	}
	w.backupLogs(m)
	w.tick(1)
	m.Datafiles, m.Threads, m.CompletedAt = w.files, slices.Clone(w.threads), w.clock
	m.ToSCN, m.RecoverableTo = m.RedoEnd()
	w.piece(m, s3store.Piece{ControlFile: true, Spfile: true, Autobackup: true, ControlSCN: w.scn, Bytes: 100})
	w.sets = append(w.sets, m)
	return m
}

func (w *world) piece(m *s3store.Manifest, p s3store.Piece) {
	w.serial++
	p.Name = fmt.Sprintf("ORCL_%d_1_1", w.serial)
	p.Key = "backups/" + m.ID + "/" + p.Name
	p.Handle = "/stage/" + p.Name
	p.SetStamp, p.SetCount, p.Number, p.Of = w.serial, w.serial, 1, 1
	m.Pieces = append(m.Pieces, p)
}

// backupFiles backs each datafile up in a set of its own, changing meanwhile.
func (w *world) backupFiles(m *s3store.Manifest, cumulative bool) {
	for _, d := range w.files {
		f := s3store.FileBackup{Number: d.Number, CheckpointSCN: w.scn, ResetlogsSCN: w.inc.scn}
		if m.Level == 1 {
			base := w.base(d, cumulative)
			if base == 0 {
				m.Warnings = append(m.Warnings, "level 0 instead")
			} else {
				f.Level, f.IncrementalSCN = 1, base
			}
		}
		w.work(2)
		if d.Number%2 == 0 {
			f.AbsoluteFuzzySCN = w.scn
		}
		w.work(1)
		from := f.CheckpointSCN
		if f.Level == 1 {
			from = f.IncrementalSCN
		}
		m.FromSCN = lower(m.FromSCN, from)
		w.piece(m, s3store.Piece{Files: []s3store.FileBackup{f}, Bytes: 1000})
	}
}

// base is the checkpoint of the newest backup of the incarnation that a level 1
// builds on, lost sets included: RMAN's repository does not know of the loss.
func (w *world) base(d s3store.Datafile, cumulative bool) int64 {
	best := int64(0)
	for _, m := range w.history() {
		for _, p := range m.Pieces {
			for _, f := range p.Files {
				if f.Number == d.Number && m.ResetlogsTime == w.inc.time && (!cumulative || f.Level == 0) {
					best = max(best, f.CheckpointSCN)
				}
			}
		}
	}
	return best
}

// history is set by tests that lose sets.
func (w *world) history() []*s3store.Manifest { return w.sets }

func (w *world) backupLogs(m *s3store.Manifest) {
	for _, t := range w.threads {
		w.switchLog(t)
	}
	var p s3store.Piece
	for _, inc := range w.incs {
		for _, l := range inc.logs {
			if l.backed || !l.local {
				continue
			}
			l.backed = true
			p.Logs = append(p.Logs, l.Log)
			m.FromSCN = lower(m.FromSCN, l.FirstSCN)
		}
	}
	if len(p.Logs) > 0 {
		p.Bytes = int64(len(p.Logs)) * 10
		w.piece(m, p)
	}
}

func lower(a, b int64) int64 {
	if a == 0 {
		return b
	}
	return min(a, b)
}

// lose removes a set from the bucket.
func (w *world) lose(i int) { w.sets = slices.Delete(slices.Clone(w.sets), i, i+1) }

// resetlogs is what a restore to scn on the current branch leaves behind.
func (w *world) resetlogs(scn int64) {
	parent := w.inc
	for parent.parent != nil && parent.scn >= scn {
		parent = parent.parent
	}
	w.files = slices.DeleteFunc(slices.Clone(w.files), func(d s3store.Datafile) bool { return d.CreationSCN >= scn })
	w.begin(scn+1, parent)
}

// rows are what a listing shows.
func (w *world) rows() []s3store.Set {
	var rows []s3store.Set
	for _, m := range w.sets {
		row := s3store.Set{ID: m.ID, Kind: m.Kind, Level: m.Level, Cumulative: m.Cumulative, Status: s3store.StatusComplete, DBName: m.DBName, DBID: m.DBID,
			StartedAt: m.StartedAt, CompletedAt: m.CompletedAt, Pieces: len(m.Pieces), FromSCN: m.FromSCN, ToSCN: m.ToSCN, ResetlogsSCN: m.ResetlogsSCN, RecoverableTo: m.RecoverableTo, Key: m.ID}
		for _, p := range m.Pieces {
			row.Bytes += p.Bytes
			row.Logs += len(p.Logs)
		}
		rows = append(rows, row)
	}
	slices.Reverse(rows)
	return rows
}

func (w *world) load(row s3store.Set) (*s3store.Manifest, error) {
	w.loads++
	for _, m := range w.sets {
		if m.ID == row.ID {
			return m, nil
		}
	}
	return nil, errors.New("not there")
}

func (w *world) input(t Target) Input {
	return Input{Sets: w.rows(), Load: w.load, Target: t, RestoreDir: "/restore"}
}

// facts is the database as an instance would describe it, open and unharmed.
func (w *world) facts() oracle.Facts {
	f := oracle.Facts{Status: oracle.Open, Instance: "ORCL", DBID: 4242, Name: "ORCL", ControlfileType: "CURRENT", OpenMode: "READ WRITE",
		ResetlogsSCN: w.inc.scn, ResetlogsTime: w.inc.time, CurrentSCN: w.scn, SpfilePath: "/home/dbs/spfileORCL.ora", ControlFiles: []string{"/data/control01.ctl"}}
	for n, i := range w.incs {
		status := "ORPHAN"
		for p := w.inc; p != nil; p = p.parent {
			if p == i {
				status = "PARENT"
			}
		}
		if i == w.inc {
			status = "CURRENT"
		}
		f.Incarnations = append(f.Incarnations, oracle.Incarnation{Number: n + 1, ResetlogsSCN: i.scn, ResetlogsTime: i.time, Status: status})
	}
	for _, d := range w.files {
		f.Datafiles = append(f.Datafiles, oracle.Datafile{Number: d.Number, Name: d.Name, Tablespace: d.Tablespace, Bytes: d.Bytes, CreationSCN: d.CreationSCN, Status: "ONLINE"})
	}
	for _, t := range w.threads {
		l := w.inc.open[t]
		f.Redo = append(f.Redo, oracle.RedoGroup{Group: t, Thread: t, Sequence: l.Sequence, Status: "CURRENT", FirstSCN: l.FirstSCN, Members: []string{fmt.Sprintf("/data/redo%d.log", t)}})
		f.Threads = append(f.Threads, oracle.Thread{Number: t, Status: "OPEN", Enabled: "PUBLIC"})
	}
	return f
}

// localLogs are the archived logs of the current branch on disk.
func (w *world) localLogs() []oracle.ArchivedLog {
	var logs []oracle.ArchivedLog
	for i := w.inc; i != nil; i = i.parent {
		for _, l := range i.logs {
			if l.local {
				logs = append(logs, oracle.ArchivedLog{Thread: l.Thread, Sequence: l.Sequence, ResetlogsSCN: l.ResetlogsSCN, FirstSCN: l.FirstSCN, NextSCN: l.NextSCN,
					FirstTime: l.FirstTime.Format(timeLayout), NextTime: l.NextTime.Format(timeLayout), Name: fmt.Sprintf("/arch/%d_%d_%d.arc", l.Thread, l.Sequence, l.ResetlogsSCN)})
			}
		}
	}
	return logs
}

func secondsOf(n int) time.Duration { return time.Duration(n) * time.Second }
