package ui

import (
	"context"
	"sync"
	"time"

	"orabak-tui/internal/run"
)

// showRun puts a run's view on top and feeds it events.
func showRun(k *desk, events []run.Event) *runView {
	ctx, stop := context.WithCancel(k.t.Context())
	v := &runView{id: "20261123T163312Z-full-7f3a", dir: k.t.TempDir(), kind: "full", log: newLogPane(), pump: &pump{id: -1, wake: make(chan struct{}, 1), stop: stop}}
	_ = ctx
	v.pump.room = sync.NewCond(&v.pump.mu)
	if k.a.d.Plain {
		v.log.speech, v.log.wrap = &unheard{}, true
	}
	k.a.live = v
	k.a.push(v)
	v.take(k.a, eventsMsg{pump: -1, events: events, ended: events[len(events)-1].End != nil})
	return v
}

// story makes events a second apart, the last one now.
func story(payloads ...run.Event) []run.Event {
	for i := range payloads {
		payloads[i].V, payloads[i].Seq = run.FormatVersion, int64(i+1)
		payloads[i].Time = now.Add(time.Duration(i-len(payloads)+1) * time.Second)
	}
	return payloads
}

func line(text, severity, code string) run.Event {
	return run.Event{Type: run.TypeLine, Line: &run.Line{Text: text, Severity: severity, Code: code}}
}

func phaseEvent(name string, s run.State) run.Event {
	return run.Event{Type: run.TypePhase, Phase: &run.Phase{Name: name, State: s}}
}

func transfer(name string, done, total int64, s run.State) run.Event {
	return run.Event{Type: run.TypeTransfer, Transfer: &run.Transfer{Dir: "up", Name: name, Key: "k/" + name, Done: done, Total: total, State: s}}
}

func longops(channels ...run.Longop) run.Event {
	return run.Event{Type: run.TypeLongops, Longops: &run.Longops{Channels: channels}}
}

func beginning() []run.Event {
	return []run.Event{
		{Type: run.TypeStart, Start: &run.Start{ID: "20261123T163312Z-full-7f3a", Kind: "full", DBName: "ORCL", Host: "prod-db1", PID: 48113, StartedBy: "cron"}},
		phaseEvent("check", run.Begun), phaseEvent("check", run.Done), phaseEvent("rman", run.Begun),
		line("RMAN> BACKUP INCREMENTAL LEVEL 0 DATABASE;", "", ""),
		{Type: run.TypeChannel, Channel: &run.Channel{Name: "c1", Doing: "level 0", File: "/u02/oradata/ORCL/users01.dbf", Piece: 2, State: run.Running}},
		{Type: run.TypeChannel, Channel: &run.Channel{Name: "c2", Doing: "level 0", File: "/u02/oradata/ORCL/data07.dbf", Piece: 1, State: run.Running}},
		longops(run.Longop{Channel: "c1", Done: 600_000, Total: 1_100_000, BlockSize: 8192}),
		line("channel c1: finished piece 1 at 2026-11-23 13:33:20", "", ""),
		{Type: run.TypePiece, Piece: &run.Piece{Name: "ORCL_39_toz2_1_1", Bytes: 4 << 30, State: run.Finished}},
		longops(run.Longop{Channel: "c1", Done: 654_000, Total: 1_100_000, BlockSize: 8192, Left: 620}, run.Longop{Channel: "c2", Done: 9, Total: 40}),
		phaseEvent("upload", run.Begun),
		transfer("ORCL_39_toz2_1_1", 0, 4<<30, run.Begun), transfer("ORCL_39_toz2_1_1", 4<<30, 4<<30, run.Done),
		transfer("ORCL_3a_toz2_1_1", 0, 4<<30, run.Begun), transfer("ORCL_3a_toz2_1_1", 3<<30, 4<<30, run.Running),
		transfer("ORCL_3b_toz2_1_1", 0, 4<<30, run.Begun), transfer("ORCL_3b_toz2_1_1", 1<<30, 4<<30, run.Retrying),
		{Type: run.TypeProgress, Progress: &run.Progress{Phase: "upload", Done: 8 << 30, Total: 212 << 30, Estimated: true, Staging: 9 << 30, StagingLimit: 40 << 30}},
	}
}

func liveEvents() []run.Event {
	e := beginning()
	for range 30 {
		e = append(e, line("channel c1: starting piece 2 at 2026-11-23 13:33:21", "", ""))
	}
	return story(append(e, line("RMAN-06497: warning: control file is not current", "warning", "RMAN-06497"))...)
}

func failedEvents() []run.Event {
	return story(append(beginning(),
		line(`ORA-19502: write error on file "/u01/stage/x/ORCL_3c_toz2_1_1", block number 513`, "error", "ORA-19502"),
		line("ORA-27072: File I/O error", "error", "ORA-27072"),
		phaseEvent("rman", run.Failed),
		run.Event{Type: run.TypeProblem, Problem: &run.Problem{Severity: "error", Code: "ORA-19502", Text: "RMAN failed: ORA-19502: write error", Cause: "the disk of the staging folder is full", Stack: []string{"RMAN-03009: failure of backup command", "ORA-19502: write error"}}},
		run.Event{Type: run.TypeEnd, End: &run.End{Exit: 1, Outcome: "failed", Code: "ORA-19502", Error: `write error on file "/u01/stage/x/ORCL_3c_toz2_1_1", block number 513`, Remedy: "free room in /u01/stage or lower STAGING_LIMIT, then run the backup again"}},
	)...)
}

func doneEvents() []run.Event {
	return story(append(beginning(),
		phaseEvent("rman", run.Done), phaseEvent("upload", run.Done),
		run.Event{Type: run.TypeProblem, Problem: &run.Problem{Severity: "warning", Text: "2 archived logs were not deleted: a standby needs them"}},
		run.Event{Type: run.TypeCommit, Commit: &run.Commit{SetID: "20261123T163312Z-full-ORCL-7f3a", Key: "k", Bytes: 212 << 30, Pieces: 58}},
		run.Event{Type: run.TypeEnd, End: &run.End{Exit: 3, Outcome: "warnings", SetID: "20261123T163312Z-full-ORCL-7f3a", Bytes: 212 << 30, Pieces: 58, Warnings: 1}},
	)...)
}

func fixtureRuns() []run.Info {
	return []run.Info{
		{ID: "20261123T163312Z-full-7f3a", Kind: "full", State: run.Running, Started: at(23, 13, 33), Exit: -1, StartedBy: "cron", PID: 48113, Bytes: 8 << 30},
		{ID: "20261123T040003Z-incremental-7f3a", Kind: "incremental", State: run.Done, Started: at(23, 1, 0), Ended: at(23, 1, 11), SetID: "20261123T040003Z-incremental-ORCL-7f3a", Bytes: 6 << 30},
		{ID: "20261122T040003Z-full-7f3a", Kind: "full", State: run.Failed, Exit: 1, Started: at(22, 1, 0), Ended: at(22, 1, 7), Error: "ORA-19502: write error on file", Bytes: 1 << 30},
		{ID: "20261121T040003Z-full-7f3a", Kind: "full", State: run.Interrupted, Exit: -1, Started: at(21, 1, 0), Ended: at(21, 1, 7), Resumable: true},
	}
}
