package oradb

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Loss names what a disaster takes.
type Loss string

// The losses; one datafile is LoseDatafile.
const (
	LoseDatafiles  Loss = "datafiles"
	LoseControl    Loss = "controlfile"
	LoseRedo       Loss = "redo"
	LoseSpfile     Loss = "spfile"
	LoseArchived   Loss = "archivelogs"
	LoseRecovery   Loss = "fra"        // all of the FRA, archived logs and backups in it
	LoseEverything Loss = "everything" // all of the above and the password file; the instance dies
)

// LoseDatafile is the loss of one datafile.
func LoseDatafile(number int) Loss { return Loss("datafile:" + strconv.Itoa(number)) }

// ParseLoss reads a loss as a command line has it.
func ParseLoss(s string) (Loss, error) {
	l := Loss(strings.ToLower(strings.TrimSpace(s)))
	known := []Loss{LoseDatafiles, LoseControl, LoseRedo, LoseSpfile, LoseArchived, LoseRecovery, LoseEverything}
	if slices.Contains(known, l) {
		return l, nil
	}
	if n, ok := strings.CutPrefix(string(l), "datafile:"); ok {
		if v, err := strconv.Atoi(n); err == nil && v > 0 {
			return LoseDatafile(v), nil
		}
	}
	return "", fmt.Errorf("%q cannot be lost; say one of datafile:N, %s", s, strings.Trim(fmt.Sprint(known), "[]"))
}

// Lose deletes files as a disaster does, whatever the instance is doing, and
// gives their names. Folders stay. The instance notices when it needs a file;
// only LoseEverything kills it. The ledger is never touched.
func (db *DB) Lose(what ...Loss) (removed []string, err error) {
	err = db.exclusive(func() error {
		paths, err := db.casualties(what)
		if err != nil {
			return err
		}
		for _, p := range paths {
			switch err := os.Remove(p); {
			case err == nil:
				removed = append(removed, p)
			case !os.IsNotExist(err):
				return err
			}
		}
		if slices.Contains(what, LoseEverything) {
			return db.stop()
		}
		return nil
	})
	return removed, err
}

// casualties finds the files through the control file while there is one, and
// otherwise by where Create puts them.
func (db *DB) casualties(what []Loss) ([]string, error) {
	var s Spec
	if err := readJSON(db.spec(), &s); err != nil {
		return nil, err
	}
	c, err := db.readControl(db.knownParams(s).ControlFiles())
	if err != nil {
		c = &Control{}
	}
	var out []string
	for _, l := range what {
		paths, err := db.casualty(s, c, l)
		if err != nil {
			return nil, err
		}
		out = append(out, paths...)
	}
	return slices.DeleteFunc(out, func(p string) bool { return p == "" }), nil
}

func (db *DB) casualty(s Spec, c *Control, l Loss) (out []string, err error) {
	data := db.oradata(s.Name)
	switch l {
	case LoseDatafiles:
		out = under(data, ".dbf")
		for _, df := range c.Datafiles {
			out = append(out, df.Name)
		}
	case LoseControl:
		out = db.knownParams(s).ControlFiles()
	case LoseRedo:
		out = under(data, ".log")
	case LoseSpfile:
		out = []string{db.spfile()}
	case LoseArchived:
		out = append(under(filepath.Join(db.fra(), s.UniqueName, "archivelog"), ""), under(db.arch(), "")...)
		for _, a := range c.ArchivedLogs {
			out = append(out, a.Name)
		}
	case LoseRecovery:
		out = under(db.fra(), "")
	case LoseEverything:
		out = []string{db.spfile(), db.password(), db.pfile()}
		for _, dir := range []string{data, db.fra(), db.arch()} {
			out = append(out, under(dir, "")...)
		}
	default:
		var df string
		df, err = db.lostDatafile(c, l)
		out = []string{df}
	}
	return out, err
}

func (db *DB) lostDatafile(c *Control, l Loss) (string, error) {
	n, err := strconv.Atoi(strings.TrimPrefix(string(l), "datafile:"))
	if err != nil {
		return "", fmt.Errorf("%q cannot be lost", l)
	}
	df := c.Datafile(n)
	if df == nil {
		return "", fmt.Errorf("there is no datafile %d that the control file knows", n)
	}
	return df.Name, nil
}

// knownParams are those of the instance, or the SPFILE's, or the first ones.
func (db *DB) knownParams(s Spec) Params {
	if in, err := db.readInstance(); err == nil && in.State != Down && !in.Dummy {
		return in.Params
	}
	if text, err := os.ReadFile(db.spfile()); err == nil {
		return ParseParams(text)
	}
	return db.firstParams(s)
}

// under lists the files below a folder whose names end in suffix.
func under(dir, suffix string) (out []string) {
	_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && strings.HasSuffix(path, suffix) {
			out = append(out, path)
		}
		return nil
	})
	return out
}
