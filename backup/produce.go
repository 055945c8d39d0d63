package backup

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"orabak-tui/internal/rman"
	"orabak-tui/internal/run"
)

// begin makes the run's staging folder and its state file, before RMAN writes
// anything there.
func (s *session) begin() error {
	if s.setKind() != s.kind {
		s.setID = run.SetID(strings.Replace(s.runID, "-"+s.kind+"-", "-"+s.setKind()+"-", 1), s.facts.Name)
	}
	if err := os.MkdirAll(filepath.Join(s.dir, uploadsName), 0o700); err != nil {
		return fmt.Errorf("staging folder: %w", err)
	}
	st, err := beginState(s.dir, record{
		Run: s.runID, Set: s.setID, Tag: s.tag, Kind: s.kind, DBID: s.facts.DBID, DBName: s.facts.Name, Started: s.started,
	})
	if err != nil {
		return err
	}
	s.state = st
	s.track = newTracker(s.dir)
	if err := st.append(record{Rec: "plan", Levels: s.levelRecords()}); err != nil {
		return err
	}
	s.mark("staged", map[string]string{"dir": s.dir, "set": s.setID})
	return nil
}

func (s *session) levelRecords() []levelRecord {
	out := make([]levelRecord, 0, len(s.levels))
	for _, l := range s.levels {
		out = append(out, levelRecord{File: l.File.Number, Level: l.Level, Base: l.Base, Reason: l.Reason})
	}
	return out
}

// produce runs RMAN and, beside it, the uploads.
func (s *session) produce(ctx context.Context) error {
	upCtx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	defer s.followLimit(upCtx)()
	s.startUploads(upCtx)
	var err error
	if !s.rmanDone {
		err = s.phase("rman", func() error { return s.runRMAN(ctx) })
	}
	if err != nil && !errors.Is(err, errUpload) {
		stop(err) // what is under way is not worth finishing: the set failed
	}
	up := s.phase("upload", s.drain)
	if err != nil && !errors.Is(err, errUpload) {
		return err
	}
	if up != nil {
		return fmt.Errorf("%w: %w", errUpload, up)
	}
	return err
}

// drain waits for the uploads. A piece that vanished is one that S3 did not get,
// unless RMAN itself gave its set up.
func (s *session) drain() error {
	if err := s.up.drain(); err != nil || s.failover {
		return err
	}
	return s.up.lost()
}

// errUpload says that RMAN did its part and S3 did not.
var errUpload = errors.New("pieces did not reach S3")

func (s *session) startUploads(ctx context.Context) {
	s.up = &uploader{
		store: s.d.Store, track: s.track, state: s.state, sink: s.d.Sink,
		key:     func(name string) string { return s.d.Store.PieceKey(s.setID, s.started, name) },
		resume:  filepath.Join(s.dir, uploadsName),
		pressed: s.pressed,
		nice:    s.d.Config.UploadNice,
	}
	s.up.start(ctx)
	for _, p := range s.track.all() {
		if !p.Confirmed {
			s.up.push(s.track.find(p.Name))
		}
	}
}

// runRMAN runs the scripts: the groups of datafiles, each when staging has
// room for it, then the logs.
func (s *session) runRMAN(ctx context.Context) error {
	s.emitProgress() // how much is expected is known before anything has moved
	s.missGoneLogs(ctx)
	w := s.writing()
	for i, g := range s.groups {
		if err := s.waitForRoom(ctx, g); err != nil {
			return err
		}
		script, err := w.datafiles(groupName(i), g, s.everything())
		if err != nil {
			return err
		}
		if err := s.script(ctx, script); err != nil {
			return err
		}
	}
	script, err := w.logs("logs", s.switchable(), s.facts.SpfilePath != "")
	if err != nil {
		return err
	}
	if err := s.script(ctx, script); err != nil {
		return err
	}
	if err := s.backUpMissingLogs(ctx); err != nil {
		return err
	}
	if err := s.syncStaged(); err != nil {
		return err
	}
	if err := s.state.append(record{Rec: "rman-done"}); err != nil {
		return err
	}
	s.rmanDone = true
	s.mark("rman-done", nil)
	return nil
}

// syncStaged makes durable what the state file is about to promise: that the
// pieces which S3 has not confirmed yet are whole in staging. Most are gone by
// then and never cost the disk anything.
func (s *session) syncStaged() error {
	for _, p := range s.track.all() {
		if p.Confirmed {
			continue
		}
		if err := syncFile(filepath.Join(s.dir, p.Name)); err != nil {
			return fmt.Errorf("sync staged piece: %w", err)
		}
	}
	return run.SyncDir(s.dir)
}

// script runs one RMAN script and judges it: exit status, error stack,
// finished steps. The repository is asked later, for the whole run.
func (s *session) script(ctx context.Context, script *rman.Script) error {
	if err := s.up.failure(); err != nil {
		return fmt.Errorf("%w: %w", errUpload, err)
	}
	s.mark("rman-begin", map[string]string{"script": script.Name})
	h := &hearer{s: s, narrate: rman.NewNarrator(s.d.Sink, script.Name)}
	defer h.narrate.Watch(ctx, s.d.Oracle, s.facts.BlockSize())()
	res, err := s.d.RMAN.Run(ctx, s.job(script, h.event))
	if err != nil {
		return err
	}
	s.mark("rman-end", map[string]string{"script": script.Name})
	if err := errors.Join(h.err, s.judge(script.Name, res)); err != nil {
		return err
	}
	return s.setsDone(s.track.settleSets())
}

// growing tells RMAN's watchdog whether a silent RMAN works: the files in
// staging grew, or new ones came, since it last asked.
func (s *session) growing() func() bool {
	last := s.staged()
	return func() bool {
		now := s.staged()
		grew := now != last
		last = now
		return grew
	}
}

// judge looks for what RMAN itself does not call a failure: files left out.
func (s *session) judge(script string, res rman.Result) error {
	for _, d := range res.Summary.Dangers {
		// A backup of logs alone may find nothing to do; which logs are in no
		// set is asked for afterwards.
		if d.Kind == rman.KindSkippedDatafile && strings.HasPrefix(script, datafilesName) {
			return fmt.Errorf("RMAN left a datafile out: %s; see why, or exclude its tablespace on purpose (EXCLUDE_TABLESPACES)", run.Clean(d.Text))
		}
		s.failover = s.failover || d.Kind == rman.KindChannelDisabled
		if d.Kind == rman.KindJobGivenUp {
			return fmt.Errorf("RMAN gave up a job: %s", run.Clean(d.Text))
		}
	}
	for _, w := range res.Summary.Warnings {
		if w.Code == "RMAN-06908" || w.Code == "RMAN-06909" {
			s.warn(w.Code, "Standard Edition uses one channel only", "set RMAN_CHANNELS=1")
		}
	}
	return nil
}

func (s *session) emitProgress() {
	var done, total int64
	items := 0
	for _, p := range s.track.all() {
		total += p.Bytes
		if p.Confirmed {
			done += p.Bytes
			items++
		}
	}
	var planned int64
	for _, g := range s.groups {
		planned += s.expected(g)
	}
	s.d.Sink.Emit(run.Event{Type: run.TypeProgress, Progress: &run.Progress{
		Phase: "upload", Done: done, Total: max(total, planned), Items: items, Estimated: true,
		Staging: s.staged(), StagingLimit: s.limit,
	}})
}
