package oradb

import (
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// archive copies a closed log to the archive destination and records it in c.
func (db *DB) archive(in Instance, c *Control, t *Thread, g *Group, h LogHeader) error {
	bytes := h.Blocks * RedoBlockSize
	path, err := db.archivePath(in, c, h, bytes, "")
	if err == nil {
		err = copyBytes(path, g.Members[0], bytes)
	}
	if err != nil {
		stuck := Ora(16038, "log %d sequence# %d cannot be archived", g.Number, g.Sequence)
		var ora *OraError
		if errors.As(err, &ora) {
			stuck.Lines = append(stuck.Lines, ora.Lines...)
		} else {
			stuck = stuck.And(19504, "failed to create file \"%s\"", path)
		}
		return stuck.And(312, "online log %d thread %d: '%s'", g.Number, t.Number, g.Members[0])
	}
	g.Archived = true
	rec := archivedRecord(h, path, db.second())
	rec.Creator = "ARCH"
	c.addArchivedLog(rec)
	return db.ledger().archived(h)
}

func archivedRecord(h LogHeader, path string, now time.Time) ArchivedLog {
	return ArchivedLog{
		Thread: h.Thread, Sequence: h.Sequence, Resetlogs: h.Resetlogs, FirstSCN: h.FirstSCN, NextSCN: h.NextSCN,
		FirstTime: h.FirstTime, NextTime: h.NextTime, Completion: now, Stamp: Stamp(now), Name: path,
		Blocks: h.Blocks, Status: Available, DestID: 1,
	}
}

// ArchivedLogPath is where a log goes in the current archive destination, also
// when it is restored; the folder is made. Code 19809 + 19804 when bytes do not
// fit into the FRA.
func (db *DB) ArchivedLogPath(h LogHeader, bytes int64) (path string, err error) {
	err = db.shared(func() error {
		in, c, err := db.mounted()
		if err == nil {
			path, err = db.archivePath(in, c, h, bytes, strconv.FormatInt(db.Now().UnixNano(), 36))
		}
		return err
	})
	return path, err
}

// archivePath needs the lock. The salt keeps the name of a restored log apart
// from the name that the log first had.
func (db *DB) archivePath(in Instance, c *Control, h LogHeader, bytes int64, salt string) (string, error) {
	dir := in.Params.archiveDest()
	name := archiveName(in.Params["log_archive_format"], h)
	if dir == "" && in.Params["db_recovery_file_dest"] != "" {
		if err := db.checkArea(in, c, bytes); err != nil {
			return "", err
		}
		dir = filepath.Join(in.Params["db_recovery_file_dest"], c.UniqueName, "archivelog",
			db.Now().Local().Format("2006_01_02"))
		name = fmt.Sprintf("o1_mf_%d_%d_%s_.arc", h.Thread, h.Sequence, omf(h, salt))
	}
	if dir == "" {
		dir = filepath.Join(db.dbs(), "arch")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", Ora(19504, "failed to create file \"%s\"", filepath.Join(dir, name)).
			osError(27040, "file create error, unable to create file")
	}
	return filepath.Join(dir, name), nil
}

func archiveName(format string, h LogHeader) string {
	if format == "" {
		format = "%t_%s_%r.dbf"
	}
	return strings.NewReplacer(
		"%t", strconv.Itoa(h.Thread), "%s", strconv.Itoa(h.Sequence), "%S", fmt.Sprintf("%010d", h.Sequence),
		"%r", strconv.FormatInt(Stamp(h.Resetlogs.Time), 10), "%d", strconv.FormatUint(uint64(h.DBID), 16),
		"%a", strconv.FormatUint(uint64(h.DBID), 16),
	).Replace(format)
}

// omf is the unique part of an Oracle managed file name.
func omf(h LogHeader, salt string) string {
	f := fnv.New64a()
	_, _ = fmt.Fprintf(f, "%d %d %s", h.tag(), h.FirstSCN, salt)
	return fmt.Sprintf("%08s", strconv.FormatUint(f.Sum64()%2821109907456, 36))
}

// copyBytes copies the first n bytes of a file; the copy appears whole.
func copyBytes(to, from string, n int64) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	out, err := os.CreateTemp(filepath.Dir(to), ".arc.*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(out.Name()) }()
	_, err = io.Copy(out, io.LimitReader(in, n))
	if err == nil {
		err = out.Truncate(n)
	}
	if cerr := out.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	return os.Rename(out.Name(), to)
}
