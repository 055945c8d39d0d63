package oracle

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
)

// ArchivedLogs returns the archived redo logs of this database that the
// repository believes to be on local disk, of every incarnation, by thread and
// sequence. A log in two local destinations is there twice.
func (i *Instance) ArchivedLogs(ctx context.Context) ([]ArchivedLog, error) {
	q := question{name: "archived logs", key: "ARCHIVED", from: "v$archived_log WHERE standby_dest='NO' AND deleted='NO'",
		fields: []string{"thread#", "sequence#", "resetlogs_change#", "first_change#", "next_change#",
			date("first_time"), date("next_time"), date("completion_time"), "blocks", "block_size", "status", "name"},
		may: []string{"first_time", "next_time", "completion_time", "blocks", "block_size", "status"}}
	rows, err := i.ask(ctx, q)
	var logs []ArchivedLog
	for _, r := range rows {
		// A crosscheck found it gone (X), or a person set it aside (U).
		if name, status := r.text(11), r.text(10); name != "" && status != "X" && status != "U" && status != "D" {
			logs = append(logs, ArchivedLog{Thread: r.int(0), Sequence: r.num(1), ResetlogsSCN: r.num(2),
				FirstSCN: r.num(3), NextSCN: r.num(4), FirstTime: r.text(5), NextTime: r.text(6), Completed: r.text(7),
				Bytes: r.num(8) * r.num(9), Name: name})
		}
	}
	slices.SortStableFunc(logs, func(a, b ArchivedLog) int {
		return cmp.Or(cmp.Compare(a.ResetlogsSCN, b.ResetlogsSCN), cmp.Compare(a.Thread, b.Thread), cmp.Compare(a.Sequence, b.Sequence))
	})
	return logs, errors.Join(err, failed(rows))
}

// setKey names a backup set: its stamp and count.
type setKey struct{ stamp, count int64 }

// AllPieces returns the records of all backup pieces, of any status, tag and
// device, in the order of their sets. A piece whose set the repository does not
// know (any more) has Level -1 and no Type.
func (i *Instance) AllPieces(ctx context.Context) ([]PieceRecord, error) {
	var sets map[setKey]PieceRecord
	var failure error
	var beside sync.WaitGroup
	beside.Go(func() { sets, failure = i.sets(ctx) })
	rows, err := i.ask(ctx, question{name: "backup pieces", key: "PIECE", from: "v$backup_piece",
		fields: []string{"set_stamp", "set_count", "piece#", "status", "bytes", date("completion_time"), "tag", "handle"}})
	beside.Wait()
	if failure != nil {
		return nil, failure
	}
	pieces := make([]PieceRecord, 0, len(rows))
	for _, r := range rows {
		p, ok := sets[setKey{r.num(0), r.num(1)}]
		if !ok {
			p = PieceRecord{Level: -1}
		}
		p.SetStamp, p.SetCount, p.Piece, p.Status = r.num(0), r.num(1), r.int(2), r.text(3)
		p.Bytes, p.Completed, p.Tag, p.Handle = r.num(4), r.text(5), r.text(6), r.text(7)
		pieces = append(pieces, p)
	}
	slices.SortStableFunc(pieces, func(a, b PieceRecord) int {
		return cmp.Or(cmp.Compare(a.SetStamp, b.SetStamp), cmp.Compare(a.SetCount, b.SetCount), cmp.Compare(a.Piece, b.Piece))
	})
	return pieces, errors.Join(err, failed(rows))
}

// sets reads V$BACKUP_SET into the part of a PieceRecord that it knows.
func (i *Instance) sets(ctx context.Context) (map[setKey]PieceRecord, error) {
	rows, err := i.ask(ctx, question{name: "backup sets", key: "SET", from: "v$backup_set",
		fields: []string{"set_stamp", "set_count", "backup_type", "incremental_level", "pieces", "controlfile_included"}})
	sets := make(map[setKey]PieceRecord, len(rows))
	for _, r := range rows {
		control := r.text(5)
		sets[setKey{r.num(0), r.num(1)}] = PieceRecord{Type: r.text(2), Level: r.level(3), Pieces: r.int(4),
			ControlFile: control != "" && control != "NO"}
	}
	return sets, errors.Join(err, failed(rows))
}

// Pieces returns the records of the backup pieces that carry a tag, of any
// status. RMAN stores tags in upper case; tag is taken so.
func (i *Instance) Pieces(ctx context.Context, tag string) ([]PieceRecord, error) {
	return i.pieces(ctx, func(p PieceRecord) bool { return strings.EqualFold(p.Tag, tag) })
}

// PiecesIn returns the records of the backup pieces whose handle lies in a
// folder, of any status and tag: an autobackup carries a tag of its own.
func (i *Instance) PiecesIn(ctx context.Context, dir string) ([]PieceRecord, error) {
	dir = strings.TrimRight(dir, "/") + "/"
	return i.pieces(ctx, func(p PieceRecord) bool { return strings.HasPrefix(p.Handle, dir) })
}

func (i *Instance) pieces(ctx context.Context, keep func(PieceRecord) bool) ([]PieceRecord, error) {
	all, err := i.AllPieces(ctx)
	return slices.DeleteFunc(all, func(p PieceRecord) bool { return !keep(p) }), err
}

// tagged returns the sets with a piece of that tag; all is true without a tag.
func (i *Instance) tagged(ctx context.Context, tag string) (sets map[setKey]bool, all bool, err error) {
	if tag == "" {
		return nil, true, nil
	}
	rows, err := i.ask(ctx, question{name: "backup pieces", key: "TAGGED", from: "v$backup_piece",
		fields: []string{"set_stamp", "set_count", "tag"}})
	sets = map[setKey]bool{}
	for _, r := range rows {
		if strings.EqualFold(r.text(2), tag) {
			sets[setKey{r.num(0), r.num(1)}] = true
		}
	}
	return sets, false, errors.Join(err, failed(rows))
}

// records asks q, whose first two fields are SET_STAMP and SET_COUNT, and calls
// add for the rows of sets with the tag; for every row if tag is empty.
func (i *Instance) records(ctx context.Context, tag string, q question, add func(row)) error {
	sets, all, err := i.tagged(ctx, tag)
	if err != nil {
		return err
	}
	q.fields = append([]string{"set_stamp", "set_count"}, q.fields...)
	rows, err := i.ask(ctx, q)
	for _, r := range rows {
		if all || sets[setKey{r.num(0), r.num(1)}] {
			add(r)
		}
	}
	return errors.Join(err, failed(rows))
}

// DatafileRecords returns the rows of V$BACKUP_DATAFILE that belong to sets
// with a tag; of all sets if tag is empty. File 0 is the control file.
func (i *Instance) DatafileRecords(ctx context.Context, tag string) ([]DatafileRecord, error) {
	var out []DatafileRecord
	err := i.records(ctx, tag, question{name: "backed up datafiles", key: "BACKEDUP", from: "v$backup_datafile",
		fields: []string{"file#", "incremental_level", "incremental_change#", "checkpoint_change#",
			"absolute_fuzzy_change#", "resetlogs_change#", date("completion_time")},
		may: []string{"absolute_fuzzy_change#", "completion_time"}}, func(r row) {
		out = append(out, DatafileRecord{SetStamp: r.num(0), SetCount: r.num(1), File: r.int(2), Level: r.level(3),
			IncrementalSCN: r.num(4), CheckpointSCN: r.num(5), AbsoluteFuzzySCN: r.num(6), ResetlogsSCN: r.num(7),
			Completed: r.text(8)})
	})
	return out, err
}

// RedoRecords returns the rows of V$BACKUP_REDOLOG that belong to sets with a
// tag; of all sets if tag is empty.
func (i *Instance) RedoRecords(ctx context.Context, tag string) ([]RedoRecord, error) {
	var out []RedoRecord
	err := i.records(ctx, tag, question{name: "backed up archived logs", key: "BACKEDLOG", from: "v$backup_redolog",
		fields: []string{"thread#", "sequence#", "resetlogs_change#", "first_change#", "next_change#",
			date("first_time"), date("next_time")}, may: []string{"first_time", "next_time"}}, func(r row) {
		out = append(out, RedoRecord{SetStamp: r.num(0), SetCount: r.num(1), Thread: r.int(2), Sequence: r.num(3),
			ResetlogsSCN: r.num(4), FirstSCN: r.num(5), NextSCN: r.num(6), FirstTime: r.text(7), NextTime: r.text(8)})
	})
	return out, err
}

// SpfileRecords returns the sets that hold an SPFILE; with a tag only those of
// that tag.
func (i *Instance) SpfileRecords(ctx context.Context, tag string) ([]SpfileRecord, error) {
	var out []SpfileRecord
	err := i.records(ctx, tag, question{name: "backed up SPFILEs", key: "BACKEDSPF", from: "v$backup_spfile",
		fields: []string{date("completion_time")}, may: []string{"completion_time"}}, func(r row) {
		out = append(out, SpfileRecord{SetStamp: r.num(0), SetCount: r.num(1), Completed: r.text(2)})
	})
	return out, err
}
