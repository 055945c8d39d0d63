package oracle

import "context"

// ArchivedLogs returns the archived redo logs of this database that the
// repository believes to be on local disk, of every incarnation.
func (i *Instance) ArchivedLogs(ctx context.Context) ([]ArchivedLog, error) { return nil, nil }

// Pieces returns the records of the backup pieces that carry a tag, of any
// status. Tags are stored in upper case; tag is taken so.
func (i *Instance) Pieces(ctx context.Context, tag string) ([]PieceRecord, error) { return nil, nil }

// PiecesIn returns the records of the backup pieces whose handle lies in a
// folder, of any status and tag: an autobackup carries a tag of its own.
func (i *Instance) PiecesIn(ctx context.Context, dir string) ([]PieceRecord, error) { return nil, nil }

// AllPieces returns the records of all backup pieces on disk, of any status.
func (i *Instance) AllPieces(ctx context.Context) ([]PieceRecord, error) { return nil, nil }

// DatafileRecords returns the rows of V$BACKUP_DATAFILE that belong to sets
// with a tag; of all sets if tag is empty. File 0 is the control file.
func (i *Instance) DatafileRecords(ctx context.Context, tag string) ([]DatafileRecord, error) {
	return nil, nil
}

// NewestDatafileRecords returns, for each datafile, its newest level 0 or 1 in
// the repository: what RMAN would take for the parent of the next level 1, if
// its pieces are available. Compare with AllPieces.
func (i *Instance) NewestDatafileRecords(ctx context.Context) (map[int]DatafileRecord, error) {
	return nil, nil
}

// RedoRecords returns the rows of V$BACKUP_REDOLOG that belong to sets with a
// tag; of all sets if tag is empty.
func (i *Instance) RedoRecords(ctx context.Context, tag string) ([]RedoRecord, error) {
	return nil, nil
}

// SpfileRecords returns the sets that hold an SPFILE; with a tag only those.
func (i *Instance) SpfileRecords(ctx context.Context, tag string) ([]SpfileRecord, error) {
	return nil, nil
}
