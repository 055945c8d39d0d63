package oracle

import (
	"context"
	"errors"
	"slices"
)

// askDatafiles fills the core of V$DATAFILE.
func (i *Instance) askDatafiles(ctx context.Context, f *Facts) error {
	rows, err := i.ask(ctx, question{name: "datafiles", key: "DATAFILE", from: "v$datafile", fields: []string{"file#",
		"bytes", "status", "enabled", "checkpoint_change#", "creation_change#", "block_size", "name"},
		may: []string{"creation_change#", "block_size"}})
	for _, r := range rows {
		f.Datafiles = append(f.Datafiles, Datafile{Number: r.int(0), Bytes: r.num(1), Status: r.text(2),
			Enabled: r.text(3), CheckpointSCN: r.num(4), CreationSCN: r.num(5),
			BlockSize: r.num(6), Name: r.text(7)})
	}
	slices.SortFunc(f.Datafiles, func(a, b Datafile) int { return a.Number - b.Number })
	return errors.Join(err, failed(rows))
}

// datafile finds a file by number; nil if V$DATAFILE does not know it.
func (f *Facts) datafile(number int) *Datafile {
	for n := range f.Datafiles {
		if f.Datafiles[n].Number == number {
			return &f.Datafiles[n]
		}
	}
	return nil
}

// askHeaders adds what the files themselves say: missing, fuzzy, how far on.
func (i *Instance) askHeaders(ctx context.Context, f *Facts) error {
	rows, err := i.ask(ctx, question{name: "datafile headers", key: "HEADER", from: "v$datafile_header",
		fields: []string{"file#", "checkpoint_change#", "fuzzy", "error"}})
	for _, r := range rows {
		if d := f.datafile(r.int(0)); d != nil {
			d.HeaderSCN, d.Fuzzy, d.HeaderError = r.num(1), r.text(2) == "YES", r.text(3)
		}
	}
	f.HeadersKnown = err == nil
	return errors.Join(err, failed(rows))
}

// askTablespaces names the tablespace of each file. In a container database a
// tablespace number is unique only within its container.
func (i *Instance) askTablespaces(ctx context.Context, f *Facts) error {
	on, qualified := "t.ts# = d.ts#", "t.name"
	if f.CDB {
		on += " AND t.con_id = d.con_id"
	}
	rows, err := i.ask(ctx, question{name: "tablespaces", key: "TABLESPACE",
		from: "v$datafile d, v$tablespace t WHERE " + on, fields: []string{"d.file#", qualified}})
	for _, r := range rows {
		if d := f.datafile(r.int(0)); d != nil {
			d.Tablespace = r.text(1)
		}
	}
	return errors.Join(err, failed(rows))
}

func (i *Instance) askRedo(ctx context.Context, f *Facts) error {
	rows, err := i.ask(ctx, question{name: "online redo logs", key: "REDO", from: "v$log",
		fields: []string{"group#", "thread#", "sequence#", "status", "archived", "first_change#"}})
	for _, r := range rows {
		f.Redo = append(f.Redo, RedoGroup{Group: r.int(0), Thread: r.int(1), Sequence: r.num(2), Status: r.text(3),
			Archived: r.text(4) == "YES", FirstSCN: r.num(5)})
	}
	slices.SortFunc(f.Redo, func(a, b RedoGroup) int { return a.Group - b.Group })
	return errors.Join(err, failed(rows))
}

// askMembers adds the files of the groups; standby logs have groups of their
// own, which V$LOG does not show.
func (i *Instance) askMembers(ctx context.Context, f *Facts) error {
	rows, err := i.ask(ctx, question{name: "online redo log members", key: "MEMBER", from: "v$logfile",
		fields: []string{"group#", "member"}})
	for _, r := range rows {
		group := r.int(0)
		for n := range f.Redo {
			if f.Redo[n].Group == group {
				f.Redo[n].Members = append(f.Redo[n].Members, r.text(1))
			}
		}
	}
	return errors.Join(err, failed(rows))
}

func (i *Instance) askThreads(ctx context.Context, f *Facts) error {
	rows, err := i.ask(ctx, question{name: "redo threads", key: "THREAD", from: "v$thread",
		fields: []string{"thread#", "status", "enabled"}})
	for _, r := range rows {
		f.Threads = append(f.Threads, Thread{Number: r.int(0), Status: r.text(1), Enabled: r.text(2)})
	}
	slices.SortFunc(f.Threads, func(a, b Thread) int { return a.Number - b.Number })
	return errors.Join(err, failed(rows))
}

func (i *Instance) askArchiveDests(ctx context.Context, f *Facts) error {
	rows, err := i.ask(ctx, question{name: "archive destinations", key: "DEST",
		from: "v$archive_dest WHERE status<>'INACTIVE'", fields: []string{"dest_name", "status", "error", "destination"}})
	for _, r := range rows {
		f.ArchiveDests = append(f.ArchiveDests, ArchiveDest{Name: r.text(0), Status: r.text(1),
			Error: r.text(2), Destination: r.text(3)})
	}
	return err
}
